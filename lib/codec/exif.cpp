#include "codec/exif.hpp"

#include <cstdint>
#include <optional>

namespace stack2nrrd {

namespace {

class Numbers {
public:
    Numbers(std::span<const std::byte> bytes, bool is_little) : bytes_(bytes), is_little_(is_little) {}

    [[nodiscard]] std::optional<std::uint32_t> at(std::size_t offset, std::size_t size) const noexcept {
        if (offset > bytes_.size() || size > bytes_.size() - offset) return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::byte b = bytes_[offset + (is_little_ ? size - 1 - i : i)];
            value = value << 8 | std::to_integer<std::uint32_t>(b);
        }
        return value;
    }

private:
    std::span<const std::byte> bytes_;
    bool is_little_;
};

}  // namespace

int exif_orientation(std::span<const std::byte> exif) noexcept {
    constexpr std::uint32_t orientation = 0x0112;
    constexpr std::uint32_t u16 = 3;
    constexpr std::uint32_t u32 = 4;
    constexpr std::size_t entry_bytes = 12;
    if (exif.size() < 8 || exif[0] != exif[1]) return 1;
    if (exif[0] != std::byte{'I'} && exif[0] != std::byte{'M'}) return 1;
    const Numbers numbers(exif, exif[0] == std::byte{'I'});
    if (numbers.at(2, 2) != 42) return 1;
    const std::size_t directory = *numbers.at(4, 4);
    const std::uint32_t count = numbers.at(directory, 2).value_or(0);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t entry = directory + 2 + i * entry_bytes;
        const auto tag = numbers.at(entry, 2);
        if (!tag) return 1;
        if (*tag != orientation) continue;
        const std::uint32_t type = numbers.at(entry + 2, 2).value_or(0);
        if (type != u16 && type != u32) return 1;
        const std::uint32_t value = numbers.at(entry + 8, type == u16 ? 2 : 4).value_or(1);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

}  // namespace stack2nrrd
