#include "transform/lattice.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>

namespace stack2nrrd {

namespace {

/// What rounding may make of an index.
constexpr double slack = 1e-6;

/// Which cells a parallelepiped touches. Some beside its edges are said to be touched, too.
class Slab {
public:
    /// `body`: in indices. With other than three generators all cells are touched.
    explicit Slab(const Body& body) : centre_(body.centre) {
        if (body.generators.size() != 3) return;
        inverse_ = inverse(transposed({body.generators[0], body.generators[1], body.generators[2]}));
    }

    [[nodiscard]] bool touches(const std::array<Range, 3>& cells) const {
        if (!inverse_) return true;
        Vector3 from;
        Vector3 half;
        for (std::size_t a = 0; a < 3; ++a) {
            from[a] = static_cast<double>(cells[a].first + cells[a].end) / 2 - centre_[a];
            half[a] = static_cast<double>(cells[a].size()) / 2 + slack;
        }
        return std::all_of(inverse_->begin(), inverse_->end(), [&](const Vector3& axis) {
            const double reach =
                std::abs(axis[0]) * half[0] + std::abs(axis[1]) * half[1] + std::abs(axis[2]) * half[2];
            return std::abs(dot(axis, from)) <= 1 + slack + reach;
        });
    }

private:
    Vector3 centre_;
    std::optional<Matrix3> inverse_{};
};

/// In blocks of up to 2 x 2 x 2: few enough that a smooth field is much the same in all of them.
template <class Take>
void for_each_block(const std::array<Range, 3>& cells, Take take) {
    constexpr Index side = 2;
    std::array<Range, 3> block;
    const auto next = [&](std::size_t a, Index first) {
        // What is at the rim is a block of its own.
        block[a] = {first, std::min(first < 0 ? Index{0} : first + side, cells[a].end)};
        return block[a].end;
    };
    for (Index z = cells[2].first; z < cells[2].end;) {
        z = next(2, z);
        for (Index y = cells[1].first; y < cells[1].end;) {
            y = next(1, y);
            for (Index x = cells[0].first; x < cells[0].end;) {
                x = next(0, x);
                take(block);
            }
        }
    }
}

Bounds with_none(const Bounds& box) { return hull(box, Bounds{}); }

}  // namespace

Lattice::Lattice(const Geometry& geometry, const std::array<Index, 3>& size) : size_(size), origin_(geometry.origin) {
    const std::optional<Affine> indices = inverse(places_of(geometry));
    if (!indices || !std::isfinite(dot(origin_, origin_))) {
        throw Error(ErrorCode::invalid_argument,
                    "the directions of a displacement's grid do not span the space, three independent ones were "
                    "expected; correct them");
    }
    to_index_ = indices->matrix;
}

Bounds Lattice::box(const Body& body) const {
    Body there = image_of(body, Affine{to_index_, {0, 0, 0}});
    there.centre = index(body.centre);
    return box_around(there);
}

std::array<Range, 3> Displacing::cells(const Bounds& box) const {
    const Bounds inside = extent();
    std::array<Range, 3> result;
    for (std::size_t a = 0; a < 3; ++a) {
        const double low = std::max(box.low[a] - slack, inside.low[a]);
        const double high = std::min(box.high[a] + slack, inside.high[a]);
        // A cell that begins where the extent ends is none of it.
        if (low <= high) result[a] = {static_cast<Index>(std::floor(low)), static_cast<Index>(std::ceil(high))};
        if (low <= high && result[a].empty()) result[a].end = result[a].first + 1;
    }
    return result;
}

bool Displacing::leaves(const Bounds& box) const {
    const Bounds inside = extent();
    for (std::size_t a = 0; a < 3; ++a) {
        if (box.low[a] < inside.low[a] - slack || box.high[a] > inside.high[a] + slack) return true;
    }
    return false;
}

bool Displacing::is_cut(const Body& body) const {
    const Bounds box = lattice_.box(body);
    const Bounds inside = extent();
    bool leaves = false;
    for (std::size_t a = 0; a < 3; ++a) {
        if (box.high[a] < inside.low[a] - slack || box.low[a] > inside.high[a] + slack) return false;
        leaves = leaves || box.low[a] < inside.low[a] + slack || box.high[a] > inside.high[a] - slack;
    }
    return leaves;
}

void Displacing::apply_by(std::span<Vector3> points, std::span<Vector3> centres) const {
    const Bounds inside = extent();
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Vector3 centre = lattice_.index(centres[i]);
        if (!moves(centre)) continue;
        Vector3 index = lattice_.index(points[i]);
        for (std::size_t a = 0; a < 3; ++a) index[a] = std::clamp(index[a], inside.low[a], inside.high[a]);
        points[i] = sum(points[i], displacement_at(index));
        for (std::size_t a = 0; a < 3; ++a) index[a] = std::clamp(centre[a], inside.low[a], inside.high[a]);
        centres[i] = sum(centres[i], displacement_at(index));
    }
}

Body Displacing::image(const Body& body) const {
    const Bounds box = lattice_.box(body);
    const std::array<Range, 3> touched = cells(box);
    if (touched[0].empty() || touched[1].empty() || touched[2].empty()) return body;
    const Bounds by = displacements(touched);
    return moved(body, leaves(box) ? with_none(by) : by);
}

Body Displacing::preimage(const Body& body) const {
    const Bounds by = with_none(displacements(cells(extent())));
    return moved(body, {{-by.high[0], -by.high[1], -by.high[2]}, {-by.low[0], -by.low[1], -by.low[2]}});
}

void Displacing::differentiate(const Body& body, Extremes& extremes) const {
    const Bounds box = lattice_.box(body);
    const std::array<Range, 3> touched = cells(box);
    if (leaves(box)) extremes.take(extremes.base());
    Body there = image_of(body, Affine{lattice_.to_index(), {0, 0, 0}});
    there.centre = lattice_.index(body.centre);
    const Slab slab(there);
    Departures departures(lattice_.to_index(), extremes);
    for_each_block(touched, [&](const std::array<Range, 3>& block) {
        if (!slab.touches(block) || !may_count(block, departures)) return;
        for (Index z = block[2].first; z < block[2].end; ++z) {
            for (Index y = block[1].first; y < block[1].end; ++y) {
                for (Index x = block[0].first; x < block[0].end; ++x) {
                    if (slab.touches({Range{x, x + 1}, {y, y + 1}, {z, z + 1}})) differentiate({x, y, z}, departures);
                }
            }
        }
    });
}

}  // namespace stack2nrrd
