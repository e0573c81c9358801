#pragma once

#include "picture/picture.hpp"

#include <cstdint>
#include <string_view>

namespace stack2nrrd {

/// Characters are this large, and `glyph_step` apart, times the scale.
inline constexpr Index glyph_width = 5;
inline constexpr Index glyph_height = 7;
inline constexpr Index glyph_step = 6;
inline constexpr Index glyph_depth = 2;  ///< how far some reach below the line

[[nodiscard]] constexpr Index text_width(std::string_view text, Index scale) noexcept {
    return text.empty() ? 0 : (static_cast<Index>(text.size()) * glyph_step - (glyph_step - glyph_width)) * scale;
}

/// Writes what fits into the picture. Knows digits, `+-.`, and the letters that legends have; leaves others blank.
void draw_text(Picture& picture, Index left, Index top, std::string_view text, Index scale, std::uint8_t grey);

}  // namespace stack2nrrd
