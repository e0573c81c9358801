#pragma once

// Slow truths of transforms, worked out point by point from what the headers say.

#include "transform/stretch.hpp"
#include "transform/transform.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <functional>
#include <random>
#include <vector>

namespace slow {

using stack2nrrd::Geometry;
using stack2nrrd::Index;
using stack2nrrd::Matrix3;
using stack2nrrd::Vector3;
using Size = std::array<Index, 3>;
using Map = std::function<Vector3(const Vector3&)>;

/// A grid that is turned anyhow, with a spacing of its own on each axis.
[[nodiscard]] Geometry random_grid(std::mt19937& random);

/// Solves Σ direction · index = place - origin by elimination.
[[nodiscard]] Vector3 index_in(const Geometry& grid, const Vector3& place);
[[nodiscard]] Vector3 place_of(const Geometry& grid, const Vector3& index);

/// `vectors`: three numbers a sample, x fastest.
[[nodiscard]] Vector3 in_field(const Geometry& grid, const Size& size, const std::vector<double>& vectors,
                               const Vector3& point);
[[nodiscard]] Vector3 in_spline(const Geometry& grid, const Size& size, const std::vector<double>& vectors,
                                const Vector3& point);

[[nodiscard]] Map map_of(const stack2nrrd::Transform& transform);

/// The derivative of the index in `source` by that in `output` at an index, by differences from it to 1e-4 further on
/// each axis, in the direction of `towards`.
[[nodiscard]] Matrix3 jacobian(const Map& map, const Geometry& output, const Geometry& source, const Vector3& index,
                               const Vector3& towards);

/// max |J e_b| and min 1/|J^-1 e_a| of one Jacobian, by solving J x = e_a.
[[nodiscard]] stack2nrrd::Stretch stretch_of(const Matrix3& jacobian);

/// Numbers between -most and most.
[[nodiscard]] std::vector<double> noise(std::mt19937& random, std::size_t count, double most);

}  // namespace slow
