#include "core/crc32c.hpp"

#include <array>

namespace stack2nrrd {

std::uint32_t crc32c(std::span<const std::byte> bytes) noexcept {
    // What a byte does to the remainder; the lowest bit comes first.
    static constexpr std::array<std::uint32_t, 256> table = [] {
        constexpr std::uint32_t polynomial = 0x82f63b78U;
        std::array<std::uint32_t, 256> steps{};
        for (std::uint32_t byte = 0; byte < 256; ++byte) {
            std::uint32_t remainder = byte;
            for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1U) ^ ((remainder & 1U) * polynomial);
            steps[byte] = remainder;
        }
        return steps;
    }();
    std::uint32_t remainder = 0xffffffffU;
    for (const std::byte byte : bytes) {
        remainder = table[(remainder ^ static_cast<std::uint32_t>(byte)) & 0xffU] ^ (remainder >> 8U);
    }
    return ~remainder;
}

}  // namespace stack2nrrd
