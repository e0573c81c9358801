#pragma once

// The samples of regular PNG files, about twice as fast as through libpng.

#include "codec/codec.hpp"

#include <cstddef>
#include <cstdint>

namespace stack2nrrd {

/// Where the samples of a PNG are and how they lie: 8 or 16 bits, one to four channels, no palette, not interlaced.
struct PngSamples {
    std::int64_t offset = 0;  ///< of the first IDAT chunk
    Index height = 0;
    std::size_t row_bytes = 0;
    std::size_t pixel_bytes = 0;  ///< all channels at one position
    bool swapped = false;         ///< 16-bit samples, on a machine that has the lower byte first
};

/// Pushes `rows` to `sink`, as Codec::decode does. It never refuses a file: if it meets anything that a regular file
/// has not, from a chunk out of place to a wrong checksum, it returns false, and libpng must say what is to be thought
/// of it. The rows that were pushed up to there are those that libpng delivers, if it delivers any.
[[nodiscard]] bool decode_regular_png(InputFile& file, const PngSamples& samples, Range rows, RowSink& sink);

/// Upper bound of what it holds.
[[nodiscard]] std::int64_t regular_png_bytes(std::size_t row_bytes);

}  // namespace stack2nrrd
