#pragma once

// The grammar of a NRRD header: lines, fields, key/values. Nothing is interpreted here.
// Format: http://teem.sourceforge.net/nrrd/format.html

#include "core/file.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// The header as it is.
struct NrrdText {
    /// Names in lower case and without blanks ("spacedirections", as some writers have it, too), each at most once.
    std::vector<std::pair<std::string, std::string>> fields;
    std::vector<std::pair<std::string, std::string>>
        key_values;              ///< in order, escapes resolved; of equal keys the last
    std::int64_t list_at = 0;    ///< offset of the lines behind `data file: LIST`: see for_each_listed()
    std::int64_t list_size = 0;  ///< how many of them are names
    std::int64_t end = 0;        ///< offset of what follows the header
    bool blank_line = false;     ///< did a blank line end it, or the end of the file?

    /// nullptr if the field is not there. `name` in the form of `fields`.
    [[nodiscard]] const std::string* field(std::string_view name) const;
    [[nodiscard]] const std::string* key_value(std::string_view key) const;
};

/// Does a file that begins with `head` claim to be a NRRD header? Also one in UTF-16, which is refused later, by name.
[[nodiscard]] bool is_nrrd(std::span<const std::byte> head);

/// A mark of UTF-8 at the beginning, CR LF, tabs, and blank lines where more of the header must follow or does follow
/// in a header whose samples are in other files, are fine. \throws Error corrupt (a line that is none, a field twice),
/// unsupported (an unknown field or version), limit, io.
[[nodiscard]] NrrdText read_nrrd_text(InputFile& file);

/// Hands on the names behind `data file: LIST`, as they are, one by one: read once more, as there may be many. A view
/// is valid during its call only. \throws Error io, limit, changed, and whatever `take` throws.
void for_each_listed(InputFile& file, const NrrdText& text, const std::function<void(std::string_view)>& take);

/// Throws Error corrupt: "<file>: has a damaged NRRD header, `what`; …".
[[noreturn]] void damaged_header(const InputFile& file, const std::string& what);

/// Throws Error unsupported: "<file>: is a NRRD with `feature`, which is not supported; …".
[[noreturn]] void unsupported_nrrd(const InputFile& file, const std::string& feature,
                                   std::string_view remedy = "convert it first, for example with unu");

/// `text` for a message: one line, in quotes, not too long.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace stack2nrrd
