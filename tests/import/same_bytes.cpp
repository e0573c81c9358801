// Promise 4: the bytes do not depend on threads, slabs, memory or what else is wanted.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using reference::Fraction;

Volume noise_with_holes(const phantom::Size& size, SampleType type) {
    Volume volume = phantom::noise(size, type, 12);
    if (support::is_float(type)) {
        for (std::size_t i = 0; i < volume.samples.size(); i += 37)
            volume.samples[i] = std::numeric_limits<double>::quiet_NaN();
    }
    return volume;
}

std::vector<Recipe> recipes() {
    return {recipe("lanczos:3", {2, 1}),
            recipe("lanczos:3", {1, 1}),
            recipe("box", {8, 3}),
            recipe("bspl5", {3, 2}, Align::first),
            recipe("ctmr", {4, 1}, Align::first),
            recipe("gauss:0.5,4", {73, 10}),
            recipe("nearest", {5, 2}),
            recipe("kaiser:4,6", {7, 1}, Align::cell, {Range{3, 60}, Range{5, 40}, Range{9, 43}})};
}

/// Lines x samples of a volume that lie in `part`, of a volume of `size`.
Bytes part_of(const Bytes& whole, const std::array<Index, 3>& size, const std::array<Range, 3>& part,
              std::size_t bytes) {
    Bytes result;
    for (Index z = part[2].first; z < part[2].end; ++z) {
        for (Index y = part[1].first; y < part[1].end; ++y) {
            const auto at = static_cast<std::size_t>((z * size[1] + y) * size[0] + part[0].first) * bytes;
            const auto length = static_cast<std::size_t>(part[0].size()) * bytes;
            result.insert(result.end(), whole.begin() + static_cast<std::ptrdiff_t>(at),
                          whole.begin() + static_cast<std::ptrdiff_t>(at + length));
        }
    }
    return result;
}

}  // namespace

TEST_CASE("one thread, two and five make the same bytes", "[import]") {
    for (const SampleType type : {SampleType::uint8, SampleType::uint16, SampleType::float32, SampleType::uint32}) {
        const Source source(noise_with_holes({61, 47, 43}, type), type);
        for (const Recipe& r : recipes()) {
            Options options = options_of(r);
            options.threads = 1;
            const Bytes one = import_bytes(source.stack, options);
            for (const unsigned threads : {2U, 5U, 0U}) {
                options.threads = threads;
                INFO(r.text() << ' ' << threads);
                CHECK((import_bytes(source.stack, options) == one));
            }
        }
    }
}

TEST_CASE("files do not depend on threads either", "[import]") {
    const Source source(phantom::blobs({61, 47, 43}, 0, 65535), SampleType::uint16);
    support::TempFolder folder;
    for (const auto encoding : {stack2nrrd::Encoding::raw, stack2nrrd::Encoding::gzip}) {
        Bytes first;
        for (const unsigned threads : {1U, 2U, 5U}) {
            Options options = options_of(recipe("lanczos:3", {3, 2}));
            options.threads = threads;
            options.nrrd.encoding = encoding;
            options.nrrd.force = true;
            const auto plan = stack2nrrd::plan_import(source.stack, options);
            const auto sink = stack2nrrd::nrrd_sink(folder / "out.nrrd", options.nrrd, threads);
            stack2nrrd::run_import(plan, *sink);
            const Bytes bytes = support::read_file(folder / "out.nrrd");
            if (first.empty()) first = bytes;
            CHECK((bytes == first));
        }
        CHECK((support::read_nrrd(folder / "out.nrrd").samples ==
               import_bytes(source.stack, options_of(recipe("lanczos:3", {3, 2})))));
    }
    CHECK(folder.entries() == 1);
}

TEST_CASE("slabs, put together, are the whole", "[import]") {
    for (const SampleType type : {SampleType::uint16, SampleType::float32}) {
        const Source source(noise_with_holes({31, 27, 43}, type), type);
        std::vector<Recipe> all = recipes();
        for (Recipe& r : all) r.crop[0] = r.crop[1] = {};
        all.push_back(recipe("lanczos:3", {1, 1}));
        all.back().size = {20, 20, 86};
        all.push_back(recipe("tent", {1, 1}, Align::first));
        all.back().size = {20, 20, 86};
        all.push_back(recipe("ctmr", {1, 1}, Align::first));
        all.back().size = {20, 20, 86};
        for (const Recipe& r : all) {
            Options options = options_of(r);
            stack2nrrd::VolumeInfo whole_info;
            const Bytes whole = import_bytes(source.stack, options, &whole_info);
            for (const Index thick : {1, 3}) {
                Bytes joined;
                for (Index z = 0; z < whole_info.size[2]; z += thick) {
                    options.slab = {z, std::min(z + thick, whole_info.size[2])};
                    stack2nrrd::VolumeInfo info;
                    const Bytes slab = import_bytes(source.stack, options, &info);
                    joined.insert(joined.end(), slab.begin(), slab.end());
                    const auto& g = whole_info.geometry;
                    CHECK(info.geometry.direction == g.direction);
                    CHECK(info.geometry.origin[2] ==
                          Approx(g.origin[2] + static_cast<double>(z) * g.direction[2][2]).margin(1e-12));
                }
                INFO(r.text() << " slabs of " << thick);
                CHECK((joined == whole));
            }
        }
    }
}

