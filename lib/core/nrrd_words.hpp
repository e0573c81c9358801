#pragma once

// How NRRD spells things, for all who write headers.

#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>

#include <array>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// "(1,0,0.5)".
[[nodiscard]] std::string nrrd_vector(const Vector3& v);

/// The axis of the channels, if there is one.
struct NrrdChannels {
    Colour colour = Colour::grey;
    int count = 1;
    const ComponentAxis& axis;  ///< of components
};

/// The beginning of every header that we write: the magic, and the fields that say what the axes are, in the order that
/// all readers take ("sizes" before "space", for one). Channels, if there are several, are the fastest axis.
[[nodiscard]] std::string nrrd_axes(SampleType type, const NrrdChannels& channels, const std::array<Index, 3>& size,
                                    const std::array<Vector3, 3>& direction);

/// As a key, or as the value of one: line breaks and backslashes are written with a backslash, all else as it is.
[[nodiscard]] std::string nrrd_escaped(std::string_view text);

}  // namespace stack2nrrd
