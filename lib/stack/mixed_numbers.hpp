#pragma once

// Numbers that are written in as many characters as each of them needs: 4.8, 9.6, 24 (%g), or filled up with blanks to
// one width (%3d). The texts around them differ, and the names are of one series all the same. Pure functions on names.

#include "stack/numbers.hpp"
#include "stack/series.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd {

/// Joins those series of `found`, which are of `names`, that differ in how one number is written and in nothing else:
/// with a fraction or an exponent in some names only, or with more blanks in front of fewer digits. The number has to
/// count, so that no other file beside a series is drawn into it.
void join_mixed(const Names& names, std::vector<Series>& found);

/// numbers_in(), pattern_for() and glob_for() where Reading::mixed is set.
[[nodiscard]] Numbers mixed_numbers_in(const Names& names, const Members& members, const Reading& reading);
[[nodiscard]] std::optional<std::string> mixed_pattern_for(const Names& names, const Members& members,
                                                           const Reading& reading);
[[nodiscard]] std::string mixed_glob_for(const Names& names, const Members& members);

}  // namespace stack2nrrd
