#pragma once

// The filter along x where outputs lie two to four whole samples apart, as nearly all imports want it. A row is dealt
// out to as many phases (sample 0, n, 2n, …; sample 1, n + 1, …); then each tap of all outputs is a contiguous stretch
// of one phase, and the row is summed as if its outputs were rows of one sample. The polyphase decomposition of
// decimators: R. E. Crochiere and L. R. Rabiner, Multirate Digital Signal Processing (1983), section 3.3.

#include "core/buffer.hpp"
#include "loops/loops.hpp"
#include "resample/axis_plan.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace stack2nrrd {

template <class Real>
class Polyphase {
public:
    /// Rows have one channel, and outputs lie as far apart as this class is for.
    [[nodiscard]] static bool suits(const AxisPlan& plan, std::size_t channels);

    Polyphase(const AxisPlan& plan, std::shared_ptr<const TapTable<Real>> table);

    /// `row`: the source samples reach(plan, all outputs). The result, plan.outputs numbers, is valid until the next
    /// call.
    [[nodiscard]] const Real* filter(const Real* row);

    [[nodiscard]] static std::int64_t memory_bytes(const AxisPlan& plan);

private:
    /// Outputs that share their weights; all between the edges do.
    struct Run {
        Index first = 0;
        Index end = 0;
    };

    std::shared_ptr<const TapTable<Real>> table_;
    Range needed_;
    std::size_t step_;
    std::vector<Run> runs_;
    Buffer<Real> samples_;
    std::array<Real*, most_phases> phases_{};  ///< in samples_
    Buffer<Real> outputs_;
    const Loops<Real>& loops_ = loops<Real>();
};

}  // namespace stack2nrrd
