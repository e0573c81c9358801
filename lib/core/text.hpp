#pragma once

// Small text tools that every room may use. Nothing here depends on the locale.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// `text` as it may be shown on one line: control characters and broken UTF-8 as \xNN.
[[nodiscard]] std::string printable(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The shortest decimal that reads back as exactly `value`; "inf", "-inf", "nan".
[[nodiscard]] std::string number_text(double value);

/// A number and nothing else (blanks around it are fine); "." is the decimal point everywhere.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::string lower_case(std::string_view text);

/// The fields between `separator`s, trimmed; a trailing separator ends the last field and begins none.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// "1 536 bytes" for people: "1.5 KiB".
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

}  // namespace stack2nrrd
