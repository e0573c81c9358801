#pragma once

// One worker's part of filtering: a source slice in, a slice that is filtered along y and x out. Rows flow through as
// they are decoded; nothing here holds a whole source slice.

#include "codec/codec.hpp"
#include "core/buffer.hpp"
#include "intensity/to_float.hpp"
#include "making/making.hpp"
#include "making/ring.hpp"
#include "resample/accumulator.hpp"
#include "resample/filter_x.hpp"

#include <atomic>
#include <cstdint>
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
    explicit SliceTables(const MakingPlan& plan);

    [[nodiscard]] static std::int64_t bytes(const MakingPlan& plan);

    std::shared_ptr<const TapTable<Real>> x;
    std::shared_ptr<const TapTable<Real>> y;
};

template <class Real>
class SliceFilter final : public SliceWorker {
public:
    /// Slice z is made into ring[z]. `rounded_integers` is set where a sample is met that its number does not equal.
    /// `plan`, `ring` and `rounded_integers` must outlive this object.
    SliceFilter(const MakingPlan& plan, const SliceTables<Real>& tables, Ring<SmallSlice<Real>>& ring,
                std::atomic<bool>& rounded_integers);

    void begin(Index z) override;
    void rows(Index y, Index count, const std::byte* samples) override;
    void end() override;
    void blank(Index z) override;
    bool lead(SliceWorker& other) override;

    /// What one worker takes.
    [[nodiscard]] static std::int64_t bytes(const MakingPlan& plan);

private:
    /// How large things are.
    struct Layout {
        explicit Layout(const MakingPlan& plan);

        std::size_t channels = 1;
        Range columns;            ///< of the source, that are needed
        std::size_t kept = 0;     ///< bytes of the rows of a batch
        Index block = 1;          ///< columns that are worked on at a time
        std::size_t stride = 0;   ///< from one row of a block to the next
        std::size_t numbers = 0;  ///< of a block
        bool may_have_nan = false;
    };

    void filter(Range batch);
    void filter_x();
    void look_for_wide_integers(Range batch);
    void sum_numbers(Range batch);
    void sum_samples(Range batch);
    template <class Work>
    void each_block(Work work);

    const MakingPlan& plan_;
    Layout layout_;
    Ring<SmallSlice<Real>>& ring_;
    std::atomic<bool>& rounded_integers_;
    RowConversion<Real> convert_;
    SmallSlice<Real>* slice_ = nullptr;
    FilterX<Real> x_;
    std::optional<FilterX<Real>> x_of_nan_;  ///< for floating-point slices
    Accumulator<Real> y_;

    // A batch of rows
    std::vector<const std::byte*> rows_;  ///< as they were decoded
    std::vector<std::byte> kept_;         ///< those of them that their decoder did not keep
    Buffer<Real> numbers_;                ///< a block, converted
    Buffer<Real> nan_;
    std::vector<const Real*> number_rows_;
    std::vector<const Real*> nan_rows_;
    std::vector<bool> has_nan_;
    bool add_up_at_once_;  ///< samples are added up as they are converted

    std::vector<SliceFilter*> filters_;  ///< this one, and those that it leads
};

}  // namespace stack2nrrd
