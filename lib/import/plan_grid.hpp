#pragma once

// The grid of a result, and the way that the samples of the source take to it. There are three: they are reduced along
// the axes of the source, and placed there; or they are among those of a reference, in any order and sense of axes; or,
// where a grid is turned or bent, they are reduced, looked up on a finer grid, and reduced again.

#include "import/like.hpp"
#include "import/plan_detail.hpp"
#include "import/through.hpp"

#include <array>

namespace stack2nrrd {

/// What a grid of the result may be made of: the source, after steps.
[[nodiscard]] GridSource grid_source(const Stack& stack, const Options& options, const std::array<Index, 3>& source);

/// Does the result have a grid that covers what a transform makes of the source, and looks it up between its samples?
[[nodiscard]] bool is_covered(const Stack& stack, const Options& options, const Through& through);

/// Gives the plan its axes, crop and slab and, where that is the way, its arrangement or its warp. It has `through`.
/// \throws Error invalid_argument for options that make no grid, or do not go together.
void plan_grid(const Stack& stack, const Options& options, const std::array<Index, 3>& source,
               ImportPlan::Detail& plan);

}  // namespace stack2nrrd
