// What must come through without a change: copies, gaps, things that are not numbers.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using reference::Fraction;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

Volume cropped(const Volume& v, const std::array<Range, 3>& crop) {
    Volume part({crop[0].size(), crop[1].size(), crop[2].size()}, v.channels);
    for (Index z = 0; z < part.size[2]; ++z)
        for (Index y = 0; y < part.size[1]; ++y)
            for (Index x = 0; x < part.size[0]; ++x)
                for (int c = 0; c < v.channels; ++c)
                    part.at(x, y, z, c) = v.at(x + crop[0].first, y + crop[1].first, z + crop[2].first, c);
    return part;
}

/// Bytes with every NaN replaced by the same one.
Bytes with_one_nan(const Bytes& bytes, SampleType type) {
    std::vector<double> samples = support::from_bytes(bytes, type);
    for (double& sample : samples) {
        if (std::isnan(sample)) sample = no_number;
    }
    return support::to_bytes(samples, type);
}

}  // namespace

TEST_CASE("a factor of one with a crop copies every bit", "[import]") {
    const std::array<Range, 3> crop{{{2, 18}, {1, 15}, {3, 11}}};
    for (const SampleType type : support::all_types) {
        Volume volume = phantom::noise({19, 17, 12}, type);
        if (support::is_float(type)) {
            const bool single = type == SampleType::float32;
            const std::vector<double> odd{
                no_number,
                -0.0,
                0.0,
                infinity,
                -infinity,
                single ? std::numeric_limits<float>::denorm_min() : std::numeric_limits<double>::denorm_min(),
                single ? -std::numeric_limits<float>::denorm_min() : -std::numeric_limits<double>::denorm_min(),
                support::highest(type),
                support::lowest(type),
                single ? std::numeric_limits<float>::min() : std::numeric_limits<double>::min()};
            for (std::size_t i = 0; i < volume.samples.size(); i += 3) volume.samples[i] = odd[i / 3 * 7 % odd.size()];
        }
        const Source source(volume, type);
        for (const char* kernel : {"lanczos:3", "gauss:1,3", "nearest", "box"}) {
            for (const Align align : {Align::cell, Align::first}) {
                const Bytes bytes = import_bytes(source.stack, options_of(recipe(kernel, {1, 1}, align, crop)));
                INFO(stack2nrrd::sample_type_name(type) << ' ' << kernel);
                CHECK((with_one_nan(bytes, type) == support::to_bytes(cropped(volume, crop).samples, type)));
            }
        }
        // The same, asked for as a size.
        Recipe sized = recipe("bspl3", {1, 1}, Align::cell, crop);
        sized.size = {16, 14, 8};
        CHECK((with_one_nan(import_bytes(source.stack, options_of(sized)), type) ==
               support::to_bytes(cropped(volume, crop).samples, type)));
    }
}

TEST_CASE("NaN is left out and the rest counts for the whole", "[import]") {
    const phantom::Size size{21, 18, 16};
    const std::vector<std::pair<std::string, bool (*)(Index, Index, Index)>> patterns{
        {"some", [](Index x, Index y, Index z) { return (x * 7 + y * 5 + z * 3) % 11 == 0; }},
        {"half", [](Index x, Index y, Index z) { return (x * 31 + y * 17 + z * 13) % 29 < 14; }},
        {"rows", [](Index, Index y, Index) { return y % 5 == 1; }},
        {"columns", [](Index x, Index, Index) { return x > 9 && x < 14; }},
        {"slices", [](Index, Index, Index z) { return z == 0 || z == 7 || z == 8; }},
        {"a block", [](Index x, Index y, Index z) { return x < 12 && y > 4 && z > 5; }},
        {"all but one", [](Index x, Index y, Index z) { return !(x == 9 && y == 8 && z == 7); }},
        {"all", [](Index, Index, Index) { return true; }}};
    const std::vector<std::string> kernels{"box",         "tent",      "ctmr",       "mitchell", "bspl5",
                                           "gauss:0.5,4", "lanczos:3", "kaiser:3,4", "nearest"};
    for (const auto& [name, is_nan] : patterns) {
        for (const SampleType type : {SampleType::float32, SampleType::float64}) {
            Volume volume = phantom::noise(size, type, 9);
            for (Index z = 0; z < size[2]; ++z)
                for (Index y = 0; y < size[1]; ++y)
                    for (Index x = 0; x < size[0]; ++x)
                        if (is_nan(x, y, z)) volume.at(x, y, z) = no_number;
            const Source source(volume, type);
            for (const std::string& kernel : kernels) {
                for (const Fraction factor : {Fraction{2, 1}, Fraction{3, 2}, Fraction{3, 1}}) {
                    INFO(name);
                    CHECK(disagreement(source, recipe(kernel, factor)) == "");
                }
                Recipe mixed = recipe(kernel, {5, 2}, Align::first, {Range{2, 20}, Range{}, Range{1, 16}});
                mixed.factor[1] = {1, 1};
                INFO(name);
                CHECK(disagreement(source, mixed) == "");
            }
        }
    }
}

