#pragma once

// Displacement fields: a vector for each sample of a grid.

#include "transform/transform.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <vector>

namespace stack2nrrd {

/// Adds to each point the displacement there, trilinear between the samples of a grid. The rule at its rim is ITK's
/// (DisplacementFieldTransform): a sample counts for its whole cell, so that within half a sample of the outermost ones
/// their displacement goes on; beyond index -1/2, and at size - 1/2 and beyond, there is none.
///
/// `vectors`: three numbers a sample, along x, y, z of LPS in millimetres; x is fastest among samples, then y, z. They
/// are kept as they are, and all else is done in double precision.
/// \throws Error invalid_argument if the number of vectors is not that of the grid, if one of them is no finite number
///         (the sentence says where), or if the grid's directions do not span the space.
[[nodiscard]] TransformPtr displacement_field(const Geometry& grid, const std::array<Index, 3>& size,
                                              std::vector<float> vectors);
[[nodiscard]] TransformPtr displacement_field(const Geometry& grid, const std::array<Index, 3>& size,
                                              std::vector<double> vectors);

}  // namespace stack2nrrd
