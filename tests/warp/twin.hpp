#pragma once

// The slow truth of a warp: its rules worked out word by word, sample by sample, in double precision. It shares no code
// with the library: where the two differ, this is what was meant.

#include "support/reference.hpp"
#include "support/volume.hpp"
#include "warp/own_transform.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace warps {

using Triple = std::array<std::int64_t, 3>;

struct Twin {
    Triple size{1, 1, 1};  ///< of the result
    stack2nrrd::Geometry grid{};
    Map transform{};  ///< from the space of the result to that of the source; none: the same
    std::array<stack2nrrd::Rational, 3> finer{};
    std::string kernel = "lanczos:3";
    stack2nrrd::Geometry reduced{};  ///< where the samples of the reduced volume are
    stack2nrrd::Geometry source{};
    std::array<stack2nrrd::Range, 3> wanted{};
};

/// Where a place in space is, in indices of a grid.
[[nodiscard]] stack2nrrd::Vector3 index_of(const stack2nrrd::Geometry& grid, const stack2nrrd::Vector3& place);
[[nodiscard]] stack2nrrd::Vector3 place_of(const stack2nrrd::Geometry& grid, const stack2nrrd::Vector3& index);

/// The reduced volume between its samples, at an index: lanczos:3 along each axis, edges repeated, NaN left out.
[[nodiscard]] std::vector<double> between(const support::Volume& volume, const stack2nrrd::Vector3& index);
/// The nearest sample.
[[nodiscard]] std::vector<double> nearest(const support::Volume& volume, const stack2nrrd::Vector3& index);

/// The finer grid.
[[nodiscard]] support::Volume finer(const Twin& twin, const support::Volume& volume, bool labels);
/// The result, before it is rounded, as if nothing of it were outside.
[[nodiscard]] reference::Result numbers(const Twin& twin, const support::Volume& volume);
[[nodiscard]] std::vector<double> labels(const Twin& twin, const support::Volume& volume);
/// For each sample of the result: is its centre inside of the part of the source that is wanted?
[[nodiscard]] std::vector<bool> inside(const Twin& twin);

}  // namespace warps
