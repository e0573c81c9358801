#include "core/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace stack2nrrd {

namespace {

bool is_continuation(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

/// How many bytes the UTF-8 character at `text[at]` has; 0 if it is none (RFC 3629).
std::size_t character_size(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                             : (first & 0xF0U) == 0xE0        ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
    for (std::size_t i = 1; i < size; ++i) {
        if (!is_continuation(text, at + i)) return 0;
    }
    if (size < 3) return size;
    const auto second = static_cast<unsigned char>(text[at + 1]);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool no_character = (first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90);
    return overlong || no_character ? 0 : size;
}

void append_string(std::string& json, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    constexpr std::string_view escaped = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    json += '"';
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = character_size(text, at);
        const auto byte = static_cast<unsigned char>(text[at]);
        const std::size_t letter = escaped.find(text[at]);
        if (size == 0) {
            json += "\xEF\xBF\xBD";
        } else if (letter != std::string_view::npos) {
            json += {'\\', letters[letter]};
        } else if (byte < 0x20) {
            json += "\\u00";
            json += {hex[byte >> 4U], hex[byte & 15U]};
        } else {
            json += text.substr(at, size);
        }
        at += std::max<std::size_t>(size, 1);
    }
    json += '"';
}

}  // namespace

Json::Json(double number) {
    if (!std::isfinite(number)) {
        text_ = "null";
        return;
    }
    std::array<char, 32> buffer{};
    char* const begin = buffer.data();
    text_ = std::string(begin, std::to_chars(begin, begin + buffer.size(), number).ptr);
    if (text_.find_first_of(".e") == std::string::npos) text_ += ".0";
}

Json::Json(std::string_view text) { append_string(text_, text); }

Json Json::object(std::initializer_list<Member> members) {
    Json json(Text{"{}"});
    for (const Member& member : members) json.add(member.key, member.value);
    return json;
}

void Json::push_back(const Json& value) {
    const bool first = text_.size() == 2;
    text_.pop_back();
    if (!first) text_ += ',';
    text_ += value.text_;
    text_ += ']';
}

void Json::add(std::string_view key, const Json& value) {
    const bool first = text_.size() == 2;
    text_.pop_back();
    if (!first) text_ += ',';
    append_string(text_, key);
    text_ += ':';
    text_ += value.text_;
    text_ += '}';
}

std::string Json::indented() const {
    std::string text;
    std::size_t level = 0;
    bool in_string = false;
    const auto new_line = [&] { text.append(1, '\n').append(2 * level, ' '); };
    for (std::size_t i = 0; i < text_.size(); ++i) {
        const char c = text_[i];
        if (in_string) {
            text += c;
            if (c == '\\') text += text_[++i];
            in_string = c != '"';
            continue;
        }
        const bool closes = c == '}' || c == ']';
        const bool is_empty = closes && (text_[i - 1] == '{' || text_[i - 1] == '[');
        if (closes) --level;
        if (closes && !is_empty) new_line();
        text += c;
        in_string = c == '"';
        if (c == ':') text += ' ';
        if (c == '{' || c == '[') {
            ++level;
            if (text_[i + 1] != '}' && text_[i + 1] != ']') new_line();
        }
        if (c == ',') new_line();
    }
    return text;
}

}  // namespace stack2nrrd
