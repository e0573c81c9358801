// Channels that are no colour: each is resampled by itself, and the header keeps what they are.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"
#include "support/write_volume.hpp"

#include <stack2nrrd/sink.hpp>

#include <limits>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::Channel;
using stack2nrrd::Colour;

/// What one channel gives by itself.
Bytes alone(const support::TempFolder& folder, const Volume& volume, int channel, SampleType type,
            const Options& options) {
    support::write_volume(folder / "one.nrrd", reference::channel(volume, channel), type);
    return import_bytes(stack2nrrd::find_stack(folder / "one.nrrd"), options);
}

}  // namespace

TEST_CASE("every component is resampled as if it were alone", "[import]") {
    support::TempFolder folder;
    for (const int channels : {2, 3, 4, 6, 7, 9, 33}) {
        for (const SampleType type : {SampleType::uint8, SampleType::float32}) {
            Volume volume = phantom::noise({13, 9, 8}, type, 7, channels);
            if (type == SampleType::float32)
                volume.at(5, 4, 3, channels - 1) = std::numeric_limits<double>::quiet_NaN();
            for (const std::string kernel : {"lanczos:3", "mode"}) {
                Options options = options_of(recipe(kernel, {2, 1}, Align::cell, {Range{}, Range{1, 9}, Range{}}));
                options.threads = 2;
                for (const bool last : {false, true}) {
                    for (const bool gzip : {false, true}) {
                        CAPTURE(channels, kernel, last, gzip);
                        support::write_volume(folder / "v.nrrd", volume, type,
                                              {.kind = "list", .last = last, .gzip = gzip});
                        const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
                        stack2nrrd::VolumeInfo info;
                        const Bytes made = import_bytes(stack, options, &info);
                        CHECK(info.colour == Colour::components);
                        CHECK(info.channels == channels);
                        const std::size_t bytes = stack2nrrd::sample_bytes(type);
                        const Bytes apart = support::channels_apart(made, static_cast<std::size_t>(channels), bytes);
                        Bytes expected;
                        for (int c = 0; c < channels; ++c) {
                            const Bytes one = alone(folder, volume, c, type, options);
                            expected.insert(expected.end(), one.begin(), one.end());
                        }
                        CHECK((apart == expected));
                        Options one = options;
                        one.channel = static_cast<Channel>(channels - 1);
                        CHECK((import_bytes(stack, one, &info) == alone(folder, volume, channels - 1, type, options)));
                        CHECK(info.colour == Colour::grey);
                        one.channel = static_cast<Channel>(channels);
                        CHECK(refusal([&] { static_cast<void>(import_bytes(stack, one)); }) ==
                              ErrorCode::invalid_argument);
                        one.channel = Channel::all;
                        CHECK((import_bytes(stack, one) == made));
                    }
                }
            }
        }
    }
}

TEST_CASE("components equal the definition", "[import]") {
    support::TempFolder folder;
    for (const SampleType type : {SampleType::uint8, SampleType::int16, SampleType::float32, SampleType::int32}) {
        const Volume volume = phantom::noise({17, 12, 11}, type, 3, 6);
        support::write_volume(folder / "v.nrrd", volume, type, {.kind = "3D-symmetric-matrix"});
        for (const Recipe& r : {recipe("lanczos:3", {2, 1}), recipe("box", {7, 3}), recipe("tent", {1, 1})}) {
            const Doubles samples = import_samples(stack2nrrd::find_stack(folder / "v.nrrd"), options_of(r));
            const reference::Result truth = reference::resample(volume, axes_of(r, volume.size));
            CHECK(reference::disagreement(truth, samples, type, reference::tolerance(volume, type)).empty());
        }
    }
}

TEST_CASE("the header keeps the kind of components", "[import]") {
    support::TempFolder folder;
    const std::vector<std::pair<std::string, int>> kinds{{"vector", 3},
                                                         {"covariant-vector", 3},
                                                         {"list", 4},
                                                         {"time", 4},
                                                         {"point", 3},
                                                         {"normal", 3},
                                                         {"???", 3},
                                                         {"2-vector", 2},
                                                         {"complex", 2},
                                                         {"3-gradient", 3},
                                                         {"3D-symmetric-matrix", 6},
                                                         {"3D-masked-symmetric-matrix", 7},
                                                         {"3D-matrix", 9},
                                                         {"RGB-color", 3},
                                                         {"RGBA-color", 4},
                                                         {"3-color", 3},
                                                         {"4-color", 4},
                                                         {"list", 300}};
    for (const auto& [kind, channels] : kinds) {
        for (const bool last : {false, true}) {
            CAPTURE(kind, last);
            const Volume volume = phantom::noise({4, 3, 2}, SampleType::uint8, 7, channels);
            support::write_volume(folder / "v.nrrd", volume, SampleType::uint8, {.kind = kind, .last = last});
            stack2nrrd::NrrdOptions nrrd;
            nrrd.force = true;
            Options options;
            options.channel = Channel::all;
            const auto plan = stack2nrrd::plan_import(stack2nrrd::find_stack(folder / "v.nrrd"), options);
            stack2nrrd::run_import(plan, *stack2nrrd::nrrd_sink(folder / "w.nrrd", nrrd));
            const support::Nrrd made = support::read_nrrd(folder / "w.nrrd");
            CHECK(made.field("kinds") == kind + " domain domain domain");
            CHECK(made.sizes == std::vector<std::int64_t>{channels, 4, 3, 2});
            CHECK(made.samples == support::to_bytes(volume.samples, SampleType::uint8));
        }
    }
}

TEST_CASE("thousands of components are within the memory that the plan tells", "[import]") {
    support::TempFolder folder;
    const Volume volume = phantom::noise({6, 5, 4}, SampleType::uint8, 7, 4096);
    for (const bool last : {false, true}) {
        support::write_volume(folder / "v.nrrd", volume, SampleType::uint8, {.kind = "list", .last = last});
        const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
        const Doubles samples = import_samples(stack, options_of(recipe("box", {2, 1})));
        const reference::Result truth = reference::resample(volume, axes_of(recipe("box", {2, 1}), volume.size));
        CHECK(
            reference::disagreement(truth, samples, SampleType::uint8, reference::tolerance(volume, SampleType::uint8))
                .empty());
    }
    support::write_volume(folder / "v.nrrd", volume, SampleType::uint8, {.kind = "list", .last = true, .gzip = true});
    CHECK(refusal([&] { static_cast<void>(stack2nrrd::find_stack(folder / "v.nrrd")); }) == ErrorCode::limit);
}
