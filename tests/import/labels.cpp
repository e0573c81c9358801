// Labels: kernel mode against a brute-force count, and what must not happen to labels.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using reference::Fraction;
using Size = phantom::Size;

/// Few values, some of them the ends of the type, so that many are equally frequent; NaN among floats.
Volume labels(Size size, SampleType type, int channels = 1) {
    Volume volume = phantom::noise(size, 0, 5, true, 31, channels);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> values{0, 1, support::lowest(type), support::highest(type), 77, 2};
    for (double& sample : volume.samples) sample = values[static_cast<std::size_t>(sample)];
    if (support::is_float(type)) {
        for (std::size_t i = 0; i < volume.samples.size(); i += i % 3 + 1) volume.samples[i] = nan;
    }
    return volume;
}

/// "" if both are equal, NaN to NaN.
std::string difference(const Doubles& made, const Doubles& truth) {
    if (made.size() != truth.size()) return std::to_string(made.size()) + " samples";
    for (std::size_t i = 0; i < made.size(); ++i) {
        if (made[i] == truth[i] || (std::isnan(made[i]) && std::isnan(truth[i]))) continue;
        return "sample " + std::to_string(i) + ": " + std::to_string(made[i]) + ", not " + std::to_string(truth[i]);
    }
    return "";
}

std::vector<Recipe> recipes() {
    std::vector<Recipe> all{recipe("mode", {2, 1}),
                            recipe("mode", {3, 2}),
                            recipe("mode", {8, 3}, Align::first),
                            recipe("mode", {3, 1}, Align::first),
                            recipe("mode", {4, 1}, Align::cell, {Range{3, 20}, Range{}, Range{2, 11}}),
                            recipe("mode", {73, 10}),
                            recipe("mode", {40, 1})};
    all.push_back(recipe("mode", {2, 1}));
    all.back().factor = {{{1, 1}, {5, 2}, {3, 1}}};
    all.push_back(recipe("mode", {2, 1}));
    all.back().factor = {{{3, 1}, {2, 1}, {1, 1}}};
    all.push_back(recipe("mode", {1, 1}));
    all.back().size = {35, 9, 20};  // larger, smaller, larger
    all.push_back(recipe("mode", {1, 1}, Align::first));
    all.back().size = {7, 40, 5};
    return all;
}

}  // namespace

TEST_CASE("kernel mode takes the most frequent value", "[import]") {
    for (const SampleType type : support::all_types) {
        for (const int channels : {1, 3}) {
            if (channels > 1 && type != SampleType::uint8 && type != SampleType::float32) continue;
            const Source source(labels({23, 19, 14}, type, channels), type);
            for (const Recipe& r : recipes()) {
                Options options = options_of(r);
                options.threads = 2;
                if (channels > 1) options.channel = stack2nrrd::Channel::all;
                INFO(stack2nrrd::sample_type_name(type) << ' ' << channels << ' ' << r.text());
                CHECK(difference(import_samples(source.stack, options),
                                 reference::modes(source.volume, axes_of(r, source.volume.size))) == "");
            }
        }
    }
}

TEST_CASE("of colour labels one channel can be taken, but luma is refused", "[import]") {
    for (const int channels : {2, 3, 4}) {
        const Source source(labels({13, 9, 8}, SampleType::uint16, channels), SampleType::uint16);
        const Recipe r = recipe("mode", {2, 1});
        Options options = options_of(r);
        for (int c = 0; c < channels; ++c) {
            options.channel = static_cast<stack2nrrd::Channel>(c);
            CHECK(difference(import_samples(source.stack, options),
                             reference::modes(reference::channel(source.volume, c), axes_of(r, source.volume.size))) ==
                  "");
        }
        options.channel = stack2nrrd::Channel::luma;
        if (channels > 2) {
            std::string sentence;
            CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(source.stack, options)); }, &sentence) ==
                  ErrorCode::invalid_argument);
            CHECK(sentence.find("luma") != std::string::npos);
        } else {
            CHECK(difference(import_samples(source.stack, options),
                             reference::modes(reference::channel(source.volume, 0), axes_of(r, source.volume.size))) ==
                  "");
        }
    }
}

TEST_CASE("labels are those that were there, in any type that holds them", "[import]") {
    const Source source(labels({23, 19, 14}, SampleType::int16), SampleType::int16);
    Options options;
    options.labels = true;
    for (const char* factor : {"2", "5/3", "3,1,1", "1"}) {
        stack2nrrd::set_option(options, "factor", factor);
        options.type.reset();
        const Doubles plain = import_samples(source.stack, options);
        const std::vector<double> known{0, 1, 2, 77, -32768, 32767};
        for (const double label : plain) REQUIRE(std::find(known.begin(), known.end(), label) != known.end());
        for (const SampleType type : {SampleType::int16, SampleType::int32, SampleType::float32, SampleType::float64}) {
            options.type = type;
            CHECK((import_samples(source.stack, options) == plain));
        }
        for (const SampleType type : {SampleType::uint8, SampleType::int8, SampleType::uint16, SampleType::uint32}) {
            options.type = type;
            CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(source.stack, options)); }) ==
                  ErrorCode::invalid_argument);
        }
    }
    const Source constant(Volume({12, 11, 10}, 1, 4e9), SampleType::uint32);
    options.type.reset();
    stack2nrrd::set_option(options, "factor", "7/3");
    for (const double label : import_samples(constant.stack, options)) CHECK(label == 4e9);
    for (const SampleType type : {SampleType::float32, SampleType::int32}) {
        options.type = type;
        CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(constant.stack, options)); }) ==
              ErrorCode::invalid_argument);
    }
}

