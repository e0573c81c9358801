#include "intensity/to_sample.hpp"

#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "intensity/to_float.hpp"
#include "loops/loops.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

namespace stack2nrrd {

namespace {

/// The lowest and the highest value of a type; 0 and 1 for floats, which have no range to speak of.
std::pair<double, double> full_range(SampleType type) {
    return with_sample_type(type, [](auto sample) -> std::pair<double, double> {
        using Sample = decltype(sample);
        if constexpr (std::is_floating_point_v<Sample>) return {0.0, 1.0};
        return {static_cast<double>(std::numeric_limits<Sample>::min()),
                static_cast<double>(std::numeric_limits<Sample>::max())};
    });
}

/// floor(value + 1/2)
template <class Sample>
double rounded(double value) {
    if constexpr (sizeof(Sample) == 8) {
        // From 2^52 on there are no halves to add.
        const double below = std::floor(value);
        return value - below < 0.5 ? below : below + 1;
    }
    return std::floor(value + 0.5);
}

/// The nearest value of an integer type.
template <class Sample>
Sample clamped(double value) {
    constexpr auto lowest = static_cast<double>(std::numeric_limits<Sample>::min());
    constexpr auto highest = static_cast<double>(std::numeric_limits<Sample>::max());
    const double whole = rounded<Sample>(value);
    if constexpr (sizeof(Sample) == 8) {
        // The highest integer is no double: `highest` is one more.
        if (whole >= highest) return std::numeric_limits<Sample>::max();
        return whole < lowest ? std::numeric_limits<Sample>::min() : static_cast<Sample>(whole);
    }
    double within = whole < lowest ? lowest : whole;
    within = within > highest ? highest : within;
    return static_cast<Sample>(within);
}

/// Is a value rounded to what is below the range of an integer type, or above it? (Whole limits may be compared with
/// what is not yet rounded down.)
template <class Sample>
bool is_below(double value) {
    constexpr auto lowest = static_cast<double>(std::numeric_limits<Sample>::min());
    return (sizeof(Sample) == 8 ? rounded<Sample>(value) : value + 0.5) < lowest;
}
template <class Sample>
bool is_above(double value) {
    constexpr double beyond = static_cast<double>(std::numeric_limits<Sample>::max() / 2 + 1) * 2;
    return (sizeof(Sample) == 8 ? rounded<Sample>(value) : value + 0.5) >= beyond;
}

/// The least weight that must be left beside NaN for a number to mean something: a quarter of the whole, which rounding
/// may have made a little less. Kernels with negative lobes divide by almost nothing otherwise: with P and N for the
/// weights above and below zero that are left, values lie up to N/(P - N) of the source's range beyond its ends.
constexpr double least_weight = 0.25 - 1e-9;

/// Samples of the values that `value_at(i)` makes of the numbers.
template <class Sample, class Real, class ValueAt>
Losses convert(const Real* numbers, std::size_t count, ValueAt value_at, bool may_clip, Sample* samples) {
    Losses losses;
    if constexpr (std::is_floating_point_v<Sample>) {
        for (std::size_t i = 0; i < count; ++i) samples[i] = static_cast<Sample>(value_at(i));
        for (std::size_t i = 0; may_clip && i < count; ++i) {
            if (!std::isinf(samples[i]) || std::isinf(numbers[i])) continue;
            ++(samples[i] < 0 ? losses.clipped.low : losses.clipped.high);
        }
    } else {
        for (std::size_t i = 0; i < count; ++i) {
            const double value = value_at(i);
            if (std::is_same_v<Real, double> && std::isnan(value)) {  // single precision is for integers
                samples[i] = Sample{0};
                ++losses.nan;
            } else {
                samples[i] = clamped<Sample>(value);
            }
        }
        for (std::size_t i = 0; may_clip && i < count; ++i) {
            losses.clipped.low += is_below<Sample>(value_at(i)) ? 1 : 0;
            losses.clipped.high += is_above<Sample>(value_at(i)) ? 1 : 0;
        }
    }
    return losses;
}

template <class Sample, class Real>
Losses convert(const Real* numbers, const Real* nan, std::size_t count, const LinearMap& map, bool may_clip,
               std::byte* bytes) {
    auto* samples = reinterpret_cast<Sample*>(bytes);
    const bool only_adds = map.before == 0 && map.gain == 1;
    if constexpr (std::is_same_v<Real, float> && std::is_unsigned_v<Sample> && sizeof(Sample) <= 2) {
        // No more than a whole number to add: 8- and 16-bit samples as they are.
        const bool small = std::abs(map.after) <= 65536 && map.after == std::floor(map.after);
        if (nan == nullptr && only_adds && small) {
            const auto offset = static_cast<std::int32_t>(map.after);
            return {0, sample_loops<Sample>().round_off(numbers, count, offset, samples)};
        }
    }
    const auto number_at = [numbers](std::size_t i) { return static_cast<double>(numbers[i]); };
    const bool as_it_is = only_adds && map.after == 0;  // keeps the sign of a floating-point zero
    if (nan != nullptr) {
        const auto value_at = [=](std::size_t i) {
            double number = number_at(i);
            if (nan[i] != 0) {
                const double left = 1 - static_cast<double>(nan[i]);
                number = left < least_weight ? std::numeric_limits<double>::quiet_NaN() : number / left;
            }
            return as_it_is ? number : map(number);
        };
        return convert(numbers, count, value_at, may_clip, samples);
    }
    if (as_it_is) return convert(numbers, count, number_at, may_clip, samples);
    const auto mapped_at = [=](std::size_t i) { return map(number_at(i)); };
    return convert(numbers, count, mapped_at, may_clip, samples);
}

[[noreturn]] void throw_useless(const Window& window, const std::string& what) {
    throw Error(ErrorCode::invalid_argument,
                "--window: " + number_text(window.low) + "," + number_text(window.high) + " " + what);
}

template <class From, class To>
To cast(From value, Losses& losses) {
    if constexpr (std::is_integral_v<From> && std::is_integral_v<To>) {
        using Limits = std::numeric_limits<To>;
        const bool low = std::cmp_less(value, Limits::min());
        const bool high = std::cmp_greater(value, Limits::max());
        losses.clipped.low += low ? 1 : 0;
        losses.clipped.high += high ? 1 : 0;
        return low ? Limits::min() : high ? Limits::max() : static_cast<To>(value);
    } else if constexpr (std::is_integral_v<To>) {
        const auto number = static_cast<double>(value);
        if (std::isnan(number)) {
            ++losses.nan;
            return To{0};
        }
        losses.clipped.low += is_below<To>(number) ? 1 : 0;
        losses.clipped.high += is_above<To>(number) ? 1 : 0;
        return clamped<To>(number);
    } else {
        return static_cast<To>(value);
    }
}

}  // namespace

LinearMap intensity_map(SampleType from, SampleType to, const std::optional<Window>& window) {
    const double middle = bias(from);
    if (!window) return {0, 1, middle};
    constexpr double farthest = 1e290;  // no sum with a sample overflows
    if (!(window->low < window->high)) throw_useless(*window, "is no window; LO must be below HI");
    if (!(std::max(std::abs(window->low), std::abs(window->high)) <= farthest)) {
        throw_useless(*window, "reaches too far; give LO and HI between -1e290 and 1e290");
    }
    const auto [lowest, highest] = full_range(to);
    const double gain = (highest - lowest) / (window->high - window->low);
    if (!std::isfinite(gain)) {
        throw_useless(*window, "is too narrow to be mapped to the range of " + std::string(sample_type_name(to)) +
                                   "; give LO and HI farther apart");
    }
    // Where nothing is magnified or shrunk, one sum is enough.
    if (gain == 1) return {0, 1, middle - window->low + lowest};
    return {middle - window->low, gain, lowest};
}

template <class Real>
Losses to_samples(const Real* numbers, const Real* nan, std::size_t count, const LinearMap& map, SampleType type,
                  bool may_clip, std::byte* samples) {
    return with_sample_type(
        type, [&](auto sample) { return convert<decltype(sample)>(numbers, nan, count, map, may_clip, samples); });
}

Losses cast_samples(const std::byte* samples, SampleType from, std::size_t count, SampleType to, std::byte* result) {
    Losses losses;
    if (from == to) {
        std::memcpy(result, samples, count * sample_bytes(to));
        return losses;
    }
    with_sample_type(from, [&](auto source) {
        with_sample_type(to, [&](auto target) {
            for (std::size_t i = 0; i < count; ++i) {
                std::memcpy(&source, samples + i * sizeof(source), sizeof(source));
                target = cast<decltype(source), decltype(target)>(source, losses);
                std::memcpy(result + i * sizeof(target), &target, sizeof(target));
            }
        });
    });
    return losses;
}

template Losses to_samples<float>(const float*, const float*, std::size_t, const LinearMap&, SampleType, bool,
                                  std::byte*);
template Losses to_samples<double>(const double*, const double*, std::size_t, const LinearMap&, SampleType, bool,
                                   std::byte*);

}  // namespace stack2nrrd
