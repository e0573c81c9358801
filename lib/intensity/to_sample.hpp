#pragma once

// Filtered numbers back to samples: the one place where values are rounded.

#include "loops/loops.hpp"

#include <stack2nrrd/image.hpp>
#include <stack2nrrd/options.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace stack2nrrd {

/// A linear map: sample = (number + before) · gain + after. What is far from 0 and is magnified is moved there first,
/// lest the sum loses its last bits.
struct LinearMap {
    double before = 0;
    double gain = 1;
    double after = 0;

    [[nodiscard]] double operator()(double number) const noexcept { return (number + before) * gain + after; }
};

/// Maps numbers of source type `from` (with its bias taken off) to values of `to`, through the window if there is one.
/// \throws Error invalid_argument for a window whose ends are in disorder, or so near to each other or so far away that
///         the map cannot be written in numbers.
[[nodiscard]] LinearMap intensity_map(SampleType from, SampleType to, const std::optional<Window>& window);

/// What became of numbers for which a type has no place.
struct Losses {
    std::int64_t nan = 0;  ///< integers that became 0 for want of a value
    /// Samples that were rounded to what is beyond the type's range, and became its ends; of floats, finite numbers
    /// that became infinite.
    Clipped clipped;

    Losses& operator+=(const Losses& other) noexcept {
        nan += other.nan;
        clipped.low += other.clipped.low;
        clipped.high += other.clipped.high;
        return *this;
    }
};

/// `count` numbers to samples of `type`: floor(v + 1/2), then clamped to the range of the type; floats as they are.
/// `nan` holds, where not null, the share of each number's weight that fell on NaN: what is left is scaled up by it,
/// and where less than a quarter of the whole weight is left, the sample is NaN, or 0 for integers.
/// What is clipped is counted if that `may_clip`; where nothing can be, looking for it would take time.
template <class Real>
Losses to_samples(const Real* numbers, const Real* nan, std::size_t count, const LinearMap& map, SampleType type,
                  bool may_clip, std::byte* samples);

/// `count` samples of type `from` as samples of type `to`, without a detour over numbers that might not hold them:
/// integers are clamped to the range of `to`, and floats as to_samples() has it.
Losses cast_samples(const std::byte* samples, SampleType from, std::size_t count, SampleType to, std::byte* result);

}  // namespace stack2nrrd
