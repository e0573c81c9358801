#pragma once

#include <string>

/// Completion of command lines, for each of these shells: names of options, words that a value is chosen from, files
/// with the suffix that is wanted, folders.
[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();
