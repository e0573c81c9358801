#include "sidecar/xml.hpp"

#include "core/characters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace stack2nrrd {

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr auto npos = std::string_view::npos;

// Deeper is no metadata; a counter that may not overflow needs an end.
constexpr int deepest = 1'000'000;

/// Removes all up to and with `mark`; everything if it does not come.
void skip_behind(std::string_view& text, std::string_view mark) {
    const std::size_t found = text.find(mark);
    text.remove_prefix(found == npos ? text.size() : found + mark.size());
}

/// Where the '>' of a tag is: not the one in a quoted value.
std::size_t tag_end(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '>') return i;
        if (text[i] == '"' || text[i] == '\'') {
            i = text.find(text[i], i + 1);
            if (i == npos) return npos;
        }
    }
    return npos;
}

std::string_view local_name(std::string_view name) {
    const std::size_t colon = name.rfind(':');
    return colon == npos ? name : name.substr(colon + 1);
}

/// Appends the text that the entity `name` (between '&' and ';') means; false if that is not known.
bool append_entity(std::string& text, std::string_view name) {
    struct Entity {
        std::string_view name;
        char character;
    };
    constexpr std::array<Entity, 5> known{Entity{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (const Entity& entity : known) {
        if (entity.name == name) {
            text += entity.character;
            return true;
        }
    }
    if (name.size() < 2 || name[0] != '#') return false;
    const bool hexadecimal = name[1] == 'x';
    const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
    std::uint32_t code = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, hexadecimal ? 16 : 10);
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    if (error != std::errc{} || end != digits.data() + digits.size() || code == 0 || code > 0x10FFFF || surrogate)
        return false;
    append_character(text, code);
    return true;
}

}  // namespace

bool XmlScanner::next() {
    for (;;) {
        const std::size_t open = rest_.find('<');
        if (open == npos) break;
        rest_.remove_prefix(open + 1);
        if (rest_.starts_with("!--")) {
            rest_.remove_prefix(3);
            skip_behind(rest_, "-->");
        } else if (rest_.starts_with("![CDATA[")) {
            skip_behind(rest_, "]]>");
        } else if (rest_.starts_with("?")) {
            skip_behind(rest_, "?>");
        } else if (rest_.starts_with("!")) {
            skip_behind(rest_, ">");
        } else if (rest_.starts_with("/")) {
            skip_behind(rest_, ">");
            open_ = std::max(open_ - 1, 0);
        } else {
            const std::size_t end = tag_end(rest_);
            if (end == npos || open_ >= deepest) break;
            std::string_view tag = rest_.substr(0, end);
            rest_.remove_prefix(end + 1);
            const bool closed = tag.ends_with("/");
            if (closed) tag.remove_suffix(1);
            const std::size_t name_end = std::min(tag.find_first_of(blanks), tag.size());
            name_ = local_name(tag.substr(0, name_end));
            attributes_ = tag.substr(name_end);
            depth_ = open_ + 1;
            if (!closed) ++open_;
            return true;
        }
    }
    rest_ = {};
    return false;
}

std::optional<std::string_view> XmlScanner::attribute(std::string_view name) const {
    std::string_view text = attributes_;
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        const std::size_t equals = text.find('=');
        if (equals == npos) return std::nullopt;
        std::string_view found = text.substr(0, equals);
        found = found.substr(0, found.find_last_not_of(blanks) + 1);
        text.remove_prefix(equals + 1);
        text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        if (text.empty() || (text[0] != '"' && text[0] != '\'')) return std::nullopt;
        const std::size_t close = text.find(text[0], 1);
        if (close == npos) return std::nullopt;
        if (found == name) return text.substr(1, close - 1);
        text.remove_prefix(close + 1);
    }
}

std::string_view XmlScanner::content() const { return rest_.substr(0, rest_.find('<')); }

std::string unescaped(std::string_view text) {
    constexpr std::size_t longest_entity = 12;
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty()) {
        const std::size_t ampersand = std::min(text.find('&'), text.size());
        plain += text.substr(0, ampersand);
        text.remove_prefix(ampersand);
        if (text.empty()) break;
        const std::size_t semicolon = text.substr(0, longest_entity).find(';');
        if (semicolon != npos && append_entity(plain, text.substr(1, semicolon - 1))) {
            text.remove_prefix(semicolon + 1);
        } else {
            plain += '&';
            text.remove_prefix(1);
        }
    }
    return plain;
}

}  // namespace stack2nrrd
