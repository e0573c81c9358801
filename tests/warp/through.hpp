#pragma once

// A volume through the stage of a warp.

#include "support/volume.hpp"
#include "warp/warp_stage.hpp"

#include <stack2nrrd/progress.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace warps {

struct Outcome {
    stack2nrrd::VolumeInfo info;
    std::vector<std::byte> bytes;
    stack2nrrd::Report report;
    std::vector<std::string> late_notes;
    int pulses = 0;

    [[nodiscard]] std::vector<double> samples() const { return support::from_bytes(bytes, info.type); }
};

/// `volume` as samples of `type`, at the places of `geometry`.
[[nodiscard]] stack2nrrd::VolumeInfo info_of(const support::Volume& volume, stack2nrrd::SampleType type,
                                             const stack2nrrd::Geometry& geometry);

[[nodiscard]] Outcome through(const stack2nrrd::WarpPlan& plan, const support::Volume& volume,
                              stack2nrrd::SampleType type, const stack2nrrd::Geometry& geometry, std::int64_t room = 0,
                              const std::function<void()>& pulse = {});

}  // namespace warps
