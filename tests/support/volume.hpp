#pragma once

// A volume in memory as the tests have it: every sample of every type is a double.

#include <stack2nrrd/image.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace support {

struct Volume {
    std::array<std::int64_t, 3> size{0, 0, 0};  ///< x, y, z
    int channels = 1;
    std::vector<double> samples;  ///< channel fastest, then x, y, z

    Volume() = default;
    explicit Volume(std::array<std::int64_t, 3> size_, int channels_ = 1, double value = 0);

    [[nodiscard]] std::size_t index(std::int64_t x, std::int64_t y, std::int64_t z, int channel = 0) const {
        return static_cast<std::size_t>(((z * size[1] + y) * size[0] + x) * channels + channel);
    }
    [[nodiscard]] double& at(std::int64_t x, std::int64_t y, std::int64_t z, int channel = 0) {
        return samples[index(x, y, z, channel)];
    }
    [[nodiscard]] double at(std::int64_t x, std::int64_t y, std::int64_t z, int channel = 0) const {
        return samples[index(x, y, z, channel)];
    }
};

/// The lowest and the highest value of a type; for floats of the finite ones.
[[nodiscard]] double lowest(stack2nrrd::SampleType type);
[[nodiscard]] double highest(stack2nrrd::SampleType type);
[[nodiscard]] bool is_float(stack2nrrd::SampleType type);

/// Values that the type holds exactly, to its bytes in native order; and back.
[[nodiscard]] std::vector<std::byte> to_bytes(std::span<const double> samples, stack2nrrd::SampleType type);
[[nodiscard]] std::vector<double> from_bytes(std::span<const std::byte> bytes, stack2nrrd::SampleType type);

/// All types.
/// Those whose samples are all doubles.
inline constexpr std::array all_types{stack2nrrd::SampleType::uint8,   stack2nrrd::SampleType::int8,
                                      stack2nrrd::SampleType::uint16,  stack2nrrd::SampleType::int16,
                                      stack2nrrd::SampleType::uint32,  stack2nrrd::SampleType::int32,
                                      stack2nrrd::SampleType::float32, stack2nrrd::SampleType::float64};

}  // namespace support
