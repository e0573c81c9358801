#pragma once

#include <stack2nrrd/version.hpp>

#include <vector>

namespace stack2nrrd {

/// Of the libraries that decode slices.
[[nodiscard]] std::vector<LibraryVersion> codec_versions();

}  // namespace stack2nrrd
