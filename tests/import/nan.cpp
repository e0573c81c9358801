// What NaN leaves of a kernel: values beside it are made of the rest, and none may lie far outside of the source's
// range.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace import_test;
using reference::Fraction;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

const std::vector<std::string> kernels{"box",
                                       "tent",
                                       "cubic:0,1",
                                       "ctmr",
                                       "mitchell",
                                       "bspl3",
                                       "bspl5",
                                       "gauss:0.5,4",
                                       "hann:3",
                                       "blackman:4",
                                       "lanczos:2",
                                       "lanczos:3",
                                       "lanczos:5",
                                       "kaiser:3,4,.85",
                                       "kaiser:4,3,.95",
                                       "kaiser:6,3.5,.97",
                                       "kaiser:8,3,.97",
                                       "kaiser:1,3,.001",
                                       "nearest"};

using Pattern = bool (*)(const phantom::Size&, Index x, Index y, Index z);

/// A number from 0 to 99 for a place, the same on every machine.
int lot(Index x, Index y, Index z) {
    std::minstd_rand random(static_cast<std::uint32_t>(1 + x + 64 * (y + 64 * z)));
    random.discard(3);
    return static_cast<int>(random() % 100);
}

Index squared_distance(const phantom::Size& n, Index x, Index y, Index z) {  // in half samples
    const auto square = [](Index v) { return v * v; };
    return square(2 * x + 1 - n[0]) + square(2 * y + 1 - n[1]) + square(2 * z + 1 - n[2]);
}

const std::vector<std::pair<std::string, Pattern>> patterns{
    {"one in ten", [](const phantom::Size&, Index x, Index y, Index z) { return lot(x, y, z) < 10; }},
    {"every other", [](const phantom::Size&, Index x, Index y, Index z) { return lot(x, y, z) < 50; }},
    {"seven in ten", [](const phantom::Size&, Index x, Index y, Index z) { return lot(x, y, z) < 70; }},
    {"nearly all", [](const phantom::Size&, Index x, Index y, Index z) { return lot(x, y, z) < 85; }},
    {"a chequerboard", [](const phantom::Size&, Index x, Index y, Index z) { return (x + y + z) % 2 == 0; }},
    {"outside of a cylinder",
     [](const phantom::Size& n, Index x, Index y, Index) {
         return squared_distance({n[0], n[1], 1}, x, y, 0) > n[0] * n[0] * 7 / 9;
     }},
    {"outside of a ball", [](const phantom::Size& n, Index x, Index y,
                             Index z) { return squared_distance(n, x, y, z) > n[0] * n[0] * 6 / 10; }},
    {"a ball",
     [](const phantom::Size& n, Index x, Index y, Index z) { return squared_distance(n, x, y, z) < n[0] * n[0] / 3; }},
    {"a half", [](const phantom::Size& n, Index x, Index, Index) { return 2 * x < n[0] + 1; }},
    {"a corner",
     [](const phantom::Size& n, Index x, Index y, Index z) { return x < n[0] / 2 && y < n[1] / 2 && z < n[2] / 2; }},
    {"all but a corner",
     [](const phantom::Size& n, Index x, Index y, Index z) { return x > n[0] / 2 || y > n[1] / 2 || z > n[2] / 2; }},
    {"a slanted half", [](const phantom::Size& n, Index x, Index y, Index z) { return x + y + z < n[0]; }},
    {"pairs of slices", [](const phantom::Size&, Index, Index, Index z) { return z / 2 % 2 == 0; }},
    {"bands", [](const phantom::Size&, Index x, Index y, Index) { return (x + 2 * y) / 3 % 2 == 0; }}};

Volume with_nan(Volume volume, Pattern is_nan) {
    for (Index z = 0; z < volume.size[2]; ++z)
        for (Index y = 0; y < volume.size[1]; ++y)
            for (Index x = 0; x < volume.size[0]; ++x)
                if (is_nan(volume.size, x, y, z)) volume.at(x, y, z) = no_number;
    return volume;
}

/// Numbers from 0 to 1, as float32 has them.
Volume fractions(const phantom::Size& size, std::uint32_t seed) {
    Volume volume = phantom::noise(size, 0, 1, false, seed);
    for (double& sample : volume.samples) sample = static_cast<float>(sample);
    return volume;
}

/// By how much an output of samples from 0 to 1 can lie outside of that range where nothing is left out: what its
/// weights below zero sum to. If w+ and w- are the sums above and below, w+ + w- = 1 and w+ - w- = the product of the
/// axes' sums of |w|.
std::vector<double> ordinary_overshoot(const std::array<reference::Axis, 3>& axes) {
    std::array<std::vector<double>, 3> sums;
    for (std::size_t a = 0; a < 3; ++a) {
        for (std::int64_t k = 0; k < reference::count(axes[a]); ++k) {
            double sum = 0;
            for (const reference::Real w : reference::weights(axes[a], k)) sum += static_cast<double>(std::fabs(w));
            sums[a].push_back(sum);
        }
    }
    std::vector<double> overshoot;
    for (const double z : sums[2])
        for (const double y : sums[1])
            for (const double x : sums[0]) overshoot.push_back(std::max(0.0, (x * y * z - 1) / 2));
    return overshoot;
}

/// How far samples lie outside of 0 to 1, in units of what they ordinarily could.
double worst_overshoot(const Doubles& samples, const std::vector<double>& ordinary) {
    double worst = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (std::isnan(samples[i])) continue;
        const double beyond = std::max(samples[i] - 1, -samples[i]) - 1e-6;
        if (beyond > 0) worst = std::max(worst, beyond / std::max(1e-9, ordinary[i]));
    }
    return worst;
}

