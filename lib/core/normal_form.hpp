#pragma once

// One name, two spellings: Unicode writes a letter with a mark as one character (NFC, most systems) or as two (NFD, old
// Macs and their archives). Both look the same.

#include <cstdint>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// `text` with each letter and the mark behind it as one character, where Unicode has that. Texts in NFC and in NFD
/// become the same; that of a mixture may stay another one, if its letters have several marks. Broken UTF-8 is left as
/// it is.
[[nodiscard]] std::string composed(std::string_view text);

/// How names are compared.
enum class Form : std::uint8_t { as_stored, composed };

/// `name`, or a pattern of names, as it is compared: where the system's names ignore case, in lower case (of ASCII).
[[nodiscard]] std::string comparable(std::string_view name, Form form);

}  // namespace stack2nrrd
