#pragma once

// A run: source slices through the workers, in order to the calling thread, with progress and cancelling.

#include "import/plan_detail.hpp"
#include "import/run_ordered.hpp"
#include "import/slice_source.hpp"

#include <stack2nrrd/import.hpp>

#include <chrono>
#include <functional>
#include <utility>

namespace stack2nrrd {

/// Asks the caller ten times a second whether to go on.
class Pulse {
public:
    Pulse(const KeepGoing& keep_going, Index total) : keep_going_(keep_going), progress_{.total = total} {}

    [[nodiscard]] Progress& progress() noexcept { return progress_; }

    void operator()(bool now = false) {
        const auto time = std::chrono::steady_clock::now();
        if (!keep_going_ || (!now && time - last_ < std::chrono::milliseconds(100))) return;
        last_ = time;
        if (!keep_going_(progress_)) throw Stopped{};
    }

private:
    const KeepGoing& keep_going_;
    Progress progress_;
    std::chrono::steady_clock::time_point last_{};
};

/// Every slice of `plan.source` through `produce(z, worker, pulse) -> Item` and, in order, `consume(z, item, share)`,
/// which returns the losses so far. See run_ordered().
template <class Item, class Produce, class Consume>
Report conduct(const ImportPlan::Detail& plan, SliceSource& source, const KeepGoing& keep_going, Produce produce,
               Consume consume) {
    Pulse pulse(keep_going, plan.source.size());
    Progress& progress = pulse.progress();
    Report report;
    report.threads = run_ordered<Item>(
        plan.source.size(), plan.threads, plan.in_flight,
        [&](Index i, unsigned worker, const std::function<void()>& worker_pulse) {
            try {
                return produce(plan.source.first + i, worker, worker_pulse);
            } catch (...) {
                source.give_up(plan.source.first + i);
                throw;
            }
        },
        [&](Index i, Item item, const Share& share) {
            const Losses losses = consume(plan.source.first + i, std::move(item), share);
            progress.nan_samples = losses.nan;
            progress.clipped_low = losses.clipped.low;
            progress.clipped_high = losses.clipped.high;
            progress.done = i + 1;
        },
        [&] { pulse(); });
    progress.rounded_integers = source.rounded_integers();
    progress.files_with_surplus = source.files_with_surplus();
    pulse(true);
    report.slices_read = plan.source_slices;
    report.nan_samples = progress.nan_samples;
    report.clipped_low = progress.clipped_low;
    report.clipped_high = progress.clipped_high;
    report.rounded_integers = progress.rounded_integers;
    report.files_with_surplus = progress.files_with_surplus;
    return report;
}

}  // namespace stack2nrrd
