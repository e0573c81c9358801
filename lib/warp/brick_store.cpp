#include "warp/brick_store.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stack2nrrd {

namespace {

std::size_t bytes_of(Index count) { return static_cast<std::size_t>(count); }

/// Samples of `Size` bytes, every `stride`-th of them, to a row.
template <std::size_t Size>
void pick(const std::byte* from, std::size_t stride, std::byte* to, Index count) {
    for (Index i = 0; i < count; ++i) std::memcpy(to + bytes_of(i) * Size, from + bytes_of(i) * stride * Size, Size);
}

void pick(const std::byte* from, std::size_t stride, std::byte* to, Index count, std::size_t sample) {
    if (stride == 1) return static_cast<void>(std::memcpy(to, from, bytes_of(count) * sample));
    switch (sample) {
        case 1: return pick<1>(from, stride, to, count);
        case 2: return pick<2>(from, stride, to, count);
        case 4: return pick<4>(from, stride, to, count);
        default: return pick<8>(from, stride, to, count);
    }
}

/// Rows of samples of `Size` to 2 · `Size` bytes, without a call for each.
template <std::size_t Size>
void copy_rows(const std::byte* from, std::size_t from_stride, std::byte* to, std::size_t to_stride, Index rows,
               std::size_t bytes) {
    for (Index j = 0; j < rows; ++j, from += from_stride, to += to_stride) {
        std::memcpy(to, from, Size);
        std::memcpy(to + bytes - Size, from + bytes - Size, Size);
    }
}

void copy_rows(const std::byte* from, std::size_t from_stride, std::byte* to, std::size_t to_stride, Index rows,
               std::size_t bytes) {
    if (bytes > 128) {
        for (Index j = 0; j < rows; ++j, from += from_stride, to += to_stride) std::memcpy(to, from, bytes);
    } else if (bytes > 64) {
        copy_rows<64>(from, from_stride, to, to_stride, rows, bytes);
    } else if (bytes > 32) {
        copy_rows<32>(from, from_stride, to, to_stride, rows, bytes);
    } else if (bytes > 16) {
        copy_rows<16>(from, from_stride, to, to_stride, rows, bytes);
    } else if (bytes > 8) {
        copy_rows<8>(from, from_stride, to, to_stride, rows, bytes);
    } else if (bytes > 4) {
        copy_rows<4>(from, from_stride, to, to_stride, rows, bytes);
    } else if (bytes > 2) {
        copy_rows<2>(from, from_stride, to, to_stride, rows, bytes);
    } else {
        copy_rows<1>(from, from_stride, to, to_stride, rows, bytes);
    }
}

/// Puts the first and the last of the items that are there before and behind them. Items are `stride` bytes apart, of
/// which `bytes` count.
void extend(std::byte* items, Index there, Index before, Index after, std::size_t stride, std::size_t bytes) {
    std::byte* const first = items + bytes_of(before) * stride;
    for (Index i = 0; i < before; ++i) std::memcpy(items + bytes_of(i) * stride, first, bytes);
    const std::byte* const last = first + bytes_of(there - 1) * stride;
    for (Index i = 0; i < after; ++i) std::memcpy(first + bytes_of(there + i) * stride, last, bytes);
}

/// What is there of a range that may lie outside of it: at least the sample of the edge.
Range inside(const Range& range, Index size) {
    const Index first = std::clamp<Index>(range.first, 0, size - 1);
    return {first, std::clamp<Index>(range.end, first + 1, size)};
}

}  // namespace

BrickStore::BrickStore(const BrickLayout& layout, const std::filesystem::path& folder, Index held)
    : layout_(layout),
      held_(held),
      sample_(sample_bytes(layout.type)),
      brick_bytes_(static_cast<std::size_t>(layout.brick_bytes().value())),
      file_(folder, layout.file_bytes().value()),
      slices_(bytes_of((ByteCount(held) * layout.slice_bytes()).value())),
      row_(bytes_of((ByteCount(held == layout.edge ? layout.along(0) : 1) * layout.brick_bytes()).value())) {}

std::int64_t BrickStore::writing_bytes(const BrickLayout& layout, Index held) {
    const ByteCount row = ByteCount(held == layout.edge ? layout.along(0) : 1) * layout.brick_bytes();
    return (ByteCount(held) * layout.slice_bytes() + row).value();
}

std::int64_t BrickStore::cached_bytes(const BrickLayout& layout) {
    return (layout.brick_bytes() + ByteCount(sizeof(Slot))).value();
}

std::int64_t BrickStore::reading_bytes(const BrickLayout& layout, Index cached) {
    return (layout.bricks() * sizeof(std::int32_t) + ByteCount(cached) * cached_bytes(layout)).value();
}

