// An import in shards: each makes parts of what a plan's making makes, before any stage; the end puts them together and
// hands them to stages and sinks, as a making would.

#include <stack2nrrd/shards.hpp>

#include "core/file.hpp"
#include "core/retry.hpp"
#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "import/outputs.hpp"
#include "import/plan_detail.hpp"
#include "import/refuse.hpp"
#include "import/run.hpp"
#include "making/read_through.hpp"
#include "parts/part_sink.hpp"
#include "parts/stack_text.hpp"
#include "parts/work_folder.hpp"
#include "sink/slab_checksums.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

// ------------------------------------------------------------------------------------------------------ the plan

/// Which files they are: their names, sizes and dates.
class Fingerprint {
public:
    void add(const FileList& files) {
        for (std::size_t i = 0; i < files.size(); ++i) {
            FileStamp stamp = files.stamp(i);
            if (stamp == FileStamp{}) stamp = InputFile(files.path(i)).stamp();
            add(files.name(i), stamp);
        }
    }

    [[nodiscard]] std::string text() const {
        return std::to_string(files_) + " files, " + std::to_string(bytes_) + " bytes, mark " + std::to_string(mark_);
    }

private:
    void add(std::string_view name, const FileStamp& stamp) {
        ++files_;
        bytes_ += stamp.bytes;
        mark_ = crc32_behind(mark_, std::as_bytes(std::span(name)));
        mark_ = crc32_behind(mark_, std::as_bytes(std::span(&stamp.bytes, 1)));
        mark_ = crc32_behind(mark_, std::as_bytes(std::span(&stamp.mark, 1)));
    }

    std::int64_t files_ = 0;
    std::int64_t bytes_ = 0;
    std::uint32_t mark_ = 0;
};

std::string inputs_of(const Stack& stack, const ImportPlan::Detail& plan) {
    Fingerprint print;
    print.add(stack.files);
    if (plan.mask != nullptr) print.add(plan.mask->files);
    print.add(plan.reference);
    for (const FileList& files : plan.through->files) print.add(files);
    return print.text();
}

constexpr std::string_view percentiles_end = " % are ";

/// Everything that shapes the parts and what becomes of them, one thing a line.
std::string plan_text(const Stack& stack, std::span<const ImportPlan> plans, Index count) {
    const ImportPlan::Detail& first = plans.front().detail();
    std::string text = "stack2nrrd " STACK2NRRD_VERSION "\nshards: " + std::to_string(count) + "\n";
    if (first.surveyed && first.window) {
        const auto [low, high] = first.percentiles;
        text += std::string(window_line) + number_text(low) + "," + number_text(high) + std::string(percentiles_end) +
                number_text(first.window->low) + "," + number_text(first.window->high);
        text += (first.window->padding ? "," + number_text(*first.window->padding) : "") + "\n";
    }
    text += std::string(inputs_line) + inputs_of(stack, first) + "\n";
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const VolumeInfo& made = plans[i].detail().volume;
        text += std::string(result_line) + std::to_string(i) + ": " + std::to_string(made.size[0]) + " x " +
                std::to_string(made.size[1]) + " x " + std::to_string(made.size[2]) + " x " +
                std::to_string(made.channels) + ", " + std::string(sample_type_name(made.type)) + "\n";
        text += nrrd_header_text(plans[i].detail().result);
    }
    return text;
}

// ----------------------------------------------------------------------------------------------------- its parts

void check_shards(Index count) {
    constexpr Index most = 1'000'000;
    if (count >= 1 && count <= most) return;
    refuse("--shards: " + std::to_string(count) + " is not between 1 and " + std::to_string(most) +
           "; give how many tasks there are");
}

/// What a shard has of a result.
std::vector<Part> parts_of(const ImportPlan& plan, std::size_t result, Shard shard) {
    const VolumeInfo& made = plan.detail().volume;
    return cut_into_parts(result, share_of(made.size[2], shard.index, shard.count), made);
}

std::vector<Part> parts_of(std::span<const ImportPlan> plans, Shard shard) {
    std::vector<Part> parts;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        for (const Part& part : parts_of(plans[i], i, shard)) parts.push_back(part);
    }
    return parts;
}

/// What shards are made in.
struct Work {
    std::span<const ImportPlan> plans;
    const WorkFolder& folder;
    Index count;                      ///< of the shards
    std::vector<VolumeInfo> volumes;  ///< the results before any stage, marked

    Work(std::span<const ImportPlan> all, const WorkFolder& in, Index shards, std::string_view text)
        : plans(all), folder(in), count(shards) {
        for (const ImportPlan& plan : plans) volumes.push_back(marked_volume(plan.detail().volume, text));
    }
};

/// Those that are not there. What another run has put in their place, which had begun with another plan, is none.
std::vector<Part> missing_of(const Work& work, const std::vector<Part>& parts, const std::set<std::string>& there) {
    std::vector<Part> missing;
    for (const Part& part : parts) {
        const bool is_there = there.contains(part_name(part)) &&
                              !PartFile::is_foreign(work.folder.file_of(part), work.volumes[part.result], part);
        if (!is_there) missing.push_back(part);
    }
    return missing;
}

