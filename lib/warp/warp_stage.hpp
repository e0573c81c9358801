#pragma once

// A result on any grid: a stage behind the making that reduces the source.

#include "intensity/to_sample.hpp"
#include "stage/stage.hpp"
#include "warp/warp.hpp"

#include <stack2nrrd/image.hpp>
#include <stack2nrrd/kernel.hpp>

#include <array>
#include <cstdint>
#include <memory>

namespace stack2nrrd {

/// All that a warp decides.
struct WarpPlan {
    Warp warp;                        ///< `reach` is worked out
    std::array<Kernel, 3> kernels{};  ///< by which the finer grid is reduced, axes of the result; not for labels
    bool labels = false;              ///< nearest on the finer grid, and the most frequent value of it
    /// The part of the grid that is made; an axis whose range is empty is made whole. What is beside it is looked up,
    /// too, as far as the kernels reach: the samples are those that they are in the whole.
    std::array<Range, 3> part{};
    Geometry geometry{};                  ///< where the samples of that part lie, as it is written
    LinearMap intensity{};                ///< from numbers of the reduced volume to the result's; not for labels
    SampleType type = SampleType::uint8;  ///< of the result
    bool may_clip = false;                ///< are samples counted that the type does not hold?
    double outside = 0;                   ///< what samples are whose centre is outside of the source's wanted part
    Index brick = 16;                     ///< samples along each side of a brick; see BrickLayout::edge
    unsigned threads = 1;                 ///< that work at most, the calling one included; fewer, if memory is scarce
};

/// Takes a reduced volume of float32 or float64, for labels of any type, whose Geometry says where its samples lie. It
/// is written to a scratch file, brick by brick. With the last slice it is looked up on the finer grid, and what comes
/// of that is reduced. With `may_clip` the result has the late notes `stack2nrrd_clipped_low` and `_high`.
///
/// Samples do not depend on threads, memory and part.
/// StagePlan::result() throws invalid_argument if the type of the result does not hold what is outside, or if numbers
/// are no floats.
[[nodiscard]] std::shared_ptr<const StagePlan> warping(const WarpPlan& plan);

/// What that takes, about.
struct WarpEffort {
    double places = 0;      ///< that are looked up
    double times_read = 0;  ///< of the scratch file: 1 where each brick is read once
    double seconds = 0;     ///< after the source has been read, by what places took on the machine of the benchmarks
};
/// `volume`: what the stage gets. `room`: memory beside StagePlan::memory_bytes(). `outside`: about which share of the
/// samples is outside of the source.
[[nodiscard]] WarpEffort warp_effort(const WarpPlan& plan, const VolumeInfo& volume, std::int64_t room, double outside);

}  // namespace stack2nrrd
