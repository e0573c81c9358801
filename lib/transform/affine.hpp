#pragma once

// Linear maps of points in space, and the 3 x 3 matrices that they are made of.

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <optional>

namespace stack2nrrd {

/// Its rows: matrix[row][column].
using Matrix3 = std::array<Vector3, 3>;

inline constexpr Matrix3 unit_matrix{Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}};

/// y = matrix · x + offset.
struct Affine {
    Matrix3 matrix = unit_matrix;
    Vector3 offset{0, 0, 0};

    friend bool operator==(const Affine&, const Affine&) = default;
};

[[nodiscard]] inline Vector3 apply(const Affine& map, const Vector3& point) noexcept {
    Vector3 result = map.offset;
    for (int r = 0; r < 3; ++r) {
        const auto row = static_cast<std::size_t>(r);
        result[row] += map.matrix[row][0] * point[0] + map.matrix[row][1] * point[1] + map.matrix[row][2] * point[2];
    }
    return result;
}

/// `first`, and then `then`.
[[nodiscard]] Affine compose(const Affine& then, const Affine& first) noexcept;

/// Nothing if the matrix is singular.
[[nodiscard]] std::optional<Affine> inverse(const Affine& map) noexcept;

/// From indices of samples to places in space: the matrix whose columns are the grid's directions, and its origin.
[[nodiscard]] Affine places_of(const Geometry& geometry) noexcept;

}  // namespace stack2nrrd
