#include "warp/mapping.hpp"

#include "transform/transform.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <utility>

namespace stack2nrrd {

Mapping::Mapping(const Geometry& from, const std::array<Rational, 3>& finer, const std::array<Range, 3>& own,
                 std::shared_ptr<const Transform> transform, const Geometry& to)
    : finer_(finer), own_(own), places_(places_of(from)), transform_(std::move(transform)) {
    Affine fine;
    for (std::size_t a = 0; a < 3; ++a) {
        const auto num = static_cast<double>(finer[a].num);
        const auto den = static_cast<double>(finer[a].den);
        fine.matrix[a][a] = den / num;
        fine.offset[a] = (den - num) / (2 * num);
    }
    before_ = compose(places_, fine);
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

void Mapping::transform(const std::array<Range, 3>& box, std::vector<Vector3>& points) const {
    // The sample that sample i of the finer grid is made for.
    const auto centre = [&](std::size_t a, Index i) {
        const Index in_cell = (2 * i + 1) * finer_[a].den / (2 * finer_[a].num);
        return static_cast<double>(std::clamp(in_cell, own_[a].first, own_[a].end - 1));
    };
    Bounds cells;
    for (std::size_t a = 0; a < 3; ++a) {
        const auto at = [&](Index i) { return (static_cast<double>(i) + 0.5) / finer_[a].value() - 0.5; };
        cells.low[a] = std::min(centre(a, box[a].first), at(box[a].first));
        cells.high[a] = std::max(centre(a, box[a].end - 1), at(box[a].end - 1));
    }
    if (!transform_->is_cut(image_of(body_of(cells), places_))) return transform_->apply(points);
    std::vector<Vector3> centres(points.size());
    std::size_t next = 0;
    for (Index z = box[2].first; z < box[2].end; ++z) {
        for (Index y = box[1].first; y < box[1].end; ++y) {
            for (Index x = box[0].first; x < box[0].end; ++x) {
                centres[next++] = mapped(places_, {centre(0, x), centre(1, y), centre(2, z)});
            }
        }
    }
    transform_->apply_by(points, centres);
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
    transform(box, points);
    for (std::size_t i = 0; i < count; ++i) {
        const Vector3 index = mapped(after_, points[i]);
        for (std::size_t a = 0; a < 3; ++a) indices[a][i] = index[a];
    }
}

}  // namespace stack2nrrd
