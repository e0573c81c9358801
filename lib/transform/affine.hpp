#pragma once

// Linear maps of points in space, and the 3 x 3 matrices that they are made of.

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>

namespace stack2nrrd {

/// Its rows: matrix[row][column].
using Matrix3 = std::array<Vector3, 3>;

inline constexpr Matrix3 unit_matrix{Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}};

[[nodiscard]] inline double dot(const Vector3& a, const Vector3& b) noexcept {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
[[nodiscard]] inline Vector3 cross(const Vector3& a, const Vector3& b) noexcept {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
[[nodiscard]] inline Vector3 sum(const Vector3& a, const Vector3& b) noexcept {
    return {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
}
[[nodiscard]] inline Vector3 difference(const Vector3& a, const Vector3& b) noexcept {
    return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
[[nodiscard]] inline double length(const Vector3& v) noexcept { return std::sqrt(dot(v, v)); }

[[nodiscard]] inline Vector3 product(const Matrix3& m, const Vector3& v) noexcept {
    return {dot(m[0], v), dot(m[1], v), dot(m[2], v)};
}
[[nodiscard]] inline Vector3 column(const Matrix3& m, std::size_t c) noexcept { return {m[0][c], m[1][c], m[2][c]}; }
[[nodiscard]] inline Matrix3 transposed(const Matrix3& m) noexcept {
    return {column(m, 0), column(m, 1), column(m, 2)};
}
[[nodiscard]] Matrix3 product(const Matrix3& a, const Matrix3& b) noexcept;
[[nodiscard]] inline double determinant(const Matrix3& m) noexcept { return dot(m[0], cross(m[1], m[2])); }

/// Nothing if the matrix is singular: if its determinant is less than 1e-12 of the product of its rows' lengths, or no
/// number.
[[nodiscard]] std::optional<Matrix3> inverse(const Matrix3& m) noexcept;

/// y = matrix · x + offset.
struct Affine {
    Matrix3 matrix = unit_matrix;
    Vector3 offset{0, 0, 0};

    friend bool operator==(const Affine&, const Affine&) = default;
};

[[nodiscard]] inline Vector3 mapped(const Affine& map, const Vector3& point) noexcept {
    return sum(product(map.matrix, point), map.offset);
}

/// `first`, and then `then`.
[[nodiscard]] Affine compose(const Affine& then, const Affine& first) noexcept;

/// Nothing if the matrix is singular.
[[nodiscard]] std::optional<Affine> inverse(const Affine& map) noexcept;

/// The map of this matrix that leaves `centre` where it is, and then moves by `translation`.
[[nodiscard]] Affine about(const Matrix3& matrix, const Vector3& centre, const Vector3& translation) noexcept;

/// From indices of samples to places in space: the matrix whose columns are the grid's directions, and its origin.
[[nodiscard]] Affine places_of(const Geometry& geometry) noexcept;

}  // namespace stack2nrrd
