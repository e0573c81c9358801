#include "import/run.hpp"

#include "core/retry.hpp"
#include "import/outputs.hpp"
#include "import/plan_detail.hpp"
#include "making/read_through.hpp"
#include "sink/publish.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <new>
#include <string>

namespace stack2nrrd {

namespace {

/// A sink with the stages in front of it.
class Staged {
public:
    Staged(const PlannedOutput& output, const StageRun& run) : last_(output.sink) {
        const ImportPlan::Detail& plan = output.plan.detail();
        StageRun own = run;
        own.made = [made = made_](Index slices) { *made = slices; };
        own.scratch_folder = plan.scratch;
        own.room = plan.stage_room;
        for (auto stage = plan.stages.rbegin(); stage != plan.stages.rend(); ++stage) {
            stages_.push_back((*stage)->before(first(), own));
        }
    }

    [[nodiscard]] Sink& first() const { return stages_.empty() ? *last_ : *stages_.back(); }
    /// Slices that a stage has made which takes long.
    [[nodiscard]] Index made() const noexcept { return *made_; }
    void add_to(Report& report) const {
        for (const auto& stage : stages_) stage->add_to(report);
    }

private:
    Sink* last_;
    std::shared_ptr<Index> made_ = std::make_shared<Index>(0);
    std::vector<std::unique_ptr<StageSink>> stages_;  ///< from the sink on
};

/// From samples to names.
std::vector<Report> run(std::span<const PlannedOutput> outputs, const Feed& feed, const KeepGoing& keep_going,
                        const std::function<void()>& before_naming) {
    Index to_make = 0;  // by stages that take long
    for (const PlannedOutput& output : outputs) {
        if (output.plan.detail().warp) to_make += output.plan.volume().size[2];
    }
    std::vector<Staged> staged;
    Progress last;
    Progress of_source;
    std::chrono::steady_clock::time_point before{};
    const KeepGoing watched = [&](const Progress& read) {
        of_source = read;
        Progress progress = read;
        progress.total += to_make;
        for (const Staged& each : staged) progress.done += each.made();
        last = progress;
        const auto now = std::chrono::steady_clock::now();
        if (progress.done < progress.total && now - before < std::chrono::milliseconds(100)) return true;
        before = now;
        return !keep_going || keep_going(progress);
    };
    const auto pulse = [&] {
        if (!watched(Progress(of_source))) throw Stopped{};
    };
    const StageRun stage_run{{}, pulse};
    std::vector<Sink*> sinks;
    for (const PlannedOutput& output : outputs) {
        staged.emplace_back(output, stage_run);
        sinks.push_back(&staged.back().first());
        sinks.back()->begin(output.plan.detail().volume);
    }
    std::vector<Report> reports = feed(sinks, watched);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        reports[i].slices_read = outputs[i].plan.source_slices();
        staged[i].add_to(reports[i]);
        if (outputs[i].plan.volume().late_notes.empty()) continue;
        std::vector<std::string> notes;  // of the making; stages add theirs
        if (outputs[i].plan.detail().may_clip) {
            notes = {std::to_string(reports[i].clipped_low), std::to_string(reports[i].clipped_high)};
        }
        sinks[i]->write_late_notes(notes);
    }
    of_source.reports = reports;
    pulse();  // what is printed as a sink finishes has the reports from here
    for (Sink* sink : sinks) sink->finish();
    pulse();  // finishing may have taken long
    if (before_naming) before_naming();
    publish_all(sinks);
    return reports;
}

void check_inputs_of(const PlannedOutput& output) {
    if (const Stack* mask = output.plan.detail().mask.get()) {
        check_not_written(mask->files, mask->other_inputs, std::array{output.sink});
    }
    check_not_written(output.plan.detail().reference, {}, std::array{output.sink});
    for (const FileList& files : output.plan.detail().through->files) {
        check_not_written(files, {}, std::array{output.sink});
    }
}

}  // namespace

void throw_no_memory(const ImportPlan::Detail& plan) {
    throw Error(ErrorCode::limit, "the system has no more memory, about " + std::to_string(plan.memory_bytes >> 20) +
                                      " MiB were expected to do; reduce more, or use fewer threads");
}

void rethrow_as_error(const ImportPlan::Detail& plan) {
    try {
        throw;
    } catch (const Stopped&) {
        throw Error(ErrorCode::cancelled, "the import was cancelled");
    } catch (const std::bad_alloc&) {
        throw_no_memory(plan);
    }
}

std::vector<Report> run_fed(std::span<const PlannedOutput> outputs, const Feed& feed, const KeepGoing& keep_going,
                            const std::function<void()>& before_naming) {
    const ImportPlan::Detail& first = outputs.front().plan.detail();
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const PlannedOutput& output = outputs[i];
        const std::span<const PlannedOutput> before = outputs.first(i);
        const auto has_same = [&](const PlannedOutput& other) { return other.sink == output.sink; };
        if (output.sink == nullptr || std::any_of(before.begin(), before.end(), has_same)) {
            throw Error(ErrorCode::invalid_argument, "output " + std::to_string(i) +
                                                         ": has no sink of its own, one was expected; make one for "
                                                         "each");
        }
        if (output.plan.needs_window()) {
            throw Error(ErrorCode::invalid_argument,
                        "--window: auto has not been found yet; call survey_window() before the run");
        }
        check_inputs_of(output);
        if (output.plan.detail().source != first.source) {
            throw Error(ErrorCode::invalid_argument,
                        "the plans are of several readings, plans of one were expected; make them together, with "
                        "plan_imports()");
        }
    }
    Retry retry(first.retry);
    const RetryScope scope(&retry);
    try {
        return run(outputs, feed, keep_going, before_naming);
    } catch (...) {
        rethrow_as_error(first);
    }
}

std::vector<Report> run_imports(std::span<const PlannedOutput> outputs, const KeepGoing& keep_going) {
    if (outputs.empty()) return {};
    const ImportPlan::Detail& first = outputs.front().plan.detail();
    const auto read = [&](std::span<Sink* const> sinks, const KeepGoing& watched) {
        std::vector<std::unique_ptr<Making>> makings;  // they go with this call: a sink may need room to finish
        std::vector<Making*> shared;
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            makings.push_back(making_of(outputs[i].plan.detail(), first.threads, first.in_flight, *sinks[i]));
            shared.push_back(makings.back().get());
        }
        return read_through(*first.source, shared, first.threads, first.in_flight, watched);
    };
    return run_fed(outputs, read, keep_going);
}

Report run_import(const ImportPlan& plan, Sink& sink, const KeepGoing& keep_going) {
    const PlannedOutput output{plan, &sink};
    return run_imports({&output, 1}, keep_going).front();
}

}  // namespace stack2nrrd
