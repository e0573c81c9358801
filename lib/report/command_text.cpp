#include <stack2nrrd/report.hpp>

#include "core/text.hpp"
#include "report/html.hpp"

#include <array>
#include <cstdio>

namespace stack2nrrd {

namespace {

/// Can it be shown as it is, and copied from there?
bool is_plain_text(std::string_view word) {
    if (printable(word) != word) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (turning_length(word.substr(i)) > 0) return false;
    }
    return true;
}

std::string shell_word(std::string_view word) {
    constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+:,=%@";
    if (!word.empty() && word.find_first_not_of(harmless) == std::string_view::npos) return std::string(word);
    const bool plain = is_plain_text(word);
    std::string text = plain ? "'" : "$'";
    for (const char c : word) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\'') {
            text += plain ? "'\\''" : "\\'";
        } else if (!plain && c == '\\') {
            text += "\\\\";
        } else if (!plain && (byte < 0x20 || byte > 0x7E)) {
            std::array<char, 5> escape{};
            std::snprintf(escape.data(), escape.size(), "\\%03o", static_cast<unsigned>(byte));
            text += escape.data();
        } else {
            text += c;
        }
    }
    return text + "'";
}

}  // namespace

std::string command_text(std::span<const std::string> words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + shell_word(word);
    return text;
}

}  // namespace stack2nrrd
