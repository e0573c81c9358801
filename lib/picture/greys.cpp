#include "picture/greys.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace stack2nrrd {

namespace {

using Counts = std::vector<std::uint32_t>;

/// Whole numbers in the order of what they stand for.
std::uint32_t key_of(float number) {
    constexpr std::uint32_t sign = 0x8000'0000;
    const auto bits = std::bit_cast<std::uint32_t>(number);
    return (bits & sign) != 0 ? ~bits : bits | sign;
}

float number_of(std::uint32_t key) {
    constexpr std::uint32_t sign = 0x8000'0000;
    return std::bit_cast<float>((key & sign) != 0 ? key & ~sign : ~key);
}

/// The bin that has the number of this rank, which becomes the rank within the bin.
std::uint32_t bin_of(const Counts& counts, std::size_t& rank) {
    std::uint32_t bin = 0;
    for (; rank >= counts[bin]; ++bin) rank -= counts[bin];
    return bin;
}

}  // namespace

Greys greys_of(std::span<const View> views) {
    // Counted twice: by the upper half of their bits, then by the lower half where that is the one that is looked for.
    constexpr std::size_t bins = 65536;
    const auto each = [&](auto count) {
        for (const View& view : views) {
            for (const float number : view.numbers) {
                if (std::abs(number) <= std::numeric_limits<float>::max()) count(key_of(number));
            }
        }
    };
    Counts upper(bins, 0);
    std::size_t total = 0;
    each([&](std::uint32_t key) {
        ++upper[key >> 16];
        ++total;
    });
    if (total == 0) return {};
    std::array<std::size_t, 2> ranks{(total - 1) / 100, total - 1 - (total - 1) / 100};
    const std::array<std::uint32_t, 2> found{bin_of(upper, ranks[0]), bin_of(upper, ranks[1])};
    std::array<Counts, 2> lower{Counts(bins, 0), Counts(bins, 0)};
    each([&](std::uint32_t key) {
        for (std::size_t i = 0; i < 2; ++i) {
            if (key >> 16 == found[i]) ++lower[i][key & 0xFFFF];
        }
    });
    const float low = number_of(found[0] << 16 | bin_of(lower[0], ranks[0]));
    const float high = number_of(found[1] << 16 | bin_of(lower[1], ranks[1]));
    return {low, high > low ? high : low + 1};
}

std::uint8_t grey_of(float number, Greys greys) noexcept {
    const float grey = (number - greys.low) / (greys.high - greys.low) * 255.F + 0.5F;
    if (!(grey > 0)) return 0;
    return static_cast<std::uint8_t>(std::min(grey, 255.F));
}

}  // namespace stack2nrrd
