#pragma once

// Filtering: workers make small slices of the source's along y and x, the calling thread joins them along z and rounds.

#include "making/making.hpp"

#include <cstdint>
#include <memory>

namespace stack2nrrd {

/// See making_of(). Real: what numbers are summed in, float or double.
template <class Real>
[[nodiscard]] std::unique_ptr<Making> filtering(const MakingPlan& plan, Index in_flight, Sink& sink);

/// See making_bytes().
template <class Real>
[[nodiscard]] std::int64_t filtering_bytes(const MakingPlan& plan, unsigned threads, Index in_flight);

}  // namespace stack2nrrd
