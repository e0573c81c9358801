#pragma once

// Which numbered series do these names form? Pure functions on names: nothing here knows files or folders. Names are
// views of texts that belong to the caller.

#include "stack/numbers.hpp"

#include <stack2nrrd/geometry.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// The suffix of `name` if it is one of an image that may be read, as it is written: ".tif", ".JPEG". Else empty.
[[nodiscard]] std::string_view image_suffix(std::string_view name) noexcept;

/// `name` without its image suffix.
[[nodiscard]] std::string_view stem_of(std::string_view name) noexcept;

/// What stands for the image suffixes of `members` in a glob, where they differ: `.*`, or `*` where some have none.
[[nodiscard]] std::string_view any_suffix(const Names& names, const Members& members) noexcept;

/// Does a scanner or a system put files of this name beside slices? `*spr.bmp` (SkyScan's shadow projection), `._*`,
/// `Thumbs.db`, `desktop.ini`.
[[nodiscard]] bool is_litter(std::string_view name);

/// What the numbers in the names of a series say of the order of its slices.
enum class Verdict : std::uint8_t {
    none,      ///< no number varies
    clear,     ///< one orders the slices, and no other contradicts it
    stated,    ///< one orders the slices, as it counts; another, which does not, contradicts it
    disputed,  ///< two order the slices differently, and either may be meant
    several,   ///< several vary, and none distinguishes all slices
    random     ///< only random words distinguish the slices: hashes, UUIDs
};

/// Names that differ in their numbers only (and, perhaps, in their image suffix, or in the Unicode normal form of
/// their letters).
struct Series {
    Members members;  ///< indices of names, in the order of the names
    bool has_digits = false;
    std::size_t hash_length = 0;  ///< as find_runs() takes it
    Verdict verdict = Verdict::none;
    std::optional<Reading> number;  ///< orders the slices; of a disputed order, the one that is shown first
    /// Orders them differently, where that is stated or disputed. Nothing: the order of the names does.
    std::optional<Reading> rival;
    bool narrowed = false;  ///< members are those that differ from one name in `number` only; in `rival` others do
    Reading likely;  ///< of several, the one with the most members if the others stay the same as in the first name

    [[nodiscard]] bool is_numbered() const noexcept { return (has_digits || hash_length > 0) && members.size() > 1; }
};

/// Every name is a member of one series; a name that is like no other is a series of its own. In order of the first
/// members.
[[nodiscard]] std::vector<Series> find_series(const Names& names);

/// The series that `names[which]` belongs to; the suffixes of `names` mean the same format. If several numbers vary in
/// it, and none distinguishes all names, only names that differ from it in one number are members: the number with the
/// most of them, which then is stated, with the runner-up as its rival. If two have as many, the verdict is `several`.
[[nodiscard]] Series find_series_of(const Names& names, std::size_t which);

/// Numbers that nobody has.
struct Gap {
    std::size_t before = 0;  ///< the gap is before this one of Numbering::slices
    std::int64_t count = 0;
    std::string text;  ///< "0421" or "0007..0009", padded as the names beside it
};

/// What the numbers of a series say.
struct Numbering {
    std::vector<NumberedName> slices;  ///< by number; those of one number in natural order of their names
    std::vector<Range> duplicates;     ///< runs of slices with the same number
    NumberKind kind = NumberKind::whole;
    bool countable = true;       ///< false if the numbers are too long to compute with; then no gap is seen
    bool regular = true;         ///< false if the numbers are no multiples of one step; then no gap is seen
    bool wrapped = false;        ///< whole numbers that may have gone over from 9999 to 0000
    bool time_of_day = false;  ///< times without a date, which may be numbers after all
    bool past_midnight = false;  ///< times of day that may
    double step = 1;             ///< from one number to the next, of all that are there
    bool exact = true;           ///< else the numbers are rounded, and `step` is a mean
    std::string sequence;        ///< how the numbers go on from the first one: "0000, 0002, .."
    std::string highest;         ///< the last number
    std::string least, most;     ///< distances of numbers that are not regular
    std::vector<Gap> gaps;
    std::int64_t missing = 0;  ///< slices in all gaps
};

[[nodiscard]] Numbering find_numbering(const Names& names, Numbers numbers);

/// A printf pattern, a glob, or a glob with one number of printf in it, that picks `members` with any number in
/// `reading`. With `fix_others` the other numbers are those of the first member even where they vary. Nothing where no
/// pattern can express: for times, exponents, and numbers that are padded now and then.
[[nodiscard]] std::optional<std::string> pattern_for(const Names& names, const Members& members, const Reading& reading,
                                                     bool fix_others);

/// A glob that picks `members` with any numbers.
[[nodiscard]] std::string glob_for(const Names& names, const Series& series);

/// Indices of names in the order of `reading`, or in that of the names.
[[nodiscard]] Members ordered(const Names& names, const Members& members, const std::optional<Reading>& reading);

}  // namespace stack2nrrd
