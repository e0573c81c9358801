#include "making/counting.hpp"

#include "core/byte_count.hpp"
#include "making/pool.hpp"
#include "making/ring.hpp"
#include "resample/mode.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <vector>

namespace stack2nrrd {

namespace {

/// The samples of a source slice that are wanted, as they are.
using CutSlice = std::vector<std::byte>;

/// How large things are, and where samples are in a cut slice.
struct Layout : ModeLayout {
    Index slices = 1;          ///< that wait for their turn, and those that an output covers
    std::size_t row = 0;       ///< bytes of a row of outputs, in the source's type
    std::size_t made_row = 0;  ///< and in the result's
    std::size_t samples = 0;   ///< bytes of a slice of the result

    Layout(const MakingPlan& plan, Index in_flight)
        : slices(std::min(in_flight + most_taps(plan.axes[2]), plan.read.size())),
          row(plan.small_row_length() * sample_bytes(plan.image.type)),
          made_row(plan.small_row_length() * sample_bytes(plan.volume.type)),
          samples(static_cast<std::size_t>(plan.volume.slice_bytes())) {
        type = plan.image.type;
        channels = static_cast<std::size_t>(plan.volume.channels);
        columns = reach(plan.axes[0], {0, plan.axes[0].outputs});
        rows = reach(plan.axes[1], {0, plan.axes[1].outputs});
        for (const AxisPlan& axis : plan.axes) most_cells *= static_cast<double>(most_taps(axis));
    }

    [[nodiscard]] std::int64_t bytes(const MakingPlan& plan, unsigned threads) const {
        return (ByteCount(slices) * slice_bytes() +
                ByteCount(threads) * (ByteCount(mode_filter_bytes(type, most_cells)) + row) +
                ByteCount(plan.axes[0].outputs) * sizeof(Cells) + samples)
            .value();
    }
};

/// One worker's part: rows of a slice to the samples that are wanted.
class Cutter final : public SliceWorker {
public:
    Cutter(const MakingPlan& plan, const Layout& layout, Ring<CutSlice>& ring)
        : plan_(plan), layout_(layout), ring_(ring) {}

    void begin(Index z) override { slice_ = ring_[z].data(); }
    void end() override {}
    void blank(Index z) override { std::fill(ring_[z].begin(), ring_[z].end(), std::byte{0}); }

    void rows(Index y, Index count, const std::byte* samples) override {
        const std::size_t sample = sample_bytes(layout_.type);
        const std::size_t stride = static_cast<std::size_t>(plan_.image.channels()) * sample;
        const std::size_t taken = layout_.channels * sample;
        // All channels, or one; luma is the first of grey and alpha here.
        const int channel = layout_.channels > 1 ? 0 : std::max(0, static_cast<int>(plan_.channel));
        for (Index i = 0; i < count; ++i, samples += plan_.image.row_bytes()) {
            const std::byte* from = samples + static_cast<std::size_t>(layout_.columns.first) * stride +
                                    static_cast<std::size_t>(channel) * sample;
            std::byte* to = slice_ + static_cast<std::size_t>(y + i - layout_.rows.first) * layout_.row_bytes();
            if (taken == stride) {
                std::memcpy(to, from, layout_.row_bytes());
                continue;
            }
            for (Index x = 0; x < layout_.columns.size(); ++x, from += stride, to += taken) {
                std::memcpy(to, from, taken);
            }
        }
    }

private:
    const MakingPlan& plan_;
    const Layout& layout_;
    Ring<CutSlice>& ring_;
    std::byte* slice_ = nullptr;
};

class Counting final : public Making {
public:
    Counting(const MakingPlan& plan, unsigned threads, const Layout& layout, Sink& sink)
        : plan_(plan),
          layout_(layout),
          sink_(sink),
          ring_(layout.slices, CutSlice(layout.slice_bytes())),
          next_(plan.slab.first),
          samples_(layout.samples) {
        layout_.outputs.reserve(static_cast<std::size_t>(plan.axes[0].outputs));
        for (Index x = 0; x < plan.axes[0].outputs; ++x) layout_.outputs.push_back(covered_cells(plan.axes[0], x));
        for (unsigned i = 0; i < threads; ++i) tools_.give({mode_filter(layout_), std::vector<std::byte>(layout_.row)});
    }

    [[nodiscard]] Range slices() const override { return plan_.read; }
    [[nodiscard]] Range rows() const override { return layout_.rows; }
    [[nodiscard]] std::unique_ptr<SliceWorker> worker() override {
        return std::make_unique<Cutter>(plan_, layout_, ring_);
    }

    /// The ring holds the slices that the next output covers.
    void take(Index z, const Share& share) override {
        for (; next_ < plan_.slab.end; ++next_) {
            const Cells cells = covered_cells(plan_.axes[2], next_);
            if (cells.end - 1 > z) return;
            make(cells, share);
        }
    }

    [[nodiscard]] Report report() const override {
        Report report;
        report.clipped_low = clipped_low_;
        report.clipped_high = clipped_high_;
        return report;
    }

private:
    struct Tools {
        std::unique_ptr<ModeFilter> filter;
        std::vector<std::byte> row;  ///< of the source's type
    };

    void make(const Cells& z, const Share& share) {
        covered_.clear();
        for (Index k = z.first; k < z.end; ++k) covered_.push_back(&ring_[k]);
        share(static_cast<std::size_t>(plan_.axes[1].outputs), [&](std::size_t y) {
            Tools tools = tools_.take();
            tools.filter->row(covered_.data(), z, covered_cells(plan_.axes[1], static_cast<Index>(y)),
                              tools.row.data());
            const Losses losses = cast_samples(tools.row.data(), plan_.image.type, plan_.small_row_length(),
                                               plan_.volume.type, samples_.data() + y * layout_.made_row);
            if (losses.clipped.low + losses.clipped.high > 0) {
                clipped_low_ += losses.clipped.low;
                clipped_high_ += losses.clipped.high;
            }
            tools_.give(std::move(tools));
        });
        sink_.write_slice(next_ - plan_.slab.first, samples_);
    }

    const MakingPlan& plan_;
    Layout layout_;
    Sink& sink_;
    Ring<CutSlice> ring_;
    Pool<Tools> tools_;
    Index next_;  ///< output
    std::vector<const CutSlice*> covered_;
    std::vector<std::byte> samples_;
    std::atomic<std::int64_t> clipped_low_ = 0;  ///< see Losses
    std::atomic<std::int64_t> clipped_high_ = 0;
};

}  // namespace

std::unique_ptr<Making> counting(const MakingPlan& plan, unsigned threads, Index in_flight, Sink& sink) {
    return std::make_unique<Counting>(plan, threads, Layout(plan, in_flight), sink);
}

std::int64_t counting_bytes(const MakingPlan& plan, unsigned threads, Index in_flight) {
    return Layout(plan, in_flight).bytes(plan, threads);
}

}  // namespace stack2nrrd
