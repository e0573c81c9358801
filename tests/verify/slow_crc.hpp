#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace verify_test {

/// The CRC-32 of gzip and PNG (RFC 1952), bit by bit.
[[nodiscard]] std::uint32_t slow_crc(std::span<const std::byte> bytes);

/// What a header says of `samples` that are written as `slices` slices.
[[nodiscard]] std::string slow_checksums(std::span<const std::byte> samples, std::int64_t slices);

[[nodiscard]] std::string eight_digits(std::uint32_t number);

}  // namespace verify_test
