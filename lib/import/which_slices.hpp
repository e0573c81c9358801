#pragma once

// Which slices of a stack an import reads, in which order: gaps, then step, then reverse.

#include <stack2nrrd/options.hpp>
#include <stack2nrrd/stack.hpp>

#include <cstddef>
#include <vector>

namespace stack2nrrd {

/// \throws Error missing_slices for gaps, or if there is nothing to read; invalid_argument for a step below 1.
[[nodiscard]] std::vector<SliceRef> source_slices(const Stack& stack, const Options& options);

/// The slices of `mask` that belong to these, one for each: that of a slice z of the stack, missing ones included, is
/// its slice z. Gaps of the mask are filled as those of the stack.
/// \throws Error missing_slices if one is missing and nothing replaces it.
[[nodiscard]] std::vector<SliceRef> mask_slices(const Stack& stack, const Stack& mask, const Options& options);

/// Do that many slices go back through a volume that can only be read forward?
[[nodiscard]] bool goes_backward(const Stack& stack, const Options& options, std::size_t slices);

}  // namespace stack2nrrd
