#pragma once

// What a transform does between two grids, worked out before any sample is.

#include "transform/transform.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>

namespace stack2nrrd {

/// What a transform does to lengths between two grids. J is the derivative of the index in the source by the index in
/// the output, at any place that a cell of the output's samples covers.
struct Stretch {
    Vector3 most{0, 0, 0};  ///< per output axis b: the most source samples that one output step covers, max |J e_b|
    /// Per source axis a: the fewest source samples per output step, min 1/|J^-1 e_a|; 0 where J is singular. Waves
    /// along a that are shorter than two of these are too short for the output, wherever it takes them from.
    Vector3 least{0, 0, 0};
    bool folds = false;  ///< det J changes its sign, or is 0, somewhere
};

/// Over the whole `output` grid of `size` samples. Exact for a linear transform. With one that is none among them:
/// `most` misses nothing (the Jacobians at all corners of all of its cells are looked at, and of a B-spline those of
/// the control points that its cells are inside of); with several of them both numbers are bounds, which may be further
/// out than what there is. The jump at the rim of a displacement field is no derivative, and not part of it.
/// \throws Error invalid_argument if directions of a grid do not span the space.
[[nodiscard]] Stretch stretch(const Transform& transform, const Geometry& output, const std::array<Index, 3>& size,
                              const Geometry& source);

/// A box that holds the place of every point of `samples`, a box in indices of `output`: in indices of `source`. For
/// any part of an output, that is the part of the source that it is made of.
/// \throws Error invalid_argument if directions of a grid do not span the space.
[[nodiscard]] Bounds reached(const Transform& transform, const Geometry& output, const Bounds& samples,
                             const Geometry& source);

/// A box that holds every point which the transform maps into `samples`, a box in indices of `source`: in indices of
/// `output`, whose directions and spacings count, and whose size is what is asked for. Exact for a linear transform.
/// \throws Error invalid_argument if directions of a grid do not span the space.
[[nodiscard]] Bounds covering(const Transform& transform, const Geometry& output, const Geometry& source,
                              const Bounds& samples);

}  // namespace stack2nrrd
