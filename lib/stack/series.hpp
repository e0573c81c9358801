#pragma once

// Which numbered series do these names form? Pure functions on names: nothing here knows files or folders. Names and
// digits are views of texts that belong to the caller.

#include <stack2nrrd/geometry.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

using Names = std::vector<std::string_view>;

/// The suffix of `name` if it is one of an image that may be read, as it is written: ".tif", ".JPEG". Else empty.
[[nodiscard]] std::string_view image_suffix(std::string_view name) noexcept;

/// Does a scanner or a system put files of this name beside slices? `*spr.bmp` (SkyScan's shadow projection), `._*`,
/// `Thumbs.db`, `desktop.ini`.
[[nodiscard]] bool is_litter(std::string_view name);

/// Names that differ in their numbers only (and, perhaps, in their image suffix).
/// Fields are the runs of digits in front of the suffix, counted from 0.
struct Series {
    std::vector<std::size_t> members;   ///< indices of names, in the order of the names
    std::size_t fields = 0;             ///< runs of digits in each name
    std::optional<std::size_t> number;  ///< the field that numbers the slices, unless several vary and none does
    std::size_t likely = 0;             ///< the field with the most different numbers

    [[nodiscard]] bool is_numbered() const noexcept { return fields > 0 && members.size() > 1; }
};

/// Every name is a member of one series; a name that is like no other is a series of its own. In order of the first
/// members.
[[nodiscard]] std::vector<Series> find_series(const Names& names);

/// The names that differ from `names[which]` in field `field` only, itself included. Their suffixes may be spelled
/// differently (`.tif`, `.TIFF`), but mean the same format.
struct Siblings {
    std::vector<std::size_t> members;
    std::size_t field = 0;
    bool ambiguous = false;  ///< another field would give a series, too; this is the last one that does
};

[[nodiscard]] Siblings find_siblings(const Names& names, std::size_t which);

/// A name and the digits in it that number the slice.
struct NumberedName {
    std::size_t name = 0;  ///< index of the name
    std::string_view digits;
};

/// `members` with the digits of their field `field`.
[[nodiscard]] std::vector<NumberedName> numbered(const Names& names, const std::vector<std::size_t>& members,
                                                 std::size_t field);

/// Numbers that nobody has.
struct Gap {
    std::size_t before = 0;  ///< the gap lies before this one of Numbering::slices
    std::int64_t count = 0;
    std::string text;  ///< "0421" or "0007..0009", padded as the name in front of it
};

/// What the numbers of a series say.
struct Numbering {
    std::vector<NumberedName> slices;  ///< by number; those of one number in natural order of their names
    std::vector<Range> duplicates;     ///< runs of slices with the same number
    bool countable = true;             ///< false if the numbers are too long to compute with; then no gap is seen
    std::int64_t step = 1;             ///< greatest common divisor of all distances
    std::string sequence;              ///< how the numbers go on from the first one: "0000, 0002, .."
    std::vector<Gap> gaps;
    std::int64_t missing = 0;  ///< slices in all gaps
};

[[nodiscard]] Numbering find_numbering(const Names& names, std::vector<NumberedName> slices);

/// A printf pattern, or a glob where none would do, that picks `members` with any number in `field`. With `fix_others`
/// the other fields are those of the first member even where they vary.
[[nodiscard]] std::string pattern_for(const Names& names, const std::vector<std::size_t>& members, std::size_t field,
                                      bool fix_others);

}  // namespace stack2nrrd
