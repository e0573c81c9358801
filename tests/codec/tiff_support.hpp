#pragma once

// TIFF files for tests, as libtiff writes them.

#include "codec_support.hpp"

#include <tiffio.h>

namespace stack2nrrd::test {

struct TiffSpec {
    std::uint32_t width = 37;
    std::uint32_t height = 23;
    std::uint16_t bits = 8;
    std::uint16_t format = SAMPLEFORMAT_UINT;
    std::uint16_t channels = 1;
    std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
    std::uint16_t compression = COMPRESSION_NONE;
    std::uint16_t predictor = PREDICTOR_NONE;
    std::uint16_t planar = PLANARCONFIG_CONTIG;
    std::uint16_t fill_order = FILLORDER_MSB2LSB;
    std::uint32_t rows_per_strip = 7;
    std::uint32_t tile = 0;                  // side of a tile; 0 = strips
    std::string mode = "wl";                 // byte order, BigTIFF
    const std::uint16_t* palette = nullptr;  // red, then green, then blue
    bool ycbcr_whole = false;                // YCbCr with a colour for each sample
    const char* software = nullptr;
    const char* description = nullptr;
    std::vector<std::uint16_t> extra{};  // what the last channels are; alpha, where there are two or four

    [[nodiscard]] std::size_t row_bytes() const { return (std::size_t{width} * channels * bits + 7) / 8; }
    [[nodiscard]] std::size_t bytes() const { return row_bytes() * height; }
};

/// Writes `samples`, chunky rows in native byte order; those of less than 8 bits are packed.
void write_tiff(const std::string& file, const TiffSpec& spec, const Bytes& samples);

/// Overwrites the value of a tag in the first directory of a little-endian classic TIFF.
void patch(const std::string& file, std::uint16_t tag, std::uint32_t value);

}  // namespace stack2nrrd::test
