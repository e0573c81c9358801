#pragma once

#include <stack2nrrd/stack.hpp>

#include <string>

namespace stack2nrrd {

/// Where `stack` is one file that holds several slices, makes these the slices of the stack. Of several channels or
/// points in time, the first is taken, and said.
void expand_pages(Stack& stack);

/// False also for files that are no images, or broken ones.
[[nodiscard]] bool holds_several_slices(const std::string& path_utf8);

}  // namespace stack2nrrd
