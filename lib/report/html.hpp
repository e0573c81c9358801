#pragma once

// HTML, in which nothing is taken for a tag that is none.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// Text as a page shows it, also within the quotes of an attribute: what HTML means something by is escaped; control
/// characters, what is no UTF-8, and what turns the direction of a text around are shown as \xNN.
[[nodiscard]] std::string escaped(std::string_view text);

/// The same of a text of several lines, which it keeps.
[[nodiscard]] std::string escaped_lines(std::string_view text);

/// Bytes at the beginning of `text` that are a character of Unicode that turns the direction of a text; 0 if it is
/// none.
[[nodiscard]] std::size_t turning_length(std::string_view text);

/// What rows say: a name, and HTML.
using Rows = std::vector<std::pair<std::string, std::string>>;

/// A section with a heading, and a table of `rows`.
[[nodiscard]] std::string table_section(std::string_view heading, const Rows& rows);

/// A section with a heading around HTML.
[[nodiscard]] std::string section(std::string_view heading, std::string_view html);

/// RFC 4648.
[[nodiscard]] std::string base64(std::span<const std::byte> bytes);

/// All that a page has before its first heading, `title` in it; and what is behind its last section.
[[nodiscard]] std::string page_begin(std::string_view title);
[[nodiscard]] std::string page_end();

}  // namespace stack2nrrd
