#include "support/phantom.hpp"

#include <cmath>
#include <random>

namespace phantom {

using stack2nrrd::SampleType;
using support::Volume;

namespace {

template <class Function>
Volume filled(Size size, Function function) {
    Volume volume(size);
    for (std::int64_t z = 0; z < size[2]; ++z)
        for (std::int64_t y = 0; y < size[1]; ++y)
            for (std::int64_t x = 0; x < size[0]; ++x) volume.at(x, y, z) = function(x, y, z);
    return volume;
}

}  // namespace

Volume noise(Size size, double low, double high, bool whole, std::uint32_t seed, int channels) {
    std::mt19937 random(seed);
    Volume volume(size, channels);
    for (double& sample : volume.samples) {
        const double part = static_cast<double>(random()) / 4294967296.0;
        sample = whole ? low + std::floor(part * (high - low + 1)) : low + part * (high - low);
    }
    return volume;
}

Volume noise(Size size, SampleType type, std::uint32_t seed, int channels) {
    if (!support::is_float(type))
        return noise(size, support::lowest(type), support::highest(type), true, seed, channels);
    Volume volume = noise(size, -1000, 1000, false, seed, channels);
    if (type == SampleType::float32)
        for (double& sample : volume.samples) sample = static_cast<float>(sample);
    return volume;
}

Volume ramp(Size size, double offset, std::array<double, 3> slope) {
    return filled(size, [&](auto x, auto y, auto z) {
        return offset + slope[0] * static_cast<double>(x) + slope[1] * static_cast<double>(y) +
               slope[2] * static_cast<double>(z);
    });
}

Volume checkerboard(Size size, double low, double high) {
    return filled(size, [&](auto x, auto y, auto z) { return (x + y + z) % 2 == 0 ? low : high; });
}

Volume impulses(Size size, double low, double high, std::int64_t period) {
    return filled(size, [&](auto x, auto y, auto z) {
        return x % period == period / 2 && y % period == period / 2 && z % period == period / 2 ? high : low;
    });
}

Volume blobs(Size size, double low, double high) {
    std::mt19937 random(7);
    const auto place = [&](std::int64_t n) {
        return static_cast<double>(random()) / 4294967296.0 * static_cast<double>(n);
    };
    struct Blob {
        double x, y, z, radius;
    };
    std::vector<Blob> all(12);
    for (Blob& blob : all) blob = {place(size[0]), place(size[1]), place(size[2]), 2 + place(6)};
    return filled(size, [&](auto x, auto y, auto z) {
        double sum = 0.05;
        for (const Blob& b : all) {
            const double d2 = (static_cast<double>(x) - b.x) * (static_cast<double>(x) - b.x) +
                              (static_cast<double>(y) - b.y) * (static_cast<double>(y) - b.y) +
                              (static_cast<double>(z) - b.z) * (static_cast<double>(z) - b.z);
            sum += std::exp(-d2 / (2 * b.radius * b.radius));
        }
        return std::floor(low + (high - low) * (sum > 1 ? 1 : sum));
    });
}

}  // namespace phantom
