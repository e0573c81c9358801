#pragma once

// Maps of points in space, as immutable values.

#include "transform/affine.hpp"

#include <stack2nrrd/geometry.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace stack2nrrd {

/// A map of points, LPS millimetres, from the space of a result to that of its source. Immutable, and used from any
/// number of threads.
class Transform {
public:
    Transform() = default;
    Transform(const Transform&) = delete;
    Transform& operator=(const Transform&) = delete;
    virtual ~Transform() = default;

    /// Maps each of the points, in place.
    virtual void apply(std::span<Vector3> points) const = 0;
    /// The same map, if it is linear.
    [[nodiscard]] virtual std::optional<Affine> linear() const = 0;
    /// What it keeps in memory.
    [[nodiscard]] virtual std::int64_t memory_bytes() const = 0;
};

using TransformPtr = std::shared_ptr<const Transform>;

}  // namespace stack2nrrd
