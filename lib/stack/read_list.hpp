#pragma once

#include "stack/series.hpp"

#include <filesystem>
#include <vector>

namespace stack2nrrd {

/// The paths of a list file. They are views of one text, which goes back to the system as a whole: lists are long.
struct ListedPaths {
    std::vector<char> text;  // no string: that would move short texts about
    Names paths;
};

/// See find_listed_stack().
[[nodiscard]] ListedPaths read_list(const std::filesystem::path& list);

}  // namespace stack2nrrd
