#pragma once

// Which slices a TIFF holds, and what its words and densities say of them.

#include "codec/tiff_handle.hpp"

namespace stack2nrrd {

/// Places: 0 = the first directory; positive = the offset of a directory; negative = minus the offset of samples that
/// have no directory of their own and are stored like those of the first (what ImageJ does beyond 4 GiB).
/// \throws Error limit, io; whatever read_tiff_layout() throws.
[[nodiscard]] Pages tiff_pages(InputFile& file);

/// Fills in `density` and `description`, and a note if the latter is too long.
/// \throws Error io.
void read_tiff_texts(const TiffHandle& tiff, Probe& probe);

}  // namespace stack2nrrd
