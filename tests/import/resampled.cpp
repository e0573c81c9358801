// Whole imports against the slow truth (promise 2).

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using reference::Fraction;

const std::vector<std::string> kernels{
    "box",       "box:2",           "box:1.5",       "tent",        "tent:1.5",
    "cubic:1,0", "cubic:0,0.5",     "cubic:1/3,1/3", "ctmr",        "mitchell",
    "bspl2",     "bspl3",           "bspl5",         "gauss:0.5,4", "gauss:0.75,3",
    "hann:2",    "hann:1.5,2",      "hann:3",        "blackman:3",  "black:2",
    "lanczos:2", "lanczos:3",       "lanczos:4",     "kaiser:3,4",  "kaiser:3,4,0.85",
    "nearest",   "cubic:1.25,0,0.5"};
const std::vector<Fraction> factors{{1, 1}, {3, 2}, {2, 1}, {3, 1}, {4, 1}, {73, 10}, {20, 1}, {8, 3}};
const std::array<Range, 3> no_crop{};
const std::array<Range, 3> crop{{{5, 36}, {0, 22}, {3, 29}}};

}  // namespace

TEST_CASE("all kernels, factors, alignments and crops equal the definition", "[import]") {
    const phantom::Size size{41, 37, 29};
    // Every combination is made with one type, and every type meets every kernel and every factor.
    std::vector<std::unique_ptr<Source>> sources;
    for (const SampleType type : support::all_types)
        sources.push_back(std::make_unique<Source>(phantom::noise(size, type), type));
    std::int64_t off = 0;
    std::size_t turn = 0;
    for (const std::string& kernel : kernels) {
        for (const Fraction factor : factors) {
            for (const Align align : {Align::cell, Align::first}) {
                for (const auto& part : {no_crop, crop}) {
                    const Source& source = *sources[(turn * 3 + turn / 8) % sources.size()];
                    ++turn;
                    CHECK(disagreement(source, recipe(kernel, factor, align, part), &off) == "");
                }
            }
        }
    }
    INFO(off << " samples beside a tie");
    CHECK(off < 1000);
}

TEST_CASE("each axis has its own kernel, factor and crop", "[import]") {
    const Source source(phantom::noise({40, 35, 31}, SampleType::uint16, 3), SampleType::uint16);
    const Source smooth(phantom::blobs({40, 35, 31}, 200, 60000), SampleType::uint16);
    const Source impulses(phantom::impulses({40, 35, 31}, -30000, 32767, 7), SampleType::int16);
    Recipe r;
    r.kernel = {"box", "lanczos:3", "cubic:1/3,1/3"};
    r.factor = {{{4, 1}, {3, 2}, {1, 1}}};
    CHECK(disagreement(source, r) == "");
    CHECK(disagreement(smooth, r) == "");
    CHECK(disagreement(impulses, r) == "");
    r.factor = {{{1, 1}, {7, 3}, {5, 2}}};
    r.crop = {Range{1, 40}, Range{}, Range{4, 30}};
    CHECK(disagreement(source, r) == "");
    r.align = Align::first;
    CHECK(disagreement(source, r) == "");
    CHECK(disagreement(impulses, r) == "");
    r.kernel = {"nearest", "gauss:0.5,4", "box"};
    r.factor = {{{12345, 1000}, {1, 1}, {29, 7}}};
    CHECK(disagreement(source, r) == "");
    r.factor = {{{1, 1}, {1, 1}, {3, 1}}};
    CHECK(disagreement(source, r) == "");
    r.factor = {{{3, 1}, {1, 1}, {1, 1}}};
    CHECK(disagreement(source, r) == "");
    // A factor beyond the crop leaves one sample.
    r.factor = {{{100, 1}, {1000, 1}, {77, 2}}};
    CHECK(disagreement(source, r) == "");
    r.kernel = {"lanczos:3", "tent", "bspl5"};
    CHECK(disagreement(smooth, r) == "");
}

