#pragma once

#include <stack2nrrd/sink.hpp>

#include <array>
#include <string>

namespace stack2nrrd {

/// What is written around a view.
struct Legend {
    std::string title;  ///< "z 75 of 150": slice 75 of 0 to 149; "max along z"
    std::string left;   ///< where that side of the view is: R or L, A or P, S or I, where the axis is within 15 degrees
    std::string right;  ///< of theirs and the spacing is known; otherwise the name of the axis, x, y or z, at its end
    std::string top;    ///< alone
    std::string bottom;
    std::string bar;      ///< how long the scale bar is: 1, 2 or 5 times a power of ten
    Index bar_width = 0;  ///< the same in dots
};

/// Of the six Views. `unit`: what a dot is wide, in units of `widest`, which is the largest spacing.
[[nodiscard]] std::array<Legend, 6> legends_of(const VolumeInfo& volume, double unit, double widest);

}  // namespace stack2nrrd
