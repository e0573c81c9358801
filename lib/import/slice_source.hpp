#pragma once

// Where the rows of source slices come from: image files, or a volume.

#include "codec/codec.hpp"
#include "import/plan_detail.hpp"
#include "volume/sample_reader.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

namespace stack2nrrd {

/// Serves all workers of a run. Some volumes can only be read from front to back: then slices are read one at a time,
/// in the order in which they are worked on.
class SliceSource {
public:
    /// `plan` must outlive this object.
    explicit SliceSource(const ImportPlan::Detail& plan);

    /// Pushes the rows [rows.first, rows.end) of slice `z` of the plan, which is no blank one, into `sink`.
    /// `pulse` is called while waiting.
    /// \throws Error changed, corrupt, unsupported, io, limit, and whatever `sink` and `pulse` throw.
    void read(unsigned worker, Index z, Range rows, RowSink& sink, const std::function<void()>& pulse);

    /// Tells that slice `z` is not read.
    void pass(Index z, const std::function<void()>& pulse);

    /// Tells that samples were read which their numbers do not equal; any worker may.
    void add_rounded_integers() noexcept { rounded_integers_ = true; }

    /// Tells that slice `z` could not be made, and may not have been read: who waits for its turn behind it need not.
    /// To be called while the failure is passed on; that of the lowest slice is the one that counts.
    void give_up(Index z) noexcept;

    /// What was found so far; to be asked when no worker reads. See Report.
    [[nodiscard]] bool rounded_integers() const noexcept { return rounded_integers_; }
    [[nodiscard]] Index files_with_surplus() const noexcept;

private:
    void read_image(SliceRef slice, Range rows, RowSink& sink) const;
    void read_volume(unsigned worker, SliceRef slice, Range rows, RowSink& sink);
    void wait_for(Index z, const std::function<void()>& pulse);

    const ImportPlan::Detail& plan_;
    bool in_order_ = false;
    std::vector<std::unique_ptr<SampleReader>> readers_;  ///< of a volume: one a worker, or one for all
    std::atomic<bool> rounded_integers_ = false;
    std::mutex mutex_;
    std::condition_variable turn_;
    Index next_ = 0;                                      ///< the slice whose turn it is
    Index given_up_ = std::numeric_limits<Index>::max();  ///< the lowest that could not be made
};

}  // namespace stack2nrrd