void BrickStore::write_slice(Index z, std::span<const std::byte> samples) {
    const Index in_brick = z % layout_.edge;
    const Index first = z - in_brick % held_;
    std::memcpy(slices_.data() + bytes_of(z - first) * samples.size(), samples.data(), samples.size());
    const bool is_whole = z + 1 - first == held_ || in_brick + 1 == layout_.edge || z + 1 == layout_.size[2];
    if (is_whole) write_group(first, z + 1 - first);
}

/// Whole bricks beside each other are one piece of the file; else what a brick has of the slices is one for each
/// channel.
void BrickStore::write_group(Index first, Index count) {
    const Index edge = layout_.edge;
    const auto channels = static_cast<std::size_t>(layout_.channels);
    const std::size_t brick_slice = bytes_of(edge * edge) * sample_;
    const std::size_t row_bytes = bytes_of(layout_.size[0]) * channels * sample_;
    const bool whole = held_ == edge;
    for (Index by = 0; by < layout_.along(1); ++by) {
        const Index rows = std::min(edge, layout_.size[1] - by * edge);
        const std::int64_t in_file =
            ((first / edge) * layout_.along(1) + by) * layout_.along(0) * static_cast<std::int64_t>(brick_bytes_);
        for (Index bx = 0; bx < layout_.along(0); ++bx) {
            const Index columns = std::min(edge, layout_.size[0] - bx * edge);
            std::byte* const brick = row_.data() + (whole ? bytes_of(bx) * brick_bytes_ : 0);
            const std::int64_t brick_in_file = in_file + bx * static_cast<std::int64_t>(brick_bytes_);
            for (std::size_t c = 0; c < channels; ++c) {
                std::byte* const part = brick + c * bytes_of(edge) * brick_slice;
                for (Index z = 0; z < count; ++z) {
                    for (Index y = 0; y < rows; ++y) {
                        const std::byte* const from = slices_.data() +
                                                      (bytes_of(z * layout_.size[1] + by * edge + y)) * row_bytes +
                                                      (bytes_of(bx * edge) * channels + c) * sample_;
                        pick(from, channels, part + bytes_of(z * edge + y) * bytes_of(edge) * sample_, columns,
                             sample_);
                    }
                }
                if (whole) continue;
                const auto offset =
                    static_cast<std::int64_t>((c * bytes_of(edge) + bytes_of(first % edge)) * brick_slice);
                file_.write_at(brick_in_file + offset, {part, bytes_of(count) * brick_slice});
            }
        }
        if (whole) file_.write_at(in_file, {row_.data(), bytes_of(layout_.along(0)) * brick_bytes_});
    }
}

void BrickStore::open(Index cached) {
    if (held_ != layout_.edge && layout_.size[2] % layout_.edge != 0) {
        const std::byte end{0};  // of the last brick, which is read as a whole
        file_.write_at(layout_.file_bytes().value() - 1, {&end, 1});
    }
    slices_ = std::vector<std::byte>();  // = {} would keep the memory
    row_ = std::vector<std::byte>();
    where_.assign(bytes_of(layout_.bricks().value()), nowhere);
    slots_.assign(bytes_of(cached), Slot{});
    cache_.resize(bytes_of(cached) * brick_bytes_);
}

std::int64_t BrickStore::bricks_read() const {
    const std::lock_guard lock(mutex_);
    return read_;
}

/// One that nobody has pinned and that was not used for long; waits until there is one.
std::int32_t BrickStore::free_slot(std::unique_lock<std::mutex>& lock) const {
    for (;;) {
        for (std::size_t tried = 0; tried < 2 * slots_.size(); ++tried) {
            const std::size_t at = hand_;
            hand_ = (hand_ + 1) % slots_.size();
            if (slots_[at].pins == 0 && !std::exchange(slots_[at].used, false)) return static_cast<std::int32_t>(at);
        }
        changed_.wait(lock);
    }
}

std::int32_t BrickStore::pin(std::int64_t brick) const {
    std::unique_lock lock(mutex_);
    std::int32_t& where = where_[bytes_of(brick)];
    for (;;) {
        if (where != nowhere) {
            Slot& slot = slots_[static_cast<std::size_t>(where)];
            if (slot.is_there) {
                ++slot.pins;
                slot.used = true;
                return where;
            }
            changed_.wait(lock);
            continue;
        }
        const std::int32_t free = free_slot(lock);
        if (where == nowhere) {  // nobody else has begun meanwhile
            where = free;
            break;
        }
    }
    Slot& slot = slots_[static_cast<std::size_t>(where)];
    if (slot.brick >= 0) where_[bytes_of(slot.brick)] = nowhere;
    slot = {brick, 1, false, true};
    ++read_;
    const std::int32_t mine = where;
    lock.unlock();
    try {
        file_.read_at(brick * static_cast<std::int64_t>(brick_bytes_), {samples_of(mine), brick_bytes_});
    } catch (...) {
        lock.lock();
        slot = {};
        where = nowhere;
        changed_.notify_all();
        throw;
    }
    lock.lock();
    slot.is_there = true;
    changed_.notify_all();
    return mine;
}

