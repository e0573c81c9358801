#pragma once

// What a NRRD header says about each of its axes, and which of them are x, y, z and the channels.

#include "volume/nrrd_text.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd {

/// The per-axis fields, parsed. Each vector has an entry an axis, or none if the field is not there.
struct NrrdAxes {
    std::vector<Index> sizes;
    std::vector<std::string> kinds;  ///< lower case; "" where unknown
    std::vector<double> spacings;    ///< NaN where unknown
    std::vector<double> mins;        ///< likewise: where an axis begins, in units of `spacings`
    std::vector<bool> nodes;         ///< are samples at the ends of an axis, or cells that end there?
    std::vector<std::string> labels;
    std::vector<std::string> units;
    int space_dimension = 0;  ///< 0: there is no space
    std::string space;        ///< lower case, no blanks and hyphens: "leftposteriorsuperior"; "" if it has no name
    std::vector<std::string> space_units;                        ///< one a dimension of the space
    std::vector<std::optional<std::vector<double>>> directions;  ///< nothing for "none"
    std::optional<std::vector<double>> origin;
    std::vector<std::optional<std::vector<double>>> measurement_frame;  ///< a vector for each of its axes

    [[nodiscard]] int dimension() const { return static_cast<int>(sizes.size()); }
};

/// \throws Error corrupt, unsupported, limit.
[[nodiscard]] NrrdAxes read_nrrd_axes(const InputFile& file, const NrrdText& text);

/// Which axis is which.
struct AxisRoles {
    std::array<int, 3> spatial{-1, -1, -1};  ///< the file's axes that are x, y, z; z is -1 in a file of one slice
    int vector = -1;                         ///< the axis of the channels: the fastest, the slowest, or -1
};

/// \throws Error unsupported, limit: the sentence names what the file has instead of three axes and one of channels;
///         corrupt.
[[nodiscard]] AxisRoles axis_roles(const InputFile& file, const NrrdAxes& axes);

/// An integer in a field. \throws Error corrupt if it is none.
[[nodiscard]] std::int64_t field_integer(const InputFile& file, std::string_view field, std::string_view text);

}  // namespace stack2nrrd
