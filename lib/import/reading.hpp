#pragma once

// How much a run will read.

#include "import/plan_detail.hpp"

namespace stack2nrrd {

struct Reading {
    Index slices = 0;        ///< different ones
    std::int64_t bytes = 0;  ///< of files, about
};

/// `plan` has its axes, slices and `source`.
[[nodiscard]] Reading reading_of(const Stack& stack, const ImportPlan::Detail& plan);

}  // namespace stack2nrrd
