#pragma once

// The order in which people number files: `_2` before `_10`, whatever the padding.

#include <string_view>

namespace stack2nrrd {

/// ASCII digits only, in every locale.
[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The run of digits that begins at `text[start]`; empty if none does.
[[nodiscard]] std::string_view digits_at(std::string_view text, std::size_t start) noexcept;

/// `digits` without leading zeros: two runs are the same number if these are equal. Zero is empty.
[[nodiscard]] std::string_view significant_digits(std::string_view digits) noexcept;

/// Compares two runs of digits as numbers of any length: negative, zero or positive.
[[nodiscard]] int compare_numbers(std::string_view a, std::string_view b) noexcept;

/// Compares runs of digits as numbers and all else byte by byte, ASCII case folded. What is equal then is ordered by
/// its exact bytes, so that only equal texts give zero: the order is total. Negative, zero or positive.
[[nodiscard]] int compare_natural(std::string_view a, std::string_view b) noexcept;

/// compare_natural() for std::sort.
struct NaturalLess {
    [[nodiscard]] bool operator()(std::string_view a, std::string_view b) const noexcept {
        return compare_natural(a, b) < 0;
    }
};

}  // namespace stack2nrrd
