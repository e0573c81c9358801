#pragma once

// Which source samples make which output sample of one axis, and by what weights. All of the mathematics of
// resampling is in this file; the loops elsewhere multiply and add.

#include "loops/loops.hpp"

#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/kernel.hpp>
#include <stack2nrrd/options.hpp>

#include <cstddef>
#include <vector>

namespace stack2nrrd {

/// The source samples first, first + 1, … and their weights, which sum to one. Samples beyond the border are already
/// folded onto the edge samples.
struct Taps {
    Index first = 0;
    std::vector<double> weights;

    [[nodiscard]] Index end() const noexcept { return first + static_cast<Index>(weights.size()); }
};

/// One axis of an import: `outputs` samples at positions first, first + step, … among `source` samples. A value.
struct AxisPlan {
    Index source = 1;   ///< samples there are
    Index outputs = 1;  ///< samples to make
    /// Source samples from one output to the next: in lowest terms, but for a reference grid whose first output needs
    /// a larger denominator.
    Rational step{};
    /// Position of output 0 on the source index axis: exact, in lowest terms. Its denominator divides 2 · step.den.
    Rational first{};
    Kernel kernel{};

    /// A step of one between samples: they are copied, whatever the kernel.
    [[nodiscard]] bool copies() const noexcept { return step == Rational{1, 1} && first.den == 1; }

    /// Is each output one of the samples?
    [[nodiscard]] bool picks() const noexcept { return copies() || kernel.kind() == Kernel::Kind::nearest; }
};

/// The part of an axis of `source` samples that `crop` asks for: all, if it is empty.
/// \throws Error invalid_argument if it does not lie within the axis; `axis` names it ("x").
[[nodiscard]] Range wanted_part(Index source, const Range& crop, char axis);

/// \throws Error invalid_argument if the options do not fit an axis of `source` samples; `axis` names it ("x").
[[nodiscard]] AxisPlan make_axis_plan(Index source, const AxisOptions& options, Align align, char axis);

/// `outputs` samples at `first`, `first` + `step`, …, wherever these are. Terms of both up to rational_limit, step
/// above 0. \throws Error invalid_argument if the kernel does not fit, or a common denominator would be beyond
/// rational_limit.
[[nodiscard]] AxisPlan make_axis_plan(Index source, const Kernel& kernel, const Rational& step, const Rational& first,
                                      Index outputs, char axis);

/// The taps of output `k`. `taps` is reused, so that asking for many costs no allocation.
void find_taps(const AxisPlan& plan, Index k, Taps& taps);

/// The samples first … end − 1 whose cells the cell of an output covers, wholly or in part. Samples beyond the border
/// are counted on the edge samples.
struct Cells {
    Index first = 0;
    Index end = 1;
    Index before = 0;  ///< how many more times the first counts
    Index after = 0;   ///< and the last

    [[nodiscard]] Index count() const noexcept { return end - first + before + after; }
    /// How often sample `i` counts.
    [[nodiscard]] Index times(Index i) const noexcept {
        return 1 + (i == first ? before : 0) + (i == end - 1 ? after : 0);
    }
};

/// The cells under output `k`; on an axis that is not reduced, or with kernel nearest, the one in which the output
/// is.
[[nodiscard]] Cells covered_cells(const AxisPlan& plan, Index k);

/// The source samples that `outputs` are made of.
[[nodiscard]] Range reach(const AxisPlan& plan, Range outputs);

/// The most taps that an output can have.
[[nodiscard]] Index most_taps(const AxisPlan& plan);

/// How many outputs can be under way at once while source samples come in groups of `group`.
[[nodiscard]] Index most_open(const AxisPlan& plan, Index group);

/// The same weights in the arithmetic of the loops. What rounding took from their sum is given to the largest, so that
/// a constant stays what it was.
template <class Real>
void round_weights(const std::vector<double>& weights, std::vector<Real>& rounded);

/// The taps of all outputs of a plan, in the arithmetic of the loops. Made once, shared by all who work on slices. The
/// z axis has none: its taps are found when they are needed, so that memory does not grow with the number of slices.
template <class Real>
class TapTable {
public:
    explicit TapTable(const AxisPlan& plan);
    TapTable(const TapTable&) = delete;
    TapTable& operator=(const TapTable&) = delete;

    [[nodiscard]] const TapView<Real>& operator[](Index k) const noexcept {
        return entries_[static_cast<std::size_t>(k)];
    }

    [[nodiscard]] static std::int64_t memory_bytes(const AxisPlan& plan);

private:
    std::vector<TapView<Real>> entries_;
    std::vector<Real> weights_;
};

}  // namespace stack2nrrd
