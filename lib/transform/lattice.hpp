#pragma once

// Displacements that are known on a lattice: what fields and B-splines have in common.

#include "transform/transform.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <optional>

namespace stack2nrrd {

/// Where the points of a lattice are.
class Lattice {
public:
    /// \throws Error invalid_argument if the directions do not span the space.
    Lattice(const Geometry& geometry, const std::array<Index, 3>& size);

    [[nodiscard]] const std::array<Index, 3>& size() const noexcept { return size_; }
    [[nodiscard]] Index points() const noexcept { return size_[0] * size_[1] * size_[2]; }
    [[nodiscard]] const Matrix3& to_index() const noexcept { return to_index_; }

    /// The index of a place. The origin goes first, as ITK has it, so that the same places are inside.
    [[nodiscard]] Vector3 index(const Vector3& place) const noexcept {
        return product(to_index_, difference(place, origin_));
    }
    /// A box around `body`, in indices.
    [[nodiscard]] Bounds box(const Body& body) const;

private:
    std::array<Index, 3> size_;
    Vector3 origin_;
    Matrix3 to_index_;
};

/// A transform that adds a displacement to each point, none outside of its lattice.
class Displacing : public Transform {
public:
    explicit Displacing(const Lattice& lattice) : lattice_(lattice) {}

    void apply_by(std::span<Vector3> points, std::span<Vector3> centres) const final;
    [[nodiscard]] bool is_cut(const Body& body) const final;
    [[nodiscard]] std::optional<Affine> linear() const final { return std::nullopt; }
    [[nodiscard]] Body image(const Body& body) const final;
    [[nodiscard]] Body preimage(const Body& body) const final;
    void differentiate(const Body& body, Extremes& extremes) const final;

protected:
    [[nodiscard]] const Lattice& lattice() const noexcept { return lattice_; }

    /// Is there a displacement at an index?
    [[nodiscard]] virtual bool moves(const Vector3& index) const = 0;
    /// It, within the extent.
    [[nodiscard]] virtual Vector3 displacement_at(const Vector3& index) const = 0;
    /// Where there are displacements, in indices: from `low`, and up to `high`. Cell i of an axis is from i to i + 1.
    [[nodiscard]] virtual Bounds extent() const = 0;
    /// A box around the displacements in these cells.
    [[nodiscard]] virtual Bounds displacements(const std::array<Range, 3>& cells) const = 0;
    /// May the cells of a block make a difference?
    [[nodiscard]] virtual bool may_count(const std::array<Range, 3>& /*cells*/, Departures& /*departures*/) const {
        return true;
    }
    /// Hands on how the displacements of a cell change.
    virtual void differentiate(const std::array<Index, 3>& cell, Departures& departures) const = 0;

private:
    /// The cells that `box` touches.
    [[nodiscard]] std::array<Range, 3> cells(const Bounds& box) const;
    /// Does `box` reach beyond the extent?
    [[nodiscard]] bool leaves(const Bounds& box) const;

    Lattice lattice_;
};

}  // namespace stack2nrrd
