// A volume on disk gives what its slices give.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"

#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/stack.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::Encoding;
using stack2nrrd::NrrdOptions;

/// The whole stack as a volume on disk.
void write_volume(const Stack& stack, const std::filesystem::path& file, const Options& options, Encoding encoding) {
    NrrdOptions nrrd;
    nrrd.encoding = encoding;
    const auto sink = stack2nrrd::nrrd_sink(file, nrrd);
    stack2nrrd::run_import(stack2nrrd::plan_import(stack, options), *sink);
}

Options options_with(const Recipe& recipe, unsigned threads) {
    Options options = options_of(recipe);
    options.threads = threads;
    return options;
}

}  // namespace

TEST_CASE("a volume gives the samples and the places that its slices give", "[import]") {
    for (const SampleType type : {SampleType::uint8, SampleType::int16, SampleType::uint16, SampleType::float64}) {
        const Source source(phantom::noise({31, 23, 19}, type, 3), type);
        Options placed;
        placed.spacing = stack2nrrd::Vector3{0.25, 0.5, 0.75};
        placed.origin = stack2nrrd::Vector3{-3, 7, 11};
        support::TempFolder folder;
        int volumes = 0;
        for (const std::string name : {"v.nrrd", "v.nhdr", "z.nrrd", "z.nhdr"}) {
            const Encoding encoding = name[0] == 'z' ? Encoding::gzip : Encoding::raw;
            write_volume(source.stack, folder / name, placed, encoding);
            const Stack stack = stack2nrrd::find_stack(folder / name);
            CHECK(stack.kind == "volume");
            ++volumes;
            for (const Recipe& r : {recipe("lanczos:3", {2, 1}), recipe("box", {8, 3}, Align::first),
                                    recipe("ctmr", {1, 1}, Align::cell, {Range{3, 20}, Range{2, 9}, Range{5, 14}})}) {
                for (const unsigned threads : {1U, 3U}) {
                    CAPTURE(name, r.text(), threads);
                    Options of_slices = options_with(r, threads);
                    of_slices.spacing = placed.spacing;
                    of_slices.origin = placed.origin;
                    stack2nrrd::VolumeInfo expected;
                    stack2nrrd::VolumeInfo made;
                    const Bytes wanted = import_bytes(source.stack, of_slices, &expected);
                    CHECK((import_bytes(stack, options_with(r, threads), &made) == wanted));
                    CHECK(made.size == expected.size);
                    CHECK(made.geometry.direction == expected.geometry.direction);
                    CHECK(made.geometry.origin == expected.geometry.origin);
                    CHECK(made.geometry.spacing_known);
                }
            }
        }
        REQUIRE(volumes == 4);
    }
}

TEST_CASE("a compressed volume is read in any order that is asked for", "[import]") {
    const Source source(phantom::noise({17, 13, 21}, SampleType::uint16, 5), SampleType::uint16);
    support::TempFolder folder;
    write_volume(source.stack, folder / "z.nrrd", {}, Encoding::gzip);
    const Stack stack = stack2nrrd::find_stack(folder / "z.nrrd");
    for (const unsigned threads : {1U, 2U, 5U}) {
        for (const bool reverse : {false, true}) {
            for (const Index step : {1, 3}) {
                Options options = options_with(recipe("lanczos:3", {3, 2}), threads);
                options.reverse = reverse;
                options.step = step;
                options.slab = {2, 4};
                CAPTURE(threads, reverse, step);
                CHECK((import_bytes(stack, options) == import_bytes(source.stack, options)));
            }
        }
    }
}

TEST_CASE("key/values of a volume are kept, those that speak of another one are not", "[import]") {
    support::TempFolder folder;
    std::ofstream(folder / "v.nrrd") << "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n"
                                        "space: right-anterior-superior\nspace directions: (1,0,0) (0,2,0) (0,0,3)\n"
                                        "space origin: (5,6,7)\nspecimen:=a \\\\ b\nmin:=9\nstack2nrrd_factor:=7\n\n"
                                     << "abcdefgh";
    stack2nrrd::VolumeInfo volume;
    const Bytes bytes = import_bytes(stack2nrrd::find_stack(folder / "v.nrrd"), {}, &volume);
    CHECK(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) == "abcdefgh");
    CHECK(volume.geometry.origin == stack2nrrd::Vector3{-5, -6, 7});
    CHECK(volume.geometry.direction[1] == stack2nrrd::Vector3{0, -2, 0});
    int specimens = 0;
    for (const auto& [key, value] : volume.notes) {
        if (key == "specimen") {
            ++specimens;
            CHECK(value == "a \\ b");
        }
        CHECK(key != "min");
        if (key == "stack2nrrd_factor") CHECK(value == "1");
    }
    CHECK(specimens == 1);
}

TEST_CASE("a volume that changes between plan and run is noticed", "[import]") {
    for (const Encoding encoding : {Encoding::raw, Encoding::gzip}) {
        const Source source(phantom::noise({9, 8, 7}, SampleType::uint16, 5), SampleType::uint16);
        support::TempFolder folder;
        write_volume(source.stack, folder / "v.nrrd", {}, encoding);
        const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
        std::ofstream(folder / "v.nrrd", std::ios::app) << "more";
        CHECK(refusal([&] { static_cast<void>(import_bytes(stack, {})); }) == ErrorCode::changed);
        std::filesystem::remove(folder / "v.nrrd");
        CHECK(refusal([&] { static_cast<void>(import_bytes(stack, {})); }) == ErrorCode::changed);
    }
}

TEST_CASE("a compressed volume that breaks off gives one error, on any number of threads", "[import]") {
    const Source source(phantom::noise({40, 30, 20}, SampleType::uint16, 5), SampleType::uint16);
    support::TempFolder folder;
    write_volume(source.stack, folder / "v.nrrd", {}, Encoding::gzip);
    std::filesystem::resize_file(folder / "v.nrrd", std::filesystem::file_size(folder / "v.nrrd") / 2);
    for (const unsigned threads : {1U, 2U, 4U}) {
        CHECK(refusal([&] {
                  const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
                  static_cast<void>(import_bytes(stack, options_with(recipe("tent", {2, 1}), threads)));
              }) == ErrorCode::corrupt);
    }
}
