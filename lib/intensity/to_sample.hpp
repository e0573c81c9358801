#pragma once

// Filtered numbers back to samples: the one place where values are rounded.

#include <stack2nrrd/image.hpp>
#include <stack2nrrd/options.hpp>

#include <cstddef>
#include <optional>

namespace stack2nrrd {

/// A linear map: sample = number · gain + offset.
struct LinearMap {
    double gain = 1;
    double offset = 0;
};

/// Maps numbers of source type `from` (with its bias taken off) to values of `to`, through the window if there is one.
[[nodiscard]] LinearMap intensity_map(SampleType from, SampleType to, const std::optional<Window>& window);

/// `count` numbers to samples of `type`: floor(v + 1/2), then clamped to the range of the type; floats as they are.
/// `nan` holds, where not null, the share of each number's weight that fell on NaN: what is left is scaled up by it,
/// and where less than a quarter of the whole weight is left, the sample is NaN, or 0 for integers.
/// Returns how many integers became 0 for want of a value.
template <class Real>
std::int64_t to_samples(const Real* numbers, const Real* nan, std::size_t count, const LinearMap& map, SampleType type,
                        std::byte* samples);

/// `count` samples of type `from` as samples of type `to`, without a detour over numbers that might not hold them:
/// integers are clamped to the range of `to`, and floats as to_samples() has it.
void cast_samples(const std::byte* samples, SampleType from, std::size_t count, SampleType to, std::byte* result);

}  // namespace stack2nrrd
