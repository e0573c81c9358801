#pragma once

// The run for kernel mode, and for 64-bit integers that are only picked. Counting cannot be done one axis after the
// other: so the workers only decode, and the slices that an output covers are held until it is made. No sample becomes
// a number on its way.

#include "import/plan_detail.hpp"

#include <stack2nrrd/import.hpp>

#include <cstdint>

namespace stack2nrrd {

/// See run_import(); `sink` has begun, and is not finished here.
Report run_modes(const ImportPlan::Detail& plan, Sink& sink, const KeepGoing& keep_going);

/// What such a run takes, without decoders and sink.
[[nodiscard]] std::int64_t modes_memory_bytes(const ImportPlan::Detail& plan);

}  // namespace stack2nrrd
