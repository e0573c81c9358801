#include "transform/lattice.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>

namespace stack2nrrd {

namespace {

/// What rounding may make of an index.
constexpr double slack = 1e-6;

/// The cells of a row that a parallelepiped touches, or a few beside them.
class Slab {
public:
    /// `body`: in indices. With other than three generators all cells are touched.
    explicit Slab(const Body& body) : centre_(body.centre) {
        if (body.generators.size() != 3) return;
        inverse_ = inverse(transposed({body.generators[0], body.generators[1], body.generators[2]}));
    }

    [[nodiscard]] Range cut(Range x, Index y, Index z) const {
        if (!inverse_) return x;
        double low = static_cast<double>(x.first);
        double high = static_cast<double>(x.end - 1);
        for (const Vector3& axis : *inverse_) {
            // The centre of cell i is at `at` + i · axis[0] along this axis of the body, which is from -1 to 1.
            const Vector3 first{0.5 - centre_[0], static_cast<double>(y) + 0.5 - centre_[1],
                                static_cast<double>(z) + 0.5 - centre_[2]};
            const double at = dot(axis, first);
            const double reach =
                1 + slack + (std::abs(axis[0]) + std::abs(axis[1]) + std::abs(axis[2])) * (0.5 + slack);
            if (axis[0] == 0) {
                if (std::abs(at) > reach) return {};
                continue;
            }
            const double one = (-reach - at) / axis[0];
            const double other = (reach - at) / axis[0];
            low = std::max(low, std::min(one, other));
            high = std::min(high, std::max(one, other));
        }
        if (!(low <= high)) return {};
        return {static_cast<Index>(std::floor(low)), static_cast<Index>(std::floor(high)) + 1};
    }

private:
    Vector3 centre_;
    std::optional<Matrix3> inverse_{};
};

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
    for (Index z = touched[2].first; z < touched[2].end; ++z) {
        for (Index y = touched[1].first; y < touched[1].end; ++y) {
            const Range x = slab.cut(touched[0], y, z);
            if (!x.empty()) differentiate(x, y, z, departures);
        }
    }
}

}  // namespace stack2nrrd