TEST_CASE("a crop of the source makes the same samples", "[import]") {
    // Crops that begin at a multiple of the factor see the same grid.
    for (const SampleType type : {SampleType::uint8, SampleType::uint16, SampleType::float32, SampleType::float64}) {
        const Source source(noise_with_holes({64, 48, 40}, type), type);
        for (const char* kernel :
             {"lanczos:3", "box", "ctmr", "bspl5", "gauss:0.5,4", "nearest", "hann:3", "kaiser:3,4", "tent"}) {
            for (const Fraction factor :
                 {Fraction{1, 1}, Fraction{2, 1}, Fraction{3, 1}, Fraction{3, 2}, Fraction{8, 3}}) {
                for (const Align align : {Align::cell, Align::first}) {
                    stack2nrrd::VolumeInfo info;
                    const Bytes whole = import_bytes(source.stack, options_of(recipe(kernel, factor, align)), &info);
                    const Index n = factor.num;
                    const std::array<Range, 3> crop{{{n, 4 * n + 1}, {2 * n, 4 * n}, {n, 64 / n > 5 ? 3 * n : 2 * n}}};
                    const Bytes part = import_bytes(source.stack, options_of(recipe(kernel, factor, align, crop)));
                    std::array<Range, 3> outputs{};
                    for (std::size_t a = 0; a < 3; ++a)
                        outputs[a] = {crop[a].first * factor.den / n,
                                      crop[a].first * factor.den / n + crop[a].size() * factor.den / n};
                    INFO(kernel << ' ' << n << '/' << factor.den);
                    CHECK((part == part_of(whole, info.size, outputs, stack2nrrd::sample_bytes(type))));
                }
            }
        }
    }
}

TEST_CASE("a memory cap changes the memory, not the bytes", "[import]") {
    const Source source(noise_with_holes({300, 200, 43}, SampleType::float32), SampleType::float32);
    Options options = options_of(recipe("lanczos:3", {3, 2}));
    options.threads = 4;
    const auto free_plan = stack2nrrd::plan_import(source.stack, options);
    const Bytes free_bytes = import_bytes(source.stack, options);
    options.memory = 1;
    std::string sentence;
    CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(source.stack, options)); }, &sentence) ==
          ErrorCode::limit);
    // The sentence names the least that would do.
    const std::size_t at = sentence.find("at least ");
    REQUIRE(at != std::string::npos);
    const std::string least = sentence.substr(at + 9, sentence.find(' ', at + 9) - at - 9);
    stack2nrrd::set_option(options, "memory", least);
    const auto capped = stack2nrrd::plan_import(source.stack, options);
    CHECK(capped.memory_bytes() <= static_cast<std::int64_t>(options.memory));
    CHECK(capped.memory_bytes() < free_plan.memory_bytes());
    CHECK((import_bytes(source.stack, options) == free_bytes));
    options.memory -= 1 << 20;
    CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(source.stack, options)); }) == ErrorCode::limit);
    for (std::uint64_t cap = options.memory + (1 << 20); cap < static_cast<std::uint64_t>(free_plan.memory_bytes());
         cap += 1 << 20) {
        options.memory = cap;
        CHECK(stack2nrrd::plan_import(source.stack, options).memory_bytes() <= static_cast<std::int64_t>(cap));
    }
}

TEST_CASE("apart from the list of slices the plan's memory does not depend on their number", "[import]") {
    const Source source(phantom::blobs({60, 50, 40}, 0, 255), SampleType::uint8);
    Stack longer = source.stack;
    for (int i = 0; i < 100; ++i)
        longer.slices.insert(longer.slices.end(), source.stack.slices.begin(), source.stack.slices.end());
    for (const char* factor : {"1", "2", "8/3", "1,1,3"}) {
        Options options;
        stack2nrrd::set_option(options, "factor", factor);
        const auto small = stack2nrrd::plan_import(source.stack, options);
        const auto large = stack2nrrd::plan_import(longer, options);
        const std::size_t more = longer.slices.size() - source.stack.slices.size();
        CHECK(large.memory_bytes() - small.memory_bytes() ==
              static_cast<std::int64_t>(2 * more * sizeof(stack2nrrd::SliceRef)));
        CHECK(large.source_slices() == 40);
    }
}

TEST_CASE("the plan knows the size before the run", "[import]") {
    const Source source(phantom::blobs({61, 47, 43}, 0, 255), SampleType::uint8);
    for (const Recipe& r : recipes()) {
        struct Counter final : stack2nrrd::Sink {
            stack2nrrd::VolumeInfo info;
            Index slices = 0;
            std::size_t bytes = 0;
            bool finished = false;
            void begin(const stack2nrrd::VolumeInfo& volume) override { info = volume; }
            void write_slice(Index z, std::span<const std::byte> samples) override {
                CHECK(z == slices++);
                bytes += samples.size();
                CHECK(static_cast<std::int64_t>(samples.size()) == info.slice_bytes());
            }
            void finish() override { finished = true; }
        } counter;
        const auto plan = stack2nrrd::plan_import(source.stack, options_of(r));
        const auto report = stack2nrrd::run_import(plan, counter);
        CHECK(counter.finished);
        CHECK(counter.slices == plan.volume().size[2]);
        CHECK(static_cast<std::int64_t>(counter.bytes) == plan.volume().bytes());
        CHECK(report.slices_read == plan.source_slices());
        CHECK(plan.source_slices() <= 43);
    }
}
