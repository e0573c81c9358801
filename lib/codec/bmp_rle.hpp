#pragma once

// The run lengths of BMP.

#include "codec/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace stack2nrrd {

/// Undoes RLE8 (`bits` 8) or RLE4 (4): one byte an index, rows in the file's order, the bottom one first. `indices`:
/// width × height zeros. Samples that the file skips keep index 0, as in other readers; runs are cut at the end of a
/// row. \throws Error corrupt, io.
void undo_bmp_rle(InputFile& file, std::int64_t offset, int bits, Index width, Index height,
                  std::span<std::byte> indices);

}  // namespace stack2nrrd
