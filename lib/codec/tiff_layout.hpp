#pragma once

// What the tags of one directory of a TIFF say, checked against what this library reads and against the file's size.

#include "codec/tiff_handle.hpp"
#include "codec/tiff_samples.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace stack2nrrd {

/// How the samples of one directory are stored. A block is a strip or a tile; a plane holds all channels (chunky) or
/// one of them (planar separate). "Row bytes" are as stored: packed, before palettes are expanded.
struct TiffLayout {
    Probe probe;

    std::uint16_t compression = 1;
    const TiffSamples* samples = nullptr;  ///< what one stored sample becomes
    int bits = 8;                          ///< of one stored sample
    int channels = 1;                      ///< that are side by side in a plane
    int planes = 1;                        ///< that are read: 1, or the number of channels if each is stored apart
    int taken = 1;                         ///< channels that are delivered, the first of those that are stored
    bool converted = false;                ///< libtiff makes RGB of 8 bits of whole blocks
    bool tiled = false;
    bool verbatim = false;  ///< uncompressed strips in the usual bit order: rows can be read without libtiff
    bool swapped = false;   ///< the file's byte order is not the machine's
    bool reversed = false;  ///< libtiff swaps bytes of samples that have no byte order
    /// Bits of the first channel that are turned over: for MinIsWhite, or for the calibration of ImageJ's text.
    std::uint64_t flip = 0;
    bool spread = false;                 ///< 1, 2 and 4 bits are spread over 0 to 255
    bool differences = false;            ///< samples are stored as differences to the one at the left (predictor 2)
    std::vector<PaletteColour> palette;  ///< empty if there is none, or if the indices are delivered

    Index row_bytes = 0;        ///< of one row of one plane
    Index block_width = 0;      ///< tiles: samples across a tile
    Index block_height = 0;     ///< rows of a strip or tile
    Index block_row_bytes = 0;  ///< strips: row_bytes
    Index blocks_across = 1;
    Index blocks_down = 0;
    std::int64_t shift = 0;          ///< verbatim: the samples are that far behind where the directory says
    std::int64_t largest_block = 0;  ///< bytes of the largest block as it is in the file

    [[nodiscard]] std::uint32_t block(int plane, Index down, Index across = 0) const noexcept {
        return static_cast<std::uint32_t>((plane * blocks_down + down) * blocks_across + across);
    }
    [[nodiscard]] std::int64_t block_bytes() const noexcept { return block_row_bytes * block_height; }
    /// Rows that strip `down` holds; the last one may be shorter.
    [[nodiscard]] Index strip_rows(Index down) const noexcept {
        return std::min(block_height, probe.image.height - down * block_height);
    }
};

/// Where the samples begin, if they are in one piece as they are: uncompressed strips, one after the other.
[[nodiscard]] std::optional<std::int64_t> samples_in_one_piece(const TiffHandle& tiff, const TiffLayout& layout);

/// \throws Error unsupported, corrupt, limit, io; inconsistent if there can be no samples at the handle's place.
[[nodiscard]] TiffLayout read_tiff_layout(const TiffHandle& tiff, Samples samples);

}  // namespace stack2nrrd
