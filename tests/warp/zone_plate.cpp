// A warp that shrinks does not alias: a zone plate, whose frequencies go far beyond what the result can show, through a
// warp that bends in three dimensions, against what can be worked out of its formula.

#include "support/catch.hpp"
#include "support/reference.hpp"
#include "warp/through.hpp"
#include "warp/twin.hpp"

#include <cmath>
#include <numbers>

namespace {

using namespace stack2nrrd;
using support::Volume;

constexpr std::int64_t source_size = 75;  ///< each axis
constexpr std::int64_t grid_size = 15;    ///< of the result
constexpr std::int64_t margin = 3;        ///< of it, that is not compared: lanczos:3 reaches beyond the grid there
constexpr double middle = (source_size - 1) / 2.0;

/// In source samples. Its frequency is .45 a sample at a distance of 26 from its centre, where the result can hold no
/// more than .1 to .17.
double plate(const Vector3& at) {
    const Vector3 centre{middle + 5, middle - 4, middle + 3};
    double squared = 0;
    for (std::size_t a = 0; a < 3; ++a) squared += (at[a] - centre[a]) * (at[a] - centre[a]);
    return std::cos(std::numbers::pi * 0.45 / 26 * squared);
}

/// From output indices, counted from the middle of the grid, to source samples: 3 to 5 of them a step.
Vector3 bend(const Vector3& o) {
    return {middle + 4 * o[0] + 0.9 * std::sin(0.55 * o[1]) + 0.8 * std::sin(0.6 * o[0]),
            middle + 4 * o[1] + 0.9 * std::sin(0.5 * o[2] + 1) + 0.8 * std::sin(0.6 * o[1] + 2),
            middle + 4 * o[2] + 0.9 * std::cos(0.5 * o[0]) + 0.8 * std::sin(0.6 * o[2] + 4)};
}

Vector3 from_middle(const Vector3& index) {
    constexpr double half = (grid_size - 1) / 2.0;
    return {index[0] - half, index[1] - half, index[2] - half};
}

double lanczos(double x) {
    if (x == 0) return 1;
    if (std::abs(x) >= 3) return 0;
    const double angle = std::numbers::pi * x;
    return 3 * std::sin(angle) * std::sin(angle / 3) / (angle * angle);
}

/// lanczos:3 of the continuous plate, in the space of the result, for the samples that are compared: by sums of 10
/// places a step, which is twice as many as its frequencies there need.
std::vector<double> truth() {
    constexpr std::int64_t times = 10;
    constexpr std::int64_t fine = grid_size * times;
    std::vector<double> values(fine * fine * fine);
    const auto index = [](std::int64_t i) { return (static_cast<double>(i) + 0.5) / times - 0.5; };
    std::size_t next = 0;
    for (std::int64_t z = 0; z < fine; ++z) {
        for (std::int64_t y = 0; y < fine; ++y) {
            for (std::int64_t x = 0; x < fine; ++x) {
                values[next++] = plate(bend(from_middle({index(x), index(y), index(z)})));
            }
        }
    }
    // One axis after the other, each time from the fastest to the slowest.
    constexpr std::int64_t compared = grid_size - 2 * margin;
    std::int64_t rows = fine * fine;
    for (int axis = 0; axis < 3; ++axis) {
        std::vector<double> made(static_cast<std::size_t>(rows * compared));
        for (std::int64_t k = 0; k < compared; ++k) {
            std::vector<double> weights;
            double sum = 0;
            for (std::int64_t i = 0; i < fine; ++i) {
                weights.push_back(lanczos(index(i) - static_cast<double>(k + margin)));
                sum += weights.back();
            }
            for (std::int64_t r = 0; r < rows; ++r) {
                double value = 0;
                for (std::int64_t i = k * times; i < std::min(fine, (k + 2 * margin + 1) * times); ++i) {
                    value += weights[static_cast<std::size_t>(i)] * values[static_cast<std::size_t>(r * fine + i)];
                }
                made[static_cast<std::size_t>(k * rows + r)] = value / sum;
            }
        }
        values = made;
        rows = rows / fine * compared;
    }
    return values;  // z, y, x
}

Volume source() {
    Volume volume({source_size, source_size, source_size});
    for (std::int64_t z = 0; z < source_size; ++z) {
        for (std::int64_t y = 0; y < source_size; ++y) {
            for (std::int64_t x = 0; x < source_size; ++x) {
                volume.at(x, y, z) = plate({static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)});
            }
        }
    }
    return volume;
}

