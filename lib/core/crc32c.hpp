#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace stack2nrrd {

/// The cyclic redundancy check of Castagnoli's polynomial, as RFC 3720 (appendix B.4) has it.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes) noexcept;

}  // namespace stack2nrrd
