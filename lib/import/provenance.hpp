#pragma once

#include "import/plan_detail.hpp"

#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// The key/values that say how a volume was made: only what shapes it, so no threads, memory, names of outputs or
/// times.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance(const Stack& stack, const Options& options,
                                                                          const ImportPlan::Detail& plan);

}  // namespace stack2nrrd