TEST_CASE("a factor of one copies labels", "[import]") {
    for (const SampleType type : support::all_types) {
        const Source source(labels({12, 11, 10}, type), type);
        Options options;
        options.labels = true;
        CHECK(difference(import_samples(source.stack, options), source.volume.samples) == "");
    }
}

TEST_CASE("a slice of labels that is missing", "[import]") {
    Source source(labels({12, 11, 10}, SampleType::uint8), SampleType::uint8, 5);
    std::filesystem::remove(source.folder / "slice_0009.tif");
    source.stack = stack2nrrd::find_stack(source.folder.path());
    const Recipe r = recipe("mode", {3, 1});
    Options options = options_of(r);
    options.missing = stack2nrrd::Missing::blank;
    Volume blank = source.volume;
    for (Index y = 0; y < 11; ++y)
        for (Index x = 0; x < 12; ++x) blank.at(x, y, 4) = 0;
    CHECK(difference(import_samples(source.stack, options), reference::modes(blank, axes_of(r, blank.size))) == "");
}

TEST_CASE("labels do not depend on threads, slabs or memory", "[import]") {
    for (const SampleType type : {SampleType::uint8, SampleType::float32}) {
        const Source source(labels({300, 200, 29}, type), type);
        for (const Recipe& r :
             {recipe("mode", {4, 1}), recipe("mode", {5, 2}, Align::first), recipe("mode", {13, 1})}) {
            Options options = options_of(r);
            options.threads = 1;
            stack2nrrd::VolumeInfo whole;
            const Bytes one = import_bytes(source.stack, options, &whole);
            options.threads = 5;
            CHECK((import_bytes(source.stack, options) == one));
            const auto free_plan = stack2nrrd::plan_import(source.stack, options);

            Bytes joined;
            for (Index z = 0; z < whole.size[2]; z += 2) {
                options.slab = {z, std::min(z + 2, whole.size[2])};
                const Bytes slab = import_bytes(source.stack, options);
                joined.insert(joined.end(), slab.begin(), slab.end());
            }
            CHECK((joined == one));
            options.slab = {};

            options.memory = 1;
            std::string sentence;
            CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(source.stack, options)); }, &sentence) ==
                  ErrorCode::limit);
            const std::size_t at = sentence.find("at least ");
            REQUIRE(at != std::string::npos);
            const std::string least = sentence.substr(at + 9, sentence.find(' ', at + 9) - at - 9);
            stack2nrrd::set_option(options, "memory", least);
            CHECK(stack2nrrd::plan_import(source.stack, options).memory_bytes() < free_plan.memory_bytes());
            CHECK((import_bytes(source.stack, options) == one));
        }
    }
}

TEST_CASE("apart from the list of slices the memory for labels does not depend on their number", "[import]") {
    const Source source(phantom::blobs({60, 50, 40}, 0, 255), SampleType::uint8);
    Stack longer = source.stack;
    for (int i = 0; i < 100; ++i)
        longer.slices.insert(longer.slices.end(), source.stack.slices.begin(), source.stack.slices.end());
    Options options = options_of(recipe("mode", {8, 3}));
    options.threads = 4;
    const std::size_t more = longer.slices.size() - source.stack.slices.size();
    CHECK(stack2nrrd::plan_import(longer, options).memory_bytes() -
              stack2nrrd::plan_import(source.stack, options).memory_bytes() ==
          static_cast<std::int64_t>(2 * more * sizeof(stack2nrrd::SliceRef)));
    // Factors that cannot be counted are refused, not tried.
    options = options_of(recipe("mode", {1'000'000'000, 1}));
    CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(source.stack, options)); }) ==
          ErrorCode::invalid_argument);
}

TEST_CASE("a run over labels can be cancelled, and a bad slice is an error", "[import]") {
    Source source(labels({40, 30, 29}, SampleType::uint8), SampleType::uint8);
    Options options = options_of(recipe("mode", {2, 1}));
    options.threads = 3;
    const auto plan = stack2nrrd::plan_import(source.stack, options);
    Bytes bytes(static_cast<std::size_t>(plan.volume().bytes()));
    CHECK(refusal([&] {
              const auto sink = stack2nrrd::memory_sink(bytes);
              static_cast<void>(stack2nrrd::run_import(plan, *sink, [](const stack2nrrd::Progress&) { return false; }));
          }) == ErrorCode::cancelled);
    std::filesystem::resize_file(source.folder / "slice_0017.tif", 200);
    std::string sentence;
    CHECK(refusal([&] { static_cast<void>(import_bytes(source.stack, options)); }, &sentence) == ErrorCode::changed);
    CHECK(sentence.find("slice_0017.tif") != std::string::npos);
}
