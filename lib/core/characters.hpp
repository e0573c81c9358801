#pragma once

// Characters of Unicode in UTF-8.

#include <cstddef>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// Takes one character at `text[at]`, which is there, and moves `at` behind it. A byte that begins none is a character
/// of its own, different from all others, which cannot be appended.
[[nodiscard]] char32_t take_character(std::string_view text, std::size_t& at) noexcept;

void append_character(std::string& text, char32_t character);

}  // namespace stack2nrrd
