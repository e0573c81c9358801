#pragma once

// The five filters of PNG (section 9 of its specification), undone.

#include <cstddef>

namespace stack2nrrd {

/// This many bytes before and behind each row must be there; those before `above` and before `row` must be zero, those
/// behind `row` are overwritten.
constexpr std::size_t png_row_margin = 8;

/// Writes `bytes` bytes to `row`. `pixel_bytes`: all channels at one position, 1 to 8 bytes.
/// \returns false if there is no such filter, or no such size.
[[nodiscard]] bool unfilter_png_row(int filter, std::size_t pixel_bytes, const std::byte* filtered,
                                    const std::byte* above, std::byte* row, std::size_t bytes);

/// Swaps the bytes of 16-bit samples. Up to png_row_margin bytes behind both are touched.
void swap_png_row(const std::byte* from, std::byte* to, std::size_t bytes);

}  // namespace stack2nrrd
