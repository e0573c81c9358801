#include "sidecar/units.hpp"

#include "core/number_from.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace stack2nrrd {

namespace {

struct Unit {
    std::string_view name;
    double mm;
};

// The micro sign has become "u", the A with a ring "A", before these are asked.
constexpr std::array<Unit, 10> symbols{Unit{"pm", 1e-9}, {"A", 1e-7}, {"nm", 1e-6}, {"um", 1e-3}, {"mm", 1},
                                       {"cm", 10},       {"dm", 100}, {"m", 1000},  {"in", 25.4}, {"ft", 304.8}};

// An "s" may follow.
constexpr std::array<Unit, 14> words{
    Unit{"angstrom", 1e-7}, {"nanometer", 1e-6}, {"nanometre", 1e-6}, {"micron", 1e-3},   {"micrometer", 1e-3},
    {"micrometre", 1e-3},   {"millimeter", 1},   {"millimetre", 1},   {"centimeter", 10}, {"centimetre", 10},
    {"meter", 1000},        {"metre", 1000},     {"inch", 25.4},      {"inches", 25.4}};

struct Spelling {
    std::string_view written;
    std::string_view plain;
};

// In UTF-8: the micro sign, the Greek letter, the ring letter and the angstrom sign; and as ImageJ and JSON escape
// them.
constexpr std::array<Spelling, 10> spellings{
    Spelling{"\xC2\xB5", "u"}, {"\xCE\xBC", "u"}, {"\\u00B5", "u"},      {"\\u00b5", "u"}, {"\\u03BC", "u"},
    {"\\u03bc", "u"},          {"\xC3\x85", "A"}, {"\xE2\x84\xAB", "A"}, {"\\u00C5", "A"}, {"\\u00c5", "A"}};

constexpr std::size_t longest_unit = 40;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// "9,015" may be 9.015 or, in other countries, 9015; "0,015" and "9,0151" are plain.
bool may_be_thousands(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
    const std::size_t comma = text.find(',');
    const auto all_digits = [](std::string_view part) { return std::all_of(part.begin(), part.end(), is_digit); };
    return comma >= 1 && comma <= 3 && text.front() != '0' && text.size() == comma + 4 &&
           all_digits(text.substr(0, comma)) && all_digits(text.substr(comma + 1));
}

bool is_power_of_ten(double unit_mm) noexcept {
    constexpr std::array<double, 8> powers{1e-9, 1e-7, 1e-6, 1e-3, 1, 10, 100, 1000};
    return std::find(powers.begin(), powers.end(), unit_mm) != powers.end();
}

}  // namespace

std::optional<double> unit_in_mm(std::string_view unit) {
    unit = trimmed(unit);
    if (unit.empty() || unit.size() > longest_unit) return std::nullopt;
    std::string plain = to_utf8(unit);
    for (const Spelling& spelling : spellings) {
        if (std::string_view(plain).starts_with(spelling.written)) {
            plain.replace(0, spelling.written.size(), spelling.plain);
            break;
        }
    }
    for (const Unit& symbol : symbols) {
        if (plain == symbol.name) return symbol.mm;
    }
    for (const Unit& word : words) {
        if (same_ignoring_case(plain, word.name)) return word.mm;
        if (has_suffix(plain, "s") &&
            same_ignoring_case(std::string_view(plain).substr(0, plain.size() - 1), word.name))
            return word.mm;
    }
    return std::nullopt;
}

bool is_pixel_unit(std::string_view unit) {
    unit = trimmed(unit);
    return unit.empty() || same_ignoring_case(unit, "pixel") || same_ignoring_case(unit, "pixels") ||
           same_ignoring_case(unit, "px");
}

