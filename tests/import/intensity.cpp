// Colours, types and windows on their way through an import.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using reference::Fraction;
using stack2nrrd::Channel;

/// The truth of `source` under `r`, as `type` and through a window if there is one; compared with the import.
std::string compare(const Source& source, const Volume& grey, const Recipe& r, Options options) {
    stack2nrrd::VolumeInfo info;
    const Doubles samples = import_samples(source.stack, options, &info);
    reference::Result truth = reference::resample(grey, axes_of(r, grey.size));
    reference::Tolerance tolerance = reference::tolerance(grey, source.type);
    if (options.window) {
        for (reference::Real& v : truth.value)
            v = reference::windowed(v, options.window->low, options.window->high, info.type);
        const reference::Real range =
            support::is_float(info.type)
                ? 1
                : static_cast<reference::Real>(support::highest(info.type)) - support::lowest(info.type);
        if (support::is_float(source.type)) {
            tolerance.absolute *= range / (options.window->high - options.window->low);
        } else {
            tolerance.absolute = 4e-7L * range;  // of what comes out
        }
    }
    return reference::disagreement(truth, samples, info.type, tolerance);
}

}  // namespace

TEST_CASE("colour: luma, single channels, all", "[import]") {
    for (const SampleType type : {SampleType::uint8, SampleType::uint16}) {
        for (const int channels : {2, 3, 4}) {
            const Source source(phantom::noise({23, 19, 14}, type, 8, channels), type);
            REQUIRE(source.stack.image.channels() == channels);
            for (const Fraction factor : {Fraction{1, 1}, Fraction{2, 1}, Fraction{3, 2}}) {
                const Recipe r = recipe("lanczos:3", factor, Align::cell, {Range{2, 21}, Range{}, Range{1, 14}});
                Options options = options_of(r);
                INFO(channels << " channels, factor " << factor.num << '/' << factor.den);
                options.channel = Channel::luma;
                CHECK(compare(source, reference::luma(source.volume), r, options) == "");
                options.channel = Channel::all;
                CHECK(compare(source, source.volume, r, options) == "");
                for (int c = 0; c < channels; ++c) {
                    options.channel = static_cast<Channel>(c);
                    CHECK(compare(source, reference::channel(source.volume, c), r, options) == "");
                }
                options.channel = static_cast<Channel>(channels);
                if (channels < 4)
                    CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(source.stack, options)); }) ==
                          ErrorCode::invalid_argument);
            }
        }
    }
}

TEST_CASE("the volume of all channels says what they are", "[import]") {
    support::TempFolder folder;
    for (const auto& [channels, kind] : {std::pair{3, "RGB-color"}, std::pair{4, "RGBA-color"}}) {
        const Source source(phantom::noise({12, 10, 8}, SampleType::uint8, 8, channels), SampleType::uint8);
        Options options = options_of(recipe("box", {2, 1}));
        options.channel = Channel::all;
        stack2nrrd::VolumeInfo info;
        const Bytes bytes = import_bytes(source.stack, options, &info);
        CHECK(info.channels == channels);
        CHECK(info.colour == (channels == 3 ? stack2nrrd::Colour::rgb : stack2nrrd::Colour::rgba));
        const auto file = folder / (std::string(kind) + ".nrrd");
        const auto sink = stack2nrrd::nrrd_sink(file);
        stack2nrrd::run_import(stack2nrrd::plan_import(source.stack, options), *sink);
        const support::Nrrd nrrd = support::read_nrrd(file);
        CHECK(nrrd.sizes == std::vector<std::int64_t>{channels, 6, 5, 4});
        CHECK(nrrd.field("kinds") == std::string(kind) + " domain domain domain");
        CHECK(nrrd.field("space directions").rfind("none ", 0) == 0);
        CHECK((nrrd.samples == bytes));
    }
}

