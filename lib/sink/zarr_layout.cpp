#include "sink/zarr_layout.hpp"

#include <algorithm>
#include <cstring>

namespace stack2nrrd {

namespace {

/// One channel of interleaved samples of `Sample`'s size.
template <class Sample>
void copy_channel(const std::byte* from, std::byte* to, std::size_t count, std::size_t stride) {
    for (std::size_t i = 0; i < count; ++i) {
        Sample sample;
        std::memcpy(&sample, from + i * stride, sizeof(Sample));
        std::memcpy(to + i * sizeof(Sample), &sample, sizeof(Sample));
    }
}

using Copy = void (*)(const std::byte*, std::byte*, std::size_t, std::size_t);

Copy copy_of(std::size_t sample_size) {
    switch (sample_size) {
        case 1: return copy_channel<std::uint8_t>;
        case 2: return copy_channel<std::uint16_t>;
        case 4: return copy_channel<std::uint32_t>;
        default: return copy_channel<std::uint64_t>;
    }
}

}  // namespace

ZarrLayout::ZarrLayout(const VolumeInfo& volume) noexcept
    : size(volume.size),
      chunk{std::min(most_side, size[0]), std::min(most_side, size[1]), std::min(volume.chunk_depth, size[2])},
      channels(volume.channels),
      sample_size(sample_bytes(volume.type)) {
    for (std::size_t a = 0; a < 3; ++a) chunks[a] = (size[a] - 1) / chunk[a] + 1;
}

std::size_t ZarrLayout::chunk_bytes() const noexcept {
    return static_cast<std::size_t>(chunk[0] * chunk[1] * chunk[2]) * sample_size;
}

std::size_t ZarrLayout::slice_bytes() const noexcept {
    return static_cast<std::size_t>(size[0] * size[1] * channels) * sample_size;
}

std::size_t ZarrLayout::slab_bytes() const noexcept { return slice_bytes() * static_cast<std::size_t>(chunk[2]); }

std::size_t ZarrLayout::slab_chunks() const noexcept { return static_cast<std::size_t>(chunks[0] * chunks[1]); }

void ZarrLayout::gather(std::span<const std::byte> slab, Index channel, std::size_t i,
                        std::span<std::byte> bytes) const {
    const Index first_x = static_cast<Index>(i) % chunks[0] * chunk[0];
    const Index first_y = static_cast<Index>(i) / chunks[0] * chunk[1];
    const auto columns = static_cast<std::size_t>(std::min(chunk[0], size[0] - first_x));
    const auto rows = static_cast<std::size_t>(std::min(chunk[1], size[1] - first_y));
    const std::size_t slices = slab.size() / slice_bytes();
    if (columns * rows * slices * sample_size < bytes.size()) std::fill(bytes.begin(), bytes.end(), std::byte{0});

    const std::size_t stride = static_cast<std::size_t>(channels) * sample_size;
    const std::size_t row_bytes = static_cast<std::size_t>(size[0]) * stride;
    const std::size_t chunk_row = static_cast<std::size_t>(chunk[0]) * sample_size;
    const std::size_t chunk_slice = static_cast<std::size_t>(chunk[1]) * chunk_row;
    const std::size_t corner = static_cast<std::size_t>(first_y) * row_bytes +
                               static_cast<std::size_t>(first_x) * stride +
                               static_cast<std::size_t>(channel) * sample_size;
    const Copy copy = copy_of(sample_size);
    for (std::size_t z = 0; z < slices; ++z) {
        const std::byte* from = slab.data() + z * slice_bytes() + corner;
        std::byte* to = bytes.data() + z * chunk_slice;
        for (std::size_t y = 0; y < rows; ++y, from += row_bytes, to += chunk_row) {
            if (channels == 1) {
                std::memcpy(to, from, columns * sample_size);
            } else {
                copy(from, to, columns, stride);
            }
        }
    }
}

}  // namespace stack2nrrd
