#pragma once

#include <stack2nrrd/sink.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace stack2nrrd {

/// A preview of the slices that pass, as a PNG file: see Views and painted().
[[nodiscard]] std::unique_ptr<Sink> preview_sink(const std::filesystem::path& file, bool force);

/// Memory that it takes.
[[nodiscard]] std::int64_t preview_bytes(const VolumeInfo& volume);

/// `volume`, and with it a preview in `file`; without one if that is empty. \throws Error invalid_argument for a suffix
/// other than `.png`.
[[nodiscard]] std::unique_ptr<Sink> with_preview(std::unique_ptr<Sink> volume, const std::filesystem::path& file,
                                                 bool force);

}  // namespace stack2nrrd
