#include "transform/affine.hpp"

namespace stack2nrrd {

Matrix3 product(const Matrix3& a, const Matrix3& b) noexcept {
    const Matrix3 columns = transposed(b);
    Matrix3 result;
    for (std::size_t row = 0; row < 3; ++row) result[row] = product(columns, a[row]);
    return result;
}

std::optional<Matrix3> inverse(const Matrix3& m) noexcept {
    constexpr double least = 1e-12;
    const double volume = determinant(m);
    if (!(std::abs(volume) > least * length(m[0]) * length(m[1]) * length(m[2])) || !std::isfinite(volume)) {
        return std::nullopt;
    }
    Matrix3 columns{cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])};
    for (Vector3& c : columns) {
        for (double& number : c) number /= volume;
    }
    return transposed(columns);
}

Affine compose(const Affine& then, const Affine& first) noexcept {
    return {product(then.matrix, first.matrix), mapped(then, first.offset)};
}

std::optional<Affine> inverse(const Affine& map) noexcept {
    const std::optional<Matrix3> back = inverse(map.matrix);
    if (!back) return std::nullopt;
    const Vector3 offset = product(*back, map.offset);
    return Affine{*back, {-offset[0], -offset[1], -offset[2]}};
}

Affine about(const Matrix3& matrix, const Vector3& centre, const Vector3& translation) noexcept {
    return {matrix, difference(sum(translation, centre), product(matrix, centre))};
}

Affine places_of(const Geometry& geometry) noexcept { return {transposed(geometry.direction), geometry.origin}; }

}  // namespace stack2nrrd
