// What a plan costs, and what it refuses: sizes, gaps and threads far beyond the usual. Nothing is timed: what is not
// linear here does not come to its end.

#include "import/plan_detail.hpp"
#include "import/recipe.hpp"
#include "support/catch.hpp"

#include <stack2nrrd/error.hpp>

#include <limits>
#include <string>

namespace {

using namespace import_test;

/// A stack that needs no files: plans read none.
Stack stack_of(Index width, Index height, Index depth) {
    Stack stack;
    stack.name = "made";
    stack.image = {width, height, stack2nrrd::Colour::grey, SampleType::uint16, "TIFF"};
    stack.files.add("made.tif");
    stack.slices.assign(static_cast<std::size_t>(depth), stack2nrrd::SliceRef{0, 0});
    return stack;
}

Options with_factor(Rational factor) {
    Options options;
    for (auto& axis : options.axes) axis.factor = factor;
    return options;
}

}  // namespace

TEST_CASE("the nearest slice fills a gap of millions", "[import]") {
    constexpr std::size_t count = 3'000'001;
    Stack stack = stack_of(4, 4, count);
    stack.files.add("other.tif");
    for (auto& slice : stack.slices) slice = stack2nrrd::SliceRef{};
    stack.slices[1'000'000] = {0, 0};
    stack.slices[2'000'000] = {1, 0};
    stack.missing = {"0..999999", "1000001..1999999", "2000001..3000000"};
    Options options;
    options.missing = stack2nrrd::Missing::repeat;
    const auto plan = stack2nrrd::plan_import(stack, options);
    const auto& slices = *plan.detail().slices;
    REQUIRE(slices.size() == count);
    const stack2nrrd::SliceRef first = stack.slices[1'000'000];
    const stack2nrrd::SliceRef second = stack.slices[2'000'000];
    CHECK(slices.front() == first);
    CHECK(slices[1'500'000] == first);  // the lower one of two
    CHECK(slices[1'500'001] == second);
    CHECK(slices.back() == second);

    options.step = 999'999;
    const auto sparse = stack2nrrd::plan_import(stack, options);
    REQUIRE(sparse.detail().slices->size() == 4);
    CHECK((*sparse.detail().slices)[1] == first);
    CHECK((*sparse.detail().slices)[2] == second);

    for (auto& slice : stack.slices) slice = stack2nrrd::SliceRef{};
    options.step = 1;
    CHECK(refusal([&] { (void)stack2nrrd::plan_import(stack, options); }) == ErrorCode::missing_slices);
}

TEST_CASE("the nearest slice is the nearest one", "[import]") {
    Stack stack = stack_of(4, 4, 60);
    for (std::size_t z = 0; z < 60; ++z) {
        if ((z * z + 3 * z) % 7 != 4 && z % 11 != 3) stack.slices[z] = stack2nrrd::SliceRef{};
    }
    stack.missing = {"many"};
    Options options;
    options.missing = stack2nrrd::Missing::repeat;
    // Each existing slice says by its file which one it is.
    for (std::size_t z = 0; z < 60; ++z) {
        if (stack.slices[z].missing()) continue;
        stack.slices[z] = {static_cast<std::int32_t>(stack.files.size()), 0};
        stack.files.add(std::to_string(z));
    }
    const auto slices = *stack2nrrd::plan_import(stack, options).detail().slices;
    for (Index z = 0; z < 60; ++z) {
        Index best = -1;
        for (Index other = 0; other < 60; ++other) {
            if (stack.slices[static_cast<std::size_t>(other)].missing()) continue;
            if (best < 0 || std::abs(other - z) < std::abs(best - z)) best = other;
        }
        CHECK(slices[static_cast<std::size_t>(z)] == stack.slices[static_cast<std::size_t>(best)]);
    }
}

TEST_CASE("a cap is kept with as many threads as it allows", "[import]") {
    const Stack stack = stack_of(1000, 700, 2000);
    for (const Rational factor : {Rational{1, 1}, Rational{2, 1}, Rational{7, 2}}) {
        Options options = with_factor(factor);
        const auto planned = [&](unsigned threads, std::uint64_t memory) {
            options.threads = threads;
            options.memory = memory;
            return stack2nrrd::plan_import(stack, options);
        };
        std::uint64_t least = 0;
        for (std::uint64_t mib = 1; mib < 4000; mib += 1 + mib / 8) {
            INFO("factor " << factor.num << "/" << factor.den << ", " << mib << " MiB");
            const std::uint64_t cap = mib << 20;
            std::string sentence;
            if (refusal([&] { (void)planned(1024, cap); }, &sentence)) {
                REQUIRE(sentence.find("at least " + std::to_string(least >> 20)) ==
                        (least == 0 ? std::string::npos : sentence.find("at least ")));
                const std::size_t at = sentence.find("at least ") + 9;
                least = std::stoull(sentence.substr(at)) << 20;
                continue;
            }
            const auto plan = planned(1024, cap);
            const auto& detail = plan.detail();
            REQUIRE(static_cast<std::uint64_t>(plan.memory_bytes()) <= cap);
            REQUIRE(planned(detail.threads, cap).detail().threads == detail.threads);
            if (detail.threads < 1024) {
                REQUIRE(planned(detail.threads + 1, cap).detail().threads == detail.threads);
            }
        }
        REQUIRE(least > 0);
        CHECK(static_cast<std::uint64_t>(planned(1024, least).memory_bytes()) <= least);  // the advice is good
        CHECK(refusal([&] { (void)planned(1, least - (1 << 20)); }) == ErrorCode::limit);
    }
}

