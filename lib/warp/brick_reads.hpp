#pragma once

// What looking up will take, worked out before anything is there.

#include "warp/brick_store.hpp"
#include "warp/warp.hpp"

namespace stack2nrrd {

/// About how many bricks are read from the scratch file, by a sample of the slabs: a slab that fits into the cache
/// finds what the one before has left there; one that does not, nothing. `reduced`: where the samples in the bricks
/// lie. `slices`: of the finer grid. `depth`: of its slabs. `cached`: bricks.
[[nodiscard]] double brick_reads(const Warp& warp, const Geometry& reduced, const BrickLayout& bricks,
                                 const Range& slices, Index depth, Index cached);

}  // namespace stack2nrrd
