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
    int bits = 0;                 ///< of a sample
};

/// What it is done with. Fastest: as a whole if that is quicker for these samples, all rows are wanted, and the slice
/// is no larger than a limit, so that the memory does not follow its size.
enum class PngUnpacking : std::uint8_t { fastest, streamed, whole };

/// Pushes `rows` to `sink`, as Codec::decode does. It never refuses a file: if it meets anything that a regular file
/// has not, from a chunk out of place to a wrong checksum, it returns false, and libpng must say what is to be thought
/// of it. The rows that were pushed up to there are those that libpng delivers, if it delivers any.
[[nodiscard]] bool decode_regular_png(InputFile& file, const PngSamples& samples, Range rows, Workbench& bench,
                                      RowSink& sink, PngUnpacking unpacking = PngUnpacking::fastest);

/// Upper bound of what it lays out on the bench, and of what it holds besides.
[[nodiscard]] std::int64_t regular_png_bench_bytes(const InputFile& file, const PngSamples& samples);
[[nodiscard]] std::int64_t regular_png_other_bytes();

}  // namespace stack2nrrd
