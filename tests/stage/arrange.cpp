// Samples in another order: each is where an index, worked out sample by sample, says.

#include "stage/arrange.hpp"
#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace stack2nrrd;
using Bytes = std::vector<std::byte>;

/// Keeps what comes, and looks at the order in which it does.
class Kept final : public Sink {
public:
    void begin(const VolumeInfo& volume) override { info = volume; }
    void write_slice(Index z, std::span<const std::byte> samples) override {
        in_order = in_order && z == slices++ && samples.size() == static_cast<std::size_t>(info.slice_bytes());
        bytes.insert(bytes.end(), samples.begin(), samples.end());
    }
    void finish() override {}

    VolumeInfo info;
    Bytes bytes;
    Index slices = 0;
    bool in_order = true;
};

Bytes noise(std::size_t count, std::mt19937& random) {
    Bytes bytes(count);
    for (std::byte& b : bytes) b = static_cast<std::byte>(random());
    return bytes;
}

/// What the arrangement is, sample by sample.
Bytes rearranged(const VolumeInfo& volume, const Bytes& samples, const Arrangement& arrangement, const Bytes& fill) {
    const auto& axes = arrangement.axes;
    Bytes result;
    std::array<Index, 3> at{};
    for (at[2] = 0; at[2] < axes[2].size; ++at[2]) {
        for (at[1] = 0; at[1] < axes[1].size; ++at[1]) {
            for (at[0] = 0; at[0] < axes[0].size; ++at[0]) {
                std::array<Index, 3> from{};
                bool inside = true;
                for (std::size_t o = 0; o < 3; ++o) {
                    const Index made = volume.size[axes[o].from];
                    Index i = at[o] - axes[o].before;
                    inside = inside && i >= 0 && i < made;
                    if (axes[o].turned) i = made - 1 - i;
                    from[axes[o].from] = i;
                }
                const Index place = (from[2] * volume.size[1] + from[1]) * volume.size[0] + from[0];
                const std::byte* sample =
                    inside ? samples.data() + static_cast<std::size_t>(place) * fill.size() : fill.data();
                result.insert(result.end(), sample, sample + fill.size());
            }
        }
    }
    return result;
}

Bytes through(const StagePlan& plan, const VolumeInfo& volume, const Bytes& samples, std::int64_t room, Kept& kept) {
    support::TempFolder folder;
    int pulses = 0;
    const auto stage = plan.before(kept, {folder.path(), [&] { ++pulses; }, room});
    stage->begin(volume);
    const auto slice = static_cast<std::size_t>(volume.slice_bytes());
    for (Index z = 0; z < volume.size[2]; ++z) {
        if (support::open_files_lose_their_names()) CHECK(folder.entries() == 0);
        stage->write_slice(z, std::span(samples).subspan(static_cast<std::size_t>(z) * slice, slice));
    }
    stage->finish();
    stage->publish();
    CHECK(kept.in_order);
    CHECK(pulses > 0);
    return kept.bytes;
}

}  // namespace

TEST_CASE("samples come in any order and sense of axes, whatever the room", "[stage]") {
    std::mt19937 random(11);
    const auto below = [&](std::size_t n) { return static_cast<Index>(random() % n); };
    constexpr std::array types{SampleType::uint8, SampleType::int16, SampleType::float32, SampleType::float64};
    for (int round = 0; round < 400; ++round) {
        VolumeInfo volume;
        for (Index& n : volume.size) n = 1 + below(round % 10 == 0 ? 150 : 12);
        volume.type = types[random() % types.size()];
        volume.channels = random() % 2 == 0 ? 1 : static_cast<int>(1 + below(6));
        volume.colour = Colour::components;
        volume.fields.labels = {"i", "j", "k"};
        volume.notes = {{"a", "b"}};
        volume.chunk_depth = 7;
        Arrangement arrangement;
        std::array<std::size_t, 3> order{0, 1, 2};
        if (random() % 3 != 0) std::shuffle(order.begin(), order.end(), random);
        for (std::size_t a = 0; a < 3; ++a) {
            ArrangedAxis& axis = arrangement.axes[a];
            axis = {order[a], random() % 2 == 0, volume.size[order[a]], 0};
            if (random() % 2 == 0) continue;
            axis.before = below(4);
            axis.size += axis.before + below(4);
            if (a == 2 && random() % 8 == 0) axis.before = axis.size;  // a slab that is outside
        }
        arrangement.fill = 3;
        arrangement.geometry.origin = {1, 2, 3};
        Bytes fill;
        for (int c = 0; c < volume.channels; ++c) {
            const auto add = [&](auto value) {
                const auto* bytes = reinterpret_cast<const std::byte*>(&value);
                fill.insert(fill.end(), bytes, bytes + sizeof(value));
            };
            if (volume.type == SampleType::uint8) add(std::uint8_t{3});
            if (volume.type == SampleType::int16) add(std::int16_t{3});
            if (volume.type == SampleType::float32) add(3.0F);
            if (volume.type == SampleType::float64) add(3.0);
        }
        const Bytes samples = noise(static_cast<std::size_t>(volume.bytes()), random);
        const auto plan = arranging(arrangement);
        const Bytes expected = rearranged(volume, samples, arrangement, fill);
        const bool straight = order[2] == 2 && !arrangement.axes[2].turned;
        CHECK(plan->scratch_bytes(volume) == (straight ? 0 : volume.bytes()));
        CHECK((plan->useful_room(volume) > 0) == (order[2] != 2));
        for (const std::int64_t room : {std::int64_t{0}, plan->useful_room(volume) / 5, plan->useful_room(volume)}) {
            Kept kept;
            CAPTURE(round, room);
            CHECK((through(*plan, volume, samples, room, kept) == expected));
            CHECK(kept.info.geometry.origin == Vector3{1, 2, 3});
            CHECK(kept.info.notes == volume.notes);
            CHECK(kept.info.chunk_depth == 7);
            for (std::size_t a = 0; a < 3; ++a) {
                CHECK(kept.info.size[a] == arrangement.axes[a].size);
                CHECK(kept.info.fields.labels[a] == volume.fields.labels[order[a]]);
            }
        }
    }
}

