// What the runs of digits in the names of a series may be together: decimals, dates, times.

#include "core/text.hpp"
#include "stack/natural_order.hpp"
#include "stack/numbers.hpp"
#include "stack/series.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace stack2nrrd {

namespace {

/// What all names of a series have in common in one of their runs.
struct RunFacts {
    bool varies = false;
    std::size_t shortest = std::numeric_limits<std::size_t>::max();
    std::size_t longest = 0;
    bool ends_in_zero = false;  ///< and is not just `0`, in any name
    std::size_t negative = 0;   ///< names with a '-' in front
    std::size_t with_sign = 0;  ///< names with a '-' or '+' in front

    [[nodiscard]] bool is_fixed() const { return shortest == longest; }
};

struct Facts {
    std::vector<RunFacts> runs;
    std::vector<std::string_view> before;  ///< the text in front of each run, in the first name; signs are left out
    std::string_view behind;
    bool any_varies = false;
};

Facts facts_of(const Names& names, const Members& members, std::size_t hash_length) {
    Facts facts;
    std::vector<DigitRun> first;
    const std::string_view model = stem_of(names[members.front()]);
    find_runs(model, hash_length, first);
    facts.runs.resize(first.size());
    std::size_t at = 0;
    for (const DigitRun& run : first) {
        facts.before.push_back(model.substr(at, run.at - (run.sign != 0 ? 1 : 0) - at));
        at = run.at + run.size;
    }
    facts.behind = model.substr(at);
    std::vector<DigitRun> runs;
    for (const std::uint32_t member : members) {
        const std::string_view name = stem_of(names[member]);
        find_runs(name, hash_length, runs);
        for (std::size_t i = 0; i < facts.runs.size(); ++i) {
            RunFacts& fact = facts.runs[i];
            const std::string_view digits = runs[i].digits(name);
            const bool differs =
                (runs[i].sign == '-') != (first[i].sign == '-') || compare_numbers(digits, first[i].digits(model)) != 0;
            fact.varies = fact.varies || differs;
            fact.shortest = std::min(fact.shortest, digits.size());
            fact.longest = std::max(fact.longest, digits.size());
            fact.ends_in_zero = fact.ends_in_zero || (digits.size() > 1 && digits.back() == '0');
            if (runs[i].sign == '-') ++fact.negative;
            if (runs[i].sign != 0) ++fact.with_sign;
        }
    }
    for (const RunFacts& fact : facts.runs) facts.any_varies = facts.any_varies || fact.varies;
    return facts;
}

/// Is a '-' in front of run `i` a minus sign? Certainly if only some names have one; else behind what joins no words.
bool is_signed(const Facts& facts, std::size_t i, std::size_t names) {
    const std::size_t negative = facts.runs[i].negative;
    if (negative == 0) return false;
    if (negative < names) return true;
    const char before = facts.before[i].empty() ? '_' : facts.before[i].back();
    constexpr std::string_view no_joints = "=_([,;:";
    return no_joints.find(before) != std::string_view::npos;
}

// ------------------------------------------------------------------------------------------------------------- clocks

/// Dates and times, as runs of digits: those with more parts come first.
struct Clock {
    std::string_view layout;  ///< runs have blanks between them
    bool certain;             ///< no counter looks like it
};
constexpr std::array<Clock, 18> clocks{{{"YYYYMMDD hhmmss", true},
                                        {"YYYYMMDD hhmmssfff", true},
                                        {"YYYYMMDD hhmmssffffff", true},
                                        {"YYYYMMDD hh mm ss", true},
                                        {"YYYY MM DD hh mm ss", true},
                                        {"YYYY MM DD hhmmss", true},
                                        {"DD MM YYYY hh mm ss", true},
                                        {"YYMMDD hhmmss", true},
                                        {"YYYYMMDDhhmmss", true},
                                        {"YYYYMMDDhhmmssfff", true},
                                        {"YYYYMMDD hhmm", true},
                                        {"YYYY MM DD", true},
                                        {"DD MM YYYY", true},
                                        {"YYYYMMDD", false},
                                        {"hh mm ss", false},
                                        {"hh mm", false},  // with "pm" behind it only
                                        {"hhmmss", false},
                                        {"hhmmssfff", false}}};

/// A fraction of a second may follow seconds that end a run, as a run of its own.
constexpr std::size_t longest_fraction = 9;

bool is_joint(std::string_view text) {
    constexpr std::string_view joints = "-_.:, hmsT";
    return text.size() == 1 && joints.find(text[0]) != std::string_view::npos;
}

/// Does `text`, behind a time, say in which half of the day it is?
bool is_half_of_day(std::string_view text) {
    while (!text.empty() && (text[0] == ' ' || text[0] == '_' || text[0] == '-' || text[0] == '.'))
        text.remove_prefix(1);
    const std::string half = lower_case(text.substr(0, 2));
    const bool ends = text.size() < 3 || ((text[2] < 'a' || text[2] > 'z') && (text[2] < 'A' || text[2] > 'Z'));
    return ends && (half == "am" || half == "pm");
}

/// Do the runs from `first` on have the lengths of `clock`, with nothing but joints between them? Then its reading.
std::optional<Reading> clock_at(const Facts& facts, std::size_t first, const Clock& clock) {
    Reading reading;
    reading.kind = NumberKind::clock;
    reading.first = first;
    reading.runs = 0;
    for (std::size_t at = 0; at < clock.layout.size();) {
        const std::size_t end = std::min(clock.layout.find(' ', at), clock.layout.size());
        const std::size_t i = first + reading.runs;
        if (i >= facts.runs.size() || !facts.runs[i].is_fixed() || facts.runs[i].longest != end - at) return {};
        const bool day_begins = clock.layout[at] == 'h' && at > 0;
        constexpr std::size_t longest_joint = 4;  // " at "
        const std::string_view before = facts.before[i];
        if (reading.runs > 0 && (day_begins ? before.size() > longest_joint : !is_joint(before))) return {};
        // Days and months in that order are written with points; with anything else months may come first.
        if (reading.runs > 0 && clock.layout.starts_with("DD") && !day_begins && clock.layout[at] != 'm' &&
            clock.layout[at] != 's' && before != ".") {
            return {};
        }
        reading.layout += clock.layout.substr(at, end - at);
        ++reading.runs;
        at = end + 1;
    }
    const std::size_t next = first + reading.runs;
    if (next < facts.runs.size() && reading.layout.back() == 's' && facts.runs[next].is_fixed() &&
        facts.runs[next].longest <= longest_fraction && facts.runs[next].longest % 3 == 0 &&
        is_joint(facts.before[next])) {
        reading.layout.append(facts.runs[next].longest, 'f');
        ++reading.runs;
    }
    const std::size_t behind = first + reading.runs;
    if (is_half_of_day(behind < facts.runs.size() ? facts.before[behind] : facts.behind)) {
        std::replace(reading.layout.begin(), reading.layout.end(), 'h', 'i');
    }
    return reading;
}

/// Are all parts of the time in `text` within their bounds?
bool is_valid_clock(std::string_view text, std::string_view layout) {
    std::array<int, 6> parts{};
    constexpr std::string_view fields = "YMDhms";
    constexpr int hours_of_half = 12;
    std::size_t at = 0;
    for (const char c : text) {
        if (!is_digit(c) || at == layout.size()) continue;
        const char part = layout[at++];
        const std::size_t field = fields.find(part == 'i' ? 'h' : part);
        if (field != std::string_view::npos) parts[field] = parts[field] * 10 + (c - '0');
    }
    const auto has = [&](char field) { return layout.find(field) != std::string_view::npos; };
    const bool long_year = layout.find("YYYY") != std::string_view::npos;
    return (!long_year || (parts[0] >= 1970 && parts[0] < 2100)) &&
           (!has('M') || (parts[1] >= 1 && parts[1] <= 12 && parts[2] >= 1 && parts[2] <= 31)) && parts[3] < 24 &&
           (!has('i') || (parts[3] >= 1 && parts[3] <= hours_of_half)) && parts[4] < 60 && parts[5] < 60;
}

/// Are hours and minutes 0?
bool is_first_minute(std::string_view text, std::string_view layout) {
    bool any = false;
    std::size_t at = 0;
    for (const char c : text) {
        if (!is_digit(c) || at == layout.size()) continue;
        const char field = layout[at++];
        if (field != 'h' && field != 'i' && field != 'm') continue;
        if (c != '0') return false;
        any = true;
    }
    return any;
}

/// How numbers count that `reading` finds, be they there once or more often.
Steps steps_of_reading(const Numbers& numbers) {
    std::vector<std::int64_t> values;
    values.reserve(numbers.of.size());
    for (const NumberedName& number : numbers.of) values.push_back(number.value);
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    if (!numbers.countable) return {};
    return steps_of(values, numbers.kind, widest_of(numbers));
}

/// Is no distance between times of day much longer than most, but for the one that leaves out the day where midnight
/// was passed? Rows, columns and slices would have such.
bool is_even(const Numbers& numbers) {
    std::vector<std::int64_t> values;
    for (const NumberedName& number : numbers.of) values.push_back(number.value);
    std::sort(values.begin(), values.end());
    if (std::adjacent_find(values.begin(), values.end()) != values.end() || values.size() < 3) return false;
    for (std::size_t i = values.size() - 1; i > 0; --i) values[i] -= values[i - 1];
    values.erase(values.begin());
    std::sort(values.begin(), values.end());
    constexpr std::int64_t much = 4;
    constexpr std::int64_t half_a_day = 12 * 60 * 60;
    if (values.back() > half_a_day) values.pop_back();
    return values.back() <= much * values[values.size() / 2];
}

Reading whole_at(const Facts& facts, std::size_t i, std::size_t names) {
    Reading reading;
    reading.first = i;
    reading.is_signed = is_signed(facts, i, names);
    return reading;
}

/// Is run `i` by itself the number of the slices, that is, does it distinguish all and count by one, as well as
/// `least`?
bool is_counter(const Names& names, const Members& members, const Facts& facts, std::size_t i, std::size_t hash_length,
                Counting least) {
    if (!facts.runs[i].varies) return false;
    Reading whole = whole_at(facts, i, members.size());
    whole.hash_length = hash_length;
    const Numbers numbers = numbers_in(names, members, whole);
    std::vector<std::int64_t> values;
    values.reserve(members.size());
    for (const NumberedName& number : numbers.of) values.push_back(number.value);
    std::sort(values.begin(), values.end());
    if (!numbers.countable || std::adjacent_find(values.begin(), values.end()) != values.end()) return false;
    const Steps steps = steps_of(values, numbers.kind, widest_of(numbers));
    return steps.counting <= least && steps.exact && steps.step == 1;
}

/// A run that is seconds, or parts of them, since 1970, and no counter.
std::optional<Reading> epoch_at(const Facts& facts, std::size_t i, const Numbers& as_whole) {
    constexpr std::array<std::size_t, 3> lengths{10, 13, 16};
    const RunFacts& fact = facts.runs[i];
    if (!fact.is_fixed() || std::find(lengths.begin(), lengths.end(), fact.longest) == lengths.end()) return {};
    std::int64_t unit = 1;
    for (std::size_t digit = 10; digit < fact.longest; ++digit) unit *= 10;
    const bool in_reach = std::all_of(as_whole.of.begin(), as_whole.of.end(), [&](const NumberedName& number) {
        return number.value / unit >= 1'000'000'000 && number.value / unit < 3'000'000'000;
    });
    if (!in_reach) return {};
    Reading reading;
    reading.kind = NumberKind::clock;
    reading.first = i;
    reading.layout = "u";
    return reading;
}

/// The clock that begins with run `first`, if there is one.
std::optional<Reading> find_clock(const Names& names, const Members& members, const Facts& facts, std::size_t first,
                                  std::size_t hash_length) {
    for (const Clock& clock : clocks) {
        std::optional<Reading> reading = clock_at(facts, first, clock);
        if (!reading) continue;
        const bool has_half = reading->layout.find('i') != std::string::npos;
        if (!has_half && clock.layout == "hh mm") continue;
        reading->hash_length = hash_length;
        const auto is_last_counter = [&](Counting least) {
            return is_counter(names, members, facts, first + reading->runs - 1, hash_length, least);
        };
        if (reading->layout.back() == 'f' && reading->runs > 1 && is_last_counter(Counting::gaps)) {
            reading->layout.erase(reading->layout.find('f'));
            --reading->runs;
        }
        // Hours and minutes are distinguished from a counter of as many digits by not being 0, two runs of two digits
        // by a date.
        const bool has_date = reading->layout.find('D') != std::string::npos;
        const bool says_so = reading->runs > 2 && facts.before[first + 1] == "h" && facts.before[first + 2] == "m";
        if (!has_date && !says_so && reading->runs > 1 && is_last_counter(Counting::by_one)) continue;
        if (has_date && clock.layout.ends_with(" hhmm") && is_last_counter(Counting::gaps)) continue;
        std::size_t varying = 0;
        for (std::size_t i = first; i < first + reading->runs; ++i) varying += facts.runs[i].varies ? 1 : 0;
        if (varying == 0) continue;
        const Numbers times = numbers_in(names, members, *reading);
        const bool valid = std::all_of(times.of.begin(), times.of.end(), [&](const NumberedName& number) {
            return is_valid_clock(number.text(names), reading->layout);
        });
        const bool all_zero = std::all_of(times.of.begin(), times.of.end(), [&](const NumberedName& number) {
            return is_first_minute(number.text(names), reading->layout);
        });
        if (!valid || all_zero) continue;
        const bool has_fraction = reading->runs > 1 && reading->layout.back() == 'f';
        if (clock.certain || has_fraction || has_half || says_so) return reading;
        const Counting as_clock = steps_of_reading(times).counting;
        if (reading->runs > 1) {
            // Three numbers of two digits may be anything. If but one of them varies, it is as good a number as any.
            if (varying > 1 && (as_clock <= Counting::by_steps || is_even(times))) return reading;
            continue;
        }
        Reading whole = whole_at(facts, first, members.size());
        whole.hash_length = hash_length;
        const Counting as_whole = steps_of_reading(numbers_in(names, members, whole)).counting;
        if (as_clock < as_whole || as_whole >= Counting::irregular) return reading;
    }
    return {};
}

// ----------------------------------------------------------------------------------------------------------- decimals

bool is_point(std::string_view text) { return text == "." || text == ","; }

/// Is there nothing but a point between runs `i` and `i + 1`? In some names there may be a sign.
bool are_joined(const Facts& facts, std::size_t i) {
    return i + 1 < facts.runs.size() && is_point(facts.before[i + 1]) && facts.runs[i + 1].with_sign == 0;
}

/// Do runs `i` and `i + 1` look like one decimal number? Three with points between them are none.
bool may_be_decimal(const Facts& facts, std::size_t i) {
    constexpr std::size_t most_decimals = 9;
    if (!are_joined(facts, i)) return false;
    if (i > 0 && facts.before[i] == facts.before[i + 1]) return false;
    if (i + 2 < facts.runs.size() && facts.before[i + 2] == facts.before[i + 1]) return false;
    const RunFacts& fraction = facts.runs[i + 1];
    // Programs that write as many digits as a number needs end none in zero: 1.9, 1.10 counts something else.
    return fraction.longest <= most_decimals && (fraction.is_fixed() || !fraction.ends_in_zero);
}

/// Is something said of the number in front of it or behind it that is said of amounts?
bool has_unit(const Facts& facts, std::size_t i) {
    const std::string_view before = facts.before[i];
    if (before.ends_with('=')) return true;
    const std::string_view behind = i + 2 < facts.runs.size() ? facts.before[i + 2] : facts.behind;
    for (const std::string_view unit : {"um", "nm", "mm", "\xC2\xB5m", "\xCE\xBCm", "deg"}) {
        if (behind.starts_with(unit)) return true;
    }
    return false;
}

std::optional<Reading> find_decimal(const Names& names, const Members& members, const Facts& facts, std::size_t i,
                                    std::size_t hash_length) {
    if (!may_be_decimal(facts, i)) return {};
    const RunFacts& whole = facts.runs[i];
    const RunFacts& fraction = facts.runs[i + 1];
    Reading reading = whole_at(facts, i, members.size());
    reading.kind = NumberKind::decimal;
    reading.runs = 2;
    reading.decimals = static_cast<int>(fraction.longest);
    reading.hash_length = hash_length;
    if (!fraction.varies) {
        // 10.0, 20.0: the zeros say nothing, and 0001.12 may be a number and a note. A sign needs its fraction.
        if (!whole.varies || !reading.is_signed) return {};
        return reading;
    }
    if (whole.varies) return reading;
    std::vector<DigitRun> runs;
    const std::string_view model = stem_of(names[members.front()]);
    find_runs(model, hash_length, runs);
    const bool is_below_one = significant_digits(runs[i].digits(model)).empty();
    if (is_below_one || has_unit(facts, i)) return reading;
    // Sample 1, slices 1 to 9 or amounts from 1.1 to 1.9: both are the same, unless the lengths differ.
    if (fraction.is_fixed()) return {};
    Reading counter = whole_at(facts, i + 1, members.size());
    counter.hash_length = hash_length;
    const Counting as_counter = steps_of_reading(numbers_in(names, members, counter)).counting;
    const Counting as_amount = steps_of_reading(numbers_in(names, members, reading)).counting;
    if (as_counter < as_amount) return {};
    return reading;
}

// ---------------------------------------------------------------------------------------------------------- exponents

/// The run that is the exponent of the number at run `i`, if that is written with one in all names: 1e-06, 2.5E+03.
std::optional<std::size_t> exponent_of(const Facts& facts, std::size_t i, std::size_t names) {
    const std::size_t at = are_joined(facts, i) ? i + 2 : i + 1;
    if (at >= facts.runs.size() || (facts.before[at] != "e" && facts.before[at] != "E")) return {};
    if (facts.runs[at].with_sign != names) return {};
    return at;
}

}  // namespace

