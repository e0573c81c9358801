#include "picture/glyphs.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd {

namespace {

/// Seven rows of five dots, the leftmost is the highest bit. Those of g, p and y are two rows lower.
struct Glyph {
    char character;
    std::array<std::uint8_t, glyph_height> rows;
};

constexpr std::array<Glyph, 34> glyphs{{
    {'0', {0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110}},
    {'1', {0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110}},
    {'2', {0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111}},
    {'3', {0b01110, 0b10001, 0b00001, 0b00110, 0b00001, 0b10001, 0b01110}},
    {'4', {0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010}},
    {'5', {0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110}},
    {'6', {0b01110, 0b10000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110}},
    {'7', {0b11111, 0b00001, 0b00010, 0b00010, 0b00100, 0b00100, 0b00100}},
    {'8', {0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110}},
    {'9', {0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00001, 0b01110}},
    {'.', {0b00000, 0b00000, 0b00000, 0b00000, 0b00000, 0b01100, 0b01100}},
    {'+', {0b00000, 0b00100, 0b00100, 0b11111, 0b00100, 0b00100, 0b00000}},
    {'-', {0b00000, 0b00000, 0b00000, 0b11111, 0b00000, 0b00000, 0b00000}},
    {'A', {0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001}},
    {'I', {0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110}},
    {'L', {0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111}},
    {'P', {0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000, 0b10000}},
    {'R', {0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001}},
    {'S', {0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110}},
    {'a', {0b00000, 0b00000, 0b01110, 0b00001, 0b01111, 0b10001, 0b01111}},
    {'c', {0b00000, 0b00000, 0b01110, 0b10000, 0b10000, 0b10000, 0b01110}},
    {'e', {0b00000, 0b00000, 0b01110, 0b10001, 0b11111, 0b10000, 0b01110}},
    {'f', {0b00110, 0b01000, 0b11100, 0b01000, 0b01000, 0b01000, 0b01000}},
    {'g', {0b01111, 0b10001, 0b10001, 0b10001, 0b01111, 0b00001, 0b01110}},
    {'l', {0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110}},
    {'m', {0b00000, 0b00000, 0b11010, 0b10101, 0b10101, 0b10101, 0b10101}},
    {'n', {0b00000, 0b00000, 0b11110, 0b10001, 0b10001, 0b10001, 0b10001}},
    {'o', {0b00000, 0b00000, 0b01110, 0b10001, 0b10001, 0b10001, 0b01110}},
    {'p', {0b11110, 0b10001, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000}},
    {'s', {0b00000, 0b00000, 0b01111, 0b10000, 0b01110, 0b00001, 0b11110}},
    {'u', {0b00000, 0b00000, 0b10001, 0b10001, 0b10001, 0b10001, 0b01111}},
    {'x', {0b00000, 0b00000, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001}},
    {'y', {0b10001, 0b10001, 0b10001, 0b10001, 0b01111, 0b00001, 0b01110}},
    {'z', {0b00000, 0b00000, 0b11111, 0b00010, 0b00100, 0b01000, 0b11111}},
}};

constexpr Index drop_of(char character) {
    return character == 'g' || character == 'p' || character == 'y' ? glyph_depth : 0;
}

void draw(Picture& picture, Index left, Index top, const Glyph& glyph, Index scale, std::uint8_t grey) {
    for (Index y = 0; y < glyph_height; ++y) {
        for (Index x = 0; x < glyph_width; ++x) {
            if ((glyph.rows[static_cast<std::size_t>(y)] >> (glyph_width - 1 - x) & 1) == 0) continue;
            fill(picture, left + x * scale, top + (y + drop_of(glyph.character)) * scale, scale, scale, grey);
        }
    }
}

}  // namespace

void draw_text(Picture& picture, Index left, Index top, std::string_view text, Index scale, std::uint8_t grey) {
    if (left < 0 || top < 0 || top + (glyph_height + glyph_depth) * scale > picture.height) return;
    for (const char character : text) {
        if (left + glyph_width * scale > picture.width) return;
        const auto* const glyph =
            std::find_if(glyphs.begin(), glyphs.end(), [&](const Glyph& g) { return g.character == character; });
        if (glyph != glyphs.end()) draw(picture, left, top, *glyph, scale, grey);
        left += glyph_step * scale;
    }
}

}  // namespace stack2nrrd
