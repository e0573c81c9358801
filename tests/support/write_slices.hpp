#pragma once

#include "support/volume.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace support {

/// Writes one slice as a TIFF of one strip, plain or deflated. Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
void write_slice(const std::filesystem::path& file, const Volume& volume, std::int64_t z, stack2nrrd::SampleType type,
                 bool deflate = false);

/// Writes slice z of `volume` as `slice_NNNN.tif`, where NNNN is first + z. Returns the paths.
std::vector<std::filesystem::path> write_slices(const std::filesystem::path& folder, const Volume& volume,
                                                stack2nrrd::SampleType type, std::int64_t first = 0,
                                                bool deflate = false);

[[nodiscard]] std::string slice_name(std::int64_t number);

}  // namespace support
