#pragma once

#include <stack2nrrd/spelling.hpp>

#include <cstddef>
#include <string_view>

namespace stack2nrrd {

/// How many letters have to be changed, left out, added or swapped with the next one, up to `most`; else most + 1.
[[nodiscard]] std::size_t spelling_distance(std::string_view a, std::string_view b, std::size_t most);

}  // namespace stack2nrrd
