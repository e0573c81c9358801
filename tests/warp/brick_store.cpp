// Boxes of a volume in bricks: each sample is the one that the volume has there.

#include "warp/brick_store.hpp"

#include "support/catch.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace {

using namespace stack2nrrd;
using Bytes = std::vector<std::byte>;

Bytes noise(std::size_t count, std::mt19937& random) {
    Bytes bytes(count);
    for (std::byte& b : bytes) b = static_cast<std::byte>(random());
    return bytes;
}

void write(BrickStore& store, const Bytes& samples) {
    const auto slice = static_cast<std::size_t>(store.layout().slice_bytes().value());
    for (Index z = 0; z < store.layout().size[2]; ++z) {
        store.write_slice(z, std::span(samples).subspan(static_cast<std::size_t>(z) * slice, slice));
    }
}

/// Sample by sample, those outside as those of the edge.
Bytes cut_out(const BrickLayout& layout, const Bytes& samples, const SampleBox& box) {
    const std::size_t sample = sample_bytes(layout.type);
    const auto within = [&](Index i, std::size_t axis) { return std::clamp<Index>(i, 0, layout.size[axis] - 1); };
    Bytes cut;
    for (int c = 0; c < layout.channels; ++c) {
        for (Index z = box[2].first; z < box[2].end; ++z) {
            for (Index y = box[1].first; y < box[1].end; ++y) {
                for (Index x = box[0].first; x < box[0].end; ++x) {
                    const Index place = (within(z, 2) * layout.size[1] + within(y, 1)) * layout.size[0] + within(x, 0);
                    const auto* at = samples.data() + static_cast<std::size_t>(place * layout.channels + c) * sample;
                    cut.insert(cut.end(), at, at + sample);
                }
            }
        }
    }
    return cut;
}

Bytes copied(const BrickStore& store, const SampleBox& box) {
    const auto row = static_cast<std::size_t>(box[0].size()) * sample_bytes(store.layout().type);
    const std::size_t slice = row * static_cast<std::size_t>(box[1].size());
    const std::size_t channel = slice * static_cast<std::size_t>(box[2].size());
    Bytes samples(channel * static_cast<std::size_t>(store.layout().channels));
    store.copy(box, {samples.data(), row, slice, channel});
    return samples;
}

SampleBox random_box(const BrickLayout& layout, std::mt19937& random) {
    SampleBox box;
    for (std::size_t a = 0; a < 3; ++a) {
        box[a].first = static_cast<Index>(random() % static_cast<unsigned>(layout.size[a] + 20)) - 10;
        box[a].end = box[a].first + 1 + static_cast<Index>(random() % 20);
    }
    return box;
}

}  // namespace

TEST_CASE("a box of bricks has the volume's samples, whatever is held and cached", "[warp]") {
    std::mt19937 random(5);
    constexpr std::array types{SampleType::uint8, SampleType::int16, SampleType::float32, SampleType::float64};
    for (int round = 0; round < 60; ++round) {
        BrickLayout layout;
        for (Index& n : layout.size) n = 1 + static_cast<Index>(random() % 40);
        layout.channels = static_cast<int>(1 + random() % 3);
        layout.type = types[random() % types.size()];
        layout.edge = std::array<Index, 3>{4, 8, 16}[random() % 3];
        const Bytes samples = noise(static_cast<std::size_t>((layout.slice_bytes() * layout.size[2]).value()), random);
        support::TempFolder folder;
        const Index held = std::min<Index>(layout.edge, std::array<Index, 4>{1, 3, 4, 16}[random() % 4]);
        CAPTURE(round, layout.edge, held);
        {
            BrickStore store(layout, folder.path(), held);
            if (support::open_files_lose_their_names()) CHECK(folder.entries() == 0);  // the scratch file has no name
            write(store, samples);
            const Index cached = std::array<Index, 3>{1, 5, 10000}[random() % 3];
            store.open(cached);
            for (int n = 0; n < 40; ++n) {
                const SampleBox box = random_box(layout, random);
                REQUIRE((copied(store, box) == cut_out(layout, samples, box)));
            }
            if (cached == 10000) CHECK(store.bricks_read() <= layout.bricks().value());
        }
        CHECK(folder.entries() == 0);
    }
}

TEST_CASE("many threads read bricks at once, through a cache of few", "[warp]") {
    std::mt19937 random(6);
    BrickLayout layout;
    layout.size = {50, 41, 33};
    layout.edge = 8;
    const Bytes samples = noise(static_cast<std::size_t>((layout.slice_bytes() * layout.size[2]).value()), random);
    for (const Index cached : {Index{1}, Index{3}, Index{50}}) {
        support::TempFolder folder;
        BrickStore store(layout, folder.path(), layout.edge);
        write(store, samples);
        store.open(cached);
        std::atomic<int> wrong = 0;
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                std::mt19937 own(t);
                for (int n = 0; n < 150; ++n) {
                    const SampleBox box = random_box(layout, own);
                    if (copied(store, box) != cut_out(layout, samples, box)) ++wrong;
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        CHECK(wrong == 0);
    }
}

TEST_CASE("a store says what it takes", "[warp]") {
    BrickLayout layout;
    layout.size = {33, 16, 1};
    layout.channels = 2;
    CHECK(layout.bricks().value() == 3);
    CHECK(layout.brick_bytes().value() == 16 * 16 * 16 * 2 * 4);
    CHECK(layout.file_bytes().value() == 3 * layout.brick_bytes().value());
    CHECK(BrickStore::writing_bytes(layout, 2) == 2 * 33 * 16 * 8 + layout.brick_bytes().value());
    CHECK(BrickStore::reading_bytes(layout, 5) >= 5 * layout.brick_bytes().value());
}
