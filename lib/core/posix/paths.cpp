#include "core/file.hpp"

namespace stack2nrrd {

namespace fs = std::filesystem;

// Paths are bytes; they are kept as they are.

fs::path path_from_utf8(std::string_view text) { return fs::path(text); }
std::string utf8(const fs::path& path) { return path.string(); }

}  // namespace stack2nrrd
