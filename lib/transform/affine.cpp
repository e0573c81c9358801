#include "transform/affine.hpp"

#include <cmath>
#include <cstddef>

namespace stack2nrrd {

Affine compose(const Affine& then, const Affine& first) noexcept {
    Affine both;
    for (std::size_t r = 0; r < 3; ++r) {
        for (std::size_t c = 0; c < 3; ++c) {
            both.matrix[r][c] = 0;
            for (std::size_t i = 0; i < 3; ++i) both.matrix[r][c] += then.matrix[r][i] * first.matrix[i][c];
        }
    }
    both.offset = apply(then, first.offset);
    return both;
}

std::optional<Affine> inverse(const Affine& map) noexcept {
    const Matrix3& m = map.matrix;
    Affine result;
    double determinant = 0;
    for (std::size_t r = 0; r < 3; ++r) {
        for (std::size_t c = 0; c < 3; ++c) {
            const std::size_t a = (c + 1) % 3, b = (c + 2) % 3, d = (r + 1) % 3, e = (r + 2) % 3;
            result.matrix[r][c] = m[a][d] * m[b][e] - m[a][e] * m[b][d];
        }
        determinant += m[r][0] * (m[(r + 1) % 3][1] * m[(r + 2) % 3][2] - m[(r + 1) % 3][2] * m[(r + 2) % 3][1]);
    }
    if (!std::isfinite(determinant) || determinant == 0) return std::nullopt;
    for (Vector3& row : result.matrix) {
        for (double& v : row) v /= determinant;
    }
    result.offset = {0, 0, 0};
    const Vector3 back = apply(result, map.offset);
    result.offset = {-back[0], -back[1], -back[2]};
    return result;
}

Affine places_of(const Geometry& geometry) noexcept {
    Affine map;
    for (std::size_t r = 0; r < 3; ++r) {
        for (std::size_t c = 0; c < 3; ++c) map.matrix[r][c] = geometry.direction[c][r];
    }
    map.offset = geometry.origin;
    return map;
}

}  // namespace stack2nrrd
