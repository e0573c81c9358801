#pragma once

#include <string>

/// Of section 1, in roff.
[[nodiscard]] std::string man_page();