TEST_CASE("sizes reduce and enlarge", "[import]") {
    const Source source(phantom::noise({23, 19, 13}, SampleType::uint16, 5), SampleType::uint16);
    const Source floats(phantom::noise({23, 19, 13}, SampleType::float32, 6), SampleType::float32);
    for (const std::string& kernel : kernels) {
        for (const Align align : {Align::cell, Align::first}) {
            for (const auto& part : {no_crop, std::array<Range, 3>{{{3, 20}, {2, 19}, {0, 9}}}}) {
                Recipe r = recipe(kernel, {1, 1}, align, part);
                r.size = {10, 19, 5};
                CHECK(disagreement(source, r) == "");
                if (kernel == "box:1.5") continue;  // enlarging
                r.size = {46, 38, 26};
                CHECK(disagreement(source, r) == "");
                r.size = {69, 7, 14};
                CHECK(disagreement(floats, r) == "");
                r.size = {34, 34, 18};
                CHECK(disagreement(floats, r) == "");
            }
        }
    }
}

TEST_CASE("a size of 0 follows the ratio of the first axis that has one", "[import]") {
    const Source source(phantom::noise({24, 18, 13}, SampleType::uint8), SampleType::uint8);
    const auto made = [&](const std::string& size) {
        Options options;
        stack2nrrd::set_option(options, "size", size);
        return stack2nrrd::plan_import(source.stack, options).volume().size;
    };
    using Size = std::array<Index, 3>;
    CHECK(made("12,0,0") == Size{12, 9, 6});
    CHECK(made("0,6,0") == Size{8, 6, 4});
    CHECK(made("0,0,13") == Size{24, 18, 13});
    CHECK(made("12,0,3") == Size{12, 9, 3});
    CHECK(made("48,0,0") == Size{48, 36, 26});
    CHECK(made("7,0,0") == Size{7, 5, 3});  // 24/7: floor(18·7/24), floor(13·7/24)
}

TEST_CASE("a constant stays what it is", "[import]") {
    for (const SampleType type : support::all_types) {
        std::vector<double> values{support::lowest(type), support::highest(type), 0, 1, 100};
        if (support::is_float(type)) values = {0, -1.5, 1.0 / 3, 1e30, -1e-30};
        for (double value : values) {
            if (type == SampleType::float32) value = static_cast<float>(value);
            const Source source(Volume({17, 13, 11}, 1, value), type);
            for (const std::string& kernel : kernels) {
                for (const Fraction factor : {Fraction{3, 2}, Fraction{4, 1}, Fraction{73, 10}}) {
                    const Doubles samples = import_samples(source.stack, options_of(recipe(kernel, factor)));
                    double far = 0;
                    for (const double sample : samples) far = std::max(far, std::abs(sample - value));
                    INFO(stack2nrrd::sample_type_name(type) << ' ' << value << ' ' << kernel << ' ' << factor.num);
                    const double relative = type == SampleType::float64 ? 1e-14 : 1e-7;
                    CHECK(far <= (support::is_float(type) ? std::abs(value) * relative : 0));
                }
            }
        }
    }
}

TEST_CASE("what overshoots is clamped and does not wrap", "[import]") {
    for (const SampleType type : support::all_types) {
        if (support::is_float(type)) continue;
        // Blocks of the lowest and the highest value: sharp kernels overshoot at every edge.
        Volume blocks({24, 24, 24});
        for (Index z = 0; z < 24; ++z)
            for (Index y = 0; y < 24; ++y)
                for (Index x = 0; x < 24; ++x)
                    blocks.at(x, y, z) =
                        (x / 8 + y / 8 + z / 8) % 2 == 0 ? support::lowest(type) : support::highest(type);
        const Source source(blocks, type);
        const Source fine(phantom::checkerboard({24, 24, 24}, support::lowest(type), support::highest(type)), type);
        for (const char* kernel : {"lanczos:3", "ctmr", "kaiser:3,4,0.85", "box"}) {
            for (const Fraction factor : {Fraction{3, 2}, Fraction{2, 1}}) {
                CHECK(disagreement(source, recipe(kernel, factor)) == "");
                CHECK(disagreement(fine, recipe(kernel, factor)) == "");
            }
        }
        const Doubles samples = import_samples(source.stack, options_of(recipe("lanczos:3", {2, 1})));
        CHECK(std::count(samples.begin(), samples.end(), support::lowest(type)) > 50);
        CHECK(std::count(samples.begin(), samples.end(), support::highest(type)) > 50);
    }
}
