#include "import/plan_memory.hpp"

#include "core/byte_count.hpp"
#include "core/text.hpp"
#include "making/surveying.hpp"
#include "picture/histogram.hpp"
#include "resample/accumulator.hpp"
#include "sink/nrrd_sink.hpp"
#include "sink/preview.hpp"
#include "sink/zarr_sink.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace stack2nrrd {

namespace {

using Plans = std::span<ImportPlan::Detail* const>;

/// What the program takes before it has read anything: code, libraries, stacks of threads. The system's own libraries
/// are larger on Windows.
constexpr bool is_windows = std::filesystem::path::preferred_separator != '/';
constexpr std::int64_t standing_bytes = is_windows ? 32 << 20 : 16 << 20;

/// What a survey and a run need at a time is the larger one of the two.
std::int64_t memory_of(Plans plans) {
    const ImportPlan::Detail& first = *plans.front();
    ByteCount makings = 0;
    ByteCount survey = 0;
    for (const ImportPlan::Detail* plan : plans) {
        makings = makings + making_bytes(*plan, plan->threads, plan->in_flight) + plan->stage_bytes + plan->stage_room +
                  plan->sink_bytes;
        if (plan->surveyed) survey = std::max(survey.value(), surveying_bytes(*plan, plan->threads));
    }
    const unsigned readers = first.source->sequential() ? 1 : first.threads;
    return (ByteCount(standing_bytes) + first.list_bytes + ByteCount(readers) * first.source->reader_bytes() +
            std::max(makings.value(), survey.value()))
        .value();
}

/// The largest n from `least` to `most` that `fits`, if what is smaller than one that fits does so, too; else `least`.
template <class Fits>
Index largest(Index least, Index most, Fits fits) {
    while (least < most) {
        const Index middle = most - (most - least) / 2;
        if (fits(middle)) {
            least = middle;
        } else {
            most = middle - 1;
        }
    }
    return least;
}

/// Slices that are only copied along z, or counted, need no company.
bool is_alone(const ImportPlan::Detail* plan) { return plan->axes[2].copies() || plan->modes; }

/// What the plans take with these shares, which they are given.
std::int64_t memory_with(Plans plans, unsigned threads, Index z_batch, Index in_flight) {
    for (ImportPlan::Detail* plan : plans) {
        plan->threads = threads;
        plan->z_batch = is_alone(plan) ? 1 : z_batch;
        plan->in_flight = in_flight;
    }
    const std::int64_t bytes = memory_of(plans);
    for (ImportPlan::Detail* plan : plans) plan->memory_bytes = bytes;
    return bytes;
}

/// What page_sink() takes, if a page is asked for: the views of a preview, a histogram, the texts.
std::int64_t page_bytes(const VolumeInfo& volume, const Options& options) {
    constexpr std::int64_t texts = 1 << 20;
    if (options.report.empty()) return 0;
    return (ByteCount(preview_bytes(volume)) + Histogram::memory_bytes() + texts).value();
}

/// Levels of an OME-Zarr, which share a sink.
struct ZarrLevels {
    std::vector<ImportPlan::Detail*> plans;
    const Options* options = nullptr;

    void set_depth(Index depth) const {
        for (ImportPlan::Detail* plan : plans) plan->volume.chunk_depth = plan->result.chunk_depth = depth;
    }
    [[nodiscard]] std::int64_t sink_bytes(unsigned threads) const {
        std::vector<const VolumeInfo*> volumes;
        for (const ImportPlan::Detail* plan : plans) volumes.push_back(&plan->result);
        return (ByteCount(zarr_sinks_bytes(volumes, options->zarr, threads)) + page_bytes(*volumes.front(), *options))
            .value();
    }
};

void choose_chunk_depth(Plans plans, const ZarrLevels& zarr, std::uint64_t cap) {
    constexpr std::int64_t most_without_cap = std::int64_t{1} << 30;
    constexpr unsigned most_threads = 1024;  // more than any sink uses
    for (const Index depth : {64, 32, 16, 8}) {
        zarr.set_depth(depth);
        const std::int64_t sink = zarr.plans.front()->sink_bytes = zarr.sink_bytes(most_threads);
        const std::int64_t all = memory_with(plans, 1, accumulator_group, 1);
        if (cap == 0 ? sink <= most_without_cap : static_cast<std::uint64_t>(all) <= cap) return;
    }
}

/// The stages get as much as leaves enough for one thread.
void choose_stage_room(Plans plans, std::uint64_t cap) {
    // Bricks that are read again cost more than slices that are.
    const bool warps =
        std::any_of(plans.begin(), plans.end(), [](const ImportPlan::Detail* plan) { return plan->warp; });
    for (const std::int64_t most :
         {1024 << 20, 512 << 20, 256 << 20, 128 << 20, 64 << 20, 16 << 20, 4 << 20, 1 << 20, 0}) {
        if (!warps && most > 64 << 20) continue;
        for (ImportPlan::Detail* plan : plans) plan->stage_room = std::min<std::int64_t>(plan->useful_room, most);
        if (static_cast<std::uint64_t>(memory_with(plans, 1, accumulator_group, 1)) <= cap) return;
    }
}

}  // namespace

