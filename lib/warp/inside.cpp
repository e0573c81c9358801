#include "warp/inside.hpp"

#include "core/byte_count.hpp"

#include <algorithm>

namespace stack2nrrd {

namespace {

constexpr double tolerance = 1e-6;
/// Rows that are mapped together.
constexpr Index rows_together = 4;

}  // namespace

Inside::Inside(const Warp& warp, Index kept)
    : warp_(warp),
      mapping_(warp.geometry, {}, warp.own(), warp.transform, warp.source),
      entries_(static_cast<std::size_t>(kept)) {}

std::int64_t Inside::memory_bytes(const Warp& warp, Index kept, unsigned threads) {
    const ByteCount cells = ByteCount(warp.size[0] / cell + 1) * (warp.size[1] / cell + 1);
    const ByteCount slice = ByteCount(warp.size[0]) * warp.size[1] + cells;
    return (ByteCount(kept + 1) * slice +
            ByteCount(threads) * (slice + ByteCount(rows_together) * warp.size[0] * Mapping::bytes_of_sample))
        .value();
}

/// False if the slice is there, or, without waiting, if somebody else works it out.
bool Inside::claim(Index k, bool wait, std::shared_ptr<const Slice>& found) {
    std::unique_lock lock(mutex_);
    Entry& entry = entries_[static_cast<std::size_t>(k) % entries_.size()];
    for (;;) {
        if (entry.number == k && entry.slice != nullptr) {
            found = entry.slice;
            return false;
        }
        if (!entry.is_wanted) break;
        if (!wait) return false;
        changed_.wait(lock);
    }
    entry = {k, true, nullptr};
    return true;
}

std::shared_ptr<const Inside::Slice> Inside::slice(Index k) {
    std::shared_ptr<const Slice> found;
    if (claim(k, true, found)) found = make(k);
    return found;
}

void Inside::prepare(const Range& slices) {
    std::shared_ptr<const Slice> found;
    for (Index k = slices.first; k < slices.end; ++k) {
        if (claim(k, false, found)) make(k);
    }
}

std::shared_ptr<const Inside::Slice> Inside::make(Index k) {
    const auto give = [&](std::shared_ptr<const Slice> slice) {
        const std::lock_guard lock(mutex_);
        entries_[static_cast<std::size_t>(k) % entries_.size()] = {k, false, std::move(slice)};
        changed_.notify_all();
    };
    try {
        auto made = std::make_shared<Slice>();
        const auto width = static_cast<std::size_t>(warp_.size[0]);
        made->samples.resize(width * static_cast<std::size_t>(warp_.size[1]));
        made->cells.resize(static_cast<std::size_t>(cells(0) * cells(1)));
        Places indices;
        std::vector<Vector3> points;
        std::uint8_t* to = made->samples.data();
        for (Index y = 0; y < warp_.size[1]; y += rows_together) {
            mapping_.apply({Range{0, warp_.size[0]}, {y, std::min(y + rows_together, warp_.size[1])}, {k, k + 1}},
                           indices, points);
            const std::size_t count = indices[0].size();
            std::fill_n(to, count, std::uint8_t{1});
            for (std::size_t a = 0; a < 3; ++a) {
                const double low = static_cast<double>(warp_.wanted[a].first) - (0.5 + tolerance);
                const double high = static_cast<double>(warp_.wanted[a].end) - (0.5 - tolerance);
                const double* const index = indices[a].data();
                for (std::size_t i = 0; i < count; ++i) {
                    to[i] = index[i] >= low && index[i] <= high ? to[i] : std::uint8_t{0};
                }
            }
            to += count;
        }
        for (Index y = 0; y < warp_.size[1]; ++y) {
            std::uint8_t* const row = made->cells.data() + static_cast<std::size_t>(y / cell * cells(0));
            const std::uint8_t* const samples = made->samples.data() + static_cast<std::size_t>(y) * width;
            for (std::size_t x = 0; x < width; ++x) row[x / cell] |= samples[x];
        }
        give(made);
        return made;
    } catch (...) {
        give(nullptr);
        throw;
    }
}

}  // namespace stack2nrrd
