#pragma once

// One worker's part: a source slice in, a slice that is filtered along y and x out. Rows flow through as they are
// decoded; nothing here holds a whole source slice.

#include "codec/codec.hpp"
#include "core/buffer.hpp"
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
    Buffer<Real> numbers;
    Buffer<Real> nan;  ///< the share of each number's weight that fell on NaN; empty if none did
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
    void rows(Index y, Index count, const std::byte* samples) override;
    void filter(Range batch);
    void look_for_wide_integers(Range batch);
    void sum_numbers(Range batch);
    void sum_samples(Range batch);
    template <class Work>
    void each_block(Work work);
    static Index block_columns(const ImportPlan::Detail& plan);
    static std::size_t block_stride(const ImportPlan::Detail& plan);

    const ImportPlan::Detail& plan_;
    SliceSource& source_;
    unsigned worker_;
    RowConversion<Real> convert_;
    SmallSlice<Real>* slice_ = nullptr;
    FilterX<Real> x_;
    std::optional<FilterX<Real>> x_of_nan_;  ///< for floating-point slices
    Accumulator<Real> y_;

    // A batch of rows
    std::vector<const std::byte*> rows_;  ///< as they were decoded
    std::vector<std::byte> kept_;         ///< those of them that their decoder did not keep
    Index block_;                         ///< columns that are worked on at a time
    std::size_t stride_;                  ///< from one row of a block to the next
    Buffer<Real> numbers_;                ///< a block, converted
    Buffer<Real> nan_;
    std::vector<const Real*> number_rows_;
    std::vector<const Real*> nan_rows_;
    std::vector<bool> has_nan_;
    bool add_up_at_once_;  ///< samples are added up as they are converted

    const std::function<void()>* pulse_ = nullptr;
};

}  // namespace stack2nrrd
