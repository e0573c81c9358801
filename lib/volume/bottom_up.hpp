#pragma once

// Rows that are stored from bottom to top, as BMP has them. A header of NRRD can say so in its geometry alone: its
// first sample is then the one at the bottom left, and its second direction points upwards. Every reader places all
// samples where they belong. Ours turns the rows round again, so that a list of slices is the same volume as the
// slices, and for that the header carries the place of the sample at the top left.

#include <stack2nrrd/geometry.hpp>

#include <optional>
#include <string_view>

namespace stack2nrrd {

/// Key of a list whose rows are stored from bottom to top. Its value is the origin of the geometry with rows from the
/// top, as a NRRD vector: it could be computed from the header, but not to the last bit.
inline constexpr std::string_view top_left_key = "stack2nrrd_list_top_left";

/// The same places for samples that are counted from the other end of the second axis, which has `rows` of them.
[[nodiscard]] Geometry rows_reversed(const Geometry& geometry, Index rows);

/// The reverse of rows_reversed(), to the last bit if `top_left` is the origin that went in. If it is not, since the
/// header was edited or copied, the header counts.
[[nodiscard]] Geometry rows_restored(const Geometry& stored, Index rows, const std::optional<Vector3>& top_left);

/// "(1,2.5,-3)"; nothing if `text` is no vector.
[[nodiscard]] std::optional<Vector3> parse_vector(std::string_view text);

}  // namespace stack2nrrd
