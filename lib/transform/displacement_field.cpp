#include "transform/displacement_field.hpp"

#include "transform/lattice.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

namespace stack2nrrd {

namespace {

/// The two samples of a cell along an axis, as offsets. At the rim both are the same one.
struct Pair {
    Index low = 0;
    Index high = 0;
};

template <class Number>
class Field final : public Displacing {
public:
    Field(const Lattice& lattice, std::vector<Number> vectors) : Displacing(lattice), vectors_(std::move(vectors)) {
        Index stride = 3;
        for (std::size_t a = 0; a < 3; ++a) {
            const Index size = this->lattice().size()[a];
            last_[a] = size - 1;
            end_[a] = static_cast<double>(size) - 0.5;
            stride_[a] = stride;
            stride *= size;
        }
    }

    void apply(std::span<Vector3> points) const override;
    [[nodiscard]] std::int64_t memory_bytes() const override {
        return static_cast<std::int64_t>(vectors_.size() * sizeof(Number));
    }

private:
    [[nodiscard]] bool moves(const Vector3& index) const override { return has(index); }
    [[nodiscard]] Vector3 displacement_at(const Vector3& index) const override { return displacement(index); }
    [[nodiscard]] Bounds extent() const override { return cells_of(lattice().size()); }
    [[nodiscard]] Bounds displacements(const std::array<Range, 3>& cells) const override;
    [[nodiscard]] bool may_count(const std::array<Range, 3>& cells, Departures& departures) const override;
    void differentiate(const std::array<Index, 3>& cell, Departures& departures) const override;

    /// Positively put, so that what is no number is outside.
    [[nodiscard]] bool has(const Vector3& index) const noexcept {
        return index[0] >= -0.5 && index[0] < end_[0] && index[1] >= -0.5 && index[1] < end_[1] && index[2] >= -0.5 &&
               index[2] < end_[2];
    }
    [[nodiscard]] Vector3 displacement(const Vector3& index) const noexcept {
        std::array<Pair, 3> pairs;
        Vector3 part;
        for (std::size_t a = 0; a < 3; ++a) {
            const auto cell = static_cast<Index>(index[a] + 1) - 1;  // rounded down, since nothing is below -1
            pairs[a] = pair(a, cell);
            part[a] = index[a] - static_cast<double>(cell);
        }
        const auto row = [&](Index at) { return between(pairs[0].low + at, pairs[0].high + at, part[0]); };
        const auto slice = [&](Index at) { return mixed(row(pairs[1].low + at), row(pairs[1].high + at), part[1]); };
        return mixed(slice(pairs[2].low), slice(pairs[2].high), part[2]);
    }
    /// Of cell i, which is between samples i and i + 1.
    [[nodiscard]] Pair pair(std::size_t axis, Index i) const noexcept {
        return {(i < 0 ? 0 : i) * stride_[axis], (i < last_[axis] ? i + 1 : last_[axis]) * stride_[axis]};
    }
    [[nodiscard]] Vector3 vector(Index offset) const noexcept {
        const Number* v = vectors_.data() + offset;
        return {static_cast<double>(v[0]), static_cast<double>(v[1]), static_cast<double>(v[2])};
    }
    void extend_by_edges(Bounds& box, Index from, Index to, Index step) const noexcept;
    [[nodiscard]] std::array<Vector3, 8> corners(const std::array<Index, 3>& cell) const noexcept {
        const Pair x = pair(0, cell[0]);
        const Pair y = pair(1, cell[1]);
        const Pair z = pair(2, cell[2]);
        return {vector(x.low + y.low + z.low),   vector(x.high + y.low + z.low),  vector(x.low + y.high + z.low),
                vector(x.high + y.high + z.low), vector(x.low + y.low + z.high),  vector(x.high + y.low + z.high),
                vector(x.low + y.high + z.high), vector(x.high + y.high + z.high)};
    }
    /// Between two samples.
    [[nodiscard]] Vector3 between(Index low, Index high, double part) const noexcept {
        return mixed(vector(low), vector(high), part);
    }
    [[nodiscard]] static Vector3 mixed(const Vector3& a, const Vector3& b, double part) noexcept {
        return {a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1]), a[2] + part * (b[2] - a[2])};
    }

    std::vector<Number> vectors_;
    std::array<Index, 3> last_{};    // number of the last sample
    std::array<Index, 3> stride_{};  // in numbers
    Vector3 end_{};                  // where the grid ends, in indices
};

template <class Number>
void Field<Number>::apply(std::span<Vector3> points) const {
    for (Vector3& point : points) {
        const Vector3 index = lattice().index(point);
        if (has(index)) point = sum(point, displacement(index));
    }
}

template <class Number>
Bounds Field<Number>::displacements(const std::array<Range, 3>& cells) const {
    constexpr Number highest = std::numeric_limits<Number>::max();
    std::array<Number, 3> low{highest, highest, highest};
    std::array<Number, 3> high{-highest, -highest, -highest};
    const auto samples = [&](std::size_t a) {
        return Range{std::max(cells[a].first, Index{0}), std::min(cells[a].end, last_[a]) + 1};
    };
    const Range x = samples(0);
    for (Index z = samples(2).first; z < samples(2).end; ++z) {
        for (Index y = samples(1).first; y < samples(1).end; ++y) {
            const Number* v = vectors_.data() + z * stride_[2] + y * stride_[1] + x.first * stride_[0];
            for (Index i = x.first; i < x.end; ++i, v += 3) {
                for (std::size_t c = 0; c < 3; ++c) {
                    low[c] = v[c] < low[c] ? v[c] : low[c];
                    high[c] = v[c] > high[c] ? v[c] : high[c];
                }
            }
        }
    }
    Bounds box;
    for (std::size_t c = 0; c < 3; ++c) {
        box.low[c] = static_cast<double>(low[c]);
        box.high[c] = static_cast<double>(high[c]);
    }
    return box;
}

