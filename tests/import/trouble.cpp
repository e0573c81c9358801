// Promise 6 and the errors: what goes wrong is told, by the first slice in order, and leaves nothing behind.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"
#include "support/write_slices.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace import_test;
namespace fs = std::filesystem;

/// Overwrites the samples in the middle of a file.
void spoil(const fs::path& file) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(200);
    const std::string garbage(64, '\xFF');
    stream.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
    REQUIRE(stream.flush());
}

}  // namespace

TEST_CASE("of several bad slices the first in order is told, whatever the threads do", "[import]") {
    const Volume volume = phantom::noise({40, 30, 24}, SampleType::uint16);
    support::TempFolder folder;
    const auto files = support::write_slices(folder.path(), volume, SampleType::uint16, 0, true);
    spoil(files[9]);
    spoil(files[10]);
    spoil(files[17]);
    const Stack stack = stack2nrrd::find_stack(folder.path());
    for (const unsigned threads : {1U, 2U, 3U, 8U}) {
        for (int turn = 0; turn < 10; ++turn) {
            support::TempFolder out;
            Options options = options_of(recipe("lanczos:3", {2, 1}));
            options.threads = threads;
            const auto plan = stack2nrrd::plan_import(stack, options);
            std::string sentence;
            const auto code = refusal(
                [&] {
                    const auto sink = stack2nrrd::nrrd_sink(out / "out.nrrd");
                    stack2nrrd::run_import(plan, *sink);
                },
                &sentence);
            CHECK(code == ErrorCode::corrupt);
            INFO(sentence);
            CHECK(sentence.find("slice_0009.tif") != std::string::npos);
            CHECK(out.entries() == 0);
        }
    }
    // What is not needed is not read: a bad slice beyond the reach of the kernel is no trouble.
    Options options = options_of(recipe("lanczos:3", {1, 1}, Align::cell, {Range{}, Range{}, Range{11, 17}}));
    CHECK_NOTHROW(static_cast<void>(import_bytes(stack, options)));
}

TEST_CASE("a slice that changes or goes between plan and run", "[import]") {
    for (const bool gone : {false, true}) {
        for (const unsigned threads : {1U, 4U}) {
            const Source source(phantom::noise({20, 16, 12}, SampleType::uint8), SampleType::uint8);
            Options options = options_of(recipe("box", {2, 1}));
            options.threads = threads;
            const auto plan = stack2nrrd::plan_import(source.stack, options);
            const fs::path file = source.folder / "slice_0007.tif";
            if (gone) {
                fs::remove(file);
            } else {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                support::write_slice(file, source.volume, 3, SampleType::uint8);
            }
            support::TempFolder out;
            std::string sentence;
            const auto code = refusal(
                [&] {
                    const auto sink = stack2nrrd::nrrd_sink(out / "out.nhdr");
                    stack2nrrd::run_import(plan, *sink);
                },
                &sentence);
            CHECK(code == ErrorCode::changed);
            CHECK(sentence.find("slice_0007.tif") != std::string::npos);
            CHECK(out.entries() == 0);
        }
    }
}

TEST_CASE("a run that is cancelled leaves nothing", "[import]") {
    const Source source(phantom::noise({200, 200, 60}, SampleType::uint16), SampleType::uint16);
    for (const unsigned threads : {1U, 3U}) {
        for (const char* name : {"out.nrrd", "out.nhdr"}) {
            for (const int calls : {0, 1}) {
                support::TempFolder out;
                Options options = options_of(recipe("lanczos:3", {3, 2}));
                options.threads = threads;
                int asked = 0;
                const auto code = refusal([&] {
                    const auto sink = stack2nrrd::nrrd_sink(out / name);
                    stack2nrrd::run_import(stack2nrrd::plan_import(source.stack, options), *sink,
                                           [&](const stack2nrrd::Progress& p) {
                                               CHECK(p.total == 60);
                                               CHECK(p.done <= p.total);
                                               return asked++ < calls;
                                           });
                });
                CHECK(code == ErrorCode::cancelled);
                CHECK(out.entries() == 0);
            }
        }
    }
}

