#pragma once

// From the indices of one grid to those of another one, through a transform.

#include "transform/affine.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace stack2nrrd {

class Transform;

/// Places, each axis in a row of its own.
using Places = std::array<std::vector<double>, 3>;

class Mapping {
public:
    /// Sample i of the axes that are mapped is at index (i + 1/2)/finer - 1/2 of `from`. No transform is the identity.
    /// Where a displacement ends, samples are moved as that sample of `own` is that they are made for, the nearest one:
    /// a result that lies within a field has nothing of what is beyond its end.
    /// \throws Error invalid_argument if `to` is no grid in space.
    Mapping(const Geometry& from, const std::array<Rational, 3>& finer, const std::array<Range, 3>& own,
            std::shared_ptr<const Transform> transform, const Geometry& to);

    /// The indices of the samples of a box: x fastest, then y, z. What becomes of one does not depend on the others.
    /// `points` is memory to work in.
    void apply(const std::array<Range, 3>& box, Places& indices, std::vector<Vector3>& points) const;

    /// What it takes for each sample of a box, with the two, and with centres.
    static constexpr std::size_t bytes_of_sample = 3 * sizeof(Vector3);

private:
    void transform(const std::array<Range, 3>& box, std::vector<Vector3>& points) const;

    std::array<Rational, 3> finer_;
    std::array<Range, 3> own_;
    Affine places_;                               ///< of samples of `from`
    Affine before_;                               ///< to the space that is transformed; of linear ones, all of it
    std::shared_ptr<const Transform> transform_;  ///< null where it is linear
    Affine after_;
};

}  // namespace stack2nrrd
