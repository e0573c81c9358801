// The runs of a handle: into a buffer, slab by slab, into files.

#include "handle.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <span>

using namespace stack2nrrd;
using namespace stack2nrrd::capi;

namespace {

using Clock = std::chrono::steady_clock;

/// Between a run and a program's callback: not too often, and with 1 at the end.
class Teller {
public:
    Teller(stack2nrrd_progress progress, void* user) : progress_(progress), user_(user) {}

    /// `from`, `to`: the part of the whole that the run is.
    bool operator()(const Progress& state, double from, double to) {
        if (progress_ == nullptr) return true;
        const double share = state.total == 0 ? 1 : static_cast<double>(state.done) / static_cast<double>(state.total);
        const double fraction = from + (to - from) * share;
        const Clock::time_point now = Clock::now();
        const bool early = last_call_ && now - *last_call_ < std::chrono::milliseconds(100);
        if (early && (fraction < 1 || last_ == 1)) return true;
        last_call_ = now;
        last_ = fraction;
        const std::string text = std::to_string(state.done) + " of " + std::to_string(state.total) + " slices";
        return progress_(fraction, text.c_str(), user_) == 0;
    }

private:
    stack2nrrd_progress progress_;
    void* user_;
    std::optional<Clock::time_point> last_call_;
    double last_ = 0;
};

/// Hands on several slices at a time.
class SlabSink final : public Sink {
public:
    SlabSink(std::int64_t depth, stack2nrrd_slab slab, void* user) : depth_(depth), slab_(slab), user_(user) {}

    void begin(const VolumeInfo& volume) override {
        slices_ = volume.size[2];
        depth_ = std::min<std::int64_t>(depth_, slices_);
        slice_bytes_ = static_cast<std::size_t>(volume.slice_bytes());
        samples_.resize(static_cast<std::size_t>(depth_) * slice_bytes_);
    }

    void write_slice(Index z, std::span<const std::byte> samples) override {
        const Index place = z % depth_;
        std::memcpy(samples_.data() + static_cast<std::size_t>(place) * slice_bytes_, samples.data(), slice_bytes_);
        const Index count = place + 1;
        if (count < depth_ && z + 1 < slices_) return;
        if (slab_(z - place, count, samples_.data(), static_cast<std::size_t>(count) * slice_bytes_, user_) != 0) {
            throw Error(ErrorCode::cancelled, "the import was cancelled");
        }
    }

    void finish() override {}

private:
    std::int64_t depth_;
    stack2nrrd_slab slab_;
    void* user_;
    Index slices_ = 0;
    std::size_t slice_bytes_ = 0;
    std::vector<std::byte> samples_;
};

/// What comes with files does not come with memory.
void refuse_without_file(const std::filesystem::path& asked, const char* option) {
    if (asked.empty()) return;
    throw Error(ErrorCode::invalid_argument, std::string(option) +
                                                 ": comes with a file that is written, but this is read into memory; "
                                                 "write it, or leave that out");
}

void go_into_memory(stack2nrrd_handle& h) {
    refuse_without_file(h.options.nrrd.preview, "--preview");
    refuse_without_file(h.options.report, "--report");
    set_output(h, {});
    if (options_of(h).size() == 1) return;
    throw Error(ErrorCode::invalid_argument,
                "--pyramid: makes several volumes, one was expected here; write them, or read each with --factor");
}

/// One plan for each sink. `slices`: of the planned volume, if not all of it.
std::vector<ImportPlan> plans_for(stack2nrrd_handle& h, const std::optional<Range>& slices) {
    if (!slices) return plans_of(h);
    std::vector<Options> options = options_of(h);
    const Index base = options.front().slab.empty() ? 0 : options.front().slab.first;
    options.front().slab = {base + slices->first, base + slices->end};
    return plan_imports(stack_of(h), options);
}

bool is_off(std::string_view flag) { return flag == "false" || flag == "0" || flag == "no"; }

/// The command line that does the same.
std::string command_of(const stack2nrrd_handle& h, const std::string& output) {
    constexpr std::size_t most_files = 100;
    std::vector<std::string> words{"stack2nrrd"};
    const auto table = option_table();
    for (const auto& [name, value] : h.given) {
        const bool is_flag = std::any_of(table.begin(), table.end(), [&wanted = name](const OptionInfo& option) {
            return option.name == wanted && option.value.empty();
        });
        if (is_flag && is_off(value)) continue;
        words.push_back("--" + name + (is_flag ? "" : "=" + value));
    }
    words.insert(words.end(), {"-o", output});
    if (h.source != nullptr) return command_text(words) + " INPUT  # INPUT: slices of a program, which are no files";
    // One file on a command line means its whole series.
    if (h.is_list && (h.paths.size() == 1 || h.paths.size() > most_files)) {
        return command_text(words) + " --files-from LIST  # LIST: the " + std::to_string(h.paths.size()) +
               (h.paths.size() == 1 ? " file" : " files, one a line");
    }
    words.emplace_back("--");
    words.insert(words.end(), h.paths.begin(), h.paths.end());
    return command_text(words);
}

/// `findings`: gets what the run finds while it goes on; may be null.
void run(stack2nrrd_handle& h, const std::optional<Range>& slices, const std::vector<Sink*>& sinks,
         stack2nrrd_progress progress, void* user, Findings* findings = nullptr) {
    const Clock::time_point start = Clock::now();
    const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
    h.made.clear();
    h.reports.clear();
    Teller tell(progress, user);
    double done = 0;  // by a survey of the samples, if there is one
    if (plans_of(h).front().needs_window()) {
        done = 0.5;
        h.window = survey_window(stack_of(h), options_of(h).front(),
                                 [&](const Progress& state) { return tell(state, 0, done); });
        h.plans.clear();
    }
    std::vector<ImportPlan> plans = plans_for(h, slices);
    std::vector<PlannedOutput> outputs;
    for (std::size_t i = 0; i < sinks.size(); ++i) {
        outputs.push_back({plans[i], sinks[i]});
        if (findings != nullptr) findings->results[i].plan = &plans[i];
    }
    h.reports = run_imports(outputs, [&](const Progress& state) {
        for (std::size_t i = 0; findings != nullptr && i < state.reports.size(); ++i) {
            findings->results[i].report = state.reports[i];
        }
        if (findings != nullptr) findings->seconds = seconds();
        return tell(state, done, 1);
    });
    h.made = std::move(plans);
    h.seconds = seconds();
}

void read(stack2nrrd_handle& h, const std::optional<Range>& slices, void* samples, size_t bytes,
          stack2nrrd_progress progress, void* user) {
    const auto sink = memory_sink({static_cast<std::byte*>(samples), bytes});
    run(h, slices, {sink.get()}, progress, user);
}

}  // namespace

