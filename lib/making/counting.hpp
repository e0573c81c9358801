#pragma once

// Counting, for kernel mode, and for 64-bit integers that are only picked. It cannot be done one axis after the other:
// so the workers only cut out what is wanted, and the slices that an output covers are held until it is made. No sample
// becomes a number on its way.

#include "making/making.hpp"

#include <cstdint>
#include <memory>

namespace stack2nrrd {

/// See making_of() and making_bytes().
[[nodiscard]] std::unique_ptr<Making> counting(const MakingPlan& plan, unsigned threads, Index in_flight, Sink& sink);
[[nodiscard]] std::int64_t counting_bytes(const MakingPlan& plan, unsigned threads, Index in_flight);

}  // namespace stack2nrrd
