#pragma once

// The filter along a slow axis: y, where items are rows, and z, where items are slices. Items come in batches; each is
// added, times its weight, into the few outputs that are under way. An output is finished when its last item has come.
// How many are under way depends on the kernel, not on the factor.

#include "core/buffer.hpp"
#include "loops/loops.hpp"
#include "resample/axis_plan.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace stack2nrrd {

/// Items are summed in groups of this many, cut at multiples of it on the source index axis. Since the cuts do not
/// depend on where reading starts, neither does any sum.
inline constexpr Index accumulator_group = static_cast<Index>(summing_group);

/// A batch is worked on in three steps: begin() it; sweep() over all samples of its items, in parts that fit into the
/// processor's cache, and on several threads if there are; end() it.
template <class Real>
class Accumulator {
public:
    /// An output whose last item is in the batch. Its samples are there where sweep() has been.
    struct Finished {
        Index k = 0;
        const Real* numbers = nullptr;
        const Real* nan = nullptr;  ///< the share of the weights that fell on NaN; null if none did
    };

    /// Makes `outputs` of `plan` from items of `length` samples. `table` may be null: taps are then found one by one.
    Accumulator(const AxisPlan& plan, std::shared_ptr<const TapTable<Real>> table, Range outputs, std::size_t length);

    /// The items that must be added, in order, without a gap.
    [[nodiscard]] Range needed() const noexcept { return needed_; }

    /// Where a batch must end that begins with item `first` and may have up to `most` items, a multiple of
    /// accumulator_group: batches do not cut groups.
    [[nodiscard]] Index batch_end(Index first, Index most) const noexcept {
        return std::min(needed_.end, (first / most + 1) * most);
    }

    /// Begins with the items `batch`; `has_nan` says for each whether it comes with a share of NaN.
    void begin(Range batch, const std::vector<bool>& has_nan);

    /// Adds the samples [begin, end) of all items of the batch. `numbers` and `nan` have a pointer for each item, to
    /// its sample `begin`; those to NaN are looked at where there is one, and may be null for items that have none.
    /// Calls for parts that do not overlap may come from several threads.
    void sweep(std::size_t begin, std::size_t end, const Real* const* numbers, const Real* const* nan);

    /// Adds up items of which the loop of the caller's makes numbers itself; there is no NaN among them.
    template <class Item>
    using AddUp = void (*)(Real* sum, bool fresh, const Item* const* items, const Real* weights, std::size_t count,
                           std::size_t length);
    template <class Item>
    void sweep(std::size_t begin, std::size_t end, const Item* const* items, AddUp<Item> add_up) {
        each_group([&](Output& output, const Group& group) {
            add_up(output.sum.data() + begin, group.fresh, items + group.at, group.weights, group.count, end - begin);
        });
    }

    /// What the batch finishes, in order. Valid until end().
    [[nodiscard]] const std::vector<Finished>& finished() const noexcept { return finished_; }

    void end();

    /// Begins anew, for the next slice.
    void restart();

    /// Memory for a plan whose items come in batches of up to `batch`, in bytes.
    [[nodiscard]] static std::int64_t memory_bytes(const AxisPlan& plan, std::size_t length, Index batch);

private:
    struct Output {
        Index k = 0;
        TapView<Real> taps;
        std::vector<Real> own_weights;  ///< where there is no table
        Buffer<Real> sum;
        Buffer<Real> nan;
        bool started_nan = false;  ///< has an item with NaN come?

        [[nodiscard]] Index end() const noexcept { return taps.first + taps.count; }
    };

    /// Items of the batch that are added to an output together.
    struct Group {
        std::size_t at = 0;
        std::size_t count = 0;
        const Real* weights = nullptr;
        bool fresh = false;  ///< the output begins with them
    };

    template <class Work>
    void each_group(Work work) {
        for (Output& output : open_) {
            const Range part{std::max(output.taps.first, batch_.first), std::min(output.end(), batch_.end)};
            for (Index i = part.first; i < part.end;) {
                const Index cut = std::min(part.end, (i / accumulator_group + 1) * accumulator_group);
                work(output, Group{static_cast<std::size_t>(i - batch_.first), static_cast<std::size_t>(cut - i),
                                   output.taps.weights + (i - output.taps.first), i == output.taps.first});
                i = cut;
            }
        }
    }

    void open_outputs();
    void recycle(Output output);
    void look_for_nan(Output& output, const std::vector<bool>& has_nan);

    AxisPlan plan_;
    std::shared_ptr<const TapTable<Real>> table_;
    Range outputs_;
    std::size_t length_;
    Range needed_;
    const Loops<Real>& loops_ = loops<Real>();
    Index next_output_ = 0;
    Range batch_;
    std::deque<Output> open_;
    std::vector<Finished> finished_;
    std::vector<Output> spare_;  ///< closed outputs, kept for their memory
    Buffer<Real> zeros_;         ///< an item without NaN
    Taps taps_;
};

}  // namespace stack2nrrd
