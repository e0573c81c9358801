#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace stack2nrrd {

/// Hands on the paths of a list file, one by one: see find_listed_stack(). A view is valid during its call only.
/// \throws Error not_found, io, corrupt, and whatever `take` throws.
void read_list(const std::filesystem::path& list, const std::function<void(std::string_view)>& take);

}  // namespace stack2nrrd
