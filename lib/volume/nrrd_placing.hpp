#pragma once

#include "volume/nrrd_axes.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd {

/// Where the samples of a NRRD file lie, in LPS millimetres. What the header leaves open stays unknown; what is odd
/// about it is added to `remarks`.
/// \throws Error unsupported: a space that cannot be brought into LPS.
[[nodiscard]] Geometry nrrd_geometry(const InputFile& file, const NrrdAxes& axes, const AxisRoles& roles,
                                     std::vector<std::string>& remarks);

/// `measurement frame` in LPS. Nothing if the header has none of three vectors in a space of three dimensions.
[[nodiscard]] std::optional<std::array<Vector3, 3>> nrrd_measurement_frame(const NrrdAxes& axes);

}  // namespace stack2nrrd
