#include "support/volume.hpp"

#include <cstring>
#include <limits>
#include <type_traits>

namespace support {

using stack2nrrd::SampleType;

namespace {

template <class Function>
auto typed(SampleType type, Function function) {
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

/// The highest integers of 64 bits are no doubles: numbers of the other side of the border mean them.
template <class Sample>
Sample saturated(double value) {
    if constexpr (sizeof(Sample) == 8 && std::is_integral_v<Sample>) {
        if (value >= static_cast<double>(std::numeric_limits<Sample>::max())) return std::numeric_limits<Sample>::max();
    }
    return static_cast<Sample>(value);
}

}  // namespace

Volume::Volume(std::array<std::int64_t, 3> size_, int channels_, double value)
    : size(size_),
      channels(channels_),
      samples(static_cast<std::size_t>(size_[0] * size_[1] * size_[2] * channels_), value) {}

double lowest(SampleType type) {
    return typed(type,
                 [](auto sample) { return static_cast<double>(std::numeric_limits<decltype(sample)>::lowest()); });
}

double highest(SampleType type) {
    return typed(type, [](auto sample) { return static_cast<double>(std::numeric_limits<decltype(sample)>::max()); });
}

bool is_float(SampleType type) { return type == SampleType::float32 || type == SampleType::float64; }

std::vector<std::byte> to_bytes(std::span<const double> samples, SampleType type) {
    return typed(type, [&](auto sample) {
        std::vector<std::byte> bytes(samples.size() * sizeof(sample));
        for (std::size_t i = 0; i < samples.size(); ++i) {
            sample = saturated<decltype(sample)>(samples[i]);
            std::memcpy(&bytes[i * sizeof(sample)], &sample, sizeof(sample));
        }
        return bytes;
    });
}

std::vector<double> from_bytes(std::span<const std::byte> bytes, SampleType type) {
    return typed(type, [&](auto sample) {
        std::vector<double> samples(bytes.size() / sizeof(sample));
        for (std::size_t i = 0; i < samples.size(); ++i) {
            std::memcpy(&sample, &bytes[i * sizeof(sample)], sizeof(sample));
            samples[i] = static_cast<double>(sample);
        }
        return samples;
    });
}

}  // namespace support
