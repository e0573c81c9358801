#pragma once

// How a volume is cut into chunks.

#include <stack2nrrd/sink.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace stack2nrrd {

/// A volume in chunks. Those at the far ends reach beyond it, filled with zeros. Chunks of one depth are a slab; they
/// are numbered along y, then x (fastest).
struct ZarrLayout {
    explicit ZarrLayout(const VolumeInfo& volume) noexcept;

    /// The longest side of a chunk along x and y.
    static constexpr Index most_side = 128;

    std::array<Index, 3> size;    ///< of the volume: x, y, z
    std::array<Index, 3> chunk;   ///< of a chunk, at most that of the volume
    std::array<Index, 3> chunks;  ///< how many there are along x, y, z
    Index channels;               ///< each has chunks of its own
    std::size_t sample_size;      ///< in bytes

    [[nodiscard]] std::size_t chunk_bytes() const noexcept;
    [[nodiscard]] std::size_t slice_bytes() const noexcept;
    /// Of all channels of a slab, without what is beyond the volume.
    [[nodiscard]] std::size_t slab_bytes() const noexcept;
    /// Of one channel of a slab.
    [[nodiscard]] std::size_t slab_chunks() const noexcept;

    /// Puts chunk `i` of a channel into `bytes`, chunk_bytes() of them. `slab`: the slices of a slab, as a sink gets
    /// them; the last slab may have fewer.
    void gather(std::span<const std::byte> slab, Index channel, std::size_t i, std::span<std::byte> bytes) const;
};

}  // namespace stack2nrrd
