#pragma once

// From rows as a TIFF stores them to rows as codecs deliver them.

#include "codec/tiff_layout.hpp"

#include <cstddef>
#include <span>

namespace stack2nrrd {

/// Reverses the bytes of each sample; samples of 16, 24, 32 or 64 bits have an
/// order, others are left alone.
void swap_bytes(std::byte* samples, std::size_t bytes, int bits);

/// Undoes the horizontal predictor: each sample of a row becomes the sum of
/// itself and of those of its channel to its left. `bits` is 8, 16, 32 or 64,
/// in native byte order; `rows` rows of `row_bytes` are one after the other.
void add_up_differences(std::byte* samples, std::size_t rows, std::size_t row_bytes, int bits, std::size_t channels);

/// Unpacks samples of odd widths, interleaves planes, looks up palettes,
/// spreads few bits, inverts MinIsWhite.
class TiffRowConverter {
public:
    /// What unpacked and delivered rows take; nothing where there are none.
    [[nodiscard]] static Workbench::Sizes<2> room_bytes(const TiffLayout& layout);

    /// The rooms are of these sizes.
    TiffRowConverter(const TiffLayout& layout, std::span<std::byte> unpacked, std::span<std::byte> row);

    /// Are rows delivered as they are stored?
    [[nodiscard]] bool passes() const noexcept { return row_.empty(); }

    /// `planes`: one stored row of each plane, in native byte order. The result is valid until the next call.
    [[nodiscard]] const std::byte* convert(const std::byte* const* planes);

private:
    [[nodiscard]] const std::byte* unpacked(const std::byte* stored);
    [[nodiscard]] const std::byte* interleave(const std::byte* const* planes);
    [[nodiscard]] const std::byte* first_channels(const std::byte* samples);
    [[nodiscard]] const std::byte* look_up(const std::byte* samples);
    /// What the samples mean, by their sense and range.
    [[nodiscard]] const std::byte* meant(const std::byte* samples);

    const TiffLayout& layout_;
    void (*unpack_)(const std::byte* stored, std::size_t count, unsigned bits, std::byte* out);
    std::size_t sample_bytes_;
    std::size_t width_;
    std::size_t channels_;  // side by side in a stored row
    std::span<std::byte> unpacked_;
    std::span<std::byte> row_;  // delivered
};

}  // namespace stack2nrrd
