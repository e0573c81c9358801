#include <stack2nrrd/report.hpp>

#include "core/text.hpp"
#include "report/html.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

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

bool is_harmless(std::string_view word, std::string_view besides) {
    const auto is_fine = [&](char c) {
        constexpr std::string_view always = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/-+:";
        return always.find(c) != std::string_view::npos || besides.find(c) != std::string_view::npos;
    };
    return !word.empty() && std::all_of(word.begin(), word.end(), is_fine);
}

std::string for_posix(std::string_view word) {
    if (is_harmless(word, ".,=%@")) return std::string(word);
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

/// Both cmd and PowerShell take this, and hand it on as it is, unless it has a $ or a % for each of them in it. (To
/// PowerShell, a comma is between two arguments, and an @ begins none.)
std::string for_windows(std::string_view word) {
    if (is_harmless(word, ".=%\\")) return std::string(word);
    std::string text = "\"";
    std::size_t backslashes = 0;
    for (const char c : word) {
        // Those in front of a quotation mark count twice.
        if (c == '"') text += std::string(backslashes + 1, '\\');
        backslashes = c == '\\' ? backslashes + 1 : 0;
        text += c;
    }
    return text + std::string(backslashes, '\\') + "\"";
}

std::string shell_word(std::string_view word) {
    return std::filesystem::path::preferred_separator == '/' ? for_posix(word) : for_windows(word);
}

}  // namespace

std::string command_text(std::span<const std::string> words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + shell_word(word);
    return text;
}

}  // namespace stack2nrrd
