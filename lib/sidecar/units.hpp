#pragma once

// Lengths as scanners and microscopes write them. A number becomes a spacing only here, so that the rules of what is
// no spacing are in one place.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// How many millimetres one `unit` is: "um", "\u00B5m" in UTF-8, in Latin-1 or spelled out by ImageJ, "micron", "nm",
/// "mm", "cm", "inch" ... Symbols are taken as SI writes them ("Mm" is no millimetre), words in any case. Nothing for
/// "pixel", an empty text, and whatever else is no length.
[[nodiscard]] std::optional<double> unit_in_mm(std::string_view unit);

/// Does `unit` say that nothing was measured: "", "pixel", "pixels", "px"?
[[nodiscard]] bool is_pixel_unit(std::string_view unit);

/// `value` units of `unit_mm` millimetres. For metric units the double nearest to the decimal: 19.79772 um are
/// 0.01979772.
[[nodiscard]] double in_mm(double value, double unit_mm) noexcept;

/// Spacings beyond these are mistakes: a hundredth of a nanometre, a metre.
inline constexpr double least_spacing_mm = 1e-8;
inline constexpr double largest_spacing_mm = 1e3;

/// `value` units of `unit_mm` as a spacing in mm; nothing, and a sentence in `doubts`, if it is zero, negative, not a
/// number or beyond all reason. `name` is what the sentence calls it.
[[nodiscard]] std::optional<double> checked_spacing(std::string_view name, double value, double unit_mm,
                                                    std::vector<std::string>& doubts);

/// The same for a number that is still text. A decimal comma is read; where it could also separate thousands, that is
/// said.
[[nodiscard]] std::optional<double> checked_spacing(std::string_view name, std::string_view text, double unit_mm,
                                                    std::vector<std::string>& doubts);

/// A finite number, the comma as above; else nothing and a sentence.
[[nodiscard]] std::optional<double> checked_number(std::string_view name, std::string_view text,
                                                   std::vector<std::string>& doubts);

/// Do two lengths that should be one differ by more than 0.1 %? Whatever is not finite does.
[[nodiscard]] bool differ(double a, double b) noexcept;

/// `text` if it is UTF-8, else its bytes taken for Latin-1.
[[nodiscard]] std::string to_utf8(std::string_view text);

/// `text` in quotes, fit for a sentence: printable, and not longer than a line.
[[nodiscard]] std::string quotation(std::string_view text);

/// ASCII only, and without a copy.
[[nodiscard]] bool same_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Does `name` end with `suffix`, in any case?
[[nodiscard]] bool has_suffix(std::string_view name, std::string_view suffix) noexcept;

}  // namespace stack2nrrd
