#pragma once

// What to take, or to say, where a folder holds no slices.

#include <stack2nrrd/file_list.hpp>

#include <filesystem>
#include <string>

namespace stack2nrrd {

/// What is taken in place of a folder that holds no slices itself.
struct Elsewhere {
    std::filesystem::path path;  ///< a volume in it, or a folder below it
    std::string note;            ///< says so
};

/// Looks into `folder`, whose files are `files`, and a few levels of folders below it.
/// \throws Error not_found or inconsistent with a sentence that says what there is, and what to give.
[[nodiscard]] Elsewhere look_elsewhere(const std::filesystem::path& folder, const FileList& files);

/// A few pictures, such as previews, are no stack where a folder below has more, or, of a single one, where there is a
/// volume beside it. `images`: those of `folder`, few; `files`: all that are in it.
/// \throws Error inconsistent if there is such a folder or volume; it names both.
void refuse_few_beside_many(const std::filesystem::path& folder, const FileList& images, const FileList& files);

}  // namespace stack2nrrd
