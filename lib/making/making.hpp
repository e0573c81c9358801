#pragma once

// What becomes of the slices of a source. Each kind of making has a part that workers do, slice by slice in any order,
// and a part that the calling thread does in order; read_through() brings the slices.

#include "intensity/to_sample.hpp"
#include "making/run_ordered.hpp"
#include "resample/axis_plan.hpp"

#include <stack2nrrd/image.hpp>
#include <stack2nrrd/options.hpp>
#include <stack2nrrd/progress.hpp>
#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/source.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace stack2nrrd {

/// A worker's part. Rows come as a RowSink has them: those that the making wants, in order.
class SliceWorker : public RowSink {
public:
    /// Slice z comes next. A worker whose slice broke off is not asked again.
    virtual void begin(Index z) = 0;
    /// All of its rows have come.
    virtual void end() = 0;
    /// Slice z is missing: zeros replace it.
    virtual void blank(Index z) = 0;

    /// Hands on to `other`, from now on, what it makes of its rows before they are filtered. `other` then gets no rows,
    /// but everything else, wants the same rows of the same slices, and exists at least as long. False if it cannot.
    [[nodiscard]] virtual bool lead(SliceWorker& other);
};

/// The least range that has both in it.
[[nodiscard]] inline Range hull(Range a, Range b) {
    if (a.empty() || b.empty()) return a.empty() ? b : a;
    return {std::min(a.first, b.first), std::max(a.end, b.end)};
}

class Making {
public:
    Making() = default;
    Making(const Making&) = delete;
    Making& operator=(const Making&) = delete;
    virtual ~Making() = default;

    /// The slices of the source that it wants, and the rows of each.
    [[nodiscard]] virtual Range slices() const = 0;
    [[nodiscard]] virtual Range rows() const = 0;

    /// One thread's part. Called on the calling thread, before the first slice.
    [[nodiscard]] virtual std::unique_ptr<SliceWorker> worker() = 0;
    /// Slice z has been through a worker. In order, on the calling thread.
    virtual void take(Index z, const Share& share) = 0;

    /// What it has found out about the samples of those slices that the sink has got, also while it gets one; the
    /// slices and the threads are not its affair.
    [[nodiscard]] virtual Report report() const = 0;
};

/// Slices that are added along z together, where memory allows: fewer sums are read and written again.
inline constexpr Index most_in_z_batch = 8;

/// All that a volume is made by, so that a making decides nothing.
struct MakingPlan {
    ImageInfo image;  ///< of every slice of the source
    Channel channel = Channel::luma;
    std::array<AxisPlan, 3> axes;
    std::array<Range, 3> crop;  ///< of the source
    Range slab;                 ///< of the outputs along z
    Range read;                 ///< of the source's slices, that the slab is made of
    bool modes = false;         ///< are samples counted or picked, not filtered?
    bool single = false;        ///< are they filtered as float, or as double?
    LinearMap intensity;
    bool may_clip = false;
    VolumeInfo volume;  ///< what is made
    Index z_batch = 1;  ///< slices that are added along z together

    /// Samples of a row of a slice that is filtered along x and y.
    [[nodiscard]] std::size_t small_row_length() const noexcept {
        return static_cast<std::size_t>(axes[0].outputs * volume.channels);
    }
    /// Samples of such a slice.
    [[nodiscard]] std::size_t small_slice_length() const noexcept {
        return small_row_length() * static_cast<std::size_t>(axes[1].outputs);
    }
};

/// What makes the volume of `plan`, filtering or counting, with at most `in_flight` slices under way, on up to
/// `threads` threads. `sink` has begun, and is not finished here. `plan` and `sink` must outlive the result.
[[nodiscard]] std::unique_ptr<Making> making_of(const MakingPlan& plan, unsigned threads, Index in_flight, Sink& sink);

/// What it takes, without readers and sink, in bytes.
[[nodiscard]] std::int64_t making_bytes(const MakingPlan& plan, unsigned threads, Index in_flight);

}  // namespace stack2nrrd
