#pragma once

#include <stack2nrrd/error.hpp>

#include <string>

namespace stack2nrrd {

/// For options that are wrong, or do not go together. \throws Error invalid_argument.
[[noreturn]] inline void refuse(const std::string& sentence) { throw Error(ErrorCode::invalid_argument, sentence); }

}  // namespace stack2nrrd
