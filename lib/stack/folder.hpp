#pragma once

// The contents of folders. Paths are UTF-8, as everywhere in a Stack.

#include "core/file.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// Names that begin with a dot: of no interest to whoever looks at a folder.
[[nodiscard]] bool is_hidden(std::string_view name) noexcept;

/// The name of the image of which a file of this `name` is a copy that is not complete, as browsers and programs that
/// copy name it: `s_007.tif.part`, `.s_007.tif.x3Fq9Z`. Else empty.
[[nodiscard]] std::string_view unfinished_image(std::string_view name);

/// Paths of everything in `folder` that is no folder itself, hidden or not, in natural order. Pipes and broken links
/// are among them: a slice that cannot be read must be reported, not left out. An empty path is the working directory.
/// \throws Error io.
[[nodiscard]] FileList list_files(const std::filesystem::path& folder);

/// The same for those with a name that is `wanted`.
[[nodiscard]] FileList list_files(const std::filesystem::path& folder, bool (*wanted)(std::string_view name));

/// Paths of the folders in `folder`, hidden or not, and of links to folders, in natural order. \throws Error io.
[[nodiscard]] std::vector<std::string> list_folders(const std::filesystem::path& folder);

/// The files of `list` in the order that `less(a, b)` makes of their numbers.
template <class Less>
[[nodiscard]] FileList sorted(const FileList& list, Less&& less) {
    std::vector<std::uint32_t> order(list.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), less);
    return list.picked(order);
}

/// The files that match a glob, each component of which may be a pattern. Hidden ones match only what begins with a
/// dot. If there is none, those that match it in the other form of Unicode. \throws Error io.
[[nodiscard]] FileList expand_glob(const std::filesystem::path& pattern);

}  // namespace stack2nrrd
