// Promise 3: every sample lies where the header says.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using reference::Fraction;
using Long = long double;

constexpr phantom::Size size{40, 36, 44};

/// A float64 volume that tells the place of each of its samples in millimetres of `axis`, for the given spacing and
/// origin; one stack for each axis.
struct Phantoms {
    std::array<double, 3> spacing{0.5, 0.25, 2};
    std::array<double, 3> origin{-7, 100, 3.5};
    std::vector<std::unique_ptr<Source>> axes;

    Phantoms() {
        for (std::size_t a = 0; a < 3; ++a) {
            std::array<double, 3> slope{0, 0, 0};
            slope[a] = spacing[a];
            axes.push_back(std::make_unique<Source>(phantom::ramp(size, origin[a], slope), SampleType::float64, 1));
        }
    }
};

/// The largest distance between where the header puts samples and where they say they are, borders left out.
double misplacement(const Phantoms& phantoms, Options options, int border = 5) {
    options.spacing = phantoms.spacing;
    options.origin = phantoms.origin;
    double worst = 0;
    for (std::size_t a = 0; a < 3; ++a) {
        stack2nrrd::VolumeInfo info;
        const Doubles samples = import_samples(phantoms.axes[a]->stack, options, &info);
        const auto& g = info.geometry;
        REQUIRE(g.spacing_known);
        REQUIRE(info.size[a] > 2 * border);
        for (Index z = 0; z < info.size[2]; ++z) {
            for (Index y = 0; y < info.size[1]; ++y) {
                for (Index x = 0; x < info.size[0]; ++x) {
                    const std::array<Index, 3> at{x, y, z};
                    if (at[a] < border || at[a] >= info.size[a] - border) continue;
                    double place = g.origin[a];
                    for (std::size_t d = 0; d < 3; ++d) place += g.direction[d][a] * static_cast<double>(at[d]);
                    const double sample = samples[static_cast<std::size_t>((z * info.size[1] + y) * info.size[0] + x)];
                    worst = std::max(worst, std::abs(place - sample));
                }
            }
        }
    }
    return worst;
}

/// Is `d` what `truth` rounds to? Next to a tie, where a long double cannot tell, both neighbours will do.
bool is_rounded(double d, Long truth) {
    const Long up = std::nextafter(d, std::numeric_limits<double>::infinity()) - static_cast<Long>(d);
    const Long down = static_cast<Long>(d) - std::nextafter(d, -std::numeric_limits<double>::infinity());
    return std::fabs(static_cast<Long>(d) - truth) <= std::max(up, down) * 0.5005L;
}

}  // namespace

TEST_CASE("a phantom whose value is its own position comes out at that position", "[import]") {
    const Phantoms phantoms;
    for (const char* kernel : {"box", "tent", "ctmr", "mitchell", "bspl2", "bspl3", "bspl5", "lanczos:3", "gauss:0.5,4",
                               "blackman:3", "kaiser:3,4"}) {
        for (const Fraction factor : {Fraction{1, 1}, Fraction{3, 2}, Fraction{2, 1}, Fraction{3, 1}}) {
            for (const Align align : {Align::cell, Align::first}) {
                const std::array<Range, 3> whole{};
                // Exactly symmetric weights keep a ramp. Between samples a widened kernel does so but for its ripple.
                const double most = factor.den == 1 ? 1e-11 : 0.2;
                INFO(kernel << ' ' << factor.num << '/' << factor.den << (align == Align::cell ? " cell" : " first"));
                const double wrong = misplacement(phantoms, options_of(recipe(kernel, factor, align, whole)));
                CHECK(wrong < most);
                Recipe cropped = recipe(kernel, factor, align, {Range{3, 40}, Range{0, 35}, Range{2, 43}});
                CHECK(misplacement(phantoms, options_of(cropped)) < most);
            }
        }
    }
    // Splines keep ramps at every phase.
    for (const char* kernel : {"tent", "ctmr", "mitchell", "bspl2", "bspl3", "bspl5"}) {
        Recipe r = recipe(kernel, {1, 1});
        r.size = {60, 72, 66};
        INFO(kernel);
        CHECK(misplacement(phantoms, options_of(r)) < 1e-11);
    }
}

TEST_CASE("step and reverse keep samples in their places", "[import]") {
    const Phantoms phantoms;
    for (const int step : {1, 2, 3}) {
        for (const Fraction factor : {Fraction{1, 1}, Fraction{2, 1}}) {
            Options options = options_of(recipe("lanczos:3", factor));
            options.step = step;
            options.axes[2].factor = {1, 1};
            INFO("step " << step << " factor " << factor.num);
            CHECK(misplacement(phantoms, options) < 1e-11);
        }
    }
    // Reversed: the list is turned round, so the origin belongs to what was the last slice.
    Source source(phantom::ramp({6, 5, 12}, 11 * 4, {0, 0, -4}), SampleType::float64);
    Options options = options_of(recipe("box", {2, 1}));
    options.reverse = true;
    options.spacing = stack2nrrd::Vector3{1, 1, 4};
    stack2nrrd::VolumeInfo info;
    const Doubles samples = import_samples(source.stack, options, &info);
    for (std::size_t z = 0; z < 6; ++z)
        CHECK(samples[z * 6] == info.geometry.origin[2] + static_cast<double>(z) * info.geometry.direction[2][2]);
    // step comes first: 0, 5, 10; then reverse: 10, 5, 0
    options = options_of(recipe("box", {1, 1}));
    options.reverse = true;
    options.step = 5;
    const Doubles stepped = import_samples(source.stack, options, &info);
    CHECK(info.size[2] == 3);
    CHECK(stepped[0] == 4);
    CHECK(stepped[30] == 24);
    CHECK(stepped[60] == 44);
    CHECK(info.geometry.direction[2][2] == 5);
}