int stack2nrrd_read(stack2nrrd_handle* handle, void* samples, size_t bytes, stack2nrrd_progress progress, void* user) {
    return with(handle, [&] {
        expect(samples != nullptr, "the buffer");
        go_into_memory(*handle);
        read(*handle, {}, samples, bytes, progress, user);
    });
}

int stack2nrrd_read_slices(stack2nrrd_handle* handle, int64_t first, int64_t end, void* samples, size_t bytes,
                           stack2nrrd_progress progress, void* user) {
    return with(handle, [&] {
        expect(samples != nullptr, "the buffer");
        go_into_memory(*handle);
        const Index slices = plans_of(*handle).front().volume().size[2];
        if (first < 0 || end <= first || end > slices) {
            throw Error(ErrorCode::invalid_argument,
                        "slices " + std::to_string(first) + ":" + std::to_string(end) +
                            " of the volume were asked for, a part of 0:" + std::to_string(slices) +
                            " was expected; the end is the first that is left out");
        }
        read(*handle, Range{first, end}, samples, bytes, progress, user);
    });
}

int stack2nrrd_read_slabs(stack2nrrd_handle* handle, int64_t depth, stack2nrrd_slab slab, stack2nrrd_progress progress,
                          void* user) {
    return with(handle, [&] {
        expect(slab != nullptr, "the function that takes slabs");
        if (depth < 1) {
            throw Error(ErrorCode::invalid_argument, "slabs of " + std::to_string(depth) +
                                                         " slices were asked for, at least one slice was expected");
        }
        go_into_memory(*handle);
        SlabSink sink(depth, slab, user);
        run(*handle, {}, {&sink}, progress, user);
    });
}

int stack2nrrd_write(stack2nrrd_handle* handle, const char* path, stack2nrrd_progress progress, void* user) {
    return with(handle, [&] {
        expect(path != nullptr, "the path");
        const std::filesystem::path file = path_of(path);
        const std::vector<Level> levels = levels_of(stack_of(*handle), handle->options, file);
        Findings findings;
        findings.stack = &*handle->stack;
        findings.options = &handle->options;
        findings.command = command_of(*handle, path);
        for (const Level& level : levels) findings.results.push_back({nullptr, level.file, {}});
        std::vector<std::unique_ptr<Sink>> sinks = output_sinks(levels);
        if (!handle->options.report.empty()) {
            std::vector<std::unique_ptr<Sink>> both;
            both.push_back(std::move(sinks.front()));
            both.push_back(page_sink(handle->options.report, handle->options.nrrd.force,
                                     [&]() -> const Findings& { return findings; }));
            sinks.front() = tee(std::move(both));
        }
        std::vector<Sink*> pointers;
        for (const auto& sink : sinks) pointers.push_back(sink.get());
        check_outputs(*handle->stack, pointers);
        set_output(*handle, file);
        run(*handle, {}, pointers, progress, user, &findings);
    });
}

int stack2nrrd_clipped(stack2nrrd_handle* handle, int64_t* low, int64_t* high) {
    return with(handle, [&] {
        expect(low != nullptr && high != nullptr, "the place for a number");
        if (handle->reports.empty()) {
            throw Error(ErrorCode::invalid_argument,
                        "no run has come to its end with these options, so nothing was counted; read or write first");
        }
        *low = *high = 0;
        for (const Report& report : handle->reports) {
            *low += report.clipped_low;
            *high += report.clipped_high;
        }
    });
}
