#pragma once

// What a warp is: a grid, and where its samples are looked up. A value.
//
// A source is reduced while it streams by; the reduced volume is looked up on a grid that is finer than that of the
// result (WarpSource), and what comes of it is reduced again. Points of the result alone would alias.

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <cstddef>
#include <memory>

namespace stack2nrrd {

class Transform;

struct Warp {
    std::array<Index, 3> size{1, 1, 1};  ///< of the result
    Geometry geometry{};                 ///< where its samples lie
    /// From the space of the result to that of the source. None: they are the same.
    std::shared_ptr<const Transform> transform{};
    /// Samples of the finer grid for one of the result, each axis; at least 1, and need not be whole. Sample i of it is
    /// at index (i + 1/2)/finer - 1/2.
    std::array<Rational, 3> finer{};
    /// How far a sample of the finer grid is from the last one of the result that is made of it, in samples of the
    /// result.
    std::array<Index, 3> reach{1, 1, 1};
    /// Samples at each end of an axis that are none of the result itself; kernels reach for them.
    std::array<Index, 3> margin{};
    Geometry source{};              ///< where the samples of the source lie, before it was reduced
    std::array<Range, 3> wanted{};  ///< the part of it that is asked for; what is looked up outside of it is `outside`

    /// The samples of the result itself.
    [[nodiscard]] std::array<Range, 3> own() const noexcept {
        return {
            Range{margin[0], size[0] - margin[0]}, {margin[1], size[1] - margin[1]}, {margin[2], size[2] - margin[2]}};
    }
    /// Samples of the finer grid. The last one may reach beyond the result.
    [[nodiscard]] Index fine(std::size_t axis) const noexcept {
        return (size[axis] * finer[axis].num + finer[axis].den - 1) / finer[axis].den;
    }
    /// The sample of the result in whose cell sample i of the finer grid begins.
    [[nodiscard]] Index coarse(std::size_t axis, Index i) const noexcept {
        return i * finer[axis].den / finer[axis].num;
    }
};

}  // namespace stack2nrrd
