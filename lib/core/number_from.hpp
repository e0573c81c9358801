#pragma once

// std::from_chars for floating point, which libc++ does not have before version 20.

#include <charconv>

namespace stack2nrrd {

[[nodiscard]] std::from_chars_result number_from(const char* begin, const char* end, float& value);
[[nodiscard]] std::from_chars_result number_from(const char* begin, const char* end, double& value);

/// Whole numbers, for templates.
template <class Whole>
[[nodiscard]] std::from_chars_result number_from(const char* begin, const char* end, Whole& value) {
    return std::from_chars(begin, end, value);
}

}  // namespace stack2nrrd
