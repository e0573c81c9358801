#pragma once

// NRRD volumes of known samples, written without the library.

#include "support/volume.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace support {

struct VolumeText {
    std::string kind = "vector";  ///< of the axis of the channels; no such axis if there is only one
    bool last = false;            ///< is it the slowest axis?
    std::string lines{};          ///< fields and key/values, each with its line end
    bool gzip = false;
};

/// The bytes of `samples` as they stand in a volume whose channels are the slowest axis.
[[nodiscard]] std::vector<std::byte> channels_apart(std::span<const std::byte> samples, std::size_t channels,
                                                    std::size_t sample_bytes);

/// An attached NRRD of `size` with `channels`; `samples`: channels interleaved, native byte order.
void write_volume(const std::filesystem::path& file, const std::array<std::int64_t, 3>& size, int channels,
                  stack2nrrd::SampleType type, std::span<const std::byte> samples, const VolumeText& text = {});

/// The same of a volume of doubles.
void write_volume(const std::filesystem::path& file, const Volume& volume, stack2nrrd::SampleType type,
                  const VolumeText& text = {});

}  // namespace support
