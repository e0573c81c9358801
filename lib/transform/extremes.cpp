#include "transform/extremes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace stack2nrrd {

namespace {

/// Squares of 1/|J^-1 e_a|. Column a of the inverse is the cross product of the other two rows, over the determinant.
Vector3 least_squares(const Matrix3& j, double volume) noexcept {
    Vector3 squares;
    for (std::size_t a = 0; a < 3; ++a) {
        const Vector3 area = cross(j[(a + 1) % 3], j[(a + 2) % 3]);
        const double squared = dot(area, area);
        squares[a] = volume == 0 || !(squared > 0) ? 0 : volume * volume / squared;
    }
    return squares;
}

Vector3 roots(const Vector3& squares) noexcept {
    return {std::sqrt(squares[0]), std::sqrt(squares[1]), std::sqrt(squares[2])};
}

}  // namespace

double norm_bound(const Matrix3& m) noexcept {
    double rows = 0;
    double columns = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        rows = std::max(rows, std::abs(m[i][0]) + std::abs(m[i][1]) + std::abs(m[i][2]));
        columns = std::max(columns, std::abs(m[0][i]) + std::abs(m[1][i]) + std::abs(m[2][i]));
    }
    return std::sqrt(rows) * std::sqrt(columns);  // Hölder: |M|_2^2 <= |M|_1 |M|_inf
}

Vector3 column_lengths(const Matrix3& jacobian) noexcept {
    return {length(column(jacobian, 0)), length(column(jacobian, 1)), length(column(jacobian, 2))};
}

Vector3 least_steps(const Matrix3& jacobian) noexcept { return roots(least_squares(jacobian, determinant(jacobian))); }

Extremes::Extremes(const Matrix3& left, const Matrix3& right)
    : left_(left), right_(right), base_(product(left, right)) {
    least_squared_.fill(std::numeric_limits<double>::infinity());
}

void Extremes::take(const Matrix3& jacobian) noexcept {
    const double volume = determinant(jacobian);
    const Vector3 least = least_squares(jacobian, volume);
    double away = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const Vector3 c = column(jacobian, i);
        most_squared_[i] = std::max(most_squared_[i], dot(c, c));
        least_squared_[i] = std::min(least_squared_[i], least[i]);
        const Vector3 apart = difference(jacobian[i], base_[i]);
        away += dot(apart, apart);
    }
    away_squared_ = std::max(away_squared_, away);
    upright_ = upright_ || volume > 0;
    turned_ = turned_ || volume < 0;
    flat_ = flat_ || volume == 0;
}

void Extremes::take_bounds(const Vector3& most, const Vector3& least, bool folds) noexcept {
    for (std::size_t i = 0; i < 3; ++i) {
        most_squared_[i] = std::max(most_squared_[i], most[i] * most[i]);
        least_squared_[i] = std::min(least_squared_[i], least[i] * least[i]);
    }
    flat_ = flat_ || folds;
}

Vector3 Extremes::most() const noexcept { return roots(most_squared_); }
Vector3 Extremes::least() const noexcept { return roots(least_squared_); }
double Extremes::away() const noexcept { return std::sqrt(away_squared_); }

Departures::Departures(const Matrix3& to_lattice, Extremes& extremes)
    : extremes_(extremes),
      steps_(product(to_lattice, extremes.right())),
      rows_{length(steps_[0]), length(steps_[1]), length(steps_[2])},
      left_norm_(norm_bound(extremes.left())) {}

/// All J are beside the one of the boxes' centres, m: J = m + left · R · steps, with |R e_a| at most half of box a's
/// diagonal. So |J e_b| <= |m e_b| + |left| Σ_a |R e_a| |steps_ab|. And J = m (1 + Y) with |Y| <= |m^-1 left| |R
/// steps|; if that is less than 1, |J^-1 e_a| <= |m^-1 e_a| / (1 - |Y|), and J turns as m does.
bool Departures::may_count(const std::array<Bounds, 3>& columns) noexcept {
    std::array<Vector3, 3> centres;
    Vector3 spread;
    double all = 0;
    for (std::size_t a = 0; a < 3; ++a) {
        Vector3 half;
        for (std::size_t c = 0; c < 3; ++c) {
            centres[a][c] = (columns[a].high[c] + columns[a].low[c]) / 2;
            half[c] = (columns[a].high[c] - columns[a].low[c]) / 2;
        }
        spread[a] = length(half);
        all += spread[a] * rows_[a];
    }
    const Matrix3 middle = jacobian(centres);
    double away = 0;
    for (std::size_t b = 0; b < 3; ++b) {
        const Vector3 along = column(middle, b);
        double most = length(along);
        for (std::size_t a = 0; a < 3; ++a) most += left_norm_ * spread[a] * std::abs(steps_[a][b]);
        if (most * most > extremes_.most_squared_[b]) return true;
        const Vector3 apart = difference(along, column(extremes_.base_, b));
        away += dot(apart, apart);
    }
    away = std::sqrt(away) + left_norm_ * all;
    if (away * away > extremes_.away_squared_) return true;

    const std::optional<Matrix3> back = inverse(middle);
    if (!back) return true;
    const double part = norm_bound(product(*back, extremes_.left_)) * all;
    if (!(part < 1)) return true;
    for (std::size_t a = 0; a < 3; ++a) {
        const Vector3 along = column(*back, a);
        const double shorter = (1 - part) * (1 - part) / dot(along, along);
        if (shorter < extremes_.least_squared_[a]) return true;
    }
    (determinant(middle) > 0 ? extremes_.upright_ : extremes_.turned_) = true;
    return false;
}

Matrix3 Departures::jacobian(const std::array<Vector3, 3>& d) const noexcept {
    Matrix3 jacobian = extremes_.base();
    for (std::size_t a = 0; a < 3; ++a) {
        const Vector3 change = product(extremes_.left(), d[a]);
        for (std::size_t row = 0; row < 3; ++row) {
            for (std::size_t b = 0; b < 3; ++b) jacobian[row][b] += change[row] * steps_[a][b];
        }
    }
    return jacobian;
}

void Departures::take(const std::array<Vector3, 3>& d) noexcept { extremes_.take(jacobian(d)); }

}  // namespace stack2nrrd
