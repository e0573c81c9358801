#include "warp/mapping.hpp"

#include "transform/transform.hpp"

#include <stack2nrrd/error.hpp>

#include <utility>

namespace stack2nrrd {

Mapping::Mapping(const Geometry& from, const std::array<Rational, 3>& finer, std::shared_ptr<const Transform> transform,
                 const Geometry& to)
    : transform_(std::move(transform)) {
    Affine fine;
    for (std::size_t a = 0; a < 3; ++a) {
        const auto num = static_cast<double>(finer[a].num);
        const auto den = static_cast<double>(finer[a].den);
        fine.matrix[a][a] = den / num;
        fine.offset[a] = (den - num) / (2 * num);
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
void Mapping::apply(const std::array<Range, 3>& box, Places& indices, std::vector<Vector3>& points) const {
    const auto count = static_cast<std::size_t>(box[0].size() * box[1].size() * box[2].size());
    for (std::vector<double>& places : indices) places.resize(count);
    const Matrix3& m = before_.matrix;
    const auto each_row = [&](auto work) {
        std::size_t first = 0;
        for (Index z = box[2].first; z < box[2].end; ++z) {
            for (Index y = box[1].first; y < box[1].end; ++y) {
                work(first, mapped(before_, {0, static_cast<double>(y), static_cast<double>(z)}));
                first += static_cast<std::size_t>(box[0].size());
            }
        }
    };
    const auto columns = static_cast<std::size_t>(box[0].size());
    const auto column = [&](std::size_t x) { return static_cast<double>(box[0].first + static_cast<Index>(x)); };
    if (transform_ == nullptr) {
        std::array<std::vector<double>, 3> along;  // what a column adds; it is the same for all rows
        for (std::size_t a = 0; a < 3; ++a) {
            along[a].resize(columns);
            for (std::size_t x = 0; x < columns; ++x) along[a][x] = m[a][0] * column(x);
        }
        each_row([&](std::size_t first, const Vector3& row) {
            for (std::size_t a = 0; a < 3; ++a) {
                double* const to = indices[a].data() + first;
                const double* const more = along[a].data();
                const double start = row[a];
                for (std::size_t x = 0; x < columns; ++x) to[x] = start + more[x];
            }
        });
        return;
    }
    points.resize(count);
    each_row([&](std::size_t first, const Vector3& row) {
        Vector3* const to = points.data() + first;
        for (std::size_t x = 0; x < columns; ++x) {
            const double i = column(x);
            to[x] = {row[0] + m[0][0] * i, row[1] + m[1][0] * i, row[2] + m[2][0] * i};
        }
    });
    transform_->apply(points);
    for (std::size_t i = 0; i < count; ++i) {
        const Vector3 index = mapped(after_, points[i]);
        for (std::size_t a = 0; a < 3; ++a) indices[a][i] = index[a];
    }
}

}  // namespace stack2nrrd
