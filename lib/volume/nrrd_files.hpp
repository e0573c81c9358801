#pragma once

// Which files hold the samples of a detached NRRD.

#include "volume/nrrd_text.hpp"

#include <stack2nrrd/file_list.hpp>
#include <stack2nrrd/geometry.hpp>

#include <span>

namespace stack2nrrd {

struct NrrdFiles {
    FileList files;      ///< in order
    std::string remark;  ///< of files that were found elsewhere than they are named; empty if there is none
    int subdim = 0;      ///< of LIST and pattern: the dimension of what one file holds; 0: one file, all
};

/// Reads the field `data file`: one name, `LIST [subdim]`, or `pattern min max step [subdim]`. Names count from the
/// header's folder. A file that is not where an absolute or foreign name (`C:\scans\v.raw`) says is also looked for
/// beside the header. With `expect_pieces`, there must be as many as the format asks for.
/// \throws Error corrupt, unsupported; io, changed.
[[nodiscard]] NrrdFiles nrrd_files(InputFile& header, const NrrdText& text, std::span<const Index> sizes,
                                   bool expect_pieces);

}  // namespace stack2nrrd
