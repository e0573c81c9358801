#include "transform/bspline.hpp"

#include "transform/lattice.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

namespace stack2nrrd {

namespace {

constexpr std::size_t taps = 4;

/// β at distances 1 + t, t, 1 - t, 2 - t.
std::array<double, taps> weights_at(double t) noexcept {
    const double s = 1 - t;
    return {s * s * s / 6, (t * t * (3 * t - 6) + 4) / 6, (s * s * (3 * s - 6) + 4) / 6, t * t * t / 6};
}

/// The control points of a cell.
using Net = std::array<Vector3, taps * taps * taps>;

/// Calls `change` with each line of four points along an axis.
template <class Change>
void for_each_line(Net& net, std::size_t axis, Change change) {
    const std::size_t stride = axis == 0 ? 1 : axis == 1 ? taps : taps * taps;
    for (std::size_t i = 0; i < net.size(); ++i) {
        if (i / stride % taps != 0) continue;
        change(net[i], net[i + stride], net[i + 2 * stride], net[i + 3 * stride]);
    }
}

Vector3 weighed(double a, const Vector3& p, double b, const Vector3& q) noexcept {
    return {a * p[0] + b * q[0], a * p[1] + b * q[1], a * p[2] + b * q[2]};
}

/// From control points of B-splines to those of Bernstein polynomials, which the same cubic is within much closer.
/// Boehm, "Inserting new knots into B-spline curves", 1980: each inner knot is made a threefold one.
void to_bernstein(Net& net) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
        for_each_line(net, axis, [](Vector3& a, Vector3& b, Vector3& c, Vector3& d) {
            const Vector3 second = weighed(2. / 3, b, 1. / 3, c);
            const Vector3 third = weighed(1. / 3, b, 2. / 3, c);
            const Vector3 first = weighed(0.5, weighed(1. / 3, a, 2. / 3, b), 0.5, second);
            const Vector3 fourth = weighed(0.5, third, 0.5, weighed(2. / 3, c, 1. / 3, d));
            a = first;
            b = second;
            c = third;
            d = fourth;
        });
    }
}

/// The derivative along an axis, its degree raised again to three.
Net derivative(Net net, std::size_t axis) {
    for_each_line(net, axis, [](Vector3& a, Vector3& b, Vector3& c, Vector3& d) {
        const Vector3 first = weighed(3, b, -3, a);
        const Vector3 second = weighed(3, c, -3, b);
        const Vector3 third = weighed(3, d, -3, c);
        a = first;
        b = weighed(1. / 3, first, 2. / 3, second);
        c = weighed(2. / 3, second, 1. / 3, third);
        d = third;
    });
    return net;
}

/// Grids are made to begin and end at samples: rounding must not put these outside.
constexpr double rounding = 1e-9;  // of a cell
constexpr double beginning = 1 - rounding;

class BSpline final : public Displacing {
public:
    BSpline(const Lattice& lattice, std::vector<double> vectors)
        : Displacing(lattice), vectors_(std::move(vectors)), size_(this->lattice().size()) {
        for (std::size_t a = 0; a < 3; ++a) {
            end_[a] = static_cast<double>(size_[a] - 2) + rounding;
            last_[a] = size_[a] - static_cast<Index>(taps);
        }
    }

    void apply(std::span<Vector3> points) const override;
    [[nodiscard]] std::int64_t memory_bytes() const override {
        return static_cast<std::int64_t>(vectors_.size() * sizeof(double));
    }

private:
    [[nodiscard]] bool moves(const Vector3& index) const override { return has(index); }
    [[nodiscard]] Vector3 displacement_at(const Vector3& index) const override { return displacement(index); }
    [[nodiscard]] Bounds extent() const override {
        Bounds box;
        for (std::size_t a = 0; a < 3; ++a) {
            box.low[a] = 1;
            box.high[a] = static_cast<double>(size_[a] - 2);
        }
        return box;
    }
    [[nodiscard]] Bounds displacements(const std::array<Range, 3>& cells) const override;
    void differentiate(const std::array<Index, 3>& cell, Departures& departures) const override;

    [[nodiscard]] bool has(const Vector3& index) const noexcept {
        return index[0] >= beginning && index[0] <= end_[0] && index[1] >= beginning && index[1] <= end_[1] &&
               index[2] >= beginning && index[2] <= end_[2];
    }
    [[nodiscard]] Vector3 displacement(const Vector3& index) const noexcept;
    [[nodiscard]] const double* at(Index x, Index y, Index z) const noexcept {
        return vectors_.data() + 3 * ((z * size_[1] + y) * size_[0] + x);
    }

    std::vector<double> vectors_;
    std::array<Index, 3> size_;
    std::array<Index, 3> last_{};  // the last point that three others follow
    Vector3 end_{};                // in indices
};

