#pragma once

// A box in space, as the samples of the source that lie in it.

#include <stack2nrrd/options.hpp>

#include <array>

namespace stack2nrrd {

/// The samples whose centres lie in `box` or on its border, along each axis of a source of `size` samples. What the box
/// has beyond the source is cut off.
/// \throws Error invalid_argument if the edges of the box do not run along the axes of the source, or it holds no
/// sample.
[[nodiscard]] std::array<Range, 3> samples_in(const Box& box, const Geometry& source, const std::array<Index, 3>& size);

}  // namespace stack2nrrd
