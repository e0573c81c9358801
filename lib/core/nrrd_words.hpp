#pragma once

// How NRRD spells things, for all who write headers.

#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>

#include <string>
#include <string_view>

namespace stack2nrrd {

/// "(1,0,0.5)".
[[nodiscard]] std::string nrrd_vector(const Vector3& v);

/// NRRD's names for the types; all of its readers know these.
[[nodiscard]] std::string_view nrrd_type(SampleType type);

/// The kind of the axis that holds the channels.
[[nodiscard]] std::string_view nrrd_kind(Colour colour);

/// As the value of a key: one line of text.
[[nodiscard]] std::string nrrd_escaped(std::string_view text);

}  // namespace stack2nrrd
