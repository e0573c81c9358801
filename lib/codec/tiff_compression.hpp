#pragma once

// The compressions of TIFF: which are read, what they can do at most, and what
// libtiff takes to undo them.

#include "codec/tiff_handle.hpp"

#include <cstdint>

namespace stack2nrrd {

struct TiffCompression {
    std::uint16_t id;
    const char* name;
    double max_ratio;             ///< the most that it can shrink; 0 = it is not read
    int only_bits = 0;            ///< the only width of samples that it can have; 0 = any
    std::int64_t held_bytes = 0;  ///< what libtiff holds whatever the size of a block,
    int held_blocks = 0;          ///< and how many times a decoded block
};

/// What the TIFF is compressed with.
/// \throws Error unsupported if that is not read, or not by the libtiff that is
/// installed.
[[nodiscard]] const TiffCompression& tiff_compression(const TiffHandle& tiff);

/// The most that LZMA blocks ask for as the window in which their decoder finds
/// repetitions. \throws Error limit if one asks for more than any usual setting
/// does; unsupported, io.
[[nodiscard]] std::int64_t lzma_window(const TiffHandle& tiff, std::uint32_t blocks);

}  // namespace stack2nrrd
