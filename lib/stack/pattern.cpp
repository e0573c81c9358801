#include "stack/pattern.hpp"

#include "core/characters.hpp"
#include "stack/natural_order.hpp"

namespace stack2nrrd {

namespace {

/// Takes the conversion that begins behind a `%` at `text[at]`, and moves `at` behind it.
bool take_conversion(std::string_view text, std::size_t& at, NumberPattern& pattern) {
    constexpr std::size_t longest_name = 255;
    while (at < text.size() && text[at] == '0') {
        pattern.zero_padded = true;
        ++at;
    }
    for (; at < text.size() && is_digit(text[at]); ++at) {
        pattern.width = pattern.width * 10 + static_cast<std::size_t>(text[at] - '0');
        if (pattern.width > longest_name) return false;
    }
    if (at < text.size() && text[at] == '.') {
        std::size_t decimals = 0;
        for (++at; at < text.size() && is_digit(text[at]); ++at) {
            decimals = decimals * 10 + static_cast<std::size_t>(text[at] - '0');
            if (decimals > longest_name) return false;
        }
        pattern.decimals = decimals;
    }
    if (at == text.size()) return false;
    const char conversion = text[at++];
    pattern.is_decimal = conversion == 'f' || conversion == 'g';
    pattern.is_signed = conversion != 'u';
    const bool is_whole = conversion == 'd' || conversion == 'i' || conversion == 'u';
    return pattern.is_decimal || (is_whole && !pattern.decimals);
}

/// `number` without the blanks that fill it up, if printf writes it so; else nothing.
std::string_view written(const NumberPattern& pattern, std::string_view number) noexcept {
    const std::size_t start = pattern.zero_padded ? 0 : number.find_first_not_of(' ');
    if (start == std::string_view::npos) return {};
    const std::string_view text = number.substr(start);
    const bool negative = pattern.is_signed && text.starts_with('-');
    std::string_view rest = text.substr(negative ? 1 : 0);
    const std::string_view digits = digits_at(rest, 0);
    if (digits.empty()) return {};
    rest.remove_prefix(digits.size());
    if (pattern.is_decimal) {
        const bool has_point = !rest.empty() && (rest[0] == '.' || rest[0] == ',');
        const std::size_t decimals = has_point ? digits_at(rest, 1).size() : 0;
        if (rest.size() != decimals + (has_point ? 1 : 0) || (has_point && decimals == 0)) return {};
        if (pattern.decimals && *pattern.decimals != decimals) return {};
        // Without a width blanks are taken as they come: `%g` is also what fits numbers that were filled up.
        const bool is_filled = text.size() < number.size() && pattern.width > 0;
        const bool fits = is_filled ? number.size() == pattern.width : number.size() >= pattern.width;
        return fits ? text : std::string_view();
    }
    if (!rest.empty()) return {};
    // printf fills up to the width and not beyond it.
    const bool zeros_in_front = digits.size() > 1 && digits[0] == '0';
    if (zeros_in_front && !pattern.zero_padded) return {};
    const bool filled = text.size() < number.size() || zeros_in_front;
    if (filled ? number.size() != pattern.width : number.size() < pattern.width) return {};
    return text;
}

/// Where the set that begins with the `[` at `pattern[at]` has its `]`; npos if it has none. A `]` that comes first
/// belongs to the set.
std::size_t end_of_set(std::string_view pattern, std::size_t at) noexcept {
    ++at;
    if (at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^')) ++at;
    return pattern.find(']', at + 1);
}

/// `set`: the text between the brackets.
bool set_has(std::string_view set, char32_t wanted) noexcept {
    const bool others = set[0] == '!' || set[0] == '^';
    bool found = false;
    for (std::size_t at = others ? 1 : 0; at < set.size();) {
        const char32_t first = take_character(set, at);
        char32_t last = first;
        if (at + 1 < set.size() && set[at] == '-') last = take_character(set, ++at);
        found = found || (first <= wanted && wanted <= last);
    }
    return found != others;
}

/// Matches one character against the text at `pattern[p]`, which is no `*`, and moves behind both if they fit.
bool match_one(std::string_view pattern, std::size_t& p, std::string_view name, std::size_t& n) noexcept {
    if (p == pattern.size()) return false;
    std::size_t after_p = p;
    std::size_t after_n = n;
    const char32_t character = take_character(name, after_n);
    const std::size_t set_end = pattern[p] == '[' ? end_of_set(pattern, p) : std::string_view::npos;
    bool fits = false;
    if (set_end != std::string_view::npos) {
        fits = set_has(pattern.substr(p + 1, set_end - p - 1), character);
        after_p = set_end + 1;
    } else {
        const bool any = pattern[p] == '?';
        fits = take_character(pattern, after_p) == character || any;
    }
    if (!fits) return false;
    p = after_p;
    n = after_n;
    return true;
}

}  // namespace

std::optional<NumberPattern> parse_number_pattern(std::string_view text) {
    NumberPattern pattern;
    bool found = false;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at++];
        if (c == '%' && at < text.size() && text[at] == '%') {
            ++at;
        } else if (c == '%') {
            if (found || !take_conversion(text, at, pattern)) return std::nullopt;
            found = true;
            continue;
        }
        (found ? pattern.after : pattern.before) += c;
    }
    if (!found) return std::nullopt;
    return pattern;
}

