#pragma once

#include <stack2nrrd/sink.hpp>

#include <cstdint>
#include <filesystem>
#include <span>

namespace stack2nrrd {

/// Does the name of an output mean a Zarr? `.zarr` does, and so `.ome.zarr`.
[[nodiscard]] bool is_zarr_name(const std::filesystem::path& name);

/// Memory that the sinks of zarr_sinks() take for these levels together, in bytes.
[[nodiscard]] std::int64_t zarr_sinks_bytes(std::span<const VolumeInfo* const> levels, const ZarrOptions& options,
                                            unsigned threads);

}  // namespace stack2nrrd
