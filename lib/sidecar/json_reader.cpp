#include "sidecar/json_reader.hpp"

#include <algorithm>
#include <vector>

namespace stack2nrrd {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t deepest = 32;

/// The end of a string that begins behind `start` - 1: the quote that no backslash escapes.
std::size_t string_end(std::string_view text, std::size_t start) {
    for (std::size_t i = start; i < text.size(); ++i) {
        if (text[i] == '"') return i;
        if (text[i] == '\\') ++i;
    }
    return npos;
}

}  // namespace

void for_each_json_value(
    std::string_view text,
    const std::function<void(std::span<const std::string_view> keys, std::string_view value)>& take) {
    std::vector<std::string_view> keys;  // of each open object the key under way, of each open array ""
    std::vector<bool> is_object;
    bool key_next = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '{' || c == '[') {
            if (keys.size() == deepest) break;
            keys.emplace_back();
            is_object.push_back(c == '{');
            key_next = c == '{';
        } else if (c == '}' || c == ']') {
            if (keys.empty() || is_object.back() != (c == '}')) break;
            keys.pop_back();
            is_object.pop_back();
            key_next = false;
        } else if (c == ',') {
            key_next = !is_object.empty() && is_object.back();
        } else if (c == '"') {
            const std::size_t end = string_end(text, i + 1);
            if (end == npos) break;
            const std::string_view string = text.substr(i + 1, end - i - 1);
            if (key_next) {
                keys.back() = string;
                key_next = false;
            } else {
                take(keys, string);
            }
            i = end;
        } else if (c != ':' && c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            const std::size_t end = std::min(text.find_first_of(",]} \t\r\n\"", i), text.size());
            take(keys, text.substr(i, end - i));
            i = std::max(end, i + 1) - 1;
        }
    }
}

std::optional<JsonFound> json_value(std::string_view text, std::initializer_list<std::string_view> path) {
    std::optional<JsonFound> found;
    for_each_json_value(text, [&](std::span<const std::string_view> keys, std::string_view value) {
        if (!std::equal(keys.begin(), keys.end(), path.begin(), path.end())) return;
        if (!found) {
            found = JsonFound{value, false};
        } else if (found->value != value) {
            found->contradictory = true;
        }
    });
    return found;
}

}  // namespace stack2nrrd
