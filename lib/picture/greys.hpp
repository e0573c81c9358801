#pragma once

#include "picture/views.hpp"

#include <cstdint>
#include <span>

namespace stack2nrrd {

/// What is black, and what is white.
struct Greys {
    float low = 0;
    float high = 1;
};

/// The numbers that 1 % of all finite ones are below, and 1 % above: of n those of rank floor((n - 1) / 100) from both
/// ends. If both are the same, what is 1 above is white.
[[nodiscard]] Greys greys_of(std::span<const View> views);

/// Memory that it takes.
inline constexpr std::int64_t greys_bytes = 3 * 65536 * 4;

/// NaN is black.
[[nodiscard]] std::uint8_t grey_of(float number, Greys greys) noexcept;

}  // namespace stack2nrrd
