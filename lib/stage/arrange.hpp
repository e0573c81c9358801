#pragma once

// Samples of a volume in another order of axes, in another sense, and among samples that are outside of it. No sample
// is changed.

#include "stage/stage.hpp"

#include <array>
#include <cstddef>
#include <memory>

namespace stack2nrrd {

/// What an axis of a result is made of.
struct ArrangedAxis {
    std::size_t from = 0;  ///< the axis of what is made
    bool turned = false;   ///< its last sample comes first
    Index size = 1;        ///< samples of the result
    Index before = 0;      ///< how many of them are outside, in front of the first that is made

    /// How many of the `made` samples have a place in the result: all, but for a slab that is outside of them. What is
    /// left behind them is outside again.
    [[nodiscard]] Index shown(Index made) const noexcept { return made < size - before ? made : size - before; }
};

struct Arrangement {
    std::array<ArrangedAxis, 3> axes{{{0}, {1}, {2}}};  ///< of the result: x, y, z; each `from` once
    double fill = 0;                                    ///< what samples outside are; a value of the result
    Geometry geometry{};                                ///< of the result
};

/// The first and the last sample of axis `axis` of the result that are the samples first … last of the `made` ones.
[[nodiscard]] std::array<Index, 2> arranged(const ArrangedAxis& axis, Index made, Index first, Index last) noexcept;

/// Hands on slices as they come where z stays z. Else it writes them to a scratch file, and reads that once, by as many
/// slices of the result at a time as there is room for.
/// StagePlan::result() throws invalid_argument if the type of the volume does not hold the fill.
[[nodiscard]] std::shared_ptr<const StagePlan> arranging(const Arrangement& arrangement);

}  // namespace stack2nrrd
