#pragma once

// Labels are names, not amounts: what must not happen to them.

#include "import/plan_detail.hpp"

#include <array>

namespace stack2nrrd {

/// Does `to` hold every value of `from`, exactly?
[[nodiscard]] bool holds(SampleType to, SampleType from);

/// Are values counted, or can each axis be filtered on its own? Copies need no counting.
/// \throws Error invalid_argument if some axes have kernel mode and others have not.
[[nodiscard]] bool counts_values(const std::array<AxisPlan, 3>& axes);

/// Are samples 64-bit integers that are only picked, and that integers are made of? They stay what they are, and are
/// not made numbers that hold 53 of their bits. `plan` has its axes and channel.
[[nodiscard]] bool picks_wide_integers(const Stack& stack, const Options& options, const ImportPlan::Detail& plan);

/// `plan` has its axes, channel and volume.
/// \throws Error invalid_argument if the samples are labels, by option or by kernel, and would not stay what they are.
void check_labels(const Stack& stack, const Options& options, const ImportPlan::Detail& plan);

}  // namespace stack2nrrd
