#pragma once

#include "verify/written.hpp"

#include <stack2nrrd/options.hpp>

#include <filesystem>

namespace stack2nrrd {

/// See find_source_of().
[[nodiscard]] std::filesystem::path source_beside(const Written& written, const std::filesystem::path& volume);

/// How the slices were found that a volume was made of; by default where its header does not say.
[[nodiscard]] FindOptions finding_options(const Written& written);

}  // namespace stack2nrrd
