#pragma once

// The extremes of many Jacobians J = left · T' · right of a transform T, each looked at once.

#include "transform/affine.hpp"
#include "transform/body.hpp"

#include <array>

namespace stack2nrrd {

class Extremes {
public:
    /// `left` and `right` are regular.
    Extremes(const Matrix3& left, const Matrix3& right);

    /// J where T only moves points: left · right.
    [[nodiscard]] const Matrix3& base() const noexcept { return base_; }
    [[nodiscard]] const Matrix3& left() const noexcept { return left_; }
    [[nodiscard]] const Matrix3& right() const noexcept { return right_; }

    void take(const Matrix3& jacobian) noexcept;

    /// Bounds instead of Jacobians, of one that is none of those taken.
    void take_bounds(const Vector3& most, const Vector3& least, bool folds) noexcept;

    [[nodiscard]] Vector3 most() const noexcept;   ///< the longest column: max |J e_b|
    [[nodiscard]] Vector3 least() const noexcept;  ///< min 1/|J^-1 e_a|, 0 if one is singular
    [[nodiscard]] double away() const noexcept;    ///< the largest Frobenius norm of J - base
    [[nodiscard]] bool folds() const noexcept { return flat_ || (upright_ && turned_); }

private:
    friend class Departures;

    Matrix3 left_;
    Matrix3 right_;
    Matrix3 base_;
    Vector3 most_squared_{0, 0, 0};
    Vector3 least_squared_;
    double away_squared_ = 0;
    bool upright_ = false;  // a determinant above 0 was seen,
    bool turned_ = false;   // one below 0,
    bool flat_ = false;     // one that is 0
};

/// Jacobians of displacements that are known on a lattice: J = base + left · D · steps, where the columns of D say how
/// much the displacement changes per step of the lattice.
class Departures {
public:
    /// `to_lattice`: from space to indices of the lattice.
    Departures(const Matrix3& to_lattice, Extremes& extremes);

    /// May any D whose columns are in these boxes make a difference? If not, all of them are as good as taken. For most
    /// cells of a smooth field it is so.
    [[nodiscard]] bool may_count(const std::array<Bounds, 3>& columns) noexcept;

    /// `d`: the columns of D.
    void take(const std::array<Vector3, 3>& d) noexcept;

private:
    [[nodiscard]] Matrix3 jacobian(const std::array<Vector3, 3>& d) const noexcept;

    Extremes& extremes_;
    Matrix3 steps_;     // to_lattice · right
    Vector3 rows_{};    // lengths of its rows
    double left_norm_;  // an upper bound of |left|
};

/// An upper bound of a matrix's norm: exact for a matrix with one number a row and column.
[[nodiscard]] double norm_bound(const Matrix3& m) noexcept;

/// Lengths of the columns of J, and 1/|J^-1 e_a| of each axis a (0 if J is singular).
[[nodiscard]] Vector3 column_lengths(const Matrix3& jacobian) noexcept;
[[nodiscard]] Vector3 least_steps(const Matrix3& jacobian) noexcept;

}  // namespace stack2nrrd
