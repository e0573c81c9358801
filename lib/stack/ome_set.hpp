#pragma once

// Files that are one stack together by their own words: OME-XML that names the other files, as Bio-Formats and
// Micro-Manager write it (MMStack_Pos0.ome.tif, MMStack_Pos0_1.ome.tif, ...), in each of them, in one, or beside them.

#include "sidecar/description.hpp"

#include <stack2nrrd/file_list.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace stack2nrrd {

struct OmeSet {
    OmeDescription ome;
    FileList files;       ///< one for each of OmeDescription::files, or the only one
    std::size_t own = 0;  ///< which of them has the words
};

/// The set that a file belongs to; nothing if its text is in the file itself and names no other file. The others are
/// looked for beside it: by what distinguishes files (their UUID), if they were renamed, else by name. \throws Error
/// inconsistent if one of them is not there, or if nothing says which of several images the file is of.
[[nodiscard]] std::optional<OmeSet> ome_set_of(const std::string& path_utf8);

/// Are `files` one set, and all of it? False if the first of them is of none.
/// \throws Error inconsistent if there are others, or not all; as ome_set_of().
[[nodiscard]] bool are_one_set(const FileList& files);

}  // namespace stack2nrrd
