#include "stack/numbers.hpp"

#include "stack/mixed_numbers.hpp"
#include "stack/natural_order.hpp"
#include "stack/series.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace stack2nrrd {

namespace {

constexpr std::size_t uuid_length = 36;
/// Digits that fit into 64 bits, whatever they are.
constexpr std::size_t longest_number = 18;

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word(char c) noexcept { return is_digit(c) || is_letter(c); }

bool is_uuid(std::string_view text) noexcept {
    if (text.size() != uuid_length) return false;
    for (std::size_t i = 0; i < uuid_length; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
    }
    return true;
}

/// The word that begins at `text[at]`; a UUID is one.
std::string_view word_at(std::string_view text, std::size_t at) noexcept {
    if (is_uuid(text.substr(at, uuid_length)) &&
        (text.size() == at + uuid_length || !is_word(text[at + uuid_length]))) {
        return text.substr(at, uuid_length);
    }
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    return text.substr(at, end - at);
}

bool is_hash(std::string_view word, std::size_t length) noexcept {
    if (length == 0 || word.size() != length) return false;
    return is_uuid(word) || std::all_of(word.begin(), word.end(), is_hex);
}

/// Calls `text(part)`, `run(DigitRun)` and `hash(place)` for what `stem` is made of, from left to right.
template <class Text, class Run, class Hash>
void for_each_part(std::string_view stem, std::size_t hash_length, Text&& text, Run&& run, Hash&& hash) {
    std::size_t text_start = 0;
    const auto end_text = [&](std::size_t end) {
        if (end > text_start) text(stem.substr(text_start, end - text_start));
    };
    for (std::size_t at = 0; at < stem.size();) {
        const bool word_begins = hash_length > 0 && is_word(stem[at]) && (at == 0 || !is_word(stem[at - 1]));
        if (word_begins && is_hash(word_at(stem, at), hash_length)) {
            end_text(at);
            hash(at);
            at += hash_length;
            text_start = at;
        } else if (is_digit(stem[at])) {
            DigitRun found{at, digits_at(stem, at).size(), 0};
            const bool has_text = at > text_start + 1 || (at == 1 && text_start == 0);
            const bool sign =
                has_text && (stem[at - 1] == '-' || stem[at - 1] == '+') && (at < 2 || !is_digit(stem[at - 2]));
            if (sign) found.sign = stem[at - 1];
            end_text(at - (sign ? 1 : 0));
            run(found);
            at += found.size;
            text_start = at;
        } else {
            ++at;
        }
    }
    end_text(stem.size());
}

std::int64_t power_of_ten(int exponent) {
    std::int64_t power = 1;
    for (; exponent > 0; --exponent) power *= 10;
    return power;
}

std::int64_t to_integer(std::string_view digits) {
    std::int64_t value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

/// Days from the year 0 of the Gregorian calendar: years that begin in March make all leap days the last of their year.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
    if (month < 3) --year;
    const std::int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + of_year;
}

/// The time that the digits in `text` mean by `layout`, in its least unit.
std::int64_t clock_value(std::string_view text, std::string_view layout) {
    if (layout == "u") return to_integer(text);
    std::int64_t year = 2000;
    std::int64_t month = 1;
    std::int64_t day = 1;
    std::array<std::int64_t, 4> parts{};  // hours, minutes, seconds, fraction
    std::array<std::int64_t, 3> date{};
    std::int64_t unit = 1;
    bool has_date = false;
    std::size_t at = 0;
    for (const char c : text) {
        if (!is_digit(c) || at == layout.size()) continue;
        const char field = layout[at++];
        const std::size_t of_date = std::string_view("YMD").find(field);
        std::int64_t& part = of_date != std::string_view::npos
                                 ? date[of_date]
                                 : parts[std::string_view("hmsf").find(field == 'i' ? 'h' : field)];
        part = part * 10 + (c - '0');
        has_date = has_date || of_date != std::string_view::npos;
        if (field == 'f') unit *= 10;
    }
    if (has_date) {
        year = date[0] < 100 ? 2000 + date[0] : date[0];
        month = date[1];
        day = date[2];
    }
    constexpr std::int64_t half_a_day = 12;  // 12:30 comes before 1:30
    if (layout.find('i') != std::string_view::npos) parts[0] %= half_a_day;
    const std::int64_t days = has_date ? days_of(year, month, day) - days_of(1970, 1, 1) : 0;
    return (((days * 24 + parts[0]) * 60 + parts[1]) * 60 + parts[2]) * unit + parts[3];
}

/// The sign of a number's text, the text in front of its point, and behind it.
struct NumberText {
    bool negative = false;
    std::string_view whole, fraction;

