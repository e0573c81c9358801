#include "import/option_values.hpp"

#include <cmath>
#include <optional>

namespace stack2nrrd {

namespace {

/// Refuses "10um" with what to do about the unit.
void check_no_unit(std::string_view text) {
    for (const std::string_view field : split(text, ',')) {
        const std::size_t unit = field.find_first_not_of("0123456789.+- ");
        if (unit == 0 || unit == std::string_view::npos || !parse_double(field.substr(0, unit))) continue;
        for (const std::string_view known : {"nm", "um", "µm", "mm", "cm", "m"}) {
            if (field.substr(unit) != known) continue;
            refuse(shown(field) + " is no number; give the unit apart, with --space-units " +
                   std::string(known == "µm" ? "um" : known));
        }
    }
}

}  // namespace

std::string shown(std::string_view value) { return "'" + printable(value) + "'"; }

double to_number(std::string_view text) {
    const std::optional<double> value = parse_double(text);
    if (!value || !std::isfinite(*value)) refuse(shown(text) + " is no number");
    return *value;
}

std::string or_auto(std::string_view text) {
    constexpr std::array<std::string_view, 1> words{"auto"};
    return did_you_mean(text, words);
}

Index to_integer(std::string_view text, Index least, Index most) {
    const std::optional<std::int64_t> value = parse_integer(text);
    if (!value || *value < least || *value > most) {
        refuse(shown(text) + " is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return *value;
}

bool to_flag(std::string_view text) {
    const std::string value = lower_case(trimmed(text));
    if (value == "true" || value == "1" || value == "yes" || value.empty()) return true;
    if (value == "false" || value == "0" || value == "no") return false;
    refuse(shown(text) + " is neither true nor false");
}

std::array<std::string_view, 3> triple(std::string_view text, bool spread) {
    const std::vector<std::string_view> fields = split(text, ',');
    if (fields.size() == 1 && spread) return {fields[0], fields[0], fields[0]};
    if (fields.size() != 3) {
        const bool is_decimal = fields.size() == 2;  // as half of the world writes it
        refuse(shown(text) + " has " + std::to_string(fields.size()) + " fields, three were expected: X,Y,Z" +
               (is_decimal
                    ? "; if it is one number, write a point: " + std::string(fields[0]) + "." + std::string(fields[1])
                    : std::string()));
    }
    return {fields[0], fields[1], fields[2]};
}

Rational to_factor(std::string_view text) {
    const bool is_below = parse_double(trimmed(text)).value_or(1) < 1 - 1e-9;
    const Rational factor = is_below ? Rational{0, 1} : parse_rational(text);
    if (factor.num < factor.den) refuse(shown(text) + " is below 1; factors reduce, 2 means half as many samples");
    return factor;
}

Range to_range(std::string_view text, const char* what, const char* items) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) refuse(shown(text) + " is no " + what + "; write FIRST:END, in " + items);
    const std::string_view first = trimmed(text.substr(0, colon));
    const std::string_view end = trimmed(text.substr(colon + 1));
    const Range range{first.empty() ? 0 : to_integer(first, 0), end.empty() ? open_end : to_integer(end, 0)};
    if (range.empty()) refuse(shown(text) + " is empty; END is the first that is left out");
    return range;
}

std::uint64_t to_bytes(std::string_view text) {
    std::string number = lower_case(trimmed(text));
    const auto strip = [&](std::string_view end) {
        if (!number.ends_with(end)) return false;
        number.resize(number.size() - end.size());
        return true;
    };
    (void)(strip("ib") || strip("b"));
    double unit = 1;
    if (strip("k"))
        unit = 1024.0;
    else if (strip("m"))
        unit = 1024.0 * 1024;
    else if (strip("g"))
        unit = 1024.0 * 1024 * 1024;
    else if (strip("t"))
        unit = 1024.0 * 1024 * 1024 * 1024;
    const std::optional<double> value = parse_double(number);
    if (!value || !(*value * unit >= 1) || *value * unit > 9e18)
        refuse(shown(text) + " is no number of bytes from 1 on; write 512M or 2G");
    return static_cast<std::uint64_t>(std::ceil(*value * unit));
}

std::vector<double> to_numbers(std::string_view text, std::size_t count, const char* what) {
    std::vector<double> numbers;
    for (const std::string_view field : split(text, ',')) numbers.push_back(to_number(field));
    if (numbers.size() != count) {
        refuse(std::to_string(numbers.size()) + " numbers were given, " + std::to_string(count) +
               " were expected: " + what);
    }
    return numbers;
}

Vector3 to_vector(std::string_view text, bool spread) {
    const std::array<std::string_view, 3> fields = triple(text, spread);
    return {to_number(fields[0]), to_number(fields[1]), to_number(fields[2])};
}

Vector3 to_spacing(std::string_view text) {
    check_no_unit(text);
    const Vector3 spacing = to_vector(text, true);
    for (const double s : spacing) {
        if (!(s > 0)) refuse(shown(text) + " is no spacing; all three must be above 0");
    }
    return spacing;
}

}  // namespace stack2nrrd
