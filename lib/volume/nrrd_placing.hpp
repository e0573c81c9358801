#pragma once

#include "volume/nrrd_axes.hpp"

#include <stack2nrrd/geometry.hpp>

#include <string>
#include <vector>

namespace stack2nrrd {

/// Where the samples of a NRRD file lie, in LPS millimetres. What the header leaves open stays unknown; what is odd
/// about it is added to `remarks`.
/// \throws Error unsupported: a space that cannot be brought into LPS.
[[nodiscard]] Geometry nrrd_geometry(const InputFile& file, const NrrdAxes& axes, const AxisRoles& roles,
                                     std::vector<std::string>& remarks);

}  // namespace stack2nrrd
