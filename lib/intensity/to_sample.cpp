#include "intensity/to_sample.hpp"

#include "core/sample_types.hpp"
#include "intensity/to_float.hpp"
#include "loops/loops.hpp"

#include <cmath>
#include <cstring>
#include <limits>
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

template <class Sample>
Sample rounded(double value) {
    if constexpr (std::is_floating_point_v<Sample>) {
        return static_cast<Sample>(value);
    } else {
        constexpr auto lowest = static_cast<double>(std::numeric_limits<Sample>::min());
        constexpr auto highest = static_cast<double>(std::numeric_limits<Sample>::max());
        if constexpr (sizeof(Sample) == 8) {
            // From 2^52 on there are no halves to add, and the highest integer is no double: `highest` is one more.
            const double below = std::floor(value);
            value = value - below < 0.5 ? below : below + 1;
            if (value >= highest) return std::numeric_limits<Sample>::max();
            return value < lowest ? std::numeric_limits<Sample>::min() : static_cast<Sample>(value);
        }
        value = std::floor(value + 0.5);
        value = value < lowest ? lowest : value;
        value = value > highest ? highest : value;
        return static_cast<Sample>(value);
    }
}

/// The least weight that must be left beside NaN for a number to mean something: a quarter of the whole, which rounding
/// may have made a little less. Kernels with negative lobes divide by almost nothing otherwise: with P and N for the
/// weights above and below zero that are left, values lie up to N/(P - N) of the source's range beyond its ends.
constexpr double least_weight = 0.25 - 1e-9;

template <class Sample, class Real>
std::int64_t convert(const Real* numbers, const Real* nan, std::size_t count, const LinearMap& map, std::byte* bytes) {
    auto* samples = reinterpret_cast<Sample*>(bytes);
    const bool as_it_is = map.gain == 1 && map.offset == 0;  // keeps the sign of a floating-point zero
    if constexpr (std::is_same_v<Real, float> && std::is_unsigned_v<Sample> && sizeof(Sample) <= 2) {
        // No more than a whole offset: 8- and 16-bit samples as they are.
        const bool small = std::abs(map.offset) <= 65536 && map.offset == std::floor(map.offset);
        if (nan == nullptr && map.gain == 1 && small) {
            sample_loops<Sample>().round_off(numbers, count, static_cast<std::int32_t>(map.offset), samples);
            return 0;
        }
    }
    if (nan == nullptr && std::is_integral_v<Sample> && std::is_same_v<Real, float>) {
        for (std::size_t i = 0; i < count; ++i) {
            samples[i] = rounded<Sample>(static_cast<double>(numbers[i]) * map.gain + map.offset);
        }
        return 0;
    }
    std::int64_t without_value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        double number = static_cast<double>(numbers[i]);
        if (nan != nullptr && nan[i] != 0) {
            const double left = 1 - static_cast<double>(nan[i]);
            number = left < least_weight ? std::numeric_limits<double>::quiet_NaN() : number / left;
        }
        const double value = as_it_is ? number : number * map.gain + map.offset;
        if (std::is_integral_v<Sample> && std::isnan(value)) {
            samples[i] = Sample{0};
            ++without_value;
        } else {
            samples[i] = rounded<Sample>(value);
        }
    }
    return without_value;
}

template <class From, class To>
To cast(From value) {
    if constexpr (std::is_integral_v<From> && std::is_integral_v<To>) {
        using Limits = std::numeric_limits<To>;
        if (std::cmp_less(value, Limits::min())) return Limits::min();
        return std::cmp_greater(value, Limits::max()) ? Limits::max() : static_cast<To>(value);
    } else if constexpr (std::is_integral_v<To>) {
        return std::isnan(value) ? To{0} : rounded<To>(static_cast<double>(value));
    } else {
        return static_cast<To>(value);
    }
}

}  // namespace

LinearMap intensity_map(SampleType from, SampleType to, const std::optional<Window>& window) {
    const double middle = bias(from);
    if (!window) return {1, middle};
    const auto [lowest, highest] = full_range(to);
    const double gain = (highest - lowest) / (window->high - window->low);
    return {gain, (middle - window->low) * gain + lowest};
}

template <class Real>
std::int64_t to_samples(const Real* numbers, const Real* nan, std::size_t count, const LinearMap& map, SampleType type,
                        std::byte* samples) {
    return with_sample_type(type,
                            [&](auto sample) { return convert<decltype(sample)>(numbers, nan, count, map, samples); });
}

void cast_samples(const std::byte* samples, SampleType from, std::size_t count, SampleType to, std::byte* result) {
    if (from == to) {
        std::memcpy(result, samples, count * sample_bytes(to));
        return;
    }
    with_sample_type(from, [&](auto source) {
        with_sample_type(to, [&](auto target) {
            for (std::size_t i = 0; i < count; ++i) {
                std::memcpy(&source, samples + i * sizeof(source), sizeof(source));
                target = cast<decltype(source), decltype(target)>(source);
                std::memcpy(result + i * sizeof(target), &target, sizeof(target));
            }
        });
    });
}

template std::int64_t to_samples<float>(const float*, const float*, std::size_t, const LinearMap&, SampleType,
                                        std::byte*);
template std::int64_t to_samples<double>(const double*, const double*, std::size_t, const LinearMap&, SampleType,
                                         std::byte*);

}  // namespace stack2nrrd