    explicit NumberText(std::string_view text) {
        if (!text.empty() && !is_digit(text.front())) {
            negative = text.front() == '-';
            text.remove_prefix(1);
        }
        whole = digits_at(text, 0);
        if (whole.size() < text.size()) fraction = text.substr(whole.size() + 1);
    }
};

/// The number that `text` is: 1e-06, -2.50E+03.
double scientific_value(std::string_view text) {
    const std::size_t e = text.find_first_of("eE");
    const NumberText mantissa(text.substr(0, e));
    const NumberText exponent(text.substr(e + 1));
    double value = 0;
    for (const char c : mantissa.whole) value = value * 10 + (c - '0');
    for (const char c : mantissa.fraction) value = value * 10 + (c - '0');
    double power = 0;
    for (const char c : exponent.whole) power = power * 10 + (c - '0');
    power = (exponent.negative ? -power : power) - static_cast<double>(mantissa.fraction.size());
    // One division is rounded once: 10e-1 is 1e+0.
    value = power < 0 ? value / std::pow(10.0, -power) : value * std::pow(10.0, power);
    return mantissa.negative ? -value : value;
}

/// Numbers that are not counted become ranks. `before(a, b)`: is a less?
template <class Before>
void rank(Numbers& numbers, Before&& before) {
    numbers.countable = false;
    std::vector<std::uint32_t> order(numbers.of.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return before(numbers.of[a], numbers.of[b]); });
    std::int64_t value = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && before(numbers.of[order[i - 1]], numbers.of[order[i]])) ++value;
        numbers.of[order[i]].value = value;
    }
}

void rank_by_text(const Names& names, Numbers& numbers) {
    rank(numbers, [&](const NumberedName& a, const NumberedName& b) {
        return compare_numbers(a.text(names), b.text(names)) < 0;
    });
}

}  // namespace

void find_runs(std::string_view stem, std::size_t hash_length, std::vector<DigitRun>& runs) {
    runs.clear();
    for_each_part(
        stem, hash_length, [](std::string_view) {}, [&](const DigitRun& run) { runs.push_back(run); },
        [](std::size_t) {});
}

std::string text_around(std::string_view stem, std::size_t hash_length) {
    std::string text;
    for_each_part(
        stem, hash_length, [&](std::string_view part) { text += part; }, [&](const DigitRun&) { text += '0'; },
        [&](std::size_t) { text += random_word_mark; });
    return text;
}

std::vector<std::size_t> find_random_words(std::string_view stem, std::size_t hash_length) {
    std::vector<std::size_t> places;
    for_each_part(
        stem, hash_length, [](std::string_view) {}, [](const DigitRun&) {},
        [&](std::size_t at) { places.push_back(at); });
    return places;
}

std::size_t find_hash_length(const Names& names) {
    constexpr std::size_t shortest = 8;
    std::map<std::size_t, std::size_t> counts;  // of names with such a word
    for (const std::string_view name : names) {
        const std::string_view stem = stem_of(name);
        std::size_t longest = 0;
        for (std::size_t at = 0; at < stem.size();) {
            if (!is_word(stem[at])) {
                ++at;
                continue;
            }
            const std::string_view word = word_at(stem, at);
            at += word.size();
            if (word.size() < shortest || !is_hash(word, word.size())) continue;
            const bool mixed =
                std::any_of(word.begin(), word.end(), is_digit) && std::any_of(word.begin(), word.end(), is_letter);
            if (mixed) longest = std::max(longest, word.size());
        }
        if (longest > 0) ++counts[longest];
    }
    for (const auto& [length, count] : counts) {
        if (count * 2 >= names.size()) return length;
    }
    return 0;
}

