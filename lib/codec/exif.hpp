#pragma once

// Exif, as far as it matters: which way up the slice is.

#include <cstddef>
#include <span>

namespace stack2nrrd {

/// The orientation, 1 to 8, that `exif` (a small TIFF, from its byte order mark on) gives in its first directory; 1 if
/// it gives none or is damaged.
[[nodiscard]] int exif_orientation(std::span<const std::byte> exif) noexcept;

}  // namespace stack2nrrd
