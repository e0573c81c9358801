// Patterns of names: the first line is one, the others are names. printf writes what a pattern finds, and a glob takes
// the names that the plainest matching takes.

#include "stack/pattern.hpp"

#include "core/characters.hpp"
#include "harness.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <string>

namespace stack2nrrd::fuzz {

namespace {

/// By the letter of pattern.hpp, with every end of every `*` tried; slow.
bool matches_plainly(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) return name.empty();
    if (pattern[0] == '*') {
        if (matches_plainly(pattern.substr(1), name)) return true;
        if (name.empty()) return false;
        std::size_t behind = 0;
        static_cast<void>(take_character(name, behind));
        return matches_plainly(pattern, name.substr(behind));
    }
    if (name.empty()) return false;
    std::size_t behind = 0;
    const char32_t wanted = take_character(name, behind);
    const std::string_view rest = name.substr(behind);
    if (pattern[0] == '[') {
        const bool others = pattern.size() > 1 && (pattern[1] == '!' || pattern[1] == '^');
        const std::size_t first = others ? 2 : 1;
        const std::size_t end = pattern.find(']', first + 1);
        if (end != std::string_view::npos) {
            const std::string_view set = pattern.substr(first, end - first);
            bool found = false;
            for (std::size_t at = 0; at < set.size();) {
                const char32_t low = take_character(set, at);
                char32_t high = low;
                if (at + 1 < set.size() && set[at] == '-') high = take_character(set, ++at);
                found = found || (low <= wanted && wanted <= high);
            }
            return found != others && matches_plainly(pattern.substr(end + 1), rest);
        }
    }
    std::size_t behind_letter = 0;
    const char32_t letter = take_character(pattern, behind_letter);
    return (letter == wanted || pattern[0] == '?') && matches_plainly(pattern.substr(behind_letter), rest);
}

void check_glob(std::string_view pattern, std::string_view name) {
    const bool fits = glob_matches(pattern, name);
    const auto stars = std::count(pattern.begin(), pattern.end(), '*');
    if (stars <= 3 && name.size() <= 40) {
        holds(fits == matches_plainly(pattern, name), "a glob takes another name than it says");
    }
    holds(glob_matches(escaped_for_glob(name), name), "a name does not fit itself as a glob");
    holds(pattern == name || !glob_matches(escaped_for_glob(pattern), name), "a glob of no pattern fits another name");
}

/// What printf makes of the number, if it is one of 64 bits.
std::optional<std::string> printed(std::string_view pattern, const NumberPattern& parsed, std::string_view number) {
    if (parsed.is_decimal) return std::nullopt;
    std::string text(pattern);
    const std::size_t conversion = [&] {
        std::size_t at = 0;
        while (text[at] != '%' || text[at + 1] == '%') at += text[at] == '%' ? 2 : 1;
        return text.find_first_of("diu", at);
    }();
    std::array<char, 2048> written{};
    int size = 0;
    const char* const end = number.data() + number.size();
    text.insert(conversion, "ll");
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
    if (parsed.is_signed) {
        long long value = 0;
        if (std::from_chars(number.data(), end, value).ec != std::errc()) return std::nullopt;
        if (value == 0 && number[0] == '-') return std::nullopt;  // printf has no such zero
        size = std::snprintf(written.data(), written.size(), text.c_str(), value);
    } else {
        unsigned long long value = 0;
        if (std::from_chars(number.data(), end, value).ec != std::errc()) return std::nullopt;
        size = std::snprintf(written.data(), written.size(), text.c_str(), value);
    }
#pragma clang diagnostic pop
    if (size < 0 || size >= static_cast<int>(written.size())) return std::nullopt;
    return std::string(written.data(), static_cast<std::size_t>(size));
}

void check_number(std::string_view pattern, const NumberPattern& parsed, std::string_view name) {
    const std::string_view number = matched_digits(parsed, name);
    if (pattern.find('\0') != std::string_view::npos || pattern.size() > 1000) return;
    if (!number.empty()) {
        holds(number.data() >= name.data() && number.data() + number.size() <= name.data() + name.size(),
              "a number is outside of its name");
        const auto expected = printed(pattern, parsed, number);
        holds(!expected || *expected == name, "a pattern takes " + std::string(name) + ", which printf does not write");
    }
    const std::vector<std::string_view> in_glob = matched_in_glob(parsed, name);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool beside_digits = (!parsed.before.empty() && is_digit(parsed.before.back())) ||
                               (!parsed.after.empty() && is_digit(parsed.after.front()));
    if (!number.empty() && !beside_digits && !is_glob(parsed.before) && !is_glob(parsed.after)) {
        holds(std::find(in_glob.begin(), in_glob.end(), number) != in_glob.end(),
              "the number in " + std::string(name) + " is not found where the text beside it may be a glob");
    }
    for (const std::string_view found : in_glob) {
        holds(!found.empty() && found.data() >= name.data() && found.data() + found.size() <= name.data() + name.size(),
              "a number is outside of its name");
    }
}

/// What printf writes, a pattern finds.
void check_written(std::string_view pattern, const NumberPattern& parsed, Choices& choose) {
    if (pattern.find('\0') != std::string_view::npos || pattern.size() > 1000) return;
    for (const std::uint64_t most : {10U, 1000U, 4'000'000'000U}) {
        const std::uint64_t value = choose.below(most);
        const bool negative = parsed.is_signed && value != 0 && choose.below(4) == 0;
        const std::string number = (negative ? "-" : "") + std::to_string(value);
        if (const auto name = printed(pattern, parsed, number)) {
            const std::string_view found = matched_digits(parsed, *name);
            holds(!found.empty(), "a pattern does not find the number in " + *name);
            std::int64_t read = 0;
            std::from_chars(found.data(), found.data() + found.size(), read);
            holds(read == (negative ? -1 : 1) * static_cast<std::int64_t>(value), "a pattern finds another number");
        }
    }
}

}  // namespace

void one_input(Bytes bytes) {
    const std::vector<std::string_view> lines = lines_of(text_of(bytes));
    if (lines.empty()) return;
    const std::string_view pattern = lines[0].substr(0, 2000);
    const auto parsed = parse_number_pattern(pattern);
    const auto itself = parse_number_pattern(escaped_for_printf(pattern));
    holds(!itself, "a text that was escaped has a number in it");
    Choices choose(bytes);
    if (parsed) check_written(pattern, *parsed, choose);
    for (std::size_t i = 1; i < std::min<std::size_t>(lines.size(), 20); ++i) {
        const std::string_view name = lines[i].substr(0, 255);
        check_glob(pattern, name);
        if (parsed) check_number(pattern, *parsed, name);
    }
}

}  // namespace stack2nrrd::fuzz