std::vector<Index> incomplete(const Work& work) {
    const std::set<std::string> there = work.folder.names();
    std::vector<Index> shards;
    for (Index i = 0; i < work.count; ++i) {
        if (!missing_of(work, parts_of(work.plans, {i, work.count}), there).empty()) shards.push_back(i);
    }
    return shards;
}

/// The making of some of the slices that `plan` makes.
MakingPlan making_plan(const ImportPlan::Detail& plan, Range slices) {
    MakingPlan part = plan;
    part.slab = {plan.slab.first + slices.first, plan.slab.first + slices.end};
    part.read = reach(part.axes[2], part.slab);
    part.volume.size[2] = part.slab.size();
    return part;
}

/// One result's share of a shard, under way.
struct Task {
    MakingPlan plan;
    std::unique_ptr<PartSink> sink;
    std::unique_ptr<Making> making;
};

Index slices_in(const std::vector<Part>& parts) {
    Index slices = 0;
    for (const Part& part : parts) slices += part.slices.size();
    return slices;
}

void make(const Work& work, const std::vector<Part>& missing, const KeepGoing& keep_going, ShardReport& result) {
    const std::span<const ImportPlan> plans = work.plans;
    const ImportPlan::Detail& first = plans.front().detail();
    std::vector<std::size_t> which;
    std::vector<std::unique_ptr<Task>> tasks;  // makings refer to their plans
    std::vector<Making*> makings;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        std::vector<Part> parts;
        for (const Part& part : missing) {
            if (part.result == i) parts.push_back(part);
        }
        if (parts.empty()) continue;
        const Range slices{parts.front().slices.first, parts.back().slices.end};
        auto task = std::make_unique<Task>();
        task->plan = making_plan(plans[i].detail(), slices);
        task->sink = std::make_unique<PartSink>(work.folder.path(), work.volumes[i], slices.first, parts);
        task->making = making_of(task->plan, first.threads, first.in_flight, *task->sink);
        task->sink->set_report([making = task->making.get()] { return making->report(); });
        makings.push_back(task->making.get());
        tasks.push_back(std::move(task));
        which.push_back(i);
    }
    const std::vector<Report> reports =
        read_through(*first.source, makings, first.threads, first.in_flight, keep_going);
    for (std::size_t i = 0; i < which.size(); ++i) result.reports[which[i]] = reports[i];
}

std::string list_of(const std::vector<Index>& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t end = i + 1;
        while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
        text += (text.empty() ? "" : ", ") + std::to_string(numbers[i]);
        if (end - i > 1) text += (end - i > 2 ? ".." : ", ") + std::to_string(numbers[end - 1]);
        i = end;
    }
    return text;
}

/// Has anything a name that a result will have?
bool any_is_there(std::span<const PlannedOutput> outputs) {
    return std::any_of(outputs.begin(), outputs.end(), [](const PlannedOutput& output) {
        const std::vector<fs::path> files = output.sink->files();
        return std::any_of(files.begin(), files.end(), [](const fs::path& file) { return disk::exists(file); });
    });
}

/// Hands on the parts of all shards.
class Gathering {
public:
    explicit Gathering(const Work& work) : work_(work) {}

    std::vector<Report> feed(std::span<Sink* const> sinks, const KeepGoing& keep_going) {
        progress_.reports.resize(sinks.size());
        for (const VolumeInfo& volume : work_.volumes) progress_.total += volume.size[2];
        for (std::size_t i = 0; i < sinks.size(); ++i) {
            for (Index k = 0; k < work_.count; ++k) {
                for (const Part& part : parts_of(work_.plans[i], i, {k, work_.count}))
                    take(part, *sinks[i], k, keep_going);
            }
        }
        return progress_.reports;
    }

private:
    void take(const Part& part, Sink& sink, Index shard, const KeepGoing& keep_going) {
        try {
            const PartFile file(work_.folder.file_of(part), work_.volumes[part.result], part);
            file.read([&](Index z, std::span<const std::byte> samples) {
                sink.write_slice(z, samples);
                ++progress_.done;
                if (!keep_going(progress_)) throw Stopped{};
            });
            Report& report = progress_.reports[part.result];
            report.clipped_low += file.report().clipped_low;
            report.clipped_high += file.report().clipped_high;
            report.nan_samples += file.report().nan_samples;
            report.rounded_integers = report.rounded_integers || file.report().rounded_integers;
            report.threads = 1;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::corrupt) throw;
            work_.folder.remove(part);
            throw Error(ErrorCode::corrupt, printable(utf8(work_.folder.file_of(part))) +
                                                ": is not as it was written, and was removed; make shard " +
                                                std::to_string(shard) + " of " + std::to_string(work_.count) +
                                                " again");
        }
    }

    const Work& work_;
    Progress progress_;
};

}  // namespace

fs::path work_folder(const fs::path& output) { return WorkFolder(output).path(); }

bool results_are_of_shards(const fs::path& output) { return WorkFolder(output).stage() == WorkFolder::Stage::naming; }

