// The whole stage against its slow twin.

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "warp/cases.hpp"
#include "warp/through.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace {

using namespace stack2nrrd;
using warps::Case;
using warps::Outcome;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// What is outside of the source is this, and nothing else.
std::string compare(const Case& one, reference::Result truth, const Outcome& outcome, double outside,
                    double tolerance) {
    const std::vector<bool> inside = warps::inside(one.twin);
    for (std::size_t i = 0; i < truth.value.size(); ++i) {
        if (!inside[i / static_cast<std::size_t>(truth.channels)]) truth.value[i] = outside;
    }
    return reference::disagreement(truth, outcome.samples(), outcome.info.type, {tolerance});
}

double share_inside(const Case& one) {
    const std::vector<bool> inside = warps::inside(one.twin);
    return static_cast<double>(std::count(inside.begin(), inside.end(), true)) / static_cast<double>(inside.size());
}

}  // namespace

TEST_CASE("a warp has the numbers of its slow twin", "[warp]") {
    for (const Case& one : warps::cases()) {
        CAPTURE(one.name, share_inside(one));
        CHECK(share_inside(one) > 0.3);
        for (const int channels : {1, 3}) {
            const support::Volume volume = phantom::noise(warps::reduced_size, 0, 1000, false, 7, channels);
            const reference::Result truth = warps::numbers(one.twin, volume);
            WarpPlan plan = warps::plan_of(one);
            plan.outside = -55;
            plan.type = SampleType::float64;
            // Noise loses most: each of the three steps adds some 2e-7 of the range.
            const Outcome twice = warps::through(plan, volume, SampleType::float64, one.twin.reduced);
            CHECK(compare(one, truth, twice, -55, 1e-5) == "");
            support::Volume single = volume;
            for (double& v : single.samples) v = static_cast<float>(v);
            const Outcome once = warps::through(plan, single, SampleType::float32, one.twin.reduced);
            CHECK(compare(one, warps::numbers(one.twin, single), once, -55, 1.5e-3) == "");
            CHECK(once.pulses > 0);
        }
    }
}

TEST_CASE("volumes and results of hardly any samples are warped as others", "[warp]") {
    for (const warps::Triple& size : {warps::Triple{1, 1, 1}, {2, 1, 7}, {40, 3, 1}}) {
        for (const warps::Triple& grid : {warps::Triple{1, 1, 1}, {5, 1, 3}, {1, 33, 2}}) {
            for (Case one : warps::cases()) {
                one.twin.size = grid;
                for (std::size_t a = 0; a < 3; ++a) one.twin.wanted[a] = {-100, 140};
                const support::Volume volume = phantom::noise(size, -9, 9, false, 3);
                WarpPlan plan = warps::plan_of(one);
                plan.type = SampleType::float64;
                plan.threads = 2;
                const Outcome outcome = warps::through(plan, volume, SampleType::float64, one.twin.reduced);
                CAPTURE(one.name, size, grid);
                CHECK(compare(one, warps::numbers(one.twin, volume), outcome, 0, 1e-6) == "");
            }
        }
    }
}

TEST_CASE("a warp rounds, clips and counts as any other result, but not what is outside", "[warp]") {
    const Case one = warps::cases()[4];
    const support::Volume volume = phantom::noise(warps::reduced_size, -40, 300, false, 3);
    const reference::Result truth = warps::numbers(one.twin, volume);
    WarpPlan plan = warps::plan_of(one);
    plan.type = SampleType::uint8;
    plan.may_clip = true;
    plan.outside = 9;
    const Outcome outcome = warps::through(plan, volume, SampleType::float64, one.twin.reduced);
    CHECK(compare(one, truth, outcome, 9, 1e-5) == "");
    const std::vector<bool> inside = warps::inside(one.twin);
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        low += inside[i] && truth.value[i] < -0.5L ? 1 : 0;
        high += inside[i] && truth.value[i] >= 255.5L ? 1 : 0;
    }
    CHECK(low > 0);
    CHECK(high > 0);
    CHECK(outcome.report.clipped_low == low);
    CHECK(outcome.report.clipped_high == high);
    CHECK(outcome.late_notes == std::vector<std::string>{std::to_string(low), std::to_string(high)});
    CHECK(outcome.info.late_notes == std::vector<std::string>{"stack2nrrd_clipped_low", "stack2nrrd_clipped_high"});

    plan.intensity = {10, 2, 100};  // (v + 10) · 2 + 100
    plan.type = SampleType::int16;
    plan.may_clip = false;
    reference::Result mapped = truth;
    for (reference::Real& v : mapped.value) v = (v + 10) * 2 + 100;
    CHECK(compare(one, mapped, warps::through(plan, volume, SampleType::float64, one.twin.reduced), 9, 1e-4) == "");
}

