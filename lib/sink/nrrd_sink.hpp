#pragma once

#include <stack2nrrd/sink.hpp>

#include <cstdint>
#include <filesystem>

namespace stack2nrrd {

/// The file that holds the samples of a detached header.
[[nodiscard]] std::filesystem::path nrrd_samples_beside(std::filesystem::path header, Encoding encoding);

/// Memory that a sink of nrrd_sink() takes for a volume, in bytes.
[[nodiscard]] std::int64_t nrrd_sink_bytes(const VolumeInfo& volume, const NrrdOptions& options, unsigned threads);

}  // namespace stack2nrrd
