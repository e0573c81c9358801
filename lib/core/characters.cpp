#include "core/characters.hpp"

#include <array>

namespace stack2nrrd {

char32_t take_character(std::string_view text, std::size_t& at) noexcept {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) return lead;
    constexpr char32_t not_unicode = 0x110000;
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - at < more) return not_unicode + lead;
    char32_t character = static_cast<char32_t>(lead & (0x3F >> more));
    for (std::size_t i = 0; i < more; ++i) {
        const auto next = static_cast<unsigned char>(text[at + i]);
        if ((next & 0xC0) != 0x80) return not_unicode + lead;
        character = (character << 6) | (next & 0x3F);
    }
    at += more;
    return character;
}

void append_character(std::string& text, char32_t character) {
    const auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (character < 0x80) return put(character);
    const int behind = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    constexpr std::array<char32_t, 4> lead{0, 0xC0, 0xE0, 0xF0};
    put(lead[static_cast<std::size_t>(behind)] | (character >> (6 * behind)));
    for (int i = behind - 1; i >= 0; --i) put(0x80 | ((character >> (6 * i)) & 0x3FU));
}

}  // namespace stack2nrrd
