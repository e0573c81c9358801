#pragma once

#include <stack2nrrd/export.hpp>

#include <span>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// "; did you mean 'repeat'?", for the end of a message: names the words that `given` may have been meant for, at most
/// three, and quotes them behind `before`. Empty if no word is near, or if more than three are equally near.
///
/// Near are a word in other letters (upper case, '_' for '-'), words that begin with what was given or have it as one
/// of their parts between dashes, words of four letters and more that it begins with, and else those that fewest
/// letters tell apart, one letter in four at most: letters that are changed, added, left out or swapped with the next
/// one (Damerau 1964; the restricted edit distance).
[[nodiscard]] STACK2NRRD_EXPORT std::string did_you_mean(std::string_view given,
                                                         std::span<const std::string_view> words,
                                                         std::string_view before = "");

}  // namespace stack2nrrd
