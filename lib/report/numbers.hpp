#pragma once

// Numbers for people, whatever the locale.

#include <cstdint>
#include <string>

namespace stack2nrrd {

/// "8.8 %"; of very few "less than 0.01 %", of none "0 %".
[[nodiscard]] std::string percent_text(std::int64_t part, std::int64_t whole);

/// Six digits of it: "0.0703125", "1.25e+09".
[[nodiscard]] std::string short_text(double value);

/// "12.30"
[[nodiscard]] std::string fixed_text(double value, int digits);

}  // namespace stack2nrrd
