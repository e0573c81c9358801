#include "import/run_modes.hpp"

#include "core/byte_count.hpp"
#include "import/conduct.hpp"
#include "import/pool.hpp"
#include "intensity/to_float.hpp"
#include "intensity/to_sample.hpp"
#include "resample/mode.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

namespace stack2nrrd {

namespace {

using Detail = ImportPlan::Detail;

/// The samples of a source slice that are wanted, as they are.
using CutSlice = std::vector<std::byte>;

double most_cells(const Detail& plan) {
    double cells = 1;
    for (const AxisPlan& axis : plan.axes) cells *= static_cast<double>(most_taps(axis));
    return cells;
}

ModeLayout layout_of(const Detail& plan) {
    ModeLayout layout;
    layout.type = plan.image.type;
    layout.channels = static_cast<std::size_t>(plan.volume.channels);
    layout.columns = reach(plan.axes[0], {0, plan.axes[0].outputs});
    layout.rows = reach(plan.axes[1], {0, plan.axes[1].outputs});
    layout.most_cells = most_cells(plan);
    return layout;
}

/// Slices that wait for their turn, and those that an output covers.
Index most_slices(const Detail& plan) { return std::min(plan.in_flight + most_taps(plan.axes[2]), plan.source.size()); }

/// One worker's part: rows of a slice to the samples that are wanted.
class Cutter final : private RowSink {
public:
    Cutter(const Detail& plan, const ModeLayout& layout, SliceSource& source, unsigned worker)
        : plan_(plan), layout_(layout), source_(source), worker_(worker) {}

    void run(Index z, CutSlice& slice, const std::function<void()>& pulse) {
        if (plan_.slices[static_cast<std::size_t>(z)] == Detail::blank) {
            source_.pass(z, pulse);
            std::fill(slice.begin(), slice.end(), std::byte{0});
            return;
        }
        slice_ = slice.data();
        pulse_ = &pulse;
        source_.read(worker_, z, layout_.rows, *this, pulse);
    }

private:
    void rows(Index y, Index count, const std::byte* samples) override {
        (*pulse_)();
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

    const Detail& plan_;
    const ModeLayout& layout_;
    SliceSource& source_;
    unsigned worker_;
    std::byte* slice_ = nullptr;
    const std::function<void()>* pulse_ = nullptr;
};

/// Counting, and the sink.
class Counting {
public:
    Counting(const Detail& plan, const ModeLayout& layout, Sink& sink, Pool<CutSlice>& pool)
        : plan_(plan),
          sink_(sink),
          pool_(pool),
          next_(plan.slab.first),
          first_held_(plan.source.first),
          samples_(static_cast<std::size_t>(plan.volume.slice_bytes())) {
        for (unsigned i = 0; i < plan.threads; ++i) {
            tools_.give(
                {mode_filter(layout), std::vector<std::byte>(plan.small_row_length() * sample_bytes(plan.image.type))});
        }
    }

    void add(Index z, CutSlice slice, const Share& share) {
        held_.push_back(std::move(slice));
        for (; next_ < plan_.slab.end; ++next_) {
            const Cells cells = covered_cells(plan_.axes[2], next_);
            for (; first_held_ < cells.first && !held_.empty(); ++first_held_) {
                pool_.give(std::move(held_.front()));
                held_.pop_front();
            }
            if (cells.end - 1 > z) return;
            make(cells, share);
        }
    }

    [[nodiscard]] Losses losses() const noexcept { return {0, {clipped_low_, clipped_high_}}; }

private:
    struct Tools {
        std::unique_ptr<ModeFilter> filter;
        std::vector<std::byte> row;  ///< of the source's type
    };

    void make(const Cells& z, const Share& share) {
        covered_.clear();
        for (Index k = z.first; k < z.end; ++k) {
            covered_.push_back(&held_[static_cast<std::size_t>(k - first_held_)]);
        }
        const std::size_t row_bytes = plan_.small_row_length() * sample_bytes(plan_.volume.type);
        share(static_cast<std::size_t>(plan_.axes[1].outputs), [&](std::size_t y) {
            Tools tools = tools_.take();
            tools.filter->row(covered_.data(), z, covered_cells(plan_.axes[1], static_cast<Index>(y)),
                              tools.row.data());
            const Losses losses = cast_samples(tools.row.data(), plan_.image.type, plan_.small_row_length(),
                                               plan_.volume.type, samples_.data() + y * row_bytes);
            if (losses.clipped.low + losses.clipped.high > 0) {
                clipped_low_ += losses.clipped.low;
                clipped_high_ += losses.clipped.high;
            }
            tools_.give(std::move(tools));
        });
        sink_.write_slice(next_ - plan_.slab.first, samples_);
    }

    const Detail& plan_;
    Sink& sink_;
    Pool<CutSlice>& pool_;
    Pool<Tools> tools_;
    Index next_;                 ///< output
    Index first_held_;           ///< source slice
    std::deque<CutSlice> held_;  ///< from there on
    std::vector<const CutSlice*> covered_;
    std::vector<std::byte> samples_;
    std::atomic<std::int64_t> clipped_low_ = 0;  ///< see Losses
    std::atomic<std::int64_t> clipped_high_ = 0;
};

}  // namespace

Report run_modes(const Detail& plan, Sink& sink, const KeepGoing& keep_going) {
    ModeLayout layout = layout_of(plan);
    layout.outputs.reserve(static_cast<std::size_t>(plan.axes[0].outputs));
    for (Index x = 0; x < plan.axes[0].outputs; ++x) layout.outputs.push_back(covered_cells(plan.axes[0], x));

    SliceSource source(plan);
    std::vector<Cutter> cutters;
    for (unsigned worker = 0; worker < plan.threads; ++worker) cutters.emplace_back(plan, layout, source, worker);
    Pool<CutSlice> pool;
    for (Index i = 0; i < most_slices(plan); ++i) pool.give(CutSlice(layout.slice_bytes()));
    Counting counting(plan, layout, sink, pool);

    const auto produce = [&](Index z, unsigned worker, const std::function<void()>& pulse) {
        CutSlice slice = pool.take();
        cutters[worker].run(z, slice, pulse);
        return slice;
    };
    const auto consume = [&](Index z, CutSlice slice, const Share& share) {
        counting.add(z, std::move(slice), share);
        return counting.losses();
    };
    return conduct<CutSlice>(plan, source, keep_going, produce, consume);
}

std::int64_t modes_memory_bytes(const Detail& plan) {
    const ByteCount row = ByteCount(plan.small_row_length()) * sample_bytes(plan.image.type);
    return (ByteCount(most_slices(plan)) * layout_of(plan).slice_bytes() +
            ByteCount(plan.threads) * (ByteCount(mode_filter_bytes(plan.image.type, most_cells(plan))) + row) +
            ByteCount(plan.axes[0].outputs) * sizeof(Cells) + plan.volume.slice_bytes())
        .value();
}

}  // namespace stack2nrrd
