#pragma once

// Names that form no series, as their texts differ: is there a number all the same that orders them? Pure functions on
// names.

#include "stack/numbers.hpp"

#include <optional>
#include <string>

namespace stack2nrrd {

/// A number that counts, in names that have little else in common.
struct CommonCounter {
    Numbers numbers;           ///< of all names
    bool by_one = true;        ///< none is missing
    bool hexadecimal = false;  ///< the values are those of hexadecimal digits
};

/// The number at the same word of all names, from the left or from the right, if it counts them by one: `k3x9q2_001`.
/// The text of that word is the same in all. Nothing if there are several, and they differ in the order.
[[nodiscard]] std::optional<CommonCounter> find_common_counter(const Names& names);

/// Hexadecimal numbers between texts that are the same in all names: `s0009`, `s000a`. No more are missing than there
/// are names.
[[nodiscard]] std::optional<CommonCounter> find_hexadecimal_counter(const Names& names);

/// A glob with one number of printf in it that picks all names by the number which is their last word, or their first:
/// `*_%03d.tif`. Nothing if there is none that distinguishes all names.
[[nodiscard]] std::optional<std::string> pattern_for_unlike(const Names& names);

/// Do names differ in what holds digits, be they those of another script? Then text does not order them.
[[nodiscard]] bool differ_in_digits(const Names& names);

/// Has `name` a digit?
[[nodiscard]] bool has_digit(std::string_view name);

}  // namespace stack2nrrd
