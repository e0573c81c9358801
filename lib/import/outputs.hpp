#pragma once

// What a run must not write over.

#include <stack2nrrd/file_list.hpp>
#include <stack2nrrd/sink.hpp>

#include <span>
#include <string>
#include <vector>

namespace stack2nrrd {

/// Checks that the sinks write none of these files; `others` are paths, UTF-8. \throws Error invalid_argument.
void check_not_written(const FileList& files, const std::vector<std::string>& others, std::span<Sink* const> sinks);

}  // namespace stack2nrrd
