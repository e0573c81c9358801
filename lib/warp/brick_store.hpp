#pragma once

// A volume that does not fit into memory, to be read box by box: bricks in a scratch file, and a cache of some of them.

#include "core/byte_count.hpp"
#include "core/scratch_file.hpp"

#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace stack2nrrd {

/// How a volume is cut into bricks. A value.
struct BrickLayout {
    std::array<Index, 3> size{};  ///< of the volume
    int channels = 1;
    SampleType type = SampleType::float32;
    /// Samples along each side of a brick. Small ones hold less that nobody wants where a slice runs through them on
    /// the skew; rows of large ones take less time to copy.
    Index edge = 16;

    [[nodiscard]] std::int64_t along(std::size_t axis) const noexcept { return (size[axis] + edge - 1) / edge; }
    [[nodiscard]] ByteCount bricks() const noexcept { return ByteCount(along(0)) * along(1) * along(2); }
    [[nodiscard]] ByteCount brick_bytes() const noexcept {
        return ByteCount(edge) * edge * edge * channels * sample_bytes(type);
    }
    [[nodiscard]] ByteCount slice_bytes() const noexcept {
        return ByteCount(size[0]) * size[1] * channels * sample_bytes(type);
    }
    /// Of the scratch file: all bricks are whole.
    [[nodiscard]] ByteCount file_bytes() const noexcept { return bricks() * brick_bytes(); }
};

/// The samples [range.first, range.end) of each axis; also such as there are none.
using SampleBox = std::array<Range, 3>;

/// Where a box is copied to: bytes from one row, slice or channel to the next.
struct BoxTarget {
    std::byte* samples = nullptr;
    std::size_t row = 0;
    std::size_t slice = 0;
    std::size_t channel = 0;
};

/// Slices are written in order, and then boxes are read, from any thread. In the file, and in a brick, the channels are
/// apart: a brick is channels × z × y × x, the last one fastest, and bricks come in the order z, y, x.
class BrickStore {
public:
    /// Makes the file in `folder`. `held`: slices that are kept until they are written, 1 to BrickLayout::edge.
    /// \throws Error io.
    BrickStore(const BrickLayout& layout, const std::filesystem::path& folder, Index held);

    /// Slice z, channels interleaved; z = 0, 1, … \throws Error io.
    void write_slice(Index z, std::span<const std::byte> samples);
    /// All slices have come. Bricks are read from now on, and `cached` ≥ 1 of them kept.
    void open(Index cached);

    /// Copies a box; channels are apart. What is outside of the volume is the sample of the edge.
    /// At any time, each thread wants one brick; so a cache of one does for all. \throws Error io.
    void copy(const SampleBox& box, const BoxTarget& to) const;

    [[nodiscard]] const BrickLayout& layout() const noexcept { return layout_; }
    /// How many bricks were read from the file.
    [[nodiscard]] std::int64_t bricks_read() const;

    /// What it takes while slices come, and when boxes are read.
    [[nodiscard]] static std::int64_t writing_bytes(const BrickLayout& layout, Index held);
    [[nodiscard]] static std::int64_t reading_bytes(const BrickLayout& layout, Index cached);
    /// Of that, for each brick that is cached.
    [[nodiscard]] static std::int64_t cached_bytes(const BrickLayout& layout);

private:
    static constexpr std::int32_t nowhere = -1;

    /// Room for a brick.
    struct Slot {
        std::int64_t brick = -1;
        int pins = 0;  ///< threads that copy from it, or wait until it is there
        bool is_there = false;
        bool used = false;  ///< since the hand passed
    };
    class Pinned;

    void write_group(Index first, Index count);
    [[nodiscard]] std::int32_t pin(std::int64_t brick) const;
    [[nodiscard]] std::int32_t free_slot(std::unique_lock<std::mutex>& lock) const;
    void unpin(std::int32_t slot) const;
    [[nodiscard]] std::byte* samples_of(std::int32_t slot) const noexcept {
        return cache_.data() + static_cast<std::size_t>(slot) * brick_bytes_;
    }

    BrickLayout layout_;
    Index held_;
    std::size_t sample_;
    std::size_t brick_bytes_;
    mutable ScratchFile file_;
    std::vector<std::byte> slices_;  ///< that are held
    std::vector<std::byte> row_;     ///< bricks, or parts of them, that are written

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable std::vector<std::int32_t> where_;  ///< the slot of each brick
    mutable std::vector<Slot> slots_;
    mutable std::vector<std::byte> cache_;
    mutable std::size_t hand_ = 0;  ///< of the clock that finds the slot that is given away
    mutable std::int64_t read_ = 0;
};

}  // namespace stack2nrrd
