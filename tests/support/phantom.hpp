#pragma once

// Volumes to test with.

#include "support/volume.hpp"

#include <array>
#include <cstdint>

namespace phantom {

using Size = std::array<std::int64_t, 3>;

/// Uniform noise between low and high, whole numbers if `whole`. The same on every machine.
[[nodiscard]] support::Volume noise(Size size, double low, double high, bool whole, std::uint32_t seed = 1,
                                    int channels = 1);

/// Noise over the whole range of an integer type, over [-1000, 1000] for floats.
[[nodiscard]] support::Volume noise(Size size, stack2nrrd::SampleType type, std::uint32_t seed = 1, int channels = 1);

/// Each sample tells its own place: offset + slope · (x, y, z).
[[nodiscard]] support::Volume ramp(Size size, double offset, std::array<double, 3> slope);

/// Two values in turn, along every axis.
[[nodiscard]] support::Volume checkerboard(Size size, double low, double high);

/// `low`, with single samples of `high` at every period-th place of each axis.
[[nodiscard]] support::Volume impulses(Size size, double low, double high, std::int64_t period);

/// Smooth spots of whole numbers on a dark ground, as in a real scan.
[[nodiscard]] support::Volume blobs(Size size, double low, double high);

}  // namespace phantom