void plan_sinks(Plans plans, std::span<const Options> options) {
    ZarrLevels zarr;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        if (options[i].format == Format::zarr) {
            if (zarr.plans.empty()) zarr.options = &options[i];
            zarr.plans.push_back(plans[i]);
        } else {
            plans[i]->sink_bytes = (ByteCount(nrrd_sink_bytes(plans[i]->result, options[i].nrrd, options[i].threads)) +
                                    page_bytes(plans[i]->result, options[i]))
                                       .value();
        }
    }
    if (zarr.plans.empty()) return;
    choose_chunk_depth(plans, zarr, options.front().memory);
    zarr.plans.front()->sink_bytes = zarr.sink_bytes(zarr.options->threads);
}

std::int64_t list_bytes(const Stack& stack, const ImportPlan::Detail& plan) {
    constexpr std::int64_t a_file_while_found = 12;  // the numbers in names, an order
    constexpr std::int64_t a_page_while_found = 64;  // which page is which
    const auto files = static_cast<std::int64_t>(stack.files.size());
    const auto slices = static_cast<std::int64_t>(stack.slices.size());
    const bool paged = slices > files && (stack.kind == "pages" || stack.kind == "manifest");
    const std::int64_t pages = paged ? slices * stack.taken.channels * stack.taken.times : 0;
    return stack.files.memory_bytes() + a_file_while_found * files + a_page_while_found * pages +
           static_cast<std::int64_t>((stack.slices.size() + plan.slices->size()) * sizeof(SliceRef));
}

/// More of anything takes more memory, so that the most can be found by bisection.
void share_out(Plans plans, const Options& options) {
    constexpr std::uint64_t absurd = std::uint64_t{1} << 60;
    const std::uint64_t cap = options.memory == 0 ? absurd : std::min(options.memory, absurd);
    std::int64_t bytes = 0;
    const auto fits = [&](unsigned threads, Index z_batch, Index in_flight) {
        bytes = memory_with(plans, threads, z_batch, in_flight);
        return static_cast<std::uint64_t>(bytes) <= cap;
    };
    choose_stage_room(plans, cap);
    const bool all_alone = std::all_of(plans.begin(), plans.end(), is_alone);
    const Index batches = all_alone ? 1 : most_in_z_batch / accumulator_group;
    const Index group = all_alone ? 1 : accumulator_group;

    Index slices = 0;
    for (const ImportPlan::Detail* plan : plans) slices = std::max(slices, plan->read.size());
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const Index wanted = std::min<Index>({options.threads == 0 ? cores : options.threads, slices, 1024});
    const auto threads =
        static_cast<unsigned>(largest(1, wanted, [&](Index n) { return fits(static_cast<unsigned>(n), group, n); }));
    const Index z_batch = group * largest(1, batches, [&](Index n) { return fits(threads, n * group, threads); });
    const Index most = threads == 1 ? 1 : 2 * static_cast<Index>(threads);
    const Index in_flight = largest(threads, most, [&](Index n) { return fits(threads, z_batch, n); });
    if (fits(threads, z_batch, in_flight)) return;
    constexpr std::int64_t mebibyte = 1 << 20;
    if (options.memory == 0 || static_cast<std::uint64_t>(bytes) > absurd) {
        throw Error(ErrorCode::limit, "this import would take more than " + bytes_text(absurd) +
                                          " of memory, less was expected; reduce more");
    }
    throw Error(ErrorCode::limit, "--memory: " + bytes_text(static_cast<std::int64_t>(options.memory)) +
                                      " are too few for this import, at least " + std::to_string(bytes / mebibyte + 1) +
                                      "M were expected; allow more, or reduce more");
}

}  // namespace stack2nrrd