/// The four edges along each axis of a cell. Number 1 of a corner: high along x; 2: along y; 4: along z.
struct Edges {
    explicit Edges(const std::array<Vector3, 8>& corners)
        : along{{{difference(corners[1], corners[0]), difference(corners[3], corners[2]),
                  difference(corners[5], corners[4]), difference(corners[7], corners[6])},
                 {difference(corners[2], corners[0]), difference(corners[3], corners[1]),
                  difference(corners[6], corners[4]), difference(corners[7], corners[5])},
                 {difference(corners[4], corners[0]), difference(corners[5], corners[1]),
                  difference(corners[6], corners[2]), difference(corners[7], corners[3])}}} {}

    /// Makes boxes hold them.
    void extend(std::array<Bounds, 3>& boxes) const noexcept {
        for (std::size_t a = 0; a < 3; ++a) {
            for (const Vector3& edge : along[a]) stack2nrrd::extend(boxes[a], edge);
        }
    }
    /// Those that meet in corner n.
    [[nodiscard]] std::array<Vector3, 3> at(std::size_t n) const noexcept {
        return {along[0][n >> 1], along[1][(n & 1) | (n >> 1 & 2)], along[2][n & 3]};
    }

    std::array<std::array<Vector3, 4>, 3> along;
};

/// By all edges of a block, each once. At the rim some of them are none; the few blocks there are not passed over.
template <class Number>
bool Field<Number>::may_count(const std::array<Range, 3>& cells, Departures& departures) const {
    for (std::size_t a = 0; a < 3; ++a) {
        if (cells[a].first < 0 || cells[a].end > last_[a]) return true;
    }
    std::array<Bounds, 3> boxes{no_box, no_box, no_box};
    for (Index z = cells[2].first; z <= cells[2].end; ++z) {
        for (Index y = cells[1].first; y <= cells[1].end; ++y) {
            const Index row = z * stride_[2] + y * stride_[1] + cells[0].first * stride_[0];
            const Index end = row + cells[0].size() * stride_[0];
            extend_by_edges(boxes[0], row, end - stride_[0], stride_[0]);
            if (y < cells[1].end) extend_by_edges(boxes[1], row, end, stride_[1]);
            if (z < cells[2].end) extend_by_edges(boxes[2], row, end, stride_[2]);
        }
    }
    return departures.may_count(boxes);
}

/// Of the samples of a row, from one offset to another, the edges to those that are `step` numbers further.
template <class Number>
void Field<Number>::extend_by_edges(Bounds& box, Index from, Index to, Index step) const noexcept {
    Bounds by = box;
    for (Index i = from; i <= to; i += 3) extend(by, difference(vector(i + step), vector(i)));
    box = by;
}

/// Within a cell, J is of the first degree in each coordinate, and so |J e| is largest at a corner. There, the
/// derivatives along the axes are the differences along the three edges that meet in it.
template <class Number>
void Field<Number>::differentiate(const std::array<Index, 3>& cell, Departures& departures) const {
    const Edges edges(corners(cell));
    std::array<Bounds, 3> boxes{no_box, no_box, no_box};
    edges.extend(boxes);
    if (!departures.may_count(boxes)) return;
    for (std::size_t n = 0; n < 8; ++n) departures.take(edges.at(n));
}

template <class Number>
TransformPtr make_field(const Geometry& grid, const std::array<Index, 3>& size, std::vector<Number> vectors) {
    const bool fits = size[0] > 0 && size[1] > 0 && size[2] > 0 &&
                      vectors.size() / 3 / static_cast<std::size_t>(size[0]) / static_cast<std::size_t>(size[1]) ==
                          static_cast<std::size_t>(size[2]) &&
                      vectors.size() == static_cast<std::size_t>(3 * size[0] * size[1] * size[2]);
    if (!fits) {
        throw Error(ErrorCode::invalid_argument, "a displacement field has " + std::to_string(vectors.size()) +
                                                     " numbers, three for each of " + std::to_string(size[0]) + " x " +
                                                     std::to_string(size[1]) + " x " + std::to_string(size[2]) +
                                                     " samples were expected; correct its size");
    }
    for (std::size_t i = 0; i < vectors.size(); ++i) {
        if (std::isfinite(vectors[i])) continue;
        const auto sample = static_cast<Index>(i / 3);
        throw Error(ErrorCode::invalid_argument,
                    "a displacement field has a vector that is no number at sample " +
                        std::to_string(sample % size[0]) + ", " + std::to_string(sample / size[0] % size[1]) + ", " +
                        std::to_string(sample / size[0] / size[1]) +
                        ", finite numbers were expected everywhere; write zeros where nothing is known");
    }
    const Lattice lattice(grid, size);
    // What moves nothing is as good as no transform, and can be done without looking up anything.
    if (std::all_of(vectors.begin(), vectors.end(), [](Number v) { return v == 0; })) return linear_transform({});
    return std::make_shared<Field<Number>>(lattice, std::move(vectors));
}

}  // namespace

TransformPtr displacement_field(const Geometry& grid, const std::array<Index, 3>& size, std::vector<float> vectors) {
    return make_field(grid, size, std::move(vectors));
}

TransformPtr displacement_field(const Geometry& grid, const std::array<Index, 3>& size, std::vector<double> vectors) {
    return make_field(grid, size, std::move(vectors));
}

}  // namespace stack2nrrd
