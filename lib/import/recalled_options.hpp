#pragma once

// From the key/values of a result back to the options that it was made with: what provenance.hpp does, backwards.

#include <stack2nrrd/options.hpp>

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stack2nrrd {

using KeyValues = std::span<const std::pair<std::string, std::string>>;

/// Where the file with this base name is that `option` names: of these the header has no more than that.
using FindNamed = std::function<std::filesystem::path(std::string_view option, const std::string& name)>;

/// All that shapes the samples, read by the library's table of options. `file`: of the header, for messages.
/// \throws Error invalid_argument if the keys are missing or are not those of this version, and whatever `find` throws.
[[nodiscard]] Options recalled_options(KeyValues notes, const std::string& file, const FindNamed& find);

/// "factor=2", "align=cell", …: what is between blanks that are not in quotes, without these quotes.
/// \throws Error invalid_argument for a quote that does not end.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/// Empty if there is no such key.
[[nodiscard]] std::string value_of(KeyValues notes, std::string_view key);

}  // namespace stack2nrrd