TEST_CASE("gaps that are filled keep their places, gaps that are closed do not", "[import]") {
    Source source(phantom::ramp({6, 5, 12}, 0, {0, 0, 1}), SampleType::float64);
    std::filesystem::remove(source.folder / "slice_0005.tif");
    const Stack stack = stack2nrrd::find_stack(source.folder.path());
    const auto along_z = [&](stack2nrrd::Missing missing) {
        Options options = options_of(recipe("box", {1, 1}));
        options.missing = missing;
        const Doubles samples = import_samples(stack, options);
        Doubles line;
        for (std::size_t i = 0; i < samples.size(); i += 30) line.push_back(samples[i]);
        return line;
    };
    CHECK(along_z(stack2nrrd::Missing::repeat) == Doubles{0, 1, 2, 3, 4, 4, 6, 7, 8, 9, 10, 11});
    CHECK(along_z(stack2nrrd::Missing::blank) == Doubles{0, 1, 2, 3, 4, 0, 6, 7, 8, 9, 10, 11});
    CHECK(along_z(stack2nrrd::Missing::close) == Doubles{0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11});
}

TEST_CASE("direction and origin are exact, to the last bit", "[import]") {
    const Source source(Volume({300, 200, 9}), SampleType::uint8);
    const std::vector<std::pair<const char*, Long>> units{
        {"nm", 1e-6L}, {"um", 1e-3L}, {"mm", 1}, {"cm", 10}, {"m", 1000}};
    for (const char* spacing : {"1", "0.1,0.3,0.7", "17.3,2.1,9.99", "0.0123456789,3.3,1e-3"}) {
        for (const auto& [unit, millimetres] : units) {
            for (const char* factor : {"1", "2", "3/2", "7.3", "20", "8/3", "1.0001"}) {
                for (const char* align : {"cell", "first"}) {
                    for (const char* crop : {"", "17:290,0:99,2:8"}) {
                        Options options;
                        stack2nrrd::set_option(options, "spacing", spacing);
                        stack2nrrd::set_option(options, "space_units", unit);
                        stack2nrrd::set_option(options, "origin", "-12.34,0.001,1234.5");
                        stack2nrrd::set_option(options, "factor", factor);
                        stack2nrrd::set_option(options, "align", align);
                        if (*crop != 0) stack2nrrd::set_option(options, "crop", crop);
                        const auto volume = stack2nrrd::plan_import(source.stack, options).volume();
                        for (std::size_t a = 0; a < 3; ++a) {
                            reference::Axis axis;
                            axis.n = source.volume.size[a];
                            axis.a = options.axes[a].crop.first;
                            axis.b = options.axes[a].crop.empty() ? axis.n : options.axes[a].crop.end;
                            axis.factor = {options.axes[a].factor.num, options.axes[a].factor.den};
                            axis.cell = std::string(align) == "cell";
                            const Fraction s = reference::step(axis);
                            const Fraction u = reference::position(axis, 0);
                            const Long in_mm = millimetres < 1
                                                   ? static_cast<Long>((*options.spacing)[a]) / (1 / millimetres)
                                                   : static_cast<Long>((*options.spacing)[a]) * millimetres;
                            // A spacing in millimetres is a double, as every reader of the source has it.
                            const auto d = static_cast<Long>(static_cast<double>(in_mm));
                            const auto& g = volume.geometry;
                            INFO(spacing << ' ' << unit << ' ' << factor << ' ' << align << ' ' << crop << " axis "
                                         << a);
                            CHECK(
                                is_rounded(g.direction[a][a], d * static_cast<Long>(s.num) / static_cast<Long>(s.den)));
                            CHECK(is_rounded(g.origin[a], static_cast<Long>((*options.origin)[a]) +
                                                              d * static_cast<Long>(u.num) / static_cast<Long>(u.den)));
                            for (std::size_t other = 0; other < 3; ++other)
                                if (other != a) CHECK(g.direction[a][other] == 0);
                            CHECK(volume.size[a] == reference::count(axis));
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("the geometry of a step is exact, too", "[import]") {
    const Source source(Volume({4, 4, 60}), SampleType::uint8);
    for (const double spacing : {0.1, 0.7, 1.3, 0.0123}) {
        for (const int step : {3, 7, 11}) {
            Options options = options_of(recipe("box", {7, 3}));
            options.step = step;
            options.spacing = stack2nrrd::Vector3{1, 1, spacing};
            const auto g = stack2nrrd::plan_import(source.stack, options).volume().geometry;
            INFO(spacing << " step " << step);
            CHECK(is_rounded(g.direction[2][2], static_cast<Long>(spacing) * step * 7 / 3));
            CHECK(is_rounded(g.origin[2], static_cast<Long>(spacing) * step * 2 / 3));
        }
    }
}

TEST_CASE("without a spacing the header counts in source samples", "[import]") {
    const Source source(Volume({12, 12, 12}), SampleType::uint8);
    const auto g = stack2nrrd::plan_import(source.stack, options_of(recipe("box", {4, 1}))).volume().geometry;
    CHECK_FALSE(g.spacing_known);
    CHECK(g.spacing_source == "unknown");
    CHECK(g.direction[0][0] == 4);
    CHECK(g.origin[2] == 1.5);
}
