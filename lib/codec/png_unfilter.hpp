#pragma once

// The five filters of PNG (section 9 of its specification), undone.

#include <cstddef>

namespace stack2nrrd {

/// This many bytes behind each row must be there; those behind `row` are overwritten.
constexpr std::size_t png_row_margin = 8;

/// Writes `bytes` bytes to `row`. `pixel_bytes`: all channels at one position, 1 to 8 bytes.
/// \returns false if there is no such filter, or no such size.
[[nodiscard]] bool unfilter_png_row(int filter, std::size_t pixel_bytes, const std::byte* filtered,
                                    const std::byte* above, std::byte* row, std::size_t bytes);

/// Two rows with the filter Paeth, one below the other, and one byte a pixel. Each byte waits for the one on its left,
/// so that two rows take hardly longer than one.
void unfilter_paeth_pair(const std::byte* filtered, const std::byte* filtered_below, const std::byte* above,
                         std::byte* row, std::byte* below, std::size_t bytes);
constexpr int paeth_filter = 4;

/// Swaps the bytes of 16-bit samples.
void swap_png_samples(const std::byte* from, std::byte* to, std::size_t bytes);

}  // namespace stack2nrrd
