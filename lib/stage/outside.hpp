#pragma once

// What samples of a result are that have none of the source.

#include <stack2nrrd/sink.hpp>

#include <cstddef>
#include <vector>

namespace stack2nrrd {

/// All channels of one sample that is outside: `fill`, rounded to the type of the volume.
/// \throws Error invalid_argument if the type does not hold it.
[[nodiscard]] std::vector<std::byte> outside_sample(const VolumeInfo& volume, double fill);

}  // namespace stack2nrrd
