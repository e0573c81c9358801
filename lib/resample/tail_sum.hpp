#pragma once

// What a kernel weighs in all beyond the border, where factors are so large that one sample after the other would take
// for ever.

#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/kernel.hpp>

namespace stack2nrrd {

/// Samples beyond the border are added up one by one as long as there are no more of them than this; beyond it they
/// are summed up by tail_sum(). No factor in ordinary use has so many.
inline constexpr Index most_single_taps = 16384;

/// Sum of kernel(d/wide) over the distances d = first, first + unit, … (`count` of them), all on one side of the
/// kernel's centre (first ≥ 0) and within its support. Costs some ten thousand evaluations at most, whatever `count`.
/// The relative error is that of a double. For kernels with a formula: not for box, nearest, mode.
[[nodiscard]] double tail_sum(const Kernel& kernel, Index first, Index unit, Index count, Index wide);

}  // namespace stack2nrrd
