#pragma once

// From SampleType to C++ types.

#include <stack2nrrd/image.hpp>

#include <cstdint>
#include <type_traits>

namespace stack2nrrd {

/// Calls `function` with a value of the C++ type that `type` names.
template <class Function>
decltype(auto) with_sample_type(SampleType type, Function&& function) {
    switch (type) {
        case SampleType::uint8: return function(std::uint8_t{});
        case SampleType::int8: return function(std::int8_t{});
        case SampleType::uint16: return function(std::uint16_t{});
        case SampleType::int16: return function(std::int16_t{});
        case SampleType::uint32: return function(std::uint32_t{});
        case SampleType::int32: return function(std::int32_t{});
        case SampleType::float32: return function(float{});
        case SampleType::int64: return function(std::int64_t{});
        case SampleType::uint64: return function(std::uint64_t{});
        case SampleType::float64: break;
    }
    return function(double{});
}

[[nodiscard]] constexpr bool is_float(SampleType type) noexcept {
    return type == SampleType::float32 || type == SampleType::float64;
}

/// Integers of 64 bits, not all of which a double can hold.
[[nodiscard]] constexpr bool is_wide_integer(SampleType type) noexcept {
    return type == SampleType::int64 || type == SampleType::uint64;
}

/// See bias().
template <class Sample>
inline constexpr double bias_of = std::is_same_v<Sample, std::uint8_t>    ? 128.0
                                  : std::is_same_v<Sample, std::uint16_t> ? 32768.0
                                                                          : 0.0;

}  // namespace stack2nrrd
