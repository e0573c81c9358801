#pragma once

// A slow reader of Zarr arrays, versions 2 and 3, by their specifications. It takes what the library writes, and
// nothing else.

#include <stack2nrrd/image.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace support {

struct ZarrArray {
    stack2nrrd::SampleType type = stack2nrrd::SampleType::uint8;
    std::vector<std::int64_t> shape;  ///< as it stands: (c,) z, y, x
    std::vector<std::int64_t> chunk;  ///< of what is packed by itself
    std::string compressor;           ///< "gzip", "zstd", or "" for none
    int level = 0;
    std::vector<std::byte> samples;  ///< z, y, x, c (fastest): as a NRRD has them
    int files = 0;                   ///< of chunks
};

/// Reads an array of whichever version. \throws std::runtime_error for anything that is not as it should be.
[[nodiscard]] ZarrArray read_zarr_array(const std::filesystem::path& folder);

[[nodiscard]] nlohmann::json read_json(const std::filesystem::path& file);

/// Attributes of the group: those of zarr.json, or .zattrs. \throws std::runtime_error if it is no group.
[[nodiscard]] nlohmann::json zarr_attributes(const std::filesystem::path& group);

/// The one entry of "multiscales", wherever the version has it.
[[nodiscard]] nlohmann::json multiscale(const std::filesystem::path& group);

/// CRC-32C, bit by bit.
[[nodiscard]] std::uint32_t slow_crc32c(const std::vector<std::byte>& bytes);

/// Can it read what zstd has packed?
[[nodiscard]] bool reads_zstd();

}  // namespace support
