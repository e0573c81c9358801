#pragma once

// The texts of options, to values. All of these throw Error invalid_argument for a text that does not fit; the sentence
// lacks the name of the option, which set_option() puts in front.

#include "core/text.hpp"
#include "import/refuse.hpp"

#include <stack2nrrd/options.hpp>
#include <stack2nrrd/spelling.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// The text in quotes.
[[nodiscard]] std::string shown(std::string_view value);

/// For the end of a sentence: was this word meant for "auto"?
[[nodiscard]] std::string or_auto(std::string_view text);

[[nodiscard]] double to_number(std::string_view text);
[[nodiscard]] Index to_integer(std::string_view text, Index least, Index most = rational_limit);
[[nodiscard]] bool to_flag(std::string_view text);

/// The fields of "X,Y,Z". One field is taken for all three if `spread`.
[[nodiscard]] std::array<std::string_view, 3> triple(std::string_view text, bool spread);

[[nodiscard]] Rational to_factor(std::string_view text);

/// "FIRST:END". `what`: "crop"; `items`: "source samples".
[[nodiscard]] Range to_range(std::string_view text, const char* what, const char* items);

/// "512M", "2GiB".
[[nodiscard]] std::uint64_t to_bytes(std::string_view text);

/// `count` numbers with commas between them. `what` they are.
[[nodiscard]] std::vector<double> to_numbers(std::string_view text, std::size_t count, const char* what);

[[nodiscard]] Vector3 to_vector(std::string_view text, bool spread);
[[nodiscard]] Vector3 to_spacing(std::string_view text);

/// The value that a word of a short list means.
template <class Value>
Value to_choice(std::string_view text, std::initializer_list<std::pair<std::string_view, Value>> choices) {
    const std::string wanted = lower_case(trimmed(text));
    std::string known;
    std::vector<std::string_view> words;
    for (const auto& [word, value] : choices) {
        if (word == wanted) return value;
        known += (known.empty() ? "" : ", ") + std::string(word);
        words.push_back(word);
    }
    refuse(shown(text) + " is not one of " + known + did_you_mean(wanted, words));
}

}  // namespace stack2nrrd
