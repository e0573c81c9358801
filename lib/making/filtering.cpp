#include "making/filtering.hpp"

#include "core/byte_count.hpp"
#include "core/sample_types.hpp"
#include "making/ring.hpp"
#include "making/slice_filter.hpp"
#include "resample/accumulator.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace stack2nrrd {

namespace {

/// How large things are.
template <class Real>
struct Layout {
    Index slices = 1;         ///< small ones, on their way or held for z: never more than there are
    Index finished = 1;       ///< slices of the result that a batch can finish
    std::size_t length = 0;   ///< samples of a small slice
    std::size_t samples = 0;  ///< bytes of a slice of the result
    bool may_have_nan = false;

    Layout(const MakingPlan& plan, Index in_flight)
        : slices(std::min(in_flight + plan.z_batch, plan.read.size())),
          finished(std::min(plan.slab.size(), plan.z_batch * plan.axes[2].step.den / plan.axes[2].step.num + 1)),
          length(plan.small_slice_length()),
          samples(static_cast<std::size_t>(plan.volume.slice_bytes())),
          may_have_nan(is_float(plan.image.type)) {}

    [[nodiscard]] std::int64_t bytes(const MakingPlan& plan) const {
        const std::int64_t parts = may_have_nan ? 2 : 1;
        const ByteCount small = ByteCount(length) * sizeof(Real);
        const ByteCount sums = Accumulator<Real>::memory_bytes(plan.axes[2], length, plan.z_batch);
        const ByteCount zeros = ByteCount(parts - 1) * small;
        return (ByteCount(parts) * (ByteCount(slices) * small + sums) + zeros + ByteCount(finished) * samples).value();
    }
};

template <class Real>
class Filtering final : public Making {
public:
    Filtering(const MakingPlan& plan, const Layout<Real>& layout, Sink& sink)
        : plan_(plan),
          layout_(layout),
          sink_(sink),
          tables_(plan),
          ring_(layout.slices, {Buffer<Real>(layout.length), {}}),
          accumulator_(plan.axes[2], nullptr, plan.slab, layout.length),
          batch_{plan.read.first, plan.read.first} {}

    [[nodiscard]] Range slices() const override { return plan_.read; }
    [[nodiscard]] Range rows() const override { return reach(plan_.axes[1], {0, plan_.axes[1].outputs}); }
    [[nodiscard]] std::unique_ptr<SliceWorker> worker() override {
        return std::make_unique<SliceFilter<Real>>(plan_, tables_, ring_, rounded_integers_);
    }

    /// Slices wait until a batch is complete.
    void take(Index z, const Share& share) override {
        batch_.end = z + 1;
        if (batch_.end != accumulator_.batch_end(batch_.first, plan_.z_batch)) return;
        std::vector<bool> has_nan;
        for (Index i = batch_.first; i < batch_.end; ++i) has_nan.push_back(!ring_[i].nan.empty());
        accumulator_.begin(batch_, has_nan);
        while (samples_.size() < accumulator_.finished().size()) samples_.emplace_back(layout_.samples);
        while (losses_.size() < samples_.size()) losses_.emplace_back();

        share((layout_.length + part_length - 1) / part_length,
              [&](std::size_t n) { filter(n * part_length, std::min(layout_.length, (n + 1) * part_length)); });
        std::size_t slot = 0;
        for (const auto& output : accumulator_.finished()) {
            losses_[slot].move_to(report_);
            sink_.write_slice(output.k - plan_.slab.first, samples_[slot++]);
        }
        accumulator_.end();
        batch_.first = batch_.end;
    }

    [[nodiscard]] Report report() const override {
        Report report = report_;
        report.rounded_integers = rounded_integers_;
        return report;
    }

private:
    /// Of a finished slice, counted by several threads.
    struct SliceLosses {
        std::atomic<std::int64_t> nan = 0;
        std::atomic<std::int64_t> low = 0;
        std::atomic<std::int64_t> high = 0;

        void move_to(Report& report) noexcept {
            report.nan_samples += nan.exchange(0);
            report.clipped_low += low.exchange(0);
            report.clipped_high += high.exchange(0);
        }
    };

    /// Samples of a slice that are worked on at a time: they stay in the processor's second cache.
    static constexpr std::size_t part_length = 4096;

    /// The samples [begin, end) of all slices of the batch.
    void filter(std::size_t begin, std::size_t end) {
        std::array<const Real*, most_in_z_batch> numbers{};
        std::array<const Real*, most_in_z_batch> nan{};
        for (Index z = batch_.first; z < batch_.end; ++z) {
            const SmallSlice<Real>& slice = ring_[z];
            const auto i = static_cast<std::size_t>(z - batch_.first);
            numbers[i] = slice.numbers.data() + begin;
            nan[i] = slice.nan.empty() ? nullptr : slice.nan.data() + begin;
        }
        accumulator_.sweep(begin, end, numbers.data(), nan.data());
        const std::size_t sample = sample_bytes(plan_.volume.type);
        std::size_t slot = 0;
        for (const auto& output : accumulator_.finished()) {
            std::vector<std::byte>& slice = samples_[slot];
            SliceLosses& counts = losses_[slot++];
            const Losses losses =
                to_samples(output.numbers + begin, output.nan == nullptr ? nullptr : output.nan + begin, end - begin,
                           plan_.intensity, plan_.volume.type, plan_.may_clip, slice.data() + begin * sample);
            counts.nan += losses.nan;
            counts.low += losses.clipped.low;
            counts.high += losses.clipped.high;
        }
    }

    const MakingPlan& plan_;
    Layout<Real> layout_;
    Sink& sink_;
    SliceTables<Real> tables_;
    Ring<SmallSlice<Real>> ring_;
    Accumulator<Real> accumulator_;
    Range batch_;                                  ///< of source slices that wait
    std::vector<std::vector<std::byte>> samples_;  ///< of finished slices
    std::deque<SliceLosses> losses_;               ///< of the same slices
    Report report_;                                ///< of those that were written
    std::atomic<bool> rounded_integers_ = false;
};

}  // namespace

template <class Real>
std::unique_ptr<Making> filtering(const MakingPlan& plan, Index in_flight, Sink& sink) {
    return std::make_unique<Filtering<Real>>(plan, Layout<Real>(plan, in_flight), sink);
}

template <class Real>
std::int64_t filtering_bytes(const MakingPlan& plan, unsigned threads, Index in_flight) {
    return (ByteCount(SliceTables<Real>::bytes(plan)) + ByteCount(threads) * SliceFilter<Real>::bytes(plan) +
            Layout<Real>(plan, in_flight).bytes(plan))
        .value();
}

template std::unique_ptr<Making> filtering<float>(const MakingPlan& plan, Index in_flight, Sink& sink);
template std::unique_ptr<Making> filtering<double>(const MakingPlan& plan, Index in_flight, Sink& sink);
template std::int64_t filtering_bytes<float>(const MakingPlan& plan, unsigned threads, Index in_flight);
template std::int64_t filtering_bytes<double>(const MakingPlan& plan, unsigned threads, Index in_flight);

}  // namespace stack2nrrd
