#pragma once

#include <stack2nrrd/sink.hpp>

#include <cstdint>

namespace stack2nrrd {

/// Memory that a sink of nrrd_sink() takes for a volume, in bytes.
[[nodiscard]] std::int64_t nrrd_sink_bytes(const VolumeInfo& volume, const NrrdOptions& options, unsigned threads);

}  // namespace stack2nrrd
