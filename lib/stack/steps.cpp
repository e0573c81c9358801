// How numbers count.

#include "stack/natural_order.hpp"
#include "stack/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stack2nrrd {

namespace {

/// Numbers that are rounded to whole units lie within one unit of a line. `step`: what it may be, about.
bool fit_line(const std::vector<std::int64_t>& values, double step, Steps& steps) {
    std::int64_t places = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        const auto distance = static_cast<double>(values[i] - values[i - 1]);
        const std::int64_t between = std::llround(distance / step);
        if (between < 1) return false;
        places += between;
    }
    const double exact = static_cast<double>(values.back() - values.front()) / static_cast<double>(places);
    std::int64_t place = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        place += std::llround(static_cast<double>(values[i] - values[i - 1]) / step);
        const double expected = exact * static_cast<double>(place);
        if (std::abs(static_cast<double>(values[i] - values[0]) - expected) > 1) return false;
        if (std::llround(static_cast<double>(values[i] - values[i - 1]) / exact) !=
            std::llround(static_cast<double>(values[i] - values[i - 1]) / step)) {
            return false;
        }
    }
    steps.step = exact;
    steps.exact = false;
    steps.regular = true;
    steps.missing = places - static_cast<std::int64_t>(values.size() - 1);
    return true;
}

/// The mean of those distances that are single steps: what differs from the middle one by no more than rounding does.
double mean_near(const std::vector<std::int64_t>& distances, std::int64_t middle) {
    std::int64_t sum = 0;
    std::int64_t count = 0;
    for (const std::int64_t distance : distances) {
        if (distance < middle - 1 || distance > middle + 1) continue;
        sum += distance;
        ++count;
    }
    return static_cast<double>(sum) / static_cast<double>(count);
}

/// Have the numbers gone over from 9999 to 0000? Then there is a wide gap between a low part and a high one.
bool may_have_wrapped(const std::vector<std::int64_t>& values, std::int64_t widest) {
    if (widest < 99 || values.back() != widest || values.front() > 1) return false;
    std::int64_t gap = 0;
    for (std::size_t i = 1; i < values.size(); ++i) gap = std::max(gap, values[i] - values[i - 1] - 1);
    return gap > 0 && gap >= (static_cast<std::int64_t>(values.size()) + 9) / 10;
}

}  // namespace

std::int64_t Steps::between(std::int64_t a, std::int64_t b) const {
    if (exact) return (b - a) / whole;
    return std::llround(static_cast<double>(b - a) / step);
}

std::int64_t widest_of(const Numbers& numbers) { return widest_of(numbers.of, numbers.kind, numbers.countable); }

std::int64_t widest_of(const std::vector<NumberedName>& numbers, NumberKind kind, bool countable) {
    if (kind != NumberKind::whole || !countable || numbers.empty()) return 0;
    constexpr std::size_t most_digits = 18;  // that fit into 64 bits; longer numbers begin with zeros
    const std::size_t size = numbers.front().size;
    if (size > most_digits) return 0;
    std::int64_t widest = 0;
    for (std::size_t i = 0; i < size; ++i) widest = widest * 10 + 9;
    const bool fixed =
        std::all_of(numbers.begin(), numbers.end(), [&](const NumberedName& number) { return number.size == size; });
    return fixed ? widest : 0;
}

Steps steps_of(const std::vector<std::int64_t>& values, NumberKind kind, std::int64_t widest) {
    Steps steps;
    if (values.size() < 2) {
        steps.counting = Counting::by_steps;
        steps.regular = true;
        return steps;
    }
    std::int64_t divisor = 0;
    std::vector<std::int64_t> distances(values.size() - 1);
    for (std::size_t i = 1; i < values.size(); ++i) {
        distances[i - 1] = values[i] - values[i - 1];
        divisor = std::gcd(divisor, distances[i - 1]);
    }
    const auto files = static_cast<std::int64_t>(values.size());
    const bool is_whole = kind == NumberKind::whole;
    steps.step = static_cast<double>(divisor);
    steps.whole = divisor;
    steps.missing = (values.back() - values.front()) / divisor - (files - 1);
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    // Positions that were measured are multiples of their last digit and of nothing else.
    steps.regular = is_whole || steps.missing <= files || divisor == *middle;
    // Two rounded steps differ by one unit at most. Only where steps are longer than that can a gap be distinguished
    // from them, and few numbers show nothing.
    constexpr std::int64_t enough = 4;
    const std::int64_t least = is_whole ? 3 : 2;
    if (steps.missing > 0 && files >= enough && kind != NumberKind::clock && *middle >= least) {
        Steps rounded;
        if (fit_line(values, mean_near(distances, *middle), rounded) && rounded.missing < steps.missing)
            steps = rounded;
    }
    if (steps.missing == 0) {
        steps.counting = is_whole && steps.exact && divisor == 1 ? Counting::by_one : Counting::by_steps;
    } else if (is_whole && may_have_wrapped(values, widest)) {
        steps.counting = Counting::wrapped;
    } else if (steps.missing <= files) {
        steps.counting = Counting::gaps;
    }
    return steps;
}

}  // namespace stack2nrrd
