// What holds of every warp, whatever its numbers are.

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/refusal.hpp"
#include "support/temp_folder.hpp"
#include "warp/cases.hpp"
#include "warp/through.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

namespace {

using namespace stack2nrrd;
using warps::Case;
using warps::Outcome;

std::int64_t useful_room(const WarpPlan& plan, const support::Volume& volume, SampleType type, const Geometry& grid) {
    return warping(plan)->useful_room(warps::info_of(volume, type, grid));
}

}  // namespace

TEST_CASE("a warp has the same bytes for any threads, memory, and bricks", "[warp]") {
    for (const Case& one : warps::cases()) {
        for (const bool labels : {false, true}) {
            const SampleType type = labels ? SampleType::int16 : SampleType::float32;
            const support::Volume volume = phantom::noise(warps::reduced_size, 0, labels ? 5 : 900, true, 2, 2);
            WarpPlan plan = warps::plan_of(one);
            plan.labels = labels;
            plan.type = labels ? SampleType::int16 : SampleType::float32;
            const Outcome first = warps::through(plan, volume, type, one.twin.reduced);
            for (const Index brick : {Index{4}, Index{16}, Index{32}}) {
                for (const unsigned threads : {1U, 2U, 3U, 11U}) {
                    plan.brick = brick;
                    plan.threads = threads;
                    const std::int64_t useful = useful_room(plan, volume, type, one.twin.reduced);
                    CHECK(useful > 0);
                    for (const std::int64_t room : {std::int64_t{0}, useful / 4, useful}) {
                        CAPTURE(one.name, labels, brick, threads, room);
                        CHECK((warps::through(plan, volume, type, one.twin.reduced, room).bytes == first.bytes));
                    }
                }
            }
        }
    }
}

TEST_CASE("parts of a warp are those of the whole", "[warp]") {
    std::mt19937 random(5);
    const auto part_of = [&](Index size) {
        const auto first = static_cast<Index>(random() % static_cast<unsigned>(size));
        return Range{first, first + 1 + static_cast<Index>(random() % static_cast<unsigned>(size - first))};
    };
    for (const Case& one : warps::cases()) {
        const support::Volume volume = phantom::noise(warps::reduced_size, 0, 900, false, 5);
        WarpPlan plan = warps::plan_of(one);
        plan.type = SampleType::float64;
        plan.threads = 2;
        const Outcome whole = warps::through(plan, volume, SampleType::float64, one.twin.reduced);
        const auto& size = plan.warp.size;
        for (int round = 0; round < 4; ++round) {
            WarpPlan some = plan;
            std::array<Range, 3> box{Range{0, size[0]}, Range{0, size[1]}, part_of(size[2])};
            if (round > 1) box = {part_of(size[0]), part_of(size[1]), part_of(size[2])};
            some.part = box;
            if (round < 2) some.part[0] = some.part[1] = {};
            some.geometry.origin = {1, 2, 3.5};
            const Outcome part = warps::through(some, volume, SampleType::float64, one.twin.reduced);
            CAPTURE(one.name, round);
            CHECK((part.info.size == std::array<Index, 3>{box[0].size(), box[1].size(), box[2].size()}));
            CHECK(part.info.geometry.origin == some.geometry.origin);
            std::vector<std::byte> expected;
            for (Index z = box[2].first; z < box[2].end; ++z) {
                for (Index y = box[1].first; y < box[1].end; ++y) {
                    const auto from = whole.bytes.begin() + 8 * ((z * size[1] + y) * size[0] + box[0].first);
                    expected.insert(expected.end(), from, from + 8 * box[0].size());
                }
            }
            CHECK((part.bytes == expected));
        }
    }
}

TEST_CASE("a constant stays what it was through any warp", "[warp]") {
    for (const Case& one : warps::cases()) {
        for (const double value : {0.0, 1.0, 40000.0, -3.25}) {
            const support::Volume volume(warps::reduced_size, 1, value);
            WarpPlan plan = warps::plan_of(one);
            plan.outside = value;
            plan.type = SampleType::float64;
            for (const SampleType type : {SampleType::float32, SampleType::float64}) {
                const double tolerance = std::abs(value) * (type == SampleType::float32 ? 6e-7 : 1e-13);
                for (const double v : warps::through(plan, volume, type, one.twin.reduced).samples()) {
                    if (std::abs(v - value) > tolerance) FAIL(one.name << ": " << v << " instead of " << value);
                }
            }
        }
    }
}

TEST_CASE("what a grid sees of nothing but the outside is the fill", "[warp]") {
    Case one = warps::cases()[1];
    for (double& c : one.twin.grid.origin) c += 1000;
    WarpPlan plan = warps::plan_of(one);
    plan.outside = 17;
    plan.type = SampleType::uint8;
    plan.may_clip = true;
    support::Volume volume = phantom::noise(warps::reduced_size, -500, -400, true, 5);
    const Outcome outcome = warps::through(plan, volume, SampleType::float32, one.twin.reduced);
    for (const double v : outcome.samples()) CHECK(v == 17);
    CHECK(outcome.report.clipped_low == 0);
}

TEST_CASE("a warp refuses what it cannot make", "[warp]") {
    const Case one = warps::cases()[1];
    const support::Volume volume(warps::reduced_size, 1, 0);
    const auto complaint = [&](const WarpPlan& plan, SampleType type) {
        std::string sentence;
        (void)support::refusal([&] { (void)warping(plan)->result(warps::info_of(volume, type, one.twin.reduced)); },
                               &sentence);
        return sentence;
    };
    WarpPlan plan = warps::plan_of(one);
    CHECK(complaint(plan, SampleType::float32).empty());
    CHECK(complaint(plan, SampleType::uint8).find("gets uint8") != std::string::npos);
    plan.labels = true;
    CHECK(complaint(plan, SampleType::uint8).empty());
    plan.type = SampleType::uint8;
    plan.outside = 256;
    CHECK(complaint(plan, SampleType::uint8).find("--fill: 256") == 0);
}

TEST_CASE("a warp says what it takes", "[warp]") {
    const Case one = warps::cases()[1];
    const support::Volume volume(warps::reduced_size, 1, 0);
    const VolumeInfo info = warps::info_of(volume, SampleType::float32, one.twin.reduced);
    WarpPlan plan = warps::plan_of(one);
    CHECK(warping(plan)->scratch_bytes(info) == 2 * 2 * 1 * 16 * 16 * 16 * 4);
    // At least what one thread takes; others are useful.
    const std::int64_t least = warping(plan)->memory_bytes(info);
    const std::int64_t useful = warping(plan)->useful_room(info);
    plan.threads = 3;
    CHECK(warping(plan)->memory_bytes(info) == least);
    CHECK(warping(plan)->useful_room(info) > useful);
    plan.warp.size[2] *= 1000;  // no more slices of a result, no more memory
    CHECK(warping(plan)->memory_bytes(info) == least);
}

TEST_CASE("who stops a run stops its warp", "[warp]") {
    const Case one = warps::cases()[4];
    const support::Volume volume = phantom::noise(warps::reduced_size, 0, 9, true, 5);
    WarpPlan plan = warps::plan_of(one);
    plan.threads = 2;
    CHECK_THROWS_AS(warps::through(plan, volume, SampleType::float32, one.twin.reduced, 0,
                                   [] { throw std::runtime_error("stopped"); }),
                    std::runtime_error);
}