TEST_CASE("colour that is grey everywhere gives the same as grey", "[import]") {
    for (const SampleType type : {SampleType::uint8, SampleType::uint16}) {
        const Volume grey = phantom::noise({21, 17, 12}, type, 30);
        Volume colour(grey.size, 3);
        for (std::size_t i = 0; i < colour.samples.size(); ++i) colour.samples[i] = grey.samples[i / 3];
        const Source a(grey, type);
        const Source b(colour, type);
        for (const Fraction factor : {Fraction{1, 1}, Fraction{2, 1}, Fraction{73, 10}})
            CHECK((import_bytes(a.stack, options_of(recipe("lanczos:3", factor))) ==
                   import_bytes(b.stack, options_of(recipe("lanczos:3", factor)))));
    }
}

TEST_CASE("every type becomes every other", "[import]") {
    for (const SampleType from : support::all_types) {
        Volume volume = phantom::noise({14, 12, 10}, from, 21);
        // Halves, also below zero, and values beyond the smaller types.
        if (support::is_float(from)) {
            for (std::size_t i = 0; i < volume.samples.size(); i += 2)
                volume.samples[i] = std::floor(volume.samples[i]) + 0.5;
            for (std::size_t i = 0; i < volume.samples.size(); i += 31) volume.samples[i] *= 1e7;
            if (from == SampleType::float32)
                for (double& sample : volume.samples) sample = static_cast<float>(sample);
        }
        const Source source(volume, from);
        for (const SampleType to : support::all_types) {
            for (const Fraction factor : {Fraction{1, 1}, Fraction{3, 2}}) {
                const Recipe r = recipe("lanczos:3", factor);
                Options options = options_of(r);
                options.type = to;
                INFO(stack2nrrd::sample_type_name(from) << " to " << stack2nrrd::sample_type_name(to));
                if (factor.den == 1) {  // exact
                    Doubles expected;
                    for (const double v : volume.samples) expected.push_back(reference::rounded(v, to));
                    CHECK((import_samples(source.stack, options) == expected));
                } else {
                    CHECK(compare(source, volume, r, options) == "");
                }
            }
        }
    }
}

TEST_CASE("halves are rounded up, below zero too", "[import]") {
    const Doubles halves{-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, -128.5, -128.6, 127.4, 127.5};
    Volume volume({10, 1, 1});
    volume.samples = halves;
    const Source source(volume, SampleType::float64);
    Options options = options_of(recipe("box", {1, 1}));
    options.type = SampleType::int8;
    CHECK(import_samples(source.stack, options) == Doubles{-2, -1, 0, 1, 2, 3, -128, -128, 127, 127});

    // The same, made by the filter: the mean of two neighbours.
    Volume pairs({8, 2, 2});
    for (std::size_t i = 0; i < pairs.samples.size(); ++i)
        pairs.samples[i] = std::array<double, 8>{-3, -2, -1, 0, 0, 1, 2, 3}[i % 8];
    const Source ints(pairs, SampleType::int16);
    CHECK(import_samples(ints.stack, options_of(recipe("box", {2, 1}))) == Doubles{-2, 0, 1, 3});
}

TEST_CASE("windows map the source to the range of the type", "[import]") {
    const Source source(phantom::noise({16, 14, 12}, SampleType::uint16, 17), SampleType::uint16);
    const Source floats(phantom::noise({16, 14, 12}, SampleType::float32, 18), SampleType::float32);
    const Source bytes(phantom::noise({16, 14, 12}, SampleType::uint8, 19), SampleType::uint8);
    struct Way {
        const Source* source;
        stack2nrrd::Window window;
    };
    for (const Way& way : {Way{&source, {0, 65535}}, Way{&source, {10000, 50000}}, Way{&floats, {-200, 300.5}},
                           Way{&bytes, {0, 255}}, Way{&bytes, {-100, 400}}, Way{&source, {30000, 30500}}}) {
        for (const SampleType to : support::all_types) {
            for (const Fraction factor : {Fraction{1, 1}, Fraction{2, 1}}) {
                const Recipe r = recipe("lanczos:3", factor);
                Options options = options_of(r);
                options.type = to;
                options.window = way.window;
                INFO(stack2nrrd::sample_type_name(way.source->type)
                     << " to " << stack2nrrd::sample_type_name(to) << ' ' << way.window.low << ',' << way.window.high);
                CHECK(compare(*way.source, way.source->volume, r, options) == "");
            }
        }
    }
}
