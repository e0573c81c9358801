#pragma once

// What the header of a volume says, for the header of its copy: all that is still true of it.

#include "import/plan_detail.hpp"

#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

struct Carried {
    HeaderFields fields;
    std::vector<std::pair<std::string, std::string>> notes;  ///< key/values, in order
    std::vector<std::string> left_out;                       ///< keys of those that hold for the source alone
};

/// Key/values that count in samples are made to fit the result, or left out; and where one component is taken, those
/// that describe others. All others are kept as they are. `plan` has its axes, slices, slab, arrangement, channel, and
/// of its volume the size, the type and the colour.
[[nodiscard]] Carried carried_header(const Stack& stack, const Options& options, const ImportPlan::Detail& plan);

/// Does the header of `stack` have segments, which are labels?
[[nodiscard]] bool is_segmentation(const Stack& stack);

}  // namespace stack2nrrd
