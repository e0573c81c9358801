#pragma once

// Cubic B-splines: displacements from the vectors of a coarse grid of control points.

#include "transform/transform.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <vector>

namespace stack2nrrd {

/// Adds to each point Σ c_ijk β(u - i) β(v - j) β(w - k), where u, v, w is its index in the grid, and β the cubic
/// B-spline. Where a sum lacks control points there is no displacement: as ITK has it (BSplineTransform), from index 1
/// up to size - 2 of each axis there is, and so there is where rounding has an index 4 ulps beyond size - 2.
///
/// `vectors`: three numbers a control point, along x, y, z of LPS in millimetres; x is fastest among the points.
/// \throws Error invalid_argument if the grid has less than 4 points on an axis, if the number of vectors is not that
///         of the grid, if one of them is no finite number, or if the grid's directions do not span the space.
[[nodiscard]] TransformPtr bspline(const Geometry& grid, const std::array<Index, 3>& size, std::vector<double> vectors);

}  // namespace stack2nrrd