TEST_CASE("sizes that overflow are refused, not shrunk", "[import]") {
    const Stack stack = stack_of(100, 100, 100);
    const auto code_of = [&](Index x, Index y, Index z, const Stack& of) {
        Options options;
        options.axes[0].size = x;
        options.axes[1].size = y;
        options.axes[2].size = z;
        std::string sentence;
        std::optional<ErrorCode> code;
        code = refusal(
            [&] {
                const auto plan = stack2nrrd::plan_import(of, options);
                CHECK(plan.memory_bytes() > 0);
                CHECK(plan.volume().bytes() == x * y * z * 2);
            },
            &sentence);
        INFO(sentence);
        CHECK(sentence.find("-") == (sentence.find("--")));
        return code;
    };
    constexpr Index billion = 1'000'000'000;
    CHECK(code_of(billion, billion, billion, stack) == ErrorCode::limit);
    CHECK(code_of(billion, billion, 1, stack) == ErrorCode::limit);  // more memory than there can be
    CHECK(code_of(billion, 10, billion, stack) == ErrorCode::limit);
    CHECK(code_of(1, billion, billion, stack) == std::nullopt);  // two exabytes, slice by slice
    CHECK(code_of(2'100'000, 2'100'000, 2'100'000, stack) == ErrorCode::limit);
    CHECK(code_of(billion + 1, 1, 1, stack) == ErrorCode::invalid_argument);
    CHECK(code_of(1'000'000, 1, 1, stack) == std::nullopt);
    CHECK(code_of(1, 1, 1'000'000, stack) == std::nullopt);

    stack2nrrd::VolumeInfo volume;
    volume.size = {billion, billion, billion};
    CHECK(volume.bytes() == std::numeric_limits<std::int64_t>::max());
    volume.channels = 4;
    volume.type = SampleType::float64;
    CHECK(volume.slice_bytes() == std::numeric_limits<std::int64_t>::max());
    volume.size = {3, 5, 7};
    CHECK(volume.bytes() == 3 * 5 * 7 * 4 * 8);
}

TEST_CASE("options that set_option() would not let through are refused, too", "[import]") {
    const Stack stack = stack_of(10, 10, 10);
    const auto code_of = [&](auto change) {
        Options options;
        change(options);
        return refusal([&] { (void)stack2nrrd::plan_import(stack, options); });
    };
    const auto invalid = ErrorCode::invalid_argument;
    CHECK(code_of([](Options& o) { o.step = 0; }) == invalid);
    CHECK(code_of([](Options& o) { o.step = -1; }) == invalid);
    CHECK(code_of([](Options& o) { o.axes[1].factor = {1, 0}; }) == invalid);
    CHECK(code_of([](Options& o) { o.axes[1].factor = {std::numeric_limits<std::int64_t>::min(), 1}; }) == invalid);
    CHECK(code_of([](Options& o) { o.axes[1].factor = {4, 2}; }) == std::nullopt);
    CHECK(code_of([](Options& o) { o.axes[1].size = -5; }) == invalid);
    CHECK(code_of([](Options& o) { o.axes[2].size = std::numeric_limits<Index>::max(); }) == invalid);
    CHECK(code_of([](Options& o) { o.axes[2].crop = {std::numeric_limits<Index>::min(), 5}; }) == invalid);
    CHECK(code_of([](Options& o) { o.axes[2].crop = {0, stack2nrrd::open_end - 1}; }) == invalid);
    CHECK(code_of([](Options& o) { o.slab = {5, stack2nrrd::open_end - 1}; }) == invalid);
    CHECK(code_of([](Options& o) {
              o.spacing = {1, 1, 1};
              o.space_unit_mm = {1, 0};
          }) == invalid);
    CHECK(code_of([](Options& o) { o.spacing = {1e308, 1e308, 1e308}; }) == std::nullopt);
    CHECK(code_of([](Options& o) {
              o.spacing = {1e308, 1e308, 1e308};
              o.axes[0].factor = {10, 1};
          }) == invalid);
    CHECK(code_of([](Options& o) { o.spacing = {0, 1, 1}; }) == invalid);
}