double in_mm(double value, double unit_mm) noexcept {
    // The shortest decimal of the value is what the scanner wrote. Its point is moved, so that nothing is rounded
    // twice.
    const auto shift = static_cast<int>(std::lround(std::log10(unit_mm)));
    std::array<char, 64> digits{};
    const auto written =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::scientific);
    char* const exponent = std::find(digits.data(), written.ptr, 'e') + 1;
    int power = 0;
    if (is_power_of_ten(unit_mm) && exponent < written.ptr &&
        std::from_chars(exponent + (*exponent == '+' ? 1 : 0), written.ptr, power).ec == std::errc{}) {
        const auto moved = std::to_chars(exponent, digits.data() + digits.size(), power + shift);
        double mm = 0;
        if (number_from(digits.data(), moved.ptr, mm).ec == std::errc{}) return mm;
    }
    return value * unit_mm;
}

std::optional<double> checked_spacing(std::string_view name, double value, double unit_mm,
                                      std::vector<std::string>& doubts) {
    if (!(value > 0) || !std::isfinite(value)) {
        doubts.push_back(quotation(name) + " is " + number_text(value) +
                         ", a positive length was expected; it is not used");
        return std::nullopt;
    }
    const double mm = in_mm(value, unit_mm);
    if (!(mm >= least_spacing_mm && mm <= largest_spacing_mm)) {
        doubts.push_back(quotation(name) + " is " + number_text(mm) + " mm, a length from " +
                         number_text(least_spacing_mm) + " to " + number_text(largest_spacing_mm) +
                         " mm was expected; it is not used");
        return std::nullopt;
    }
    return mm;
}

std::optional<double> checked_spacing(std::string_view name, std::string_view text, double unit_mm,
                                      std::vector<std::string>& doubts) {
    text = trimmed(text);
    // Not checked_number: infinity and NaN deserve the sentence about lengths.
    if (const std::optional<double> value = parse_double(text)) return checked_spacing(name, *value, unit_mm, doubts);
    const std::optional<double> value = checked_number(name, text, doubts);
    return value ? checked_spacing(name, *value, unit_mm, doubts) : std::nullopt;
}

std::optional<double> checked_number(std::string_view name, std::string_view text, std::vector<std::string>& doubts) {
    text = trimmed(text);
    std::optional<double> value = parse_double(text);
    constexpr std::size_t longest_number = 64;
    if (!value && text.size() <= longest_number && std::count(text.begin(), text.end(), ',') == 1 &&
        text.find('.') == std::string_view::npos) {
        std::string point(text);
        std::replace(point.begin(), point.end(), ',', '.');
        value = parse_double(point);
        if (value && may_be_thousands(text)) {
            doubts.push_back(quotation(name) + " is " + quotation(text) + ", its comma is taken for the decimal point");
        }
    }
    if (value && std::isfinite(*value)) return value;
    doubts.push_back(quotation(name) + " is " + quotation(text) + ", a number was expected; it is not used");
    return std::nullopt;
}

bool differ(double a, double b) noexcept {
    const double larger = std::max(std::abs(a), std::abs(b));
    return !(std::isfinite(larger) && std::abs(a - b) <= 1e-3 * larger);
}

std::string to_utf8(std::string_view text) {
    if (is_utf8(text)) return std::string(text);
    std::string utf8;
    utf8.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            utf8 += c;
        } else {
            utf8 += static_cast<char>(0xC0 | (byte >> 6));
            utf8 += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return utf8;
}

std::string quotation(std::string_view text) {
    constexpr std::size_t longest_shown = 60;
    text = trimmed(text);
    const bool cut = text.size() > longest_shown;
    if (!cut) return "\"" + printable(to_utf8(text)) + "\"";
    std::size_t end = longest_shown;  // not within a character
    while (end > longest_shown - 4 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return "\"" + printable(to_utf8(text.substr(0, end))) + " ...\"";
}

bool same_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool has_suffix(std::string_view name, std::string_view suffix) noexcept {
    return name.size() >= suffix.size() && same_ignoring_case(name.substr(name.size() - suffix.size()), suffix);
}

}  // namespace stack2nrrd
