#pragma once

#include <stack2nrrd/version.hpp>

#include <vector>

namespace stack2nrrd {

/// Of the libraries that only sinks have.
[[nodiscard]] std::vector<LibraryVersion> sink_versions();

}  // namespace stack2nrrd
