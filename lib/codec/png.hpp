#pragma once

// The two ways to the samples of a PNG file. png_codec takes the first one, and the second where that gives up.

#include "codec/codec.hpp"
#include "codec/png_fast.hpp"

namespace stack2nrrd {

/// As Codec::decode, but without libpng beyond the header. False where libpng is needed; see decode_regular_png().
[[nodiscard]] bool decode_png_alone(InputFile& file, Range rows, Workbench& bench, RowSink& sink,
                                    PngUnpacking unpacking = PngUnpacking::fastest);

/// As Codec::decode, by libpng alone.
void decode_png_by_libpng(InputFile& file, Range rows, Workbench& bench, RowSink& sink);

}  // namespace stack2nrrd
