#pragma once

// What a plan holds: all that a run needs, so that the run decides nothing.

#include "resample/axis_plan.hpp"

#include "intensity/to_sample.hpp"

#include <stack2nrrd/import.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace stack2nrrd {

/// Slices that are added along z together, where memory allows: fewer sums are read and written again.
inline constexpr Index most_in_z_batch = 8;

struct ImportPlan::Detail {
    static constexpr SliceRef blank{};

    FileList files;                                   ///< see Stack
    std::shared_ptr<const NrrdVolume> volume_source;  ///< see Stack::volume
    std::vector<SliceRef> slices;                     ///< along z of the source
    ImageInfo image;                                  ///< of every slice
    bool stored = false;                              ///< see Stack
    Channel channel = Channel::luma;
    std::array<AxisPlan, 3> axes;
    std::array<Range, 3> crop;  ///< of the source
    bool surveyed = false;      ///< does a survey come before the run?
    bool needs_window = false;  ///< see ImportPlan
    Range slab;                 ///< of the outputs along z
    Range source;               ///< of `slices`, that the slab is made of
    bool modes = false;         ///< are samples counted or picked, not filtered?
    bool single = false;        ///< float, or double?
    LinearMap intensity;
    std::string clipping_advice;  ///< see ImportPlan
    VolumeInfo volume;
    Index source_slices = 0;
    bool backward = false;           ///< is a volume that goes forward only read from its end?
    std::int64_t read_bytes = 0;     ///< see ImportPlan
    std::int64_t decoder_bytes = 0;  ///< see Stack
    std::int64_t sink_bytes = 0;     ///< of a NRRD file written as the options say
    std::int64_t list_bytes = 0;     ///< what the list of files and slices takes, here and in the stack
    unsigned threads = 1;
    Index in_flight = 1;  ///< slices between decoder and z
    Index z_batch = 1;    ///< slices that are added along z together
    std::int64_t memory_bytes = 0;
    std::vector<std::string> left_out;  ///< keys of the source's header that are not true of the result
    std::vector<std::string> warnings;

    [[nodiscard]] bool may_clip() const noexcept { return !clipping_advice.empty(); }

    /// Samples of a row of a slice that is filtered along x and y.
    [[nodiscard]] std::size_t small_row_length() const noexcept {
        return static_cast<std::size_t>(axes[0].outputs * volume.channels);
    }
    /// Samples of such a slice.
    [[nodiscard]] std::size_t small_slice_length() const noexcept {
        return small_row_length() * static_cast<std::size_t>(axes[1].outputs);
    }
};

/// Where the source samples lie, with what the options say of it.
[[nodiscard]] Geometry source_geometry(const Stack& stack, const Options& options);

/// \throws Error invalid_argument if it cannot be written in numbers.
void check_placed(const Geometry& geometry);

}  // namespace stack2nrrd
