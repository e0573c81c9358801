#pragma once

// Grids that do not run along the axes of the source, or that a transform bends: what is made on the way to them.

#include "import/like.hpp"
#include "import/through.hpp"
#include "resample/axis_plan.hpp"
#include "warp/warp_stage.hpp"

#include <stack2nrrd/options.hpp>

#include <array>
#include <string>

namespace stack2nrrd {

/// How many samples of the spacing and along the axes of the source cover what `through` takes to its wanted part, and
/// where the first of them is.
struct Cover {
    std::array<Index, 3> size{};
    Geometry geometry{};
};
[[nodiscard]] Cover cover_of(const Through& through, const GridSource& source);

/// The part of a cover that `axes` ask for, which have no crop: by their factors or sizes. What a factor does not
/// divide is covered by one more sample.
struct CoverGrid {
    std::array<Index, 3> size{};
    Geometry geometry{};
    std::array<Rational, 3> step;
};
[[nodiscard]] CoverGrid grid_on(const Cover& cover, const std::array<AxisOptions, 3>& axes);

/// The sandwich: the source is reduced while it streams by, looked up on a grid that is finer than that of the result,
/// and that is reduced again.
struct Sandwich {
    std::array<AxisPlan, 3> axes;  ///< of the source: all that is looked up, and what is beside it
    WarpPlan plan;                 ///< its kernels, fill, type and so on are the caller's
    bool folds = false;            ///< does the transform turn anything inside out?
    double outside = 0;            ///< about which share of the samples is outside of what is wanted
};

/// How the slices `slab` of a grid are made. By how much the source is reduced, and how fine the grid between is,
/// depends on the whole of it. `exact`: nothing is reduced before it is looked up.
/// `picks`: no sample is filtered, each is the nearest one of the source, or the most frequent one (`source.axes`
/// have kernel nearest or mode).
/// \throws Error invalid_argument if no sample of the grid is within the source, or the grid is no grid in space.
[[nodiscard]] Sandwich sandwich_of(const Through& through, const std::array<Index, 3>& size, const Geometry& grid,
                                   Range slab, const GridSource& source, bool exact, bool picks,
                                   const std::string& name);

}  // namespace stack2nrrd
