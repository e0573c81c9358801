#pragma once

#include <stack2nrrd/geometry.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stack2nrrd {

/// Dots of 8 bits: rows from top to bottom, each of `width` x `colours` bytes; 1 colour is grey, 3 are red, green,
/// blue.
struct Picture {
    Picture() = default;
    Picture(Index columns, Index rows, int colour_count, std::uint8_t grey)
        : width(columns),
          height(rows),
          colours(colour_count),
          bytes(static_cast<std::size_t>(columns * rows * colour_count), grey) {}

    [[nodiscard]] std::uint8_t* row(Index y) noexcept {
        return bytes.data() + static_cast<std::size_t>(y * width * colours);
    }
    [[nodiscard]] const std::uint8_t* row(Index y) const noexcept {
        return bytes.data() + static_cast<std::size_t>(y * width * colours);
    }

    Index width = 0;
    Index height = 0;
    int colours = 1;
    std::vector<std::uint8_t> bytes;
};

/// Makes a rectangle grey. It must be within the picture.
void fill(Picture& picture, Index left, Index top, Index width, Index height, std::uint8_t grey);

/// Puts `part`, which has as many colours, with its corner at `left`, `top`. It must fit there.
void put(Picture& picture, Index left, Index top, const Picture& part);

/// The picture as a PNG file.
[[nodiscard]] std::vector<std::byte> png_of(const Picture& picture);

/// Memory that png_of() takes for so many dots, its result included.
[[nodiscard]] std::int64_t png_bytes(Index width, Index height, int colours);

}  // namespace stack2nrrd
