// From numbers to slices, duplicates and gaps.

#include "core/text.hpp"
#include "stack/natural_order.hpp"
#include "stack/series.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stack2nrrd {

namespace {

/// Digits in front of the point, as they are in a name.
std::size_t whole_width(const Names& names, const NumberedName& number) {
    std::string_view text = number.text(names);
    if (!text.empty() && !is_digit(text.front())) text.remove_prefix(1);
    return digits_at(text, 0).size();
}

void find_duplicates(Numbering& numbering) {
    const std::vector<NumberedName>& sorted = numbering.slices;
    for (std::size_t first = 0; first < sorted.size();) {
        std::size_t end = first + 1;
        while (end < sorted.size() && sorted[first].value == sorted[end].value) ++end;
        if (end - first > 1) numbering.duplicates.push_back({static_cast<Index>(first), static_cast<Index>(end)});
        first = end;
    }
}

/// Is a longer time without slices between two of them than there would be from the last one to the first, the next
/// day?
bool may_have_passed_midnight(const std::vector<std::int64_t>& values, std::int64_t day) {
    std::int64_t longest = 0;
    for (std::size_t i = 1; i < values.size(); ++i) longest = std::max(longest, values[i] - values[i - 1]);
    return values.size() > 2 && longest > day - (values.back() - values.front());
}

/// `text`: one of the times.
std::int64_t length_of_day(std::string_view text) {
    // The fraction of a second has as many digits as follow hours, minutes and seconds.
    std::size_t digits = 0;
    for (const char c : text) digits += is_digit(c) ? 1 : 0;
    std::int64_t day = 24 * 60 * 60;
    for (; digits > 6; --digits) day *= 10;
    return day;
}

void find_gaps(const Names& names, const Numbers& numbers, const Steps& steps, Numbering& numbering) {
    const std::vector<NumberedName>& sorted = numbering.slices;
    std::int64_t place = 0;
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        const std::int64_t before = place;
        const std::int64_t between = steps.between(sorted[i - 1].value, sorted[i].value);
        place += between;
        if (between <= 1) continue;
        const std::size_t width = std::min(whole_width(names, sorted[i - 1]), whole_width(names, sorted[i]));
        const auto text_at = [&](std::int64_t at) {
            // Rounded numbers are counted from the first one, so that their errors do not add up.
            const std::int64_t value = steps.exact
                                           ? sorted[i - 1].value + (at - before) * steps.whole
                                           : sorted.front().value + std::llround(static_cast<double>(at) * steps.step);
            return value_text(value, numbers.decimals, width);
        };
        std::string text = text_at(before + 1);
        if (between > 2) text += ".." + text_at(place - 1);
        numbering.gaps.push_back({i, between - 1, std::move(text)});
        numbering.missing += between - 1;
    }
}

}  // namespace

Numbering find_numbering(const Names& names, Numbers numbers) {
    Numbering numbering;
    numbering.slices = std::move(numbers.of);
    std::sort(numbering.slices.begin(), numbering.slices.end(), [&](const NumberedName& a, const NumberedName& b) {
        return a.value != b.value ? a.value < b.value : compare_natural(names[a.name], names[b.name]) < 0;
    });
    find_duplicates(numbering);
    numbering.kind = numbers.kind;
    numbering.countable = numbers.countable;
    if (!numbering.slices.empty()) numbering.highest = numbering.slices.back().text(names);
    const std::vector<NumberedName>& sorted = numbering.slices;
    if (!numbering.countable || sorted.empty()) return numbering;

    std::vector<std::int64_t> values;
    values.reserve(sorted.size());
    for (const NumberedName& number : sorted) {
        if (values.empty() || values.back() != number.value) values.push_back(number.value);
    }
    const Steps steps = steps_of(values, numbers.kind, widest_of(sorted, numbers.kind, numbering.countable));
    numbering.regular = steps.regular;
    numbering.step = steps.step;
    numbering.exact = steps.exact;
    numbering.wrapped = steps.counting == Counting::wrapped;
    if (numbers.kind == NumberKind::clock) {
        // A pause is no missing slice.
        numbering.regular = steps.counting <= Counting::by_steps;
        numbering.time_of_day = numbers.is_time_of_day;
        numbering.past_midnight =
            numbers.is_time_of_day && may_have_passed_midnight(values, length_of_day(sorted.front().text(names)));
        return numbering;
    }
    const std::size_t width = whole_width(names, sorted.front());
    const std::int64_t second = sorted.front().value + std::llround(steps.step);
    numbering.sequence =
        std::string(sorted.front().text(names)) + ", " + value_text(second, numbers.decimals, width) + ", ..";
    if (!numbering.regular) {
        std::int64_t least = values[1] - values[0];
        std::int64_t most = least;
        for (std::size_t i = 1; i < values.size(); ++i) {
            least = std::min(least, values[i] - values[i - 1]);
            most = std::max(most, values[i] - values[i - 1]);
        }
        numbering.least = value_text(least, numbers.decimals, 1);
        numbering.most = value_text(most, numbers.decimals, 1);
        return numbering;
    }
    find_gaps(names, numbers, steps, numbering);
    return numbering;
}

}  // namespace stack2nrrd
