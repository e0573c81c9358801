#pragma once

// Puts a series into a Stack in the order of its numbers, or says why that cannot be told.

#include "stack/series.hpp"

#include <stack2nrrd/stack.hpp>

#include <string>

namespace stack2nrrd {

/// Adds the slices of `series`, which is numbered, and what is odd about its numbers. `names`: of `files`,
/// or their whole paths. `where`: what the user gave, as it is shown.
/// \throws Error inconsistent if the numbers do not give one order.
void add_series(Stack& stack, const FileList& files, const Names& names, const Series& series,
                const std::string& where);

}  // namespace stack2nrrd
