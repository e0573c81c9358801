#pragma once

#include "picture/histogram.hpp"

#include <string>
#include <vector>

namespace stack2nrrd {

/// A value that is marked in a histogram.
struct Mark {
    double value = 0;
    std::string kind;  ///< "window" or "air": how it is drawn
};

/// The histogram as a picture in HTML with its axis: at most 256 bars, whose heights are logarithms of counts. The axis
/// reaches as far as values and marks do. Empty if there are no values.
[[nodiscard]] std::string histogram_plot(const Histogram& histogram, const std::vector<Mark>& marks);

}  // namespace stack2nrrd
