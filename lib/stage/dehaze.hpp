#pragma once

// Air as one value: what has no sample beside it that is bright enough becomes the darkest value of the volume.

#include "stage/stage.hpp"

#include <stack2nrrd/options.hpp>

#include <memory>

namespace stack2nrrd {

/// A sample is kept if it is at the threshold or above it, or if one of its six neighbours is; all others become the
/// lowest value of the volume, so that its range stays. NaN stays NaN and keeps nothing beside it; minus infinity is
/// below everything, and no lowest value. The threshold is that of find_air(), from all samples that are no NaN or
/// infinity: counted one by one for types of 8 and 16 bits, in 65536 bins from the lowest to the highest for others. It
/// is rounded up to a whole number for integers, and to 13 digits for floats if it was found. Nothing is changed where
/// no air is found. The volume is kept in a scratch file. Takes volumes of one channel.
[[nodiscard]] std::shared_ptr<const StagePlan> dehazing(const Dehaze& dehaze);

}  // namespace stack2nrrd
