#pragma once

// The weights of lanczos:3 between samples, as the loops want them.

#include "core/buffer.hpp"

namespace stack2nrrd {

/// Samples that are made of six others on each axis: from the one `taps_before` before the one below on.
inline constexpr int taps = 6;
inline constexpr int taps_before = 2;

/// Cells of the table that a place between two samples is divided into.
template <class Real>
inline constexpr int table_cells = sizeof(Real) == 4 ? 128 : 512;

/// For PointLoops::interpolate(). The weights of a place sum to one; each is off by less than 2e-7 (float), 3e-9
/// (double).
template <class Real>
[[nodiscard]] const Buffer<Real>& lanczos_table();

}  // namespace stack2nrrd
