#pragma once

// The filter along a slow axis: y, where items are rows, and z, where items are slices. Each item is added, times its
// weight, into the few outputs that are under way. An output is handed on when its last item has come. How many are
// under way depends on the kernel, not on the factor.

#include "resample/axis_plan.hpp"

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace stack2nrrd {

/// Items are summed in groups of this many, cut at multiples of it on the source index axis. Grouping saves most of
/// the traffic to the sums, keeps rounding errors small for wide kernels, and since the cuts do not depend on where
/// reading starts, neither does any sum.
inline constexpr Index accumulator_group = 4;

template <class Real>
class Accumulator {
public:
    /// Receives output k: `length` samples, valid during the call; null stands for zeros.
    using Emit = std::function<void(Index k, const Real* output)>;

    /// Makes `outputs` of `plan` from items of `length` samples. `table` may be null: taps are then found one by one.
    Accumulator(const AxisPlan& plan, std::shared_ptr<const TapTable<Real>> table, Range outputs, std::size_t length,
                Emit emit);

    /// The items that must be added, in order, without a gap.
    [[nodiscard]] Range needed() const noexcept { return needed_; }

    /// Adds item i. Null stands for zeros. The samples must stay where they are until release_before() passes i.
    void add(Index i, const Real* item);

    /// Items before this one are no longer looked at.
    [[nodiscard]] Index release_before() const noexcept { return group_begin_; }

    /// Begins anew, for the next slice.
    void restart();

    /// Memory for a plan, in bytes.
    [[nodiscard]] static std::int64_t memory_bytes(const AxisPlan& plan, std::size_t length);

private:
    using Buffer = std::unique_ptr<Real[]>;

    struct Output {
        Index k = 0;
        Index first = 0;
        Index end = 0;
        const Real* weights = nullptr;
        std::vector<Real> own_weights;  ///< where there is no table
        Buffer sum;                     ///< null until something is added
        bool started = false;           ///< is `sum` more than raw memory?
    };

    void open_outputs(Index end);
    void add_group(Index end);
    void close_outputs(Index end);

    AxisPlan plan_;
    std::shared_ptr<const TapTable<Real>> table_;
    Range outputs_;
    std::size_t length_;
    Emit emit_;
    Range needed_;
    Index next_output_ = 0;
    Index group_begin_ = 0;
    std::array<const Real*, accumulator_group> group_{};
    std::deque<Output> open_;
    std::vector<Output> spare_;  ///< closed outputs, kept for their memory
    Taps taps_;
};

}  // namespace stack2nrrd
