#pragma once

// What someone may have meant who gave a name that is not there.

#include <filesystem>
#include <string>

namespace stack2nrrd {

/// What to do about `input`, which does not exist: an imperative, ready to follow "; ".
[[nodiscard]] std::string hint_for(const std::filesystem::path& input);

/// The same for a pattern, printf or glob, that no file fits.
[[nodiscard]] std::string hint_for_pattern(const std::filesystem::path& pattern);

}  // namespace stack2nrrd
