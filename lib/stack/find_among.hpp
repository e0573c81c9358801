#pragma once

// From several files, as a glob or a list names them, to a stack.

#include <stack2nrrd/stack.hpp>

#include <string>

namespace stack2nrrd {

/// Files in natural order, whatever order `given` has. `where`: what the user gave, as it is shown.
/// \throws Error inconsistent if the names give no order; not_found if there is no slice.
[[nodiscard]] Stack find_among(const FileList& given, const std::string& where);

/// \throws Error not_found
[[noreturn]] void throw_no_slices(const std::string& where);

}  // namespace stack2nrrd
