#pragma once

// From views to pictures: a panel for each, and a sheet of them all.

#include "picture/picture.hpp"
#include "picture/views.hpp"

#include <array>
#include <cstdint>

namespace stack2nrrd {

/// Where a view is in its panel. All panels have the same scale, in which the longest side of the volume has
/// panel_side dots. Above the view are the title and what is at its top, below it what is at its bottom, the scale bar
/// and its length, beside it what is at its sides.
struct Panel {
    Index width = 0;  ///< of the panel
    Index height = 0;
    Index left = 0;  ///< of the view in it
    Index top = 0;
    Index view_width = 0;
    Index view_height = 0;
};

inline constexpr Index panel_side = 512;

/// The panels of x-y, x-z and y-z; those of largest values are the same.
[[nodiscard]] std::array<Panel, 3> panels_of(const VolumeInfo& volume);

/// Paints the views. A dot shows the mean of the places that it covers, or the one that covers it, and of largest
/// values the largest of them. Slices are black up to the 1st percentile of the dots of all three, and white from the
/// 99th on; largest values likewise by percentiles of their own. What has no value is black.
[[nodiscard]] std::array<Picture, 6> painted(std::array<View, 6> views, const VolumeInfo& volume);

/// One picture of two rows: slices, and below them the largest values.
[[nodiscard]] Picture sheet_of(std::array<Picture, 6> panels);

/// Memory that painted() takes, with its panels, and then the sheet and its PNG; or a PNG of one panel as text.
[[nodiscard]] std::int64_t painting_bytes(const VolumeInfo& volume);

}  // namespace stack2nrrd
