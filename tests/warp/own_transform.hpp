#pragma once

// Transforms of the tests' own.

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <functional>
#include <memory>

namespace stack2nrrd {

class Transform;

}  // namespace stack2nrrd

namespace warps {

using Map = std::function<stack2nrrd::Vector3(const stack2nrrd::Vector3&)>;

/// Says that it is not linear, whatever it is.
[[nodiscard]] std::shared_ptr<const stack2nrrd::Transform> own_transform(Map map);

/// Rows of a matrix, and an offset.
[[nodiscard]] std::shared_ptr<const stack2nrrd::Transform> own_linear(const std::array<stack2nrrd::Vector3, 3>& matrix,
                                                                      const stack2nrrd::Vector3& offset);

}  // namespace warps