TEST_CASE("NaN is left out of a warp as long as a quarter of the weight is left; infinity stays", "[warp]") {
    for (const Case& one : warps::cases()) {
        if (one.name == "wild") continue;  // there is hardly any place without NaN
        CAPTURE(one.name);
        support::Volume volume = phantom::noise(warps::reduced_size, 0, 100, false, 4, 2);
        for (double& v : volume.samples) v = static_cast<float>(v);
        for (std::int64_t z = 3; z < 9; ++z) {
            for (std::int64_t y = 5; y < 13; ++y) {
                for (std::int64_t x = 2; x < 12; ++x) volume.at(x, y, z, 1) = not_a_number;
            }
        }
        for (std::size_t i = 5; i < volume.samples.size(); i += 997) volume.samples[i] = not_a_number;
        const reference::Result truth = warps::numbers(one.twin, volume);
        CHECK(std::any_of(truth.value.begin(), truth.value.end(), [](auto v) { return std::isnan(v); }));
        WarpPlan plan = warps::plan_of(one);
        plan.outside = not_a_number;
        plan.type = SampleType::float64;
        // Where hardly more than a quarter is left, errors are four times as large, twice.
        CHECK(compare(one, truth, warps::through(plan, volume, SampleType::float64, one.twin.reduced), not_a_number,
                      1e-4) == "");
        CHECK(compare(one, truth, warps::through(plan, volume, SampleType::float32, one.twin.reduced), not_a_number,
                      5e-3) == "");
        plan.type = SampleType::int16;
        plan.outside = 7;
        const Outcome whole = warps::through(plan, volume, SampleType::float32, one.twin.reduced);
        const std::vector<bool> inside = warps::inside(one.twin);
        std::int64_t count = 0;
        for (std::size_t i = 0; i < truth.value.size(); ++i)
            count += inside[i / 2] && std::isnan(truth.value[i]) ? 1 : 0;
        CHECK(whole.report.nan_samples == count);
    }
    const Case one = warps::cases()[1];
    support::Volume volume = phantom::noise(warps::reduced_size, 0, 100, false, 4);
    volume.at(9, 8, 7) = std::numeric_limits<double>::infinity();
    WarpPlan plan = warps::plan_of(one);
    const Outcome with = warps::through(plan, volume, SampleType::float64, one.twin.reduced);
    volume.at(9, 8, 7) = 1e250;
    const Outcome large = warps::through(plan, volume, SampleType::float64, one.twin.reduced);
    const std::vector<double> infinite = with.samples();
    const std::vector<double> known = large.samples();
    int others = 0;
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (std::isfinite(infinite[i])) CHECK(infinite[i] == known[i]);
        others += std::isfinite(infinite[i]) ? 0 : 1;
    }
    CHECK(others > 10);
    CHECK(others < static_cast<int>(known.size()));
}

TEST_CASE("labels are the most frequent of the nearest, and nothing is invented", "[warp]") {
    for (const Case& one : warps::cases()) {
        CAPTURE(one.name);
        for (const SampleType type : {SampleType::uint8, SampleType::int32, SampleType::float64}) {
            support::Volume volume = phantom::noise(warps::reduced_size, 0, 4, true, 8);
            for (double& v : volume.samples) v = v * 7 + 3;  // 3, 10, 17, 24, 31
            WarpPlan plan = warps::plan_of(one);
            plan.labels = true;
            plan.type = type;
            plan.outside = 99;
            const Outcome outcome = warps::through(plan, volume, type, one.twin.reduced);
            std::vector<double> truth = warps::labels(one.twin, volume);
            const std::vector<bool> inside = warps::inside(one.twin);
            for (std::size_t i = 0; i < truth.size(); ++i) truth[i] = inside[i] ? truth[i] : 99;
            const std::vector<double> samples = outcome.samples();
            // Places halfway between two samples are either's, by the last bits of their coordinates.
            std::int64_t others = 0;
            for (std::size_t i = 0; i < truth.size(); ++i) others += samples[i] == truth[i] ? 0 : 1;
            CHECK(others <= (one.name == "straight" ? 3 : 0));
            for (const double v : samples) {
                const bool known = v == 99 || (v >= 3 && v <= 31 && std::fmod(v - 3, 7) == 0);
                if (!known) FAIL("invented " << v);
            }
        }
    }
}
