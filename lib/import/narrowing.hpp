#pragma once

// Output types that hold less than the source, or than what a kernel makes of it: what is said before a run, and what
// can be done about it.

#include "import/plan_detail.hpp"

#include <string>
#include <vector>

namespace stack2nrrd {

/// See ImportPlan. `plan` has its axes and volume.
[[nodiscard]] std::string clipping_advice(const Options& options, const ImportPlan::Detail& plan);

/// Adds what is to be said of a type that was asked for and does not hold every sample of the source.
void warn_of_narrowing(const Options& options, const ImportPlan::Detail& plan, std::vector<std::string>& warnings);

}  // namespace stack2nrrd
