#pragma once

// Convex bodies that hold points, to say where a transform takes the points of a grid without looking at each of them.

#include "transform/affine.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <vector>

namespace stack2nrrd {

/// From `low` to `high` on each axis.
struct Bounds {
    Vector3 low{0, 0, 0};
    Vector3 high{0, 0, 0};
};

/// The least box that holds both.
[[nodiscard]] Bounds hull(const Bounds& a, const Bounds& b) noexcept;

/// Nothing; the hull with it is the other one.
inline constexpr Bounds no_box{
    {std::numeric_limits<double>::max(), std::numeric_limits<double>::max(), std::numeric_limits<double>::max()},
    {std::numeric_limits<double>::lowest(), std::numeric_limits<double>::lowest(),
     std::numeric_limits<double>::lowest()}};

/// Makes `box` hold a point.
inline void extend(Bounds& box, const Vector3& point) noexcept {
    for (std::size_t d = 0; d < 3; ++d) {
        box.low[d] = point[d] < box.low[d] ? point[d] : box.low[d];
        box.high[d] = point[d] > box.high[d] ? point[d] : box.high[d];
    }
}

/// A zonotope: all points centre + Σ t·generator, each t from -1 to 1. A box is one, a linear map of one is one, and so
/// is the sum of two: nothing is lost where a box is turned, and turned again.
struct Body {
    Vector3 centre{0, 0, 0};
    std::vector<Vector3> generators{};
};

[[nodiscard]] Body body_of(const Bounds& box);
[[nodiscard]] Body image_of(const Body& body, const Affine& map);

/// Every point of `body`, moved by every vector of `by`.
[[nodiscard]] Body moved(Body body, const Bounds& by);

/// The least box that holds it.
[[nodiscard]] Bounds box_around(const Body& body) noexcept;

/// What a grid of `size` samples covers, its cells included, in indices: -1/2 to size - 1/2.
[[nodiscard]] Bounds cells_of(const std::array<Index, 3>& size) noexcept;

}  // namespace stack2nrrd
