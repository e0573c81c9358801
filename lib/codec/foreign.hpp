#pragma once

// Files that people take for slices, and that are something else: what they are, and what makes slices or a volume of
// them. To add one, add a line to the table.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace stack2nrrd {

struct ForeignKind {
    std::string_view what;    ///< with its article: "a DICOM file"
    std::string_view advice;  ///< what to do, as an imperative
};

/// How many of a file's first bytes show its kind.
inline constexpr std::size_t foreign_head = 512;

/// What a file is that begins with `head` (up to `foreign_head` bytes); where the content does not show it, the name
/// does. Null if neither does.
[[nodiscard]] const ForeignKind* foreign_kind(std::string_view name, std::span<const std::byte> head);

/// The same by the name alone.
[[nodiscard]] const ForeignKind* foreign_kind_of_name(std::string_view name);

}  // namespace stack2nrrd
