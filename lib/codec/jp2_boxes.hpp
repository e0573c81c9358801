#pragma once

// The boxes around a JPEG 2000 codestream (JP2, and JPX as far as it holds one slice): what the samples mean.

#include "codec/codec.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace stack2nrrd {

/// Of a palette: what becomes of an index.
struct Jp2Palette {
    int bits = 0;  ///< of an entry
    std::size_t columns = 0;
    std::vector<std::uint16_t> entries;  ///< row by row

    [[nodiscard]] std::size_t size() const noexcept { return columns == 0 ? 0 : entries.size() / columns; }
};

/// A channel that a slice delivers: a component as it is, or a column of the palette.
struct Jp2Channel {
    std::size_t component = 0;
    std::optional<std::size_t> column;
    /// From the channel definition, if there is one.
    enum class Kind : std::uint8_t { colour, opacity, other } kind = Kind::colour;
    int colour = 0;  ///< 1 red, 2 green, 3 blue or 1 grey; 0 = of the whole slice or unknown
};

struct Jp2Boxes {
    std::int64_t codestream = 0;  ///< offset in the file
    std::int64_t end = 0;         ///< of the codestream
    /// An enumerated colour space, or that of a profile.
    enum Space : std::uint32_t { srgb = 16, grey = 17, untold = 0xFFFFFFFF };
    std::uint32_t space = untold;
    Index width = 0, height = 0;
    std::size_t components = 0;
    std::optional<Jp2Palette> palette;
    std::vector<Jp2Channel> channels;  ///< in the file's order
    bool defines_channels = false;     ///< the kinds and colours of the channels are the file's words
    FileDensity density;
};

/// \throws Error unsupported (by name), corrupt, limit, io.
[[nodiscard]] Jp2Boxes read_jp2_boxes(InputFile& file);

/// "sYCC", "CMYK", ...
[[nodiscard]] std::string jp2_space_name(std::uint32_t space);

}  // namespace stack2nrrd