void check_results_of_shards(const fs::path& output, std::span<Sink* const> sinks) {
    const WorkFolder folder(output);
    for (const Sink* sink : sinks) {
        for (const fs::path& file : sink->files()) {
            if (!folder.is_newer(file)) continue;
            throw Error(ErrorCode::invalid_argument,
                        printable(utf8(file)) +
                            ": exists already, and is newer than the run that was killed as it made it; use --force to "
                            "replace it");
        }
    }
}

void remove_finished_shards(const fs::path& output) { WorkFolder(output).remove_if_named(); }

std::optional<Window> window_of_shards(const fs::path& output) {
    const WorkFolder folder(output);
    const std::optional<std::string> text = folder.line(window_line);
    if (!text) return std::nullopt;
    std::vector<double> values;  // its ends, and its padding, if it has any
    const std::size_t end = text->find(percentiles_end);
    const std::size_t begin = end == text->npos ? 0 : end + percentiles_end.size();
    for (const std::string_view value : split(std::string_view(*text).substr(begin), ',')) {
        if (const auto number = parse_double(value)) values.push_back(*number);
    }
    if (values.size() == 2) return Window{values[0], values[1]};
    if (values.size() == 3) return Window{values[0], values[1], values[2]};
    throw Error(ErrorCode::corrupt, printable(utf8(folder.path())) + ": has a plan with the window '" +
                                        printable(*text) +
                                        "', two numbers or three were expected; remove it to begin anew");
}

std::optional<Stack> stack_of_shards(const fs::path& output, std::string_view request) {
    const WorkFolder folder(output);
    if (request.empty() || !folder.plan()) return std::nullopt;
    const std::string text = folder.stack();
    if (text.empty()) return std::nullopt;
    return stack_from_text(text, request, printable(utf8(folder.stack_file())));
}

ShardReport run_shard(const Stack& stack, std::span<const ImportPlan> plans, const fs::path& output, Shard shard,
                      std::string_view request, const KeepGoing& keep_going) {
    check_shards(shard.count);
    if (shard.index < 0 || shard.index >= shard.count) {
        refuse("--shard: " + std::to_string(shard.index) + " is none of " + std::to_string(shard.count) +
               " shards, one from 0 to " + std::to_string(shard.count - 1) + " was expected; give that");
    }
    ShardReport result;
    result.reports.resize(plans.size());
    if (plans.empty()) return result;
    const WorkFolder folder(output);
    const std::string text = plan_text(stack, plans, shard.count);
    folder.begin(text, stack_text(stack, request));
    const Work work(plans, folder, shard.count, text);
    const std::vector<Part> parts = parts_of(plans, shard);
    const std::vector<Part> missing = missing_of(work, parts, folder.names());
    result.slices_made = slices_in(missing);
    result.slices_kept = slices_in(parts) - result.slices_made;
    if (!missing.empty()) {
        Retry retry(plans.front().detail().retry);
        const RetryScope scope(&retry);
        try {
            make(work, missing, keep_going, result);
        } catch (const Error& error) {
            if (shard.count == 1) folder.remove_if_empty();
            if (error.code() != ErrorCode::changed) throw;
            throw Error(error.code(), std::string(error.what()) + "; then remove " + printable(utf8(folder.path())) +
                                          ", which was begun with the inputs as they were");
        } catch (...) {
            if (shard.count == 1) folder.remove_if_empty();
            rethrow_as_error(plans.front().detail());
        }
    }
    result.missing = incomplete(work);
    return result;
}

std::vector<Report> finish_shards(const Stack& stack, std::span<const PlannedOutput> outputs, const fs::path& output,
                                  Index count, const KeepGoing& keep_going) {
    check_shards(count);
    if (outputs.empty()) return {};
    std::vector<ImportPlan> plans;
    for (const PlannedOutput& each : outputs) plans.push_back(each.plan);
    const WorkFolder folder(output);
    const std::string text = plan_text(stack, plans, count);
    folder.check(text);
    const Work work(plans, folder, count, text);
    if (const std::vector<Index> missing = incomplete(work); !missing.empty()) {
        throw Error(ErrorCode::missing_slices, printable(utf8(folder.path())) + ": of " + std::to_string(count) +
                                                   " shards, " + list_of(missing) +
                                                   (missing.size() == 1 ? " is" : " are") +
                                                   " not complete, all were expected; make each with --shard K/" +
                                                   std::to_string(count) + ", then finish again");
    }
    Gathering gathering(work);
    bool naming = false;
    const auto before_naming = [&] {
        const bool again = folder.stage() == WorkFolder::Stage::naming;
        if (!again && any_is_there(outputs)) return;
        folder.begin_naming();  // again: for the time that it says
        naming = !again;
    };
    try {
        std::vector<Report> reports = run_fed(
            outputs,
            [&](std::span<Sink* const> sinks, const KeepGoing& watched) { return gathering.feed(sinks, watched); },
            keep_going, before_naming);
        folder.remove();
        return reports;
    } catch (...) {
        if (naming) folder.forget_naming();
        throw;
    }
}

}  // namespace stack2nrrd
