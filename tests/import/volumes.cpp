// A volume on disk gives what its slices give.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"
#include "support/write_slices.hpp"

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

TEST_CASE("the window of a compressed volume is that of its slices", "[import]") {
    for (const SampleType type : {SampleType::uint16, SampleType::float32}) {  // read once, and twice
        const Source source(phantom::noise({31, 27, 23}, type), type);
        support::TempFolder folder;
        write_volume(source.stack, folder / "v.nrrd", {}, Encoding::gzip);
        Options options;
        options.threads = 3;
        const auto slices = stack2nrrd::survey_window(source.stack, options);
        const auto volume = stack2nrrd::survey_window(stack2nrrd::find_stack(folder / "v.nrrd"), options);
        CHECK(volume.low == slices.low);
        CHECK(volume.high == slices.high);
    }
}

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

TEST_CASE("of the data files of a list the one that changed or went is named", "[import]") {
    support::TempFolder folder;
    const std::string separator(1, static_cast<char>(std::filesystem::path::preferred_separator));
    for (const bool vanishes : {true, false}) {
        for (const std::string wrong : {"0.raw", "3.raw", "6.raw"}) {
            std::string text = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 4 3 7\nencoding: raw\ndata file: LIST\n";
            for (int z = 0; z < 7; ++z) {
                std::ofstream(folder / (std::to_string(z) + ".raw")) << "abcdefghijkl";
                text += std::to_string(z) + ".raw\n";
            }
            std::ofstream(folder / "v.nhdr") << text;
            const Stack stack = stack2nrrd::find_stack(folder / "v.nhdr");
            if (vanishes) {
                std::filesystem::remove(folder / wrong);
            } else {
                std::ofstream(folder / wrong, std::ios::app) << "more";
            }
            for (const unsigned threads : {1U, 3U}) {
                CAPTURE(vanishes, wrong, threads);
                std::string sentence;
                CHECK(refusal(
                          [&] {
                              static_cast<void>(import_bytes(stack, options_with(recipe("box", {1, 1}), threads)));
                          },
                          &sentence) == ErrorCode::changed);
                CHECK(sentence.find(separator + wrong + ": ") != std::string::npos);
            }
            if (!vanishes) continue;
            std::string sentence;
            CHECK(refusal([&] { static_cast<void>(stack2nrrd::find_stack(folder / "v.nhdr")); }, &sentence) ==
                  ErrorCode::not_found);
            CHECK(sentence.find(separator + wrong) != std::string::npos);
        }
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

TEST_CASE("a run tells of integers that it rounded, and of samples that it left", "[import]") {
    support::TempFolder folder;
    const auto report = [&](const std::string& type, const std::string& numbers, unsigned threads) {
        std::ofstream(folder / "v.nrrd") << "NRRD0001\ntype: " << type
                                         << "\ndimension: 3\nsizes: 1 1 4\nencoding: ascii\n\n"
                                         << numbers;
        Options options;
        options.threads = threads;
        options.type = SampleType::float64;
        stack2nrrd::Report result;
        const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
        const stack2nrrd::ImportPlan plan = stack2nrrd::plan_import(stack, options);
        Bytes samples(static_cast<std::size_t>(plan.volume().bytes()));
        stack2nrrd::Progress last;
        result = stack2nrrd::run_import(plan, *stack2nrrd::memory_sink(samples), [&](const auto& progress) {
            last = progress;
            return true;
        });
        CHECK(last.done == 4);
        CHECK(last.reports.front().rounded_integers == result.rounded_integers);
        CHECK(last.reports.front().files_with_surplus == result.files_with_surplus);
        return result;
    };
    for (const unsigned threads : {1U, 3U}) {
        CAPTURE(threads);
        CHECK_FALSE(report("int64", "1 9007199254740992 -3 4", threads).rounded_integers);
        CHECK(report("int64", "1 2 3 -9007199254740993", threads).rounded_integers);
        CHECK(report("uint64", "18446744073709551615 2 3 4", threads).rounded_integers);
        CHECK(report("int32", "1 2 3 4", threads).files_with_surplus == 0);
        CHECK(report("int32", "1 2 3 4 5", threads).files_with_surplus == 1);
    }
}

TEST_CASE("data files that are longer than their samples are told before the run", "[import]") {
    support::TempFolder folder;
    const auto texts = [&](const std::string& more = "") {
        std::ofstream(folder / "v.nhdr") << "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 2 3\nencoding: raw\n"
                                         << more << "data file: LIST\na.raw\nb.raw\nc.raw\n";
        std::string all;
        for (const stack2nrrd::Problem& problem : stack2nrrd::find_stack(folder / "v.nhdr").problems) {
            CHECK_FALSE(problem.fatal);
            all += problem.text + "\n";
        }
        return all;
    };
    for (const std::string name : {"a.raw", "b.raw", "c.raw"}) std::ofstream(folder / name) << "1234";
    CHECK(texts().empty());
    std::ofstream(folder / "b.raw", std::ios::app) << "5";
    CHECK(texts().find("v.nhdr: 1 of 3 data files are longer than their samples") != std::string::npos);
    CHECK(texts("byte skip: -1\n").empty());  // what comes before them is skipped as asked

    // Behind bare samples of an image comes the rest of the image.
    const Source source(phantom::noise({5, 4, 3}, SampleType::uint8, 3), SampleType::uint8);
    write_manifest(source.stack, {}, folder / "list.nhdr");
    const Stack listed = stack2nrrd::find_stack(folder / "list.nhdr");
    CHECK(listed.kind == "volume");
    CHECK(listed.problems.empty());
}

TEST_CASE("a plan says how much will be read", "[import]") {
    const Source source(phantom::noise({40, 30, 20}, SampleType::uint16, 5), SampleType::uint16);
    support::TempFolder folder;
    const auto bytes = [](const Stack& stack, const Options& options) {
        return stack2nrrd::plan_import(stack, options).read_bytes();
    };
    Options part;
    part.axes[1].crop = {10, 15};
    part.axes[2].crop = {4, 10};
    Options thin;
    thin.step = 3;
    Options slab;
    slab.slab = {2, 3};
    Options small = options_of(recipe("box", {2, 1}));
    small.slab = {2, 3};

    constexpr std::int64_t row = 40 * 2;
    write_volume(source.stack, folder / "raw.nrrd", {}, Encoding::raw);
    for (const Stack& stack : {source.stack, stack2nrrd::find_stack(folder / "raw.nrrd")}) {
        REQUIRE((stack.bare || stack.volume));
        CHECK(bytes(stack, {}) == 20 * 30 * row);
        CHECK(bytes(stack, part) == 6 * 5 * row);
        CHECK(bytes(stack, thin) == 7 * 30 * row);
        CHECK(bytes(stack, slab) == 30 * row);
        CHECK(bytes(stack, small) == 2 * 30 * row);
    }

    // Compressed slices are read whole.
    std::filesystem::create_directory(folder / "z");
    const auto files = support::write_slices(folder / "z", source.volume, SampleType::uint16, 0, true);
    const auto size = [&](std::size_t i) { return static_cast<std::int64_t>(std::filesystem::file_size(files[i])); };
    const Stack deflated = stack2nrrd::find_stack(folder / "z");
    std::int64_t all = 0;
    for (std::size_t i = 0; i < files.size(); ++i) all += size(i);
    CHECK(bytes(deflated, {}) == all);
    CHECK(bytes(deflated, part) == size(4) + size(5) + size(6) + size(7) + size(8) + size(9));
    CHECK(bytes(deflated, slab) == size(2));

    // A stream is read from its beginning to the last row that is wanted; backwards, there and back by bookmarks.
    write_volume(source.stack, folder / "z.nrrd", {}, Encoding::gzip);
    const auto whole = static_cast<double>(std::filesystem::file_size(folder / "z.nrrd"));
    const Stack stream = stack2nrrd::find_stack(folder / "z.nrrd");
    const auto times = [&](const Options& options) { return static_cast<double>(bytes(stream, options)) / whole; };
    CHECK(times({}) == Approx(1).margin(0.01));
    CHECK(times(slab) == Approx(3. / 20).margin(0.01));
    CHECK(times(part) == Approx((9 + 0.5) / 20).margin(0.01));
    Options back;
    back.reverse = true;
    CHECK(times(back) == Approx(2).margin(0.01));
}
