#pragma once

// What runs take, and how much of it they may.

#include "import/plan_detail.hpp"

#include <span>

namespace stack2nrrd {

/// What stack and plan keep of files and slices, and what finding the files takes for a while.
[[nodiscard]] std::int64_t list_bytes(const Stack& stack, const ImportPlan::Detail& plan);

/// Chooses the depth of the chunks of an OME-Zarr, and says what the sinks of plans that are run together take. The
/// depth is the largest that leaves room for all else under the cap (without one, that takes a GiB at most), however
/// many threads there are: the bytes must not depend on them. `options`: of each plan.
void plan_sinks(std::span<ImportPlan::Detail* const> plans, std::span<const Options> options);

/// Plans that are run together get as many threads as are wanted and the cap allows; then as large batches; then
/// as many slices in flight. They have all else. `options` are those of the first.
/// \throws Error limit if the cap is too small.
void share_out(std::span<ImportPlan::Detail* const> plans, const Options& options);

}  // namespace stack2nrrd
