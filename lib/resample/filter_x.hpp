#pragma once

// The filter along x, whatever the step and the channels. A few rows are laid side by side, so that sample x of all of
// them is contiguous; the loops then run across the rows. Where Polyphase suits it does the work, and takes less time;
// the bytes are the same.

#include "core/buffer.hpp"
#include "loops/loops.hpp"
#include "resample/axis_plan.hpp"
#include "resample/polyphase.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace stack2nrrd {

template <class Real>
class FilterX {
public:
    /// Rows worked on together.
    static constexpr std::size_t bundle = bundle_rows<Real>;

    /// Says where output row `y` is to be written: room for plan.outputs × channels samples.
    using Place = std::function<Real*(Index y)>;

    /// Rows hold the source samples reach(plan, all outputs), `channels` interleaved.
    FilterX(const AxisPlan& plan, std::shared_ptr<const TapTable<Real>> table, std::size_t channels, Place place);

    /// The source samples of x that rows hold.
    [[nodiscard]] Range needed() const noexcept { return needed_; }

    /// `row` must stay as it is until keep() or flush().
    void add(Index y, const Real* row);
    /// Copies what is held back: the rows that have been added may be gone after this.
    void keep();
    /// Writes what is held back. Other threads may read the results after this.
    void flush();

    [[nodiscard]] static std::int64_t memory_bytes(const AxisPlan& plan, std::size_t channels);

private:
    /// Source samples of a bundle that are side by side at a time: they should stay in the processor's first cache, and
    /// not be moved more often than they are read.
    [[nodiscard]] static Index window(const AxisPlan& plan, std::size_t channels);
    static constexpr Index outputs_at_a_time = 64;

    struct Held {
        Index y = 0;
        const Real* row = nullptr;
    };

    void slide(Index first);

    AxisPlan plan_;
    std::shared_ptr<const TapTable<Real>> table_;
    std::size_t channels_;
    Place place_;
    Range needed_;
    std::optional<Polyphase<Real>> polyphase_;
    const Loops<Real>& loops_ = loops<Real>();
    Buffer<Real> kept_;          ///< bundle × source samples × channels: rows that would be gone
    Buffer<Real> side_by_side_;  ///< window × channels × bundle
    Buffer<Real> results_;       ///< outputs_at_a_time × channels × bundle
    Range columns_;              ///< the source samples in side_by_side_
    std::vector<Held> held_;     ///< rows of an incomplete bundle
};

}  // namespace stack2nrrd