TEST_CASE("what stood under the name stands there after a failure", "[import]") {
    const Source source(phantom::noise({20, 16, 12}, SampleType::uint8), SampleType::uint8);
    support::TempFolder out;
    for (const char* name : {"out.nrrd", "out.nhdr", "out.raw"}) std::ofstream(out / name) << "precious";
    for (const char* name : {"out.nrrd", "out.nhdr"}) {
        stack2nrrd::NrrdOptions force;
        force.force = true;
        CHECK(refusal([&] {
                  const auto sink = stack2nrrd::nrrd_sink(out / name, force);
                  stack2nrrd::run_import(stack2nrrd::plan_import(source.stack), *sink,
                                         [](const stack2nrrd::Progress&) { return false; });
              }) == ErrorCode::cancelled);
    }
    CHECK(out.entries() == 3);
    for (const char* name : {"out.nrrd", "out.nhdr", "out.raw"})
        CHECK(support::read_file(out / name).size() == std::string("precious").size());
}

TEST_CASE("what a sink throws reaches the caller", "[import]") {
    struct Full final : stack2nrrd::Sink {
        int slices = 0;
        void begin(const stack2nrrd::VolumeInfo&) override {}
        void write_slice(Index, std::span<const std::byte>) override {
            if (++slices == 3) throw std::runtime_error("full");
        }
        void finish() override { FAIL("finished"); }
    };
    const Source source(phantom::noise({20, 16, 12}, SampleType::uint8), SampleType::uint8);
    for (const unsigned threads : {1U, 4U}) {
        Options options;
        options.threads = threads;
        Full full;
        CHECK_THROWS_AS(stack2nrrd::run_import(stack2nrrd::plan_import(source.stack, options), full),
                        std::runtime_error);
        CHECK(full.slices == 3);
    }
}

TEST_CASE("what does not fit is refused by the plan", "[import]") {
    const Source source(phantom::noise({20, 16, 12}, SampleType::uint8), SampleType::uint8);
    const auto code = [&](const Options& options) {
        return refusal([&] { static_cast<void>(stack2nrrd::plan_import(source.stack, options)); });
    };
    for (const Range crop : {Range{0, 21}, Range{-1, 5}, Range{7, 7}, Range{9, 4}, Range{20, 22}}) {
        Options options;
        options.axes[0].crop = crop;
        CHECK(code(options) == ErrorCode::invalid_argument);
    }
    Options options;
    options.axes[1].factor = {2, 3};
    CHECK(code(options) == ErrorCode::invalid_argument);
    options = {};
    options.axes[2].size = -1;
    CHECK(code(options) == ErrorCode::invalid_argument);
    options = {};
    options.slab = {3, 13};
    CHECK(code(options) == ErrorCode::invalid_argument);
    // Too narrow for the distance between samples: refused now, not in the middle of a run.
    for (const char* kernel : {"box:0.5", "tent:0.25", "gauss:0.1,3"}) {
        for (std::size_t a = 0; a < 3; ++a) {
            Recipe enlarging = recipe(kernel, {1, 1});
            enlarging.size[a] = 30;
            INFO(kernel << " axis " << a);
            CHECK(code(options_of(enlarging)) == ErrorCode::invalid_argument);
        }
    }
    // A stack with fatal problems makes no plan.
    Stack broken = source.stack;
    broken.problems.push_back({ErrorCode::inconsistent, true, "two sizes"});
    CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(broken)); }) == ErrorCode::inconsistent);
    // A buffer of the wrong size.
    Bytes small(20 * 16 * 12 - 1);
    const auto sink = stack2nrrd::memory_sink(small);
    CHECK(refusal([&] { stack2nrrd::run_import(stack2nrrd::plan_import(source.stack), *sink); }) ==
          ErrorCode::invalid_argument);
}