double rms(const std::vector<double>& values) {
    double sum = 0;
    for (const double v : values) sum += v * v;
    return std::sqrt(sum / static_cast<double>(values.size()));
}

/// Of the samples that are compared, in % of the signal.
template <class Value>
double error(const std::vector<double>& truth, Value value) {
    std::vector<double> off;
    std::size_t next = 0;
    for (std::int64_t z = margin; z < grid_size - margin; ++z) {
        for (std::int64_t y = margin; y < grid_size - margin; ++y) {
            for (std::int64_t x = margin; x < grid_size - margin; ++x) off.push_back(value(x, y, z) - truth[next++]);
        }
    }
    return 100 * rms(off) / rms(truth);
}

/// Of a source reduced by `factor`, and a grid that is `finer`.
double error_of_warp(const std::vector<double>& truth, const Rational& factor, const Rational& finer) {
    reference::Axis axis;
    axis.n = axis.b = source_size;
    axis.factor = {factor.num, factor.den};
    const reference::Result result = reference::resample(source(), {axis, axis, axis});
    Volume reduced(result.size);
    for (std::size_t i = 0; i < reduced.samples.size(); ++i) reduced.samples[i] = static_cast<float>(result.value[i]);

    WarpPlan plan;
    plan.warp.size = {grid_size, grid_size, grid_size};
    plan.warp.transform = warps::own_transform([](const Vector3& place) { return bend(from_middle(place)); });
    plan.warp.finer = {finer, finer, finer};
    plan.warp.wanted = {Range{0, source_size}, {0, source_size}, {0, source_size}};
    plan.type = SampleType::float32;
    plan.threads = 2;
    const Rational first = make_rational(factor.num - factor.den, 2 * factor.den);
    const Geometry geometry = resampled({}, {first, first, first}, {factor, factor, factor});
    const warps::Outcome outcome = warps::through(plan, reduced, SampleType::float32, geometry, 1 << 24);
    const std::vector<double> samples = outcome.samples();
    return error(truth, [&](Index x, Index y, Index z) {
        return samples[static_cast<std::size_t>((z * grid_size + y) * grid_size + x)];
    });
}

/// At the points of the result, as others do it.
double error_of_linear(const std::vector<double>& truth) {
    return error(truth, [](Index x, Index y, Index z) {
        const Vector3 at = bend(from_middle({static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)}));
        double sum = 0;
        for (int corner = 0; corner < 8; ++corner) {
            double weight = 1;
            Vector3 sample{};
            for (std::size_t a = 0; a < 3; ++a) {
                const double below = std::floor(at[a]);
                const bool above = (corner >> a & 1) != 0;
                weight *= above ? at[a] - below : 1 - (at[a] - below);
                sample[a] = above ? below + 1 : below;
            }
            sum += weight * plate(sample);
        }
        return sum;
    });
}

}  // namespace

TEST_CASE("a zone plate through a warp that bends is what can be shown of it", "[warp]") {
    const std::vector<double> expected = truth();
    const double standard = error_of_warp(expected, {15, 8}, {3, 1});
    const double least = error_of_warp(expected, {15, 8}, {2, 1});  // 4/3 of a reduced sample from one to the next
    const double best = error_of_warp(expected, {1, 1}, {6, 1});
    const double linear = error_of_linear(expected);
    CAPTURE(rms(expected), standard, least, best, linear);
    CHECK(rms(expected) > 0.1);
    CHECK(standard < 3);
    CHECK(least < 4);
    CHECK(best < 0.4);
    CHECK(linear > 100);
}
