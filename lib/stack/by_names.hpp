#pragma once

// From the names of files to a stack: which series they form, and what orders them if they form none.

#include "stack/series.hpp"

#include <stack2nrrd/stack.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace stack2nrrd {

/// A pattern that picks `series`, in quotes. `names`: of `files`, or their whole paths.
[[nodiscard]] std::string shown_pattern(const FileList& files, const Names& names, const Series& series);

/// May files that are not of the series be left out?
enum class Others : std::uint8_t { left_out, refused };

/// Makes `files` the slices of `stack`, which has none, in the order of the numbers in their `names`; in the order of
/// the text where no more than a few have digits. Returns the series if it does not have all of the files and others
/// may be left out: its files are the slices. `where`: what the user gave, as it is shown.
/// \throws Error inconsistent if the names give no order.
std::optional<Series> add_by_names(Stack& stack, const FileList& files, const Names& names, const std::string& where,
                                   Others others);

/// What to say where only the user knows the order.
inline constexpr const char* give_in_order = "the files in their order, as a list with --files-from LIST --order given";

}  // namespace stack2nrrd