bool Reading::is_time_of_day() const {
    return kind == NumberKind::clock && layout != "u" && layout.find('D') == std::string::npos;
}

Numbers numbers_in(const Names& names, const Members& members, const Reading& reading) {
    if (reading.mixed) return mixed_numbers_in(names, members, reading);
    Numbers numbers;
    numbers.kind = reading.kind;
    numbers.decimals = reading.decimals;
    numbers.is_time_of_day = reading.is_time_of_day();
    numbers.of.reserve(members.size());
    std::vector<DigitRun> runs;
    const std::int64_t unit = power_of_ten(reading.decimals);
    bool too_long = false;
    for (const std::uint32_t member : members) {
        find_runs(stem_of(names[member]), reading.hash_length, runs);
        const DigitRun& first = runs[reading.first];
        const DigitRun& last = runs[reading.first + reading.runs - 1];
        const std::size_t begin = first.at - (reading.is_signed && first.sign != 0 ? 1 : 0);
        NumberedName number{member, static_cast<std::uint16_t>(begin),
                            static_cast<std::uint16_t>(last.at + last.size - begin), 0};
        if (reading.kind == NumberKind::clock) {
            number.value = clock_value(number.text(names), reading.layout);
        } else if (reading.kind != NumberKind::scientific) {
            const NumberText text(number.text(names));
            const std::size_t digits = significant_digits(text.whole).size();
            too_long = too_long || digits + static_cast<std::size_t>(reading.decimals) > longest_number;
            if (!too_long) {
                number.value = to_integer(text.whole) * unit;
                if (!text.fraction.empty() && reading.kind == NumberKind::decimal) {
                    number.value += to_integer(text.fraction) *
                                    power_of_ten(reading.decimals - static_cast<int>(text.fraction.size()));
                }
                if (text.negative) number.value = -number.value;
            }
        }
        numbers.of.push_back(number);
    }
    if (reading.kind == NumberKind::scientific) {
        std::vector<double> values(names.size());
        for (const NumberedName& number : numbers.of) values[number.name] = scientific_value(number.text(names));
        rank(numbers, [&](const NumberedName& a, const NumberedName& b) { return values[a.name] < values[b.name]; });
    } else if (too_long) {
        rank_by_text(names, numbers);
    }
    return numbers;
}

Numbers numbers_of_texts(const Names& names, std::vector<NumberedName> found) {
    Numbers numbers;
    numbers.of = std::move(found);
    std::size_t decimals = 0;
    std::size_t longest = 0;
    for (const NumberedName& number : numbers.of) {
        const NumberText text(number.text(names));
        decimals = std::max(decimals, text.fraction.size());
        longest = std::max(longest, significant_digits(text.whole).size());
    }
    if (longest + decimals > longest_number) {
        rank_by_text(names, numbers);
        return numbers;
    }
    numbers.decimals = static_cast<int>(decimals);
    numbers.kind = decimals > 0 ? NumberKind::decimal : NumberKind::whole;
    for (NumberedName& number : numbers.of) {
        const NumberText text(number.text(names));
        number.value =
            to_integer(text.whole) * power_of_ten(numbers.decimals) +
            to_integer(text.fraction) * power_of_ten(numbers.decimals - static_cast<int>(text.fraction.size()));
        if (text.negative) number.value = -number.value;
    }
    return numbers;
}

std::string value_text(std::int64_t value, int decimals, std::size_t width) {
    std::string digits = std::to_string(value < 0 ? -value : value);
    const std::size_t least = static_cast<std::size_t>(decimals) + std::max<std::size_t>(width, 1);
    if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
    if (decimals > 0) digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
    return (value < 0 ? "-" : "") + digits;
}

}  // namespace stack2nrrd
