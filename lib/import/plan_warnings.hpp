#pragma once

#include "import/plan_detail.hpp"

#include <string>
#include <vector>

namespace stack2nrrd {

/// What the user should know before the run. `plan` has all else.
[[nodiscard]] std::vector<std::string> warnings_for(const Stack& stack, const Options& options,
                                                    const ImportPlan::Detail& plan);

}  // namespace stack2nrrd