void BSpline::apply(std::span<Vector3> points) const {
    for (Vector3& point : points) {
        const Vector3 index = lattice().index(point);
        if (has(index)) point = sum(point, displacement(index));
    }
}

Vector3 BSpline::displacement(const Vector3& index) const noexcept {
    std::array<Index, 3> first;
    std::array<std::array<double, taps>, 3> weights;
    for (std::size_t a = 0; a < 3; ++a) {
        first[a] = std::clamp<Index>(static_cast<Index>(index[a]) - 1, 0, last_[a]);
        weights[a] = weights_at(index[a] - static_cast<double>(first[a] + 1));
    }
    // Four points of a row are twelve numbers side by side: weights of x come last.
    std::array<double, 3 * taps> rows{};
    for (std::size_t k = 0; k < taps; ++k) {
        for (std::size_t j = 0; j < taps; ++j) {
            const double weight = weights[2][k] * weights[1][j];
            const double* row = at(first[0], first[1] + static_cast<Index>(j), first[2] + static_cast<Index>(k));
            for (std::size_t i = 0; i < 3 * taps; ++i) rows[i] += weight * row[i];
        }
    }
    Vector3 vector;
    for (std::size_t c = 0; c < 3; ++c) {
        vector[c] = (weights[0][0] * rows[c] + weights[0][1] * rows[3 + c]) +
                    (weights[0][2] * rows[6 + c] + weights[0][3] * rows[9 + c]);
    }
    return vector;
}

/// Weights are not negative and their sum is one: a cell is inside of the hull of its control points.
Bounds BSpline::displacements(const std::array<Range, 3>& cells) const {
    Bounds box = no_box;
    const auto end = [&](std::size_t a) { return std::min(cells[a].end + 2, size_[a]); };
    for (Index z = cells[2].first - 1; z < end(2); ++z) {
        for (Index y = cells[1].first - 1; y < end(1); ++y) {
            for (Index x = cells[0].first - 1; x < end(0); ++x) {
                const double* v = at(x, y, z);
                extend(box, {v[0], v[1], v[2]});
            }
        }
    }
    return box;
}

/// Each entry of J is a polynomial of the third degree in each coordinate, so that J is inside of the hull of its
/// Bernstein control points, and |J e| is not larger than at the largest of them.
void BSpline::differentiate(const std::array<Index, 3>& cell, Departures& departures) const {
    Net net;
    for (std::size_t n = 0; n < net.size(); ++n) {
        const double* v =
            at(cell[0] - 1 + static_cast<Index>(n % taps), cell[1] - 1 + static_cast<Index>(n / taps % taps),
               cell[2] - 1 + static_cast<Index>(n / taps / taps));
        net[n] = {v[0], v[1], v[2]};
    }
    to_bernstein(net);
    const std::array<Net, 3> derivatives{derivative(net, 0), derivative(net, 1), derivative(net, 2)};
    std::array<Bounds, 3> boxes{no_box, no_box, no_box};
    for (std::size_t a = 0; a < 3; ++a) {
        for (const Vector3& v : derivatives[a]) extend(boxes[a], v);
    }
    if (!departures.may_count(boxes)) return;
    for (std::size_t n = 0; n < net.size(); ++n) {
        departures.take({derivatives[0][n], derivatives[1][n], derivatives[2][n]});
    }
}

}  // namespace

TransformPtr bspline(const Geometry& grid, const std::array<Index, 3>& size, std::vector<double> vectors) {
    const std::string shown =
        std::to_string(size[0]) + " x " + std::to_string(size[1]) + " x " + std::to_string(size[2]);
    if (size[0] < 4 || size[1] < 4 || size[2] < 4) {
        throw Error(ErrorCode::invalid_argument, "a B-spline has " + shown +
                                                     " control points, at least 4 along each axis were expected; "
                                                     "correct its size");
    }
    const auto points = vectors.size() / 3;
    const auto rows = points / static_cast<std::size_t>(size[0]) / static_cast<std::size_t>(size[1]);
    if (rows != static_cast<std::size_t>(size[2]) ||
        vectors.size() != static_cast<std::size_t>(3 * size[0] * size[1] * size[2])) {
        throw Error(ErrorCode::invalid_argument, "a B-spline has " + std::to_string(vectors.size()) +
                                                     " numbers, three for each of " + shown +
                                                     " control points were expected; correct its size");
    }
    if (!std::all_of(vectors.begin(), vectors.end(), [](double v) { return std::isfinite(v); })) {
        throw Error(ErrorCode::invalid_argument,
                    "a B-spline has a control point that is no number, finite ones were expected; correct it");
    }
    return std::make_shared<BSpline>(Lattice(grid, size), std::move(vectors));
}

}  // namespace stack2nrrd
