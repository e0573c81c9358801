#include "transform/extremes.hpp"

#include <algorithm>
#include <cmath>

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
      left_norm_(norm_bound(extremes.left())),
      back_norm_(norm_bound(inverse(extremes.right()).value_or(unit_matrix))),
      base_most_(column_lengths(extremes.base())),
      base_least_(least_steps(extremes.base())),
      base_upright_(determinant(extremes.base()) > 0) {}

bool Departures::may_count(const Vector3& longest) noexcept {
    const double all = longest[0] * rows_[0] + longest[1] * rows_[1] + longest[2] * rows_[2];
    const double apart = left_norm_ * all;
    if (apart * apart > extremes_.away_squared_) return true;
    // J = base · (1 + X) with |X| <= part; so |J^-1 e| <= |base^-1 e| / (1 - part), and J turns as base does.
    const double part = back_norm_ * all;
    if (!(part < 1)) return true;
    for (std::size_t b = 0; b < 3; ++b) {
        double longer = base_most_[b];
        for (std::size_t a = 0; a < 3; ++a) longer += left_norm_ * longest[a] * std::abs(steps_[a][b]);
        const double shorter = base_least_[b] * (1 - part);
        if (longer * longer > extremes_.most_squared_[b] || shorter * shorter < extremes_.least_squared_[b]) {
            return true;
        }
    }
    (base_upright_ ? extremes_.upright_ : extremes_.turned_) = true;
    return false;
}

void Departures::take(const std::array<Vector3, 3>& d) noexcept {
    Matrix3 jacobian = extremes_.base();
    for (std::size_t a = 0; a < 3; ++a) {
        const Vector3 change = product(extremes_.left(), d[a]);
        for (std::size_t row = 0; row < 3; ++row) {
            for (std::size_t b = 0; b < 3; ++b) jacobian[row][b] += change[row] * steps_[a][b];
        }
    }
    extremes_.take(jacobian);
}

}  // namespace stack2nrrd
