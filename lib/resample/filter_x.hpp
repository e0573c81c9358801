#pragma once

// The filter along x. A few rows are laid side by side, so that sample x of all of them is contiguous; the loops then
// run across the rows and are the same for every factor. Channels need no loop of their own.

#include "resample/axis_plan.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace stack2nrrd {

template <class Real>
class FilterX {
public:
    /// Rows worked on together: one cache line.
    static constexpr std::size_t bundle = 64 / sizeof(Real);

    /// Receives output row `y`: plan.outputs × channels samples, valid during the call.
    using Emit = std::function<void(Index y, const Real* row)>;

    /// Rows hold the source samples reach(plan, all outputs), `channels` interleaved.
    FilterX(const AxisPlan& plan, std::shared_ptr<const TapTable<Real>> table, std::size_t channels, Emit emit);

    /// The source samples of x that rows hold.
    [[nodiscard]] Range needed() const noexcept { return needed_; }

    void add(Index y, const Real* row);
    /// Emits what is still held back.
    void flush();

    [[nodiscard]] static std::int64_t memory_bytes(const AxisPlan& plan, std::size_t channels);

private:
    AxisPlan plan_;
    std::shared_ptr<const TapTable<Real>> table_;
    std::size_t channels_;
    Emit emit_;
    Range needed_;
    std::vector<Real> side_by_side_;  ///< samples × channels × bundle
    std::vector<Real> rows_;          ///< bundle × outputs × channels
    std::vector<Index> held_;         ///< the y of the rows in side_by_side_
};

}  // namespace stack2nrrd
