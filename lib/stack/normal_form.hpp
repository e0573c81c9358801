#pragma once

// One name, two spellings: Unicode writes a letter with a mark as one character (NFC, most systems) or as two (NFD, old
// Macs and their archives). Both look the same.

#include <string>
#include <string_view>

namespace stack2nrrd {

/// `text` with the Latin letters that have marks as letters and marks (NFD). All else is left as it is, other scripts
/// and broken UTF-8 among it.
[[nodiscard]] std::string decomposed(std::string_view text);

}  // namespace stack2nrrd
