#pragma once

// Maps of points in space, as immutable values.

#include "transform/affine.hpp"
#include "transform/body.hpp"
#include "transform/extremes.hpp"

#include <stack2nrrd/geometry.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace stack2nrrd {

/// A map of points, LPS millimetres, from the space of a result to that of its source: where the result has a sample,
/// it says where the source is to be looked at. Immutable, and used from any number of threads.
class Transform {
public:
    Transform() = default;
    Transform(const Transform&) = delete;
    Transform& operator=(const Transform&) = delete;
    virtual ~Transform();

    /// Maps each of the points, in place. What becomes of one does not depend on the others.
    virtual void apply(std::span<Vector3> points) const = 0;

    /// Maps each of the points, and of the centres, in place. A displacement that ends somewhere moves a point if it
    /// moves the centre of the same number, beyond its end by what it is at the nearest place. For blocks that is_cut()
    /// says.
    virtual void apply_by(std::span<Vector3> points, std::span<Vector3> centres) const {
        apply(points);
        apply(centres);
    }

    /// May a displacement end within `body`? Then its points are not moved alike.
    [[nodiscard]] virtual bool is_cut(const Body& /*body*/) const { return false; }

    /// The same map, if it is linear.
    [[nodiscard]] virtual std::optional<Affine> linear() const = 0;

    /// What it keeps in memory, but for a few hundred bytes.
    [[nodiscard]] virtual std::int64_t memory_bytes() const = 0;

    // Bounds, for those who plan. They hold for all points of a body, also for those between any samples of it.

    /// Holds T(x) of every point x of `body`. Exact for a linear map; else as good as the displacements in the cells
    /// that the body touches are alike.
    [[nodiscard]] virtual Body image(const Body& body) const = 0;

    /// Holds every point x whose T(x) is in `body`. Exact for a linear map; else `body` moved back by all of the
    /// displacements that there are.
    [[nodiscard]] virtual Body preimage(const Body& body) const = 0;

    /// Has `extremes` take left · T'(x) · right of the points x of `body`, whose left and right those are.
    virtual void differentiate(const Body& body, Extremes& extremes) const = 0;
};

using TransformPtr = std::shared_ptr<const Transform>;

/// \throws Error invalid_argument if it is singular, or has a number that is none.
[[nodiscard]] TransformPtr linear_transform(const Affine& map);

/// One after the other, the first applied first. Linear neighbours become one; none at all is the identity.
[[nodiscard]] TransformPtr chain(const std::vector<TransformPtr>& transforms);

}  // namespace stack2nrrd
