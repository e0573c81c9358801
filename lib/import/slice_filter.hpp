#pragma once

// One worker's part: a source slice in, a slice that is filtered along y and x out. Rows flow through as they are
// decoded; nothing here holds a whole source slice.

#include "codec/codec.hpp"
#include "import/plan_detail.hpp"
#include "import/slice_source.hpp"
#include "intensity/to_float.hpp"
#include "resample/accumulator.hpp"
#include "resample/filter_x.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace stack2nrrd {

/// A slice on its way from the workers to z: y × x × channels.
template <class Real>
struct SmallSlice {
    std::vector<Real> numbers;
    std::vector<Real> nan;  ///< the share of each number's weight that fell on NaN; empty if none did
};

/// The tables that all workers share.
template <class Real>
struct SliceTables {
    explicit SliceTables(const ImportPlan::Detail& plan);

    std::shared_ptr<const TapTable<Real>> x;
    std::shared_ptr<const TapTable<Real>> y;
};

template <class Real>
class SliceFilter final : private RowSink {
public:
    /// `plan` and `source` must outlive this object; `worker` is the number of the thread that uses it.
    SliceFilter(const ImportPlan::Detail& plan, const SliceTables<Real>& tables, SliceSource& source, unsigned worker);

    /// Filters slice `z` of the plan into `slice`. `pulse` is called every now and then and may throw to stop.
    /// \throws Error changed, corrupt, unsupported, io, limit.
    void run(Index z, SmallSlice<Real>& slice, const std::function<void()>& pulse);

    /// What one worker takes beyond its decoder.
    [[nodiscard]] static std::int64_t memory_bytes(const ImportPlan::Detail& plan);

private:
    void row(Index y, const std::byte* samples) override;
    void store(Index y, const Real* row, std::vector<Real>& slice);

    /// y, then x, into one of the two parts of the slice.
    struct Path {
        Path(const ImportPlan::Detail& plan, const SliceTables<Real>& tables, const typename FilterX<Real>::Emit& emit);
        Path(const Path&) = delete;
        Path& operator=(const Path&) = delete;

        FilterX<Real> x;
        Accumulator<Real> y;
        std::vector<Real> rows;  ///< a group of converted rows
    };

    const ImportPlan::Detail& plan_;
    SliceSource& source_;
    unsigned worker_;
    RowConversion<Real> convert_;
    std::size_t row_length_;  ///< of converted rows
    Path numbers_;
    std::optional<Path> nan_;  ///< for floating-point slices
    SmallSlice<Real>* slice_ = nullptr;
    const std::function<void()>* pulse_ = nullptr;
};

}  // namespace stack2nrrd
