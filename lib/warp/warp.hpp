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
    /// Samples of the finer grid for one of the result, each axis. Sample i of it is at index (i + 1/2)/finer - 1/2.
    std::array<Index, 3> finer{1, 1, 1};
    /// How far a sample of the finer grid is from the last one of the result that is made of it, in samples of the
    /// result.
    std::array<Index, 3> reach{1, 1, 1};
    Geometry source{};              ///< where the samples of the source lie, before it was reduced
    std::array<Range, 3> wanted{};  ///< the part of it that is asked for; what is looked up outside of it is `outside`

    [[nodiscard]] Index fine(std::size_t axis) const noexcept { return size[axis] * finer[axis]; }
};

}  // namespace stack2nrrd
