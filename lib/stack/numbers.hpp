#pragma once

// The numbers in the names of a series, and what they may mean: whole numbers, decimal ones, times. Pure functions on
// names: nothing here knows files or folders.

#include "stack/names.hpp"

#include <stack2nrrd/geometry.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// Indices of names.
using Members = std::vector<std::uint32_t>;

/// A run of digits in a name.
struct DigitRun {
    std::size_t at = 0;
    std::size_t size = 0;
    char sign = 0;  ///< '-' or '+' right in front of it, unless a digit comes before; it may be a dash as well

    [[nodiscard]] std::string_view digits(std::string_view name) const { return name.substr(at, size); }
};

/// The runs in `stem`, from left to right. `hash_length`: words of that many hexadecimal digits (36: UUIDs) are random
/// and hold no run; 0 if there are none.
void find_runs(std::string_view stem, std::size_t hash_length, std::vector<DigitRun>& runs);

/// Where random words begin in `stem`, from left to right.
[[nodiscard]] std::vector<std::size_t> find_random_words(std::string_view stem, std::size_t hash_length);

/// What a random word shrinks to: a character that no name can have.
inline constexpr char random_word_mark = '\0';

/// The text of `stem` around its runs and random words, each of which shrinks to one character; a sign shrinks to none.
[[nodiscard]] std::string text_around(std::string_view stem, std::size_t hash_length);

/// The length of the random words, if the stems of at least half of `names` have one of that length; else 0.
[[nodiscard]] std::size_t find_hash_length(const Names& names);

enum class NumberKind : std::uint8_t {
    whole,
    decimal,    ///< two runs with a point or comma between them
    clock,      ///< a date, a time of day, or both
    scientific  ///< a number and its power of ten: 1.5e-06
};

/// How a number is read from each name of a series.
struct Reading {
    NumberKind kind = NumberKind::whole;
    std::size_t first = 0;  ///< the first of its runs
    std::size_t runs = 1;
    bool is_signed = false;  ///< a '-' in front is a minus sign
    int decimals = 0;        ///< values count in units of 10^-decimals
    std::string layout;      ///< of a clock: what each of its digits is, as in "YYYYMMDDhhmmssf"; 'i': an hour of 12;
                             ///< "u": seconds of an epoch
    std::size_t hash_length = 0;  ///< as find_runs() takes it
    bool mixed = false;           ///< not written in one way: `first` counts numbers, whole or not, rather than runs

    /// Do times begin anew each day?
    [[nodiscard]] bool is_time_of_day() const;
    friend bool operator==(const Reading&, const Reading&) = default;
};

/// A name and the number in it. Small: there may be many.
struct NumberedName {
    std::uint32_t name = 0;  ///< index of the name
    std::uint16_t at = 0;    ///< where the number is in the name, sign included
    std::uint16_t size = 0;
    std::int64_t value = 0;  ///< in units of 10^-decimals; of a clock, of its least unit

    [[nodiscard]] std::string_view text(const Names& names) const { return names[name].substr(at, size); }
};

/// One number for each of several names.
struct Numbers {
    std::vector<NumberedName> of;
    NumberKind kind = NumberKind::whole;
    int decimals = 0;
    bool countable =
        true;  ///< false: the numbers are too long to count with, or have exponents; the values only order them
    bool is_time_of_day = false;
};

/// The numbers that `reading` finds in `members`.
[[nodiscard]] Numbers numbers_in(const Names& names, const Members& members, const Reading& reading);

/// Values for `found`, whose places in the names are known. Their texts are whole or decimal numbers.
[[nodiscard]] Numbers numbers_of_texts(const Names& names, std::vector<NumberedName> found);

/// All that the names of a series, whose text is the same, can be read as: each run belongs to one reading, but for an
/// exponent that may be a counter. Readings that are the same in all names are left out.
[[nodiscard]] std::vector<Reading> readings_of(const Names& names, const Members& members, std::size_t hash_length);

// ------------------------------------------------------------------------------------------------------------- steps

/// How well numbers count. The order is that of their worth as numbers of slices.
enum class Counting : std::uint8_t {
    by_one,    ///< 7, 8, 9: whole numbers without a gap
    by_steps,  ///< 0.07, 0.14, 0.21: steps that are equal within the rounding of the digits, without a gap
    gaps,      ///< some are missing, but no more than are there
    irregular,
    wrapped  ///< 0001, 0002, 9998, 9999: they may have begun anew
};

/// The steps of numbers.
struct Steps {
    Counting counting = Counting::irregular;
    bool regular = false;    ///< all distances are multiples of `step`
    double step = 1;         ///< in units of the values
    bool exact = true;       ///< else `step` is a mean, and the numbers are rounded
    std::int64_t whole = 1;  ///< the step, if it is exact
    std::int64_t missing = 0;

    /// Steps from one value to a larger one.
    [[nodiscard]] std::int64_t between(std::int64_t a, std::int64_t b) const;
};

/// The steps of `values`, which ascend and are all different. `widest`: a value with as many nines as the numbers have
/// digits, if all have as many; else 0.
[[nodiscard]] Steps steps_of(const std::vector<std::int64_t>& values, NumberKind kind, std::int64_t widest);

/// The greatest number of as many digits as all of `numbers` have; 0 if they differ in length or are not whole.
[[nodiscard]] std::int64_t widest_of(const Numbers& numbers);
[[nodiscard]] std::int64_t widest_of(const std::vector<NumberedName>& numbers, NumberKind kind, bool countable);

/// `value` as text, in units of 10^-decimals, padded with zeros to `width` digits before the point.
[[nodiscard]] std::string value_text(std::int64_t value, int decimals, std::size_t width);

}  // namespace stack2nrrd
