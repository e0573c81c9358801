#pragma once

// The two kinds of patterns of names: printf (`scan_%04d.tif`) and glob (`scan_*.tif`), and both at once
// (`scan_%04d_z=*um.tif`). Names only; whoever lists folders is elsewhere. Matching is exact: whoever calls makes names
// and patterns comparable(), where the system takes different ones for the same.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// A printf pattern with one conversion of a number: `before`, a number as printf writes it, `after`.
struct NumberPattern {
    std::string before;
    std::string after;
    std::size_t width = 0;     ///< the least length of the number
    bool zero_padded = false;  ///< filled up with zeros rather than blanks
    bool is_signed = true;     ///< may begin with a '-'
    bool is_decimal = false;
    std::optional<std::size_t> decimals;  ///< digits behind the point; any number of them without it
};

/// `%d`, `%i`, `%u`, `%f` or `%g`, with an optional `0` and width, of the last two also `.` and the number of decimals,
/// exactly once; `%%` is a percent sign. `%f` and `%g` without that number match any decimal number.
/// Nothing for any other text.
[[nodiscard]] std::optional<NumberPattern> parse_number_pattern(std::string_view text);

/// The number in `name` (a part of it), if printf could have written `name` with `pattern`; empty if not.
[[nodiscard]] std::string_view matched_digits(const NumberPattern& pattern, std::string_view name) noexcept;

/// The numbers in `name` with which it fits `pattern`, if the text before and after the number is a glob. Digits that
/// follow each other are one number.
[[nodiscard]] std::vector<std::string_view> matched_in_glob(const NumberPattern& pattern, std::string_view name);

/// Has `text` any of `*`, `?` and `[`?
[[nodiscard]] bool is_glob(std::string_view text) noexcept;

/// `*`: any characters; `?`: one; `[a-z]`, `[!a-z]` or `[^a-z]`: one of a set or of all others. A character is a UTF-8
/// one. `[` without its `]` means itself; there is no escape but `[*]`. The whole name has to match.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view name) noexcept;

/// `text` so that it means itself inside a printf pattern, or inside a glob.
[[nodiscard]] std::string escaped_for_printf(std::string_view text);
[[nodiscard]] std::string escaped_for_glob(std::string_view text);

}  // namespace stack2nrrd