TEST_CASE("a range of samples is found again in the result", "[stage]") {
    const ArrangedAxis straight{0, false, 20, 3};
    CHECK(arranged(straight, 10, 2, 4) == std::array<Index, 2>{5, 7});
    const ArrangedAxis turned{0, true, 20, 3};
    CHECK(arranged(turned, 10, 2, 4) == std::array<Index, 2>{8, 10});
}

TEST_CASE("what fills the outside is a value of the type, or refused", "[stage]") {
    const auto complaint = [](SampleType type, double fill) {
        VolumeInfo volume;
        volume.size = {2, 2, 2};
        volume.type = type;
        Arrangement arrangement;
        for (ArrangedAxis& axis : arrangement.axes) axis.size = 3;
        arrangement.fill = fill;
        std::string sentence;
        (void)support::refusal([&] { (void)arranging(arrangement)->result(volume); }, &sentence);
        return sentence;
    };
    CHECK(complaint(SampleType::uint8, 255.4).empty());  // 255
    CHECK(complaint(SampleType::uint8, 256).find("--fill: 256 is no value of the result, whose uint8 has 0 to 255") ==
          0);
    CHECK(complaint(SampleType::int8, -129).find("has -128 to 127") != std::string::npos);
    CHECK(complaint(SampleType::uint64, 1e19).empty());
    CHECK(complaint(SampleType::uint64, 18446744073709551616.0).find("to 18446744073709551615") != std::string::npos);
    CHECK(complaint(SampleType::float32, 1e39).find("float32") != std::string::npos);
    CHECK(complaint(SampleType::float64, 1e300).empty());
    CHECK(complaint(SampleType::float32, std::numeric_limits<double>::quiet_NaN()).empty());
    CHECK(complaint(SampleType::int16, std::numeric_limits<double>::quiet_NaN()).find("nan is no value") !=
          std::string::npos);
}

TEST_CASE("who stops a run stops a stage that works on what it has kept", "[stage]") {
    VolumeInfo volume;
    volume.size = {4, 3, 2};
    const Bytes slice(12);
    for (const std::size_t from : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
        Arrangement arrangement;
        arrangement.axes[2] = {from, true, volume.size[from], 0};
        arrangement.axes[0] = {from == 0 ? std::size_t{2} : 0, false, volume.size[from == 0 ? 2 : 0], 0};
        arrangement.axes[1] = {from == 1 ? std::size_t{2} : 1, false, volume.size[from == 1 ? 2 : 1], 0};
        support::TempFolder folder;
        Kept kept;
        int pulses = 0;
        const auto pulse = [&] {
            if (++pulses == 2) throw std::runtime_error("stopped");
        };
        const auto plan = arranging(arrangement);
        const auto stage = plan->before(kept, {folder.path(), pulse, 0});
        stage->begin(volume);
        stage->write_slice(0, slice);
        CHECK(pulses == 0);  // a making watches the clock itself
        CHECK_THROWS_AS(stage->write_slice(1, slice), std::runtime_error);
        CHECK(kept.slices <= 2);
        if (support::open_files_lose_their_names()) CHECK(folder.entries() == 0);
    }
}