std::vector<Reading> readings_of(const Names& names, const Members& members, std::size_t hash_length) {
    const Facts facts = facts_of(names, members, hash_length);
    std::vector<Reading> readings;
    std::optional<Reading> counter;
    for (std::size_t i = 0; facts.any_varies && i < facts.runs.size();) {
        std::optional<Reading> reading;
        if (const std::optional<std::size_t> exponent = exponent_of(facts, i, members.size())) {
            reading = whole_at(facts, i, members.size());
            reading->kind = NumberKind::scientific;
            reading->runs = *exponent + 1 - i;
            reading->hash_length = hash_length;
            bool only_exponent = facts.runs[*exponent].varies;
            for (std::size_t run = i; run < *exponent; ++run) only_exponent = only_exponent && !facts.runs[run].varies;
            if (only_exponent) {
                // "3e" may be a name, and what looks like its exponent a counter behind a dash.
                counter.emplace();
                counter->first = *exponent;
                counter->hash_length = hash_length;
            }
        }
        if (!reading) reading = find_clock(names, members, facts, i, hash_length);
        if (!reading) reading = find_decimal(names, members, facts, i, hash_length);
        if (!reading) {
            reading = whole_at(facts, i, members.size());
            reading->hash_length = hash_length;
            if (facts.runs[i].varies) {
                const Numbers numbers = numbers_in(names, members, *reading);
                const std::optional<Reading> epoch = epoch_at(facts, i, numbers);
                if (epoch && steps_of_reading(numbers).counting > Counting::by_one) {
                    reading = epoch;
                    reading->hash_length = hash_length;
                }
            }
        }
        bool varies = false;
        for (std::size_t run = i; run < i + reading->runs; ++run) varies = varies || facts.runs[run].varies;
        i += reading->runs;
        if (varies) readings.push_back(*reading);
    }
    if (counter && readings.size() == 1) readings.push_back(*counter);
    return readings;
}

}  // namespace stack2nrrd