std::string_view matched_digits(const NumberPattern& pattern, std::string_view name) noexcept {
    if (name.size() <= pattern.before.size() + pattern.after.size()) return {};
    if (!name.starts_with(pattern.before) || !name.ends_with(pattern.after)) return {};
    const std::string_view number =
        name.substr(pattern.before.size(), name.size() - pattern.before.size() - pattern.after.size());
    return written(pattern, number);
}

std::vector<std::string_view> matched_in_glob(const NumberPattern& pattern, std::string_view name) {
    std::vector<std::string_view> found;
    const auto fits = [&](std::size_t begin, std::size_t end) {
        const std::string_view number = written(pattern, name.substr(begin, end - begin));
        if (number.empty() || !glob_matches(pattern.before, name.substr(0, begin)) ||
            !glob_matches(pattern.after, name.substr(end))) {
            return false;
        }
        found.push_back(number);
        return true;
    };
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t size = digits_at(name, at).size();
        if (size == 0) {
            ++at;
            continue;
        }
        std::size_t end = at + size;
        std::size_t longest = end;
        if (pattern.is_decimal && end < name.size() && (name[end] == '.' || name[end] == ',')) {
            longest += digits_at(name, end + 1).size();
            if (longest > end) ++longest;
        }
        // Blanks in front belong to the number, as many as its width has and the text beside it has not.
        const auto fits_filled = [&](std::size_t begin, std::size_t stop) {
            while (!fits(begin, stop)) {
                if (pattern.zero_padded || begin == 0 || name[begin - 1] != ' ') return false;
                --begin;
            }
            return true;
        };
        const bool sign = at > 0 && name[at - 1] == '-';
        for (const std::size_t stop : {longest, end}) {
            if ((sign && fits_filled(at - 1, stop)) || fits_filled(at, stop) || longest == end) break;
        }
        at = end;
    }
    return found;
}

bool is_glob(std::string_view text) noexcept { return text.find_first_of("*?[") != std::string_view::npos; }

bool glob_matches(std::string_view pattern, std::string_view name) noexcept {
    // Only the last `*` ever needs to be tried again with more: whatever an earlier one could take, the last can, too.
    constexpr std::size_t none = std::string_view::npos;
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t behind_star = none;
    std::size_t star_end = 0;  // what the last `*` has taken of the name ends here
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            behind_star = ++p;
            star_end = n;
        } else if (!match_one(pattern, p, name, n)) {
            if (behind_star == none) return false;
            (void)take_character(name, star_end);
            p = behind_star;
            n = star_end;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

std::string escaped_for_printf(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        escaped += c;
        if (c == '%') escaped += c;
    }
    return escaped;
}

std::string escaped_for_glob(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '*' || c == '?' || c == '[') {
            escaped += {'[', c, ']'};
        } else {
            escaped += c;
        }
    }
    return escaped;
}

}  // namespace stack2nrrd
