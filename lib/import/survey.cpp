#include "core/retry.hpp"
#include "core/text.hpp"
#include "import/plan_detail.hpp"
#include "making/read_through.hpp"
#include "making/surveying.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <new>

namespace stack2nrrd {

namespace {

/// Surveys the source of a plan of `stack` that needs a window.
Window survey(const Stack& stack, const ImportPlan::Detail& plan, const std::array<double, 2>& shares,
              const KeepGoing& keep_going) {
    Retry retry(plan.retry);
    const RetryScope scope(&retry);
    Percentiles percentiles(plan.image.type, shares);
    const int passes = percentiles.passes();
    try {
        for (int pass = 0; pass < passes; ++pass) {
            const KeepGoing over_all = [&](Progress progress) {
                progress.done += pass * progress.total;
                progress.total *= passes;
                return !keep_going || keep_going(progress);
            };
            Surveying surveying(plan, percentiles);
            (void)read_through(*plan.source, std::array<Making*, 1>{&surveying}, plan.threads, plan.in_flight,
                               over_all);
            if (!percentiles.end_pass(surveying.counts())) {
                throw Error(ErrorCode::changed,
                            printable(stack.name) +
                                ": its samples changed between two passes over them, the same ones were expected; "
                                "import it again when nothing writes to it");
            }
        }
    } catch (const Stopped&) {
        throw Error(ErrorCode::cancelled, "the survey of the samples was cancelled");
    } catch (const std::bad_alloc&) {
        throw_no_memory(plan);
    }
    if (percentiles.samples() == 0) {
        throw Error(ErrorCode::invalid_argument,
                    "--window: auto finds no sample with a value, NaN and infinities do not count; give LO,HI");
    }
    const auto [low, high] = percentiles.values();
    if (!(low < high)) {
        throw Error(ErrorCode::invalid_argument, "--window: the percentiles " + number_text(shares[0]) + " and " +
                                                     number_text(shares[1]) + " are both " + number_text(low) +
                                                     ", two values were expected; give LO,HI");
    }
    return {low, high, percentiles.padding()};
}

}  // namespace

Window survey_window(const Stack& stack, const Options& options, const KeepGoing& keep_going) {
    Options open = options;
    open.window.reset();
    open.window_auto = true;
    return survey(stack, plan_import(stack, open).detail(), options.window_percentiles, keep_going);
}

std::vector<ImportPlan> surveyed_plans(const Stack& stack, std::span<const Options> options,
                                       const KeepGoing& keep_going) {
    std::vector<ImportPlan> plans = plan_imports(stack, options);
    const auto needy = std::find_if(plans.begin(), plans.end(), [](const ImportPlan& p) { return p.needs_window(); });
    if (needy == plans.end()) return plans;
    const auto& shares = options[static_cast<std::size_t>(needy - plans.begin())].window_percentiles;
    const Window window = survey(stack, needy->detail(), shares, keep_going);
    std::vector<Options> found(options.begin(), options.end());
    for (Options& each : found) {
        if (each.window_auto && !each.window) each.window = window;
    }
    return plan_with_mask(stack, found, plans.front().detail().mask);
}

}  // namespace stack2nrrd
