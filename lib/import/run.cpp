#include "import/plan_detail.hpp"

#include "import/conduct.hpp"
#include "import/pool.hpp"
#include "import/run_modes.hpp"
#include "import/slice_filter.hpp"
#include "intensity/to_sample.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <new>
#include <string>

namespace stack2nrrd {

namespace {

/// z, rounding, sink.
template <class Real>
class ZFilter {
public:
    ZFilter(const ImportPlan::Detail& plan, Sink& sink, Pool<SmallSlice<Real>>& pool)
        : plan_(plan),
          sink_(sink),
          pool_(pool),
          accumulator_(plan.axes[2], nullptr, plan.slab, plan.small_slice_length()) {
        held_.reserve(static_cast<std::size_t>(plan.z_batch));
    }

    void add(Index z, SmallSlice<Real> slice, const Share& share) {
        held_.push_back(std::move(slice));
        const Index first = z + 1 - static_cast<Index>(held_.size());
        if (z + 1 != accumulator_.batch_end(first, plan_.z_batch)) return;
        std::vector<bool> has_nan;
        for (const SmallSlice<Real>& item : held_) has_nan.push_back(!item.nan.empty());
        accumulator_.begin({first, z + 1}, has_nan);
        while (samples_.size() < accumulator_.finished().size()) {
            samples_.emplace_back(static_cast<std::size_t>(plan_.volume.slice_bytes()));
        }

        const std::size_t length = plan_.small_slice_length();
        share((length + part_length - 1) / part_length,
              [&](std::size_t n) { filter(n * part_length, std::min(length, (n + 1) * part_length)); });
        write();
        accumulator_.end();
        for (SmallSlice<Real>& done : held_) pool_.give(std::move(done));
        held_.clear();
    }

    [[nodiscard]] Losses losses() const noexcept { return {nan_, {clipped_low_, clipped_high_}}; }

private:
    /// Samples of a slice that are worked on at a time: they stay in the processor's second cache.
    static constexpr std::size_t part_length = 4096;

    /// The samples [begin, end) of all slices held.
    void filter(std::size_t begin, std::size_t end) {
        std::array<const Real*, most_in_z_batch> numbers{};
        std::array<const Real*, most_in_z_batch> nan{};
        for (std::size_t i = 0; i < held_.size(); ++i) {
            numbers[i] = held_[i].numbers.data() + begin;
            nan[i] = held_[i].nan.empty() ? nullptr : held_[i].nan.data() + begin;
        }
        accumulator_.sweep(begin, end, numbers.data(), nan.data());
        const std::size_t sample = sample_bytes(plan_.volume.type);
        std::size_t slot = 0;
        for (const auto& output : accumulator_.finished()) {
            std::vector<std::byte>& slice = samples_[slot++];
            const Losses losses =
                to_samples(output.numbers + begin, output.nan == nullptr ? nullptr : output.nan + begin, end - begin,
                           plan_.intensity, plan_.volume.type, plan_.may_clip(), slice.data() + begin * sample);
            nan_ += losses.nan;
            clipped_low_ += losses.clipped.low;
            clipped_high_ += losses.clipped.high;
        }
    }

    void write() {
        std::size_t slot = 0;
        for (const auto& output : accumulator_.finished()) {
            sink_.write_slice(output.k - plan_.slab.first, samples_[slot++]);
        }
    }

    const ImportPlan::Detail& plan_;
    Sink& sink_;
    Pool<SmallSlice<Real>>& pool_;
    std::vector<SmallSlice<Real>> held_;           ///< a batch
    std::vector<std::vector<std::byte>> samples_;  ///< of finished slices
    Accumulator<Real> accumulator_;
    std::atomic<std::int64_t> nan_ = 0;  ///< see Losses; as are the next two
    std::atomic<std::int64_t> clipped_low_ = 0;
    std::atomic<std::int64_t> clipped_high_ = 0;
};

template <class Real>
Report run(const ImportPlan::Detail& plan, Sink& sink, const KeepGoing& keep_going) {
    const SliceTables<Real> tables(plan);
    std::vector<std::unique_ptr<SliceFilter<Real>>> filters(plan.threads);
    SliceSource source(plan);
    for (unsigned worker = 0; worker < plan.threads; ++worker) {
        filters[worker] = std::make_unique<SliceFilter<Real>>(plan, tables, source, worker);
    }
    Pool<SmallSlice<Real>> pool;
    for (Index i = std::min(plan.in_flight + plan.z_batch, plan.source.size()); i > 0; --i) {
        pool.give({Buffer<Real>(plan.small_slice_length()), {}});
    }
    ZFilter<Real> z_filter(plan, sink, pool);

    const auto produce = [&](Index z, unsigned worker, const std::function<void()>& pulse) {
        SmallSlice<Real> slice = pool.take();
        filters[worker]->run(z, slice, pulse);
        return slice;
    };
    const auto consume = [&](Index z, SmallSlice<Real> slice, const Share& share) {
        z_filter.add(z, std::move(slice), share);
        return z_filter.losses();
    };
    return conduct<SmallSlice<Real>>(plan, source, keep_going, produce, consume);
}

}  // namespace

Report run_import(const ImportPlan& plan, Sink& sink, const KeepGoing& keep_going) {
    const ImportPlan::Detail& detail = plan.detail();
    if (detail.needs_window) {
        throw Error(ErrorCode::invalid_argument,
                    "--window: auto is not found yet; call survey_window() before the run");
    }
    Progress last;
    const KeepGoing watched = [&](const Progress& progress) {
        last = progress;
        return !keep_going || keep_going(progress);
    };
    try {
        sink.begin(detail.volume);
        const Report report = detail.modes    ? run_modes(detail, sink, watched)
                              : detail.single ? run<float>(detail, sink, watched)
                                              : run<double>(detail, sink, watched);
        if (!detail.volume.late_notes.empty()) {
            sink.write_late_notes(std::array{std::to_string(report.clipped_low), std::to_string(report.clipped_high)});
        }
        sink.finish();  // which may take long
        if (!watched(last)) throw Stopped{};
        sink.publish();
        return report;
    } catch (const Stopped&) {
        throw Error(ErrorCode::cancelled, "the import was cancelled");
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::limit, "the system has no more memory, about " +
                                          std::to_string(detail.memory_bytes >> 20) +
                                          " MiB were expected to do; reduce more, or use fewer threads");
    }
}

}  // namespace stack2nrrd
