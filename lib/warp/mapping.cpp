#include "warp/mapping.hpp"

#include "transform/transform.hpp"

#include <stack2nrrd/error.hpp>

#include <utility>

namespace stack2nrrd {

Mapping::Mapping(const Geometry& from, const std::array<Index, 3>& finer, std::shared_ptr<const Transform> transform,
                 const Geometry& to)
    : transform_(std::move(transform)) {
    Affine fine;
    for (std::size_t a = 0; a < 3; ++a) {
        const auto times = static_cast<double>(finer[a]);
        fine.matrix[a][a] = 1 / times;
        fine.offset[a] = (1 - times) / (2 * times);
    }
    before_ = compose(places_of(from), fine);
    const std::optional<Affine> back = inverse(places_of(to));
    if (!back) {
        throw Error(ErrorCode::invalid_argument,
                    "the grid of the source: its directions do not span space; give it three that do");
    }
    after_ = *back;
    std::optional<Affine> linear;
    if (transform_ == nullptr) {
        linear.emplace();
    } else {
        linear = transform_->linear();
    }
    if (!linear) return;
    before_ = compose(after_, compose(*linear, before_));
    transform_ = nullptr;
}

/// The sum of a row's place and of the place in it, in this order for each sample.
void Mapping::apply(const std::array<Range, 3>& box, std::vector<Vector3>& indices) const {
    indices.resize(static_cast<std::size_t>(box[0].size() * box[1].size() * box[2].size()));
    Vector3* to = indices.data();
    const Matrix3& m = before_.matrix;
    for (Index z = box[2].first; z < box[2].end; ++z) {
        for (Index y = box[1].first; y < box[1].end; ++y) {
            const Vector3 row = mapped(before_, {0, static_cast<double>(y), static_cast<double>(z)});
            for (Index x = box[0].first; x < box[0].end; ++x, ++to) {
                const auto i = static_cast<double>(x);
                *to = {row[0] + m[0][0] * i, row[1] + m[1][0] * i, row[2] + m[2][0] * i};
            }
        }
    }
    if (transform_ == nullptr) return;
    transform_->apply(indices);
    for (Vector3& point : indices) point = mapped(after_, point);
}

}  // namespace stack2nrrd
