#pragma once

// The headers of a JPEG 2000 codestream, and where its tiles are. They are read here, before OpenJPEG sees any of it:
// it believes what a header declares, and takes memory and time accordingly.

#include "codec/codec.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stack2nrrd {

/// Half-open, on the reference grid or in samples.
struct J2kArea {
    std::int64_t x0 = 0, y0 = 0, x1 = 0, y1 = 0;

    [[nodiscard]] std::int64_t width() const noexcept { return x1 - x0; }
    [[nodiscard]] std::int64_t height() const noexcept { return y1 - y0; }
};

struct J2kComponent {
    int bits = 0;  ///< 1 to 38
    bool is_signed = false;
    int step_x = 1, step_y = 1;  ///< a sample at every so many points of the reference grid

    friend bool operator==(const J2kComponent&, const J2kComponent&) = default;
};

/// How the coefficients of a component are cut up: the part of COD and COC on which memory depends.
struct J2kCutting {
    int levels = 0;
    int block_width = 6, block_height = 6;     ///< of a code block, exponents of 2
    int style = 0;                             ///< of code blocks, as in the file
    std::array<std::uint8_t, 33> precincts{};  ///< of each resolution: exponent along x, and along y times 16
};

struct J2kStyle {
    int layers = 0;
    bool transforms_colour = false;  ///< the first three components are red, green and blue that were mixed
    std::vector<J2kCutting> components;
};

/// The main header.
struct J2kHeader {
    J2kArea grid;                             ///< the slice
    std::int64_t tiles_x0 = 0, tiles_y0 = 0;  ///< where the first tile would begin
    std::int64_t tile_width = 0, tile_height = 0;
    std::vector<J2kComponent> components;  ///< never empty
    J2kStyle style;
    std::vector<std::byte> siz;       ///< the segment, without its marker and length
    std::vector<std::byte> segments;  ///< what else decoding takes of the header, markers included
    bool has_packed_headers = false;  ///< PPM: the headers of all packets are together, in front
    std::int64_t first_part = 0;      ///< offset in the file of the first tile-part
    std::int64_t end = 0;             ///< of the codestream

    [[nodiscard]] std::int64_t columns() const noexcept;  ///< of tiles
    [[nodiscard]] std::int64_t rows() const noexcept;
    /// On the reference grid.
    [[nodiscard]] J2kArea tile(std::int64_t column, std::int64_t row) const noexcept;
    /// The part in `area` of the grid, in samples of the first component.
    [[nodiscard]] J2kArea samples(const J2kArea& area) const noexcept;
};

/// `offset`, `end`: of the codestream in the file.
/// \throws Error unsupported (by name), corrupt, limit, io.
[[nodiscard]] J2kHeader read_j2k_header(InputFile& file, std::int64_t offset, std::int64_t end);

/// A stretch of the file.
struct J2kPart {
    std::int64_t offset = 0;
    std::int64_t bytes = 0;
    std::uint32_t tile = 0;
};

/// All tile-parts, by tile, each tile's in their order. All tiles are there, and nothing of them is missing.
/// \throws Error corrupt, limit, io.
[[nodiscard]] std::vector<J2kPart> find_j2k_parts(InputFile& file, const J2kHeader& header);

/// One tile as a codestream of its own: it decodes to the same samples.
struct J2kTile {
    std::vector<std::byte> head;  ///< up to the data
    std::vector<J2kPart> data;    ///< where it is in the file
    J2kArea grid;
    J2kStyle style;

    [[nodiscard]] std::int64_t data_bytes() const noexcept;
};

/// `parts`: those of the tile.
/// \throws Error unsupported, corrupt, limit, io.
[[nodiscard]] J2kTile read_j2k_tile(InputFile& file, const J2kHeader& header, std::span<const J2kPart> parts);

/// What it takes to decode one tile.
struct J2kCost {
    std::int64_t bytes = 0;    ///< beyond the compressed data
    std::int64_t packets = 0;  ///< each has at least one byte in the file
    std::int64_t steps = 0;    ///< places at which packets are looked for
};

/// Of a tile of `samples`, in `style`. Grows with the tile.
[[nodiscard]] J2kCost j2k_cost(const J2kHeader& header, const J2kStyle& style, std::int64_t width, std::int64_t height);

}  // namespace stack2nrrd
