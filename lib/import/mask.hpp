#pragma once

// Options::mask and Options::fill: what is read of the mask, and what does not fit.

#include "import/plan_detail.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace stack2nrrd {

/// The stack that Options::mask names, its samples as they are stored; null if there is no mask.
/// \throws Error as find_stack(); the first fatal problem; inconsistent if its size is not that of `stack`;
///         invalid_argument if there is a fill and nothing to be filled.
[[nodiscard]] std::shared_ptr<const Stack> mask_of(const Stack& stack, const Options& options);

/// A sample of that type. \throws Error invalid_argument if the type does not hold the number.
[[nodiscard]] std::vector<std::byte> fill_sample(double fill, SampleType type);

/// Adds the mask and what reading it takes. `slices`: those of the mask that are read, `backward` through a volume.
void add_mask(std::shared_ptr<const Stack> mask, const std::vector<SliceRef>& slices, bool backward,
              ImportPlan::Detail& plan);

/// Adds what is odd about the mask.
void warn_of_mask(const Stack& stack, const Stack& mask, const Options& options, std::vector<std::string>& warnings);

}  // namespace stack2nrrd
