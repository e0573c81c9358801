#pragma once

#include <stack2nrrd/stack.hpp>

#include <filesystem>
#include <string>

namespace stack2nrrd {

/// The list of the slices of `stack`, which lie as `geometry` says, as the text of the NHDR file `nhdr`.
/// \throws Error invalid_argument: a name with a line break; as codecs do that read the numbers of pages again.
[[nodiscard]] std::string list_text(const Stack& stack, const Geometry& geometry, const ListedOptions& listed,
                                    const std::filesystem::path& nhdr);

}  // namespace stack2nrrd