/// The same factor on all axes; or on one, and copies on the others.
std::vector<Recipe> recipes(const std::string& kernel) {
    std::vector<Recipe> all;
    for (const Fraction factor : {Fraction{2, 1}, Fraction{3, 1}, Fraction{3, 2}, Fraction{8, 3}})
        all.push_back(recipe(kernel, factor));
    for (std::size_t a = 0; a < 3; ++a) {
        for (const Fraction factor : {Fraction{2, 1}, Fraction{5, 2}}) {
            all.push_back(recipe(kernel, {1, 1}));
            all.back().factor[a] = factor;
        }
    }
    return all;
}

}  // namespace

TEST_CASE("beside NaN, noise stays within its range and the kernel's ordinary overshoot", "[import]") {
    // Filtered along three axes, an output is made of so many samples that noise never meets the worst. Along one it
    // may, and then is bound by the least weight that must be left: at most four times as far (see below).
    const phantom::Size size{24, 22, 20};
    const Volume noise = fractions(size, 3);
    for (const auto& [name, is_nan] : patterns) {
        for (const SampleType type : {SampleType::float32, SampleType::float64}) {
            const Source source(with_nan(noise, is_nan), type);
            for (const std::string& kernel : kernels) {
                for (const Recipe& r : recipes(kernel)) {
                    INFO(name << ", " << r.text());
                    const bool three_axes = r.factor[0] == r.factor[1] && r.factor[1] == r.factor[2];
                    const Doubles samples = import_samples(source.stack, options_of(r));
                    const double worst = worst_overshoot(samples, ordinary_overshoot(axes_of(r, size)));
                    CHECK(worst <= (three_axes ? 1 : 4));
                    if (type == SampleType::float32 && three_axes) CHECK(disagreement(source, r) == "");
                }
            }
        }
    }
}

TEST_CASE("no pattern of NaN makes more than four times the kernel's ordinary overshoot", "[import]") {
    // The worst: for one output, samples are 1 where the weight is positive and 0 where it is not, and as many of the
    // largest weights are left out as can be.
    const phantom::Size size{20, 18, 16};
    for (const std::string& kernel : kernels) {
        double worst = 0;
        double possible = 0;
        for (const Fraction factor : {Fraction{2, 1}, Fraction{3, 2}, Fraction{3, 1}}) {
            const Recipe r = recipe(kernel, factor);
            const std::array<reference::Axis, 3> axes = axes_of(r, size);
            const std::vector<double> ordinary = ordinary_overshoot(axes);
            possible = std::max(possible, *std::max_element(ordinary.begin(), ordinary.end()));
            const Index k = reference::count(axes[2]) / 2;
            std::array<std::vector<reference::Real>, 3> w;
            for (std::size_t a = 0; a < 3; ++a) w[a] = reference::weights(axes[a], k);
            Volume best(size);
            std::vector<std::pair<double, std::size_t>> order;
            for (Index z = 0; z < size[2]; ++z)
                for (Index y = 0; y < size[1]; ++y)
                    for (Index x = 0; x < size[0]; ++x) {
                        const auto weight =
                            static_cast<double>(w[0][static_cast<std::size_t>(x)] * w[1][static_cast<std::size_t>(y)] *
                                                w[2][static_cast<std::size_t>(z)]);
                        best.at(x, y, z) = weight > 0 ? 1 : 0;
                        order.emplace_back(-weight, best.index(x, y, z));
                    }
            std::sort(order.begin(), order.end());
            double left = 1;
            for (const auto& [minus_weight, at] : order) {
                if (minus_weight >= 0 || left + minus_weight < 0.2501) continue;
                left += minus_weight;
                best.samples[at] = no_number;
            }
            Volume other = best;  // the same below the range
            for (double& sample : other.samples) sample = 1 - sample;
            for (const Volume& volume : {best, other}) {
                const Source source(volume, SampleType::float32);
                INFO(r.text());
                worst = std::max(worst, worst_overshoot(import_samples(source.stack, options_of(r)), ordinary));
                CHECK(disagreement(source, r) == "");
            }
        }
        INFO(kernel << ' ' << possible);
        CHECK(worst <= 4);
        if (possible > 0.1) CHECK(worst > 2);  // the search finds bad ones
    }
}

TEST_CASE("a quarter of the weight is enough, less is not", "[import]") {
    // The means of 12 samples: exact quarters, in sums that rounding may have made a little less.
    Volume volume({36, 3, 2}, 1, no_number);
    for (Index y = 0; y < 3; ++y)
        for (Index z = 0; z < 2; ++z)
            for (Index cell = 0; cell < 3; ++cell)
                for (Index i = 0; i < cell + 2; ++i) volume.at(12 * cell + (5 * i + y) % 12, y, z) = 7;
    for (const SampleType type : {SampleType::float32, SampleType::float64}) {
        const Source source(volume, type);
        Recipe r = recipe("box", {1, 1});
        r.factor[0] = {12, 1};
        const Doubles samples = import_samples(source.stack, options_of(r));
        for (std::size_t i = 0; i < samples.size(); ++i) {
            if (i % 3 == 0) CHECK(std::isnan(samples[i]));  // 2 of 12
            if (i % 3 != 0) CHECK(samples[i] == Approx(7).epsilon(1e-14));
        }
        CHECK(disagreement(source, r) == "");
    }
    // The weight on several axes is the product of theirs: half times half is a quarter, half of it is not.
    Volume squares({8, 4, 2}, 1, no_number);
    for (Index z = 0; z < 2; ++z) {
        for (const Index y : {0, 2}) squares.at(0, y, z) = squares.at(2, y, 0) = 3;
    }
    const Source source(squares, SampleType::float32);
    const Doubles samples = import_samples(source.stack, options_of(recipe("box", {2, 1})));
    CHECK(samples[0] == 3);
    CHECK(std::isnan(samples[1]));
}
