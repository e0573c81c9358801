#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace stack2nrrd {

/// The CRC-32 of gzip and PNG, of some bytes that follow others; `before` is that of these, 0 if there are none.
[[nodiscard]] std::uint32_t crc32_behind(std::uint32_t before, std::span<const std::byte> bytes) noexcept;
[[nodiscard]] inline std::uint32_t crc32_of(std::string_view text) noexcept {
    return crc32_behind(0, std::as_bytes(std::span(text)));
}

}  // namespace stack2nrrd
