#pragma once

// From rows as a TIFF stores them to rows as codecs deliver them.

#include "codec/tiff_layout.hpp"

#include <cstddef>
#include <vector>

namespace stack2nrrd {

/// Reverses the bytes of each sample; `bits` is 8 (nothing to do), 16, 32 or 64.
void swap_bytes(std::byte* samples, std::size_t bytes, int bits);

/// Undoes the horizontal predictor: each sample of a row becomes the sum of itself and of those of its channel to its
/// left. `bits` is 8, 16 or 32, in native byte order; `rows` rows of `row_bytes` stand one after the other.
void add_up_differences(std::byte* samples, std::size_t rows, std::size_t row_bytes, int bits, std::size_t channels);

/// Interleaves planes, expands palettes and packed bits, inverts MinIsWhite.
class TiffRowConverter {
public:
    explicit TiffRowConverter(const TiffLayout& layout);

    /// Are rows delivered as they are stored?
    [[nodiscard]] bool passes() const noexcept { return row_.empty(); }

    /// `planes`: one stored row of each plane, in native byte order. The result is valid until the next call.
    [[nodiscard]] const std::byte* convert(const std::byte* const* planes);

    /// Bytes held.
    [[nodiscard]] static std::int64_t bytes(const TiffLayout& layout);

private:
    [[nodiscard]] const std::byte* interleave(const std::byte* const* planes);
    void unpack(const std::byte* stored);
    void look_up(const std::byte* stored);
    void invert(const std::byte* stored);

    const TiffLayout& layout_;
    std::vector<std::byte> row_;      // delivered
    std::vector<std::byte> indices_;  // packed palette indices, one a byte
};

}  // namespace stack2nrrd