TEST_CASE("NaN becomes 0 in integers, and is counted", "[import]") {
    Volume volume({8, 6, 4}, 1, no_number);
    volume.at(0, 0, 0) = volume.at(1, 0, 1) = 77;  // a quarter of the weight
    volume.at(2, 0, 0) = 77;                       // an eighth
    const Source source(volume, SampleType::float32);
    Options options = options_of(recipe("box", {2, 1}));
    options.type = SampleType::int16;
    stack2nrrd::Report report;
    const Doubles samples = import_samples(source.stack, options, nullptr, &report);
    CHECK(samples[0] == 77);
    CHECK(std::count(samples.begin(), samples.end(), 0.0) == 23);
    CHECK(report.nan_samples == 23);
}

TEST_CASE("infinities propagate as far as the kernel reaches", "[import]") {
    for (const double odd : {infinity, -infinity}) {
        Volume volume = phantom::noise({24, 20, 18}, SampleType::float32, 4);
        volume.at(12, 9, 8) = odd;
        const Source source(volume, SampleType::float32);
        for (const char* kernel : {"box", "tent", "bspl3", "gauss:0.5,4", "mitchell", "lanczos:3"}) {
            const Recipe r = recipe(kernel, {2, 1});
            const reference::Result truth = reference::resample(volume, axes_of(r, volume.size));
            const Doubles samples = import_samples(source.stack, options_of(r));
            std::int64_t finite = 0;
            std::int64_t wrong = 0;
            for (std::size_t i = 0; i < samples.size(); ++i) {
                const auto want = static_cast<double>(truth.value[i]);
                finite += std::isfinite(want) ? 1 : 0;
                wrong +=
                    std::isfinite(want) ? (std::abs(want - samples[i]) > 1e-3 ? 1 : 0) : (want != samples[i] ? 1 : 0);
            }
            INFO(kernel << ' ' << odd);
            CHECK(wrong == 0);
            CHECK(finite > 0);
            CHECK(finite < static_cast<std::int64_t>(samples.size()));
        }
    }
    Volume both({8, 8, 8}, 1, 1);
    both.at(2, 2, 2) = infinity;
    both.at(3, 3, 3) = -infinity;
    const Source source(both, SampleType::float64);
    CHECK(std::isnan(import_samples(source.stack, options_of(recipe("box", {2, 1})))[(1 * 4 + 1) * 4 + 1]));
}

TEST_CASE("slices that are missing", "[import]") {
    const phantom::Size size{12, 10, 11};
    for (const SampleType type : {SampleType::uint8, SampleType::uint16, SampleType::int16, SampleType::int32,
                                  SampleType::float32, SampleType::float64}) {
        const Volume volume = phantom::noise(size, type, 2);
        Source source(volume, type, 20);
        for (const int gone : {3, 4, 8})
            std::filesystem::remove(source.folder / ("slice_00" + std::to_string(20 + gone) + ".tif"));
        source.stack = stack2nrrd::find_stack(source.folder.path());
        REQUIRE(source.stack.slices.size() == 11);

        const auto filled = [&](const std::vector<Index>& from) {
            Volume result({size[0], size[1], static_cast<Index>(from.size())});
            for (std::size_t z = 0; z < from.size(); ++z)
                for (Index y = 0; y < size[1]; ++y)
                    for (Index x = 0; x < size[0]; ++x)
                        result.at(x, y, static_cast<Index>(z)) = from[z] < 0 ? 0 : volume.at(x, y, from[z]);
            return result;
        };
        struct Way {
            stack2nrrd::Missing missing;
            std::vector<Index> slices;
        };
        const std::vector<Way> ways{
            {stack2nrrd::Missing::repeat, {0, 1, 2, 2, 5, 5, 6, 7, 7, 9, 10}},  // of two equally near, the lower one
            {stack2nrrd::Missing::blank, {0, 1, 2, -1, -1, 5, 6, 7, -1, 9, 10}},
            {stack2nrrd::Missing::close, {0, 1, 2, 5, 6, 7, 9, 10}}};
        for (const Way& way : ways) {
            const Volume expected = filled(way.slices);
            Options copy = options_of(recipe("lanczos:3", {1, 1}));
            copy.missing = way.missing;
            INFO(stack2nrrd::sample_type_name(type) << " way " << static_cast<int>(way.missing));
            CHECK((import_bytes(source.stack, copy) == support::to_bytes(expected.samples, type)));

            const Recipe r = recipe("lanczos:3", {3, 2});
            Options options = options_of(r);
            options.missing = way.missing;
            const reference::Result truth = reference::resample(expected, axes_of(r, expected.size));
            CHECK(reference::disagreement(truth, import_samples(source.stack, options), type,
                                          reference::tolerance(expected, type)) == "");
        }
        CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(source.stack)); }) == ErrorCode::missing_slices);
    }
}
