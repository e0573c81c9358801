#pragma once

// The pass over the samples that finds a window; see survey_window().

#include "import/plan_detail.hpp"

#include <cstdint>

namespace stack2nrrd {

/// What one worker takes beyond its decoder.
[[nodiscard]] std::int64_t survey_worker_bytes(const ImportPlan::Detail& plan);

}  // namespace stack2nrrd
