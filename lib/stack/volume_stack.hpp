#pragma once

#include <stack2nrrd/stack.hpp>

#include <string>

namespace stack2nrrd {

/// Does the file begin as a NRRD header does?
[[nodiscard]] bool is_volume(const std::string& path_utf8);

/// The slices of a NRRD volume. Of its files only the headers are read.
/// \throws Error as read_nrrd() and check_data_files().
[[nodiscard]] Stack find_volume(const std::string& path_utf8);

}  // namespace stack2nrrd
