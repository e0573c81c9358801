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

/// What is given of a stack's order and place, be it now or when its list was written.
[[nodiscard]] ListedOptions listed_options(const Stack& stack, const Options& options);

}  // namespace stack2nrrd