void BrickStore::unpin(std::int32_t slot) const {
    const std::lock_guard lock(mutex_);
    if (--slots_[static_cast<std::size_t>(slot)].pins == 0) changed_.notify_all();
}

/// A brick that stays where it is.
class BrickStore::Pinned {
public:
    Pinned(const BrickStore& store, std::int64_t brick) : store_(store), slot_(store.pin(brick)) {}
    Pinned(const Pinned&) = delete;
    Pinned& operator=(const Pinned&) = delete;
    ~Pinned() { store_.unpin(slot_); }

    [[nodiscard]] const std::byte* samples() const noexcept { return store_.samples_of(slot_); }

private:
    const BrickStore& store_;
    std::int32_t slot_;
};

void BrickStore::copy(const SampleBox& box, const BoxTarget& to) const {
    const Index edge = layout_.edge;
    const std::array<Index, 3> size{box[0].size(), box[1].size(), box[2].size()};
    std::array<Range, 3> there;
    for (std::size_t a = 0; a < 3; ++a) there[a] = inside(box[a], layout_.size[a]);
    // How many samples of the edge come first; a box that is wholly behind the volume begins with what is there.
    std::array<Index, 3> before{};
    for (std::size_t a = 0; a < 3; ++a) before[a] = std::clamp<Index>(there[a].first - box[a].first, 0, size[a] - 1);
    const std::size_t brick_row = bytes_of(edge) * sample_;

    for (Index bz = there[2].first / edge; bz * edge < there[2].end; ++bz) {
        const Range z{std::max(bz * edge, there[2].first), std::min((bz + 1) * edge, there[2].end)};
        for (Index by = there[1].first / edge; by * edge < there[1].end; ++by) {
            const Range y{std::max(by * edge, there[1].first), std::min((by + 1) * edge, there[1].end)};
            for (Index bx = there[0].first / edge; bx * edge < there[0].end; ++bx) {
                const Range x{std::max(bx * edge, there[0].first), std::min((bx + 1) * edge, there[0].end)};
                const Pinned brick(*this, (bz * layout_.along(1) + by) * layout_.along(0) + bx);
                const std::size_t bytes = bytes_of(x.size()) * sample_;
                for (int c = 0; c < layout_.channels; ++c) {
                    const std::byte* const from = brick.samples() +
                                                  static_cast<std::size_t>(c) * bytes_of(edge * edge) * brick_row +
                                                  bytes_of(x.first - bx * edge) * sample_;
                    std::byte* const at = to.samples + static_cast<std::size_t>(c) * to.channel +
                                          bytes_of(before[0] + x.first - there[0].first) * sample_;
                    for (Index k = z.first; k < z.end; ++k) {
                        copy_rows(from + bytes_of((k - bz * edge) * edge + y.first - by * edge) * brick_row, brick_row,
                                  at + bytes_of(before[2] + k - there[2].first) * to.slice +
                                      bytes_of(before[1] + y.first - there[1].first) * to.row,
                                  to.row, y.size(), bytes);
                    }
                }
            }
        }
    }

    std::array<Index, 3> after{};
    for (std::size_t a = 0; a < 3; ++a) after[a] = size[a] - before[a] - there[a].size();
    const std::size_t row = bytes_of(size[0]) * sample_;
    if (before == std::array<Index, 3>{} && after == std::array<Index, 3>{}) return;
    for (int c = 0; c < layout_.channels; ++c) {
        std::byte* const volume = to.samples + static_cast<std::size_t>(c) * to.channel;
        for (Index k = 0; k < there[2].size(); ++k) {
            std::byte* const slice = volume + bytes_of(before[2] + k) * to.slice;
            for (Index j = 0; j < there[1].size(); ++j) {
                extend(slice + bytes_of(before[1] + j) * to.row, there[0].size(), before[0], after[0], sample_,
                       sample_);
            }
            extend(slice, there[1].size(), before[1], after[1], to.row, row);
        }
        extend(volume, there[2].size(), before[2], after[2], to.slice, bytes_of(size[1] - 1) * to.row + row);
    }
}

}  // namespace stack2nrrd
