// The stack2nrrd program: find, plan, run, and report.

#include "checking.hpp"
#include "command_line.hpp"
#include "emit.hpp"
#include "process.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "scale.hpp"
#include "shards.hpp"
#include "system.hpp"

#include <stack2nrrd/stack2nrrd.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using namespace stack2nrrd;
namespace fs = std::filesystem;

namespace {

/// What is known of a run, from its beginning on: what is reported if it fails.
struct Session {
    bool json = false;  ///< until something is printed as JSON: it is one object, whatever happens
    Command command;
    bool own_results = false;  ///< does what has a result's name come from the same command, which was killed?
    std::optional<Stack> stack;
    std::vector<ImportPlan> plans;
    Findings findings;
};

/// What is known, as it is printed if `obstacle` ends it.
std::string failure_json(const Session& session, const Problem& obstacle, int status) {
    Findings findings = session.findings;
    for (Findings::Result& result : findings.results) result.report.reset();
    findings.obstacle = obstacle;
    findings.status = status;
    return info_json(findings);
}

/// For what ends the program at once: see LastWords.
void prepare_last_words(const Session& session) {
    if (!session.json) return;
    LastWords words;
    constexpr std::array<int, 3> statuses{130, 143, 129};
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        const Problem stopped{ErrorCode::cancelled, true, "interrupted; " + what_is_left(session.command)};
        words.stopped[i] = failure_json(session, stopped, statuses[i]);
    }
    const Problem no_memory{ErrorCode::limit, true, "the system has no more memory; reduce more, or use fewer threads"};
    words.no_memory = failure_json(session, no_memory, exit_status(ErrorCode::limit));
    set_last_words(std::move(words));
}

/// Prints the one object of --json.
void print_json(Session& session, const std::string& text) {
    session.json = false;
    clear_last_words();
    print(text);
}

/// Says what ended the run, on stderr and with --json on stdout, too. Gives the exit status.
int fail(Session& session, ErrorCode code, const std::string& sentence, int status) {
    say(sentence);
    if (session.json) {
        try {
            print_json(session, failure_json(session, {code, true, sentence}, status));
        } catch (const Error&) {  // stdout is closed or full: what came first is the failure
        }
    }
    return status;
}

int stopped(Session& session, const std::string& sentence) {
    return fail(session, ErrorCode::cancelled, sentence + "; " + what_is_left(session.command), 128 + stop_signal);
}

Stack find(const Command& command) {
    // What makes a shard takes the stack that the first one has found. The end looks whether it is still the same.
    if (!command.info && has_work_folder(command) && shards_to_finish(command) == 0) {
        std::optional<Stack> found = stack_of_shards(command.output, request_of(command));
        if (found) return std::move(*found);
    }
    if (!command.files_from.empty()) return find_listed_stack(path_of(command.files_from), command.options);
    if (command.inputs.size() > 1) return find_stack(command.inputs, command.options);
    return find_stack(path_of(command.inputs.front()), command.options);
}

/// What a run left that was killed at its very end: the work folder of a finished result goes, and what already has a
/// result's name is the run's own.
void go_on_from_the_end(Session& session) {
    Command& command = session.command;
    if (command.info || !has_work_folder(command)) return;
    remove_finished_shards(command.output);
    if (command.options.nrrd.force || !results_are_of_shards(command.output)) return;
    session.own_results = true;
    command.options.nrrd.force = true;
    command.options.zarr.force = true;
}

using Sinks = std::vector<std::unique_ptr<Sink>>;

std::vector<Sink*> pointers(const Sinks& sinks) {
    std::vector<Sink*> result;
    for (const auto& sink : sinks) result.push_back(sink.get());
    return result;
}

/// What is written: each volume, the list of slices, and `texts` about them. Checked, and nothing is there yet.
Sinks outputs_of(const Command& command, const Stack& stack, const std::vector<Level>& levels, Sinks texts = {}) {
    std::vector<Level> written;
    for (Level level : levels) {
        if (level.file.empty()) continue;
        for (bool* force : {&level.options.nrrd.force, &level.options.zarr.force}) {
            *force = *force || command.info;  // which replaces nothing
        }
        written.push_back(std::move(level));
    }
    Sinks sinks = output_sinks(written);
    // What is no volume comes with the first one.
    if (!command.manifest.empty() && !command.info) {
        texts.insert(texts.begin(), manifest_sink(stack, command.options, command.manifest));
    }
    if (!texts.empty()) {
        if (!sinks.empty()) texts.insert(texts.begin(), std::move(sinks.front()));
        if (sinks.empty()) sinks.emplace_back();
        sinks.front() = tee(std::move(texts));
    }
    check_outputs(stack, pointers(sinks));
    return sinks;
}

/// The page about the run, if one is asked for. `findings`: what it says; see page_sink().
Sinks page_of(const Command& command, std::function<const Findings&()> findings) {
    Sinks page;
    if (command.options.report.empty()) return page;
    const bool force = command.options.nrrd.force || command.info;  // which replaces nothing
    page.push_back(page_sink(command.options.report, force, std::move(findings)));
    return page;
}

/// Says which of the options that shape a volume a list of slices does not have: they hold for the volume alone.
void warn_of_unlisted(const Command& command, const Stack& stack) {
    constexpr std::array<std::string_view, 8> others{"step", "reverse", "missing", "channel",
                                                     "type", "window",  "dehaze",  "flip"};
    std::string names;
    for (const OptionInfo& option : option_table()) {
        const bool shapes = option.group == "Resampling" || option.group == "Crop" ||
                            std::find(others.begin(), others.end(), option.name) != others.end();
        const bool listed = option.name == "channel" && stack.taken.channels > 1;
        const bool given = std::any_of(command.given.begin(), command.given.end(),
                                       [&](const auto& each) { return each.first == option.name; });
        if (shapes && given && !listed) names += (names.empty() ? "--" : ", --") + std::string(option.name);
    }
    if (names.empty() || command.manifest.empty() || command.quiet || command.progress == "slicer") return;
    say("warning: " + utf8_of(command.manifest) + ": lists the slices as they are, without " + names +
        "; give that again when the list is read");
}

/// Prints a report as the last thing that publishes: if it cannot be printed, the run can still fail, and all others
/// are withdrawn.
class PrintingSink final : public Sink {
public:
    PrintingSink(std::function<std::string()> text, std::function<void(const std::string&)> print)
        : text_(std::move(text)), print_(std::move(print)) {}

    void begin(const VolumeInfo&) override {}
    void write_slice(Index, std::span<const std::byte>) override {}
    void finish() override {}
    void publish() override { print_(text_()); }

private:
    std::function<std::string()> text_;
    std::function<void(const std::string&)> print_;
};

/// Puts `first` before the first of the sinks, where it publishes last.
void put_before(Sinks& sinks, std::unique_ptr<Sink> first) {
    Sinks both;
    both.push_back(std::move(first));
    both.push_back(std::move(sinks.front()));
    sinks.front() = tee(std::move(both));
}

/// The results as they are planned; `plans` must stay where they are.
std::vector<Findings::Result> results_of(const std::vector<ImportPlan>& plans, const std::vector<Level>& levels) {
    std::vector<Findings::Result> results;
    for (std::size_t i = 0; i < plans.size(); ++i) results.push_back({&plans[i], levels[i].file, {}});
    return results;
}

std::vector<Options> options_of(const std::vector<Level>& levels) {
    std::vector<Options> options;
    for (const Level& level : levels) options.push_back(level.options);
    return options;
}

int look(Session& session) {
    const Command& command = session.command;
    Findings& findings = session.findings;
    std::vector<Level> levels;
    const auto unless_refused = [&](const std::function<void()>& action) {
        try {
            if (!findings.obstacle) action();
        } catch (const Error& error) {
            findings.obstacle = Problem{error.code(), true, error.what()};
        }
    };
    unless_refused([&] { levels = levels_of(*findings.stack, command.options, command.output); });
    (void)outputs_of(command, *findings.stack, levels, page_of(command, {}));  // refuses what would be refused
    unless_refused([&] {
        session.plans = plan_imports(*findings.stack, options_of(levels));
        findings.results = results_of(session.plans, levels);
    });
    if (command.json) {
        print_json(session, info_json(findings));
    } else {
        print(info_text(findings, command));
    }
    return findings.obstacle ? exit_status(findings.obstacle->code) : 0;
}

/// What Slicer shows of a run: it takes anything on stderr for an error, so that is where warnings go.
std::string return_parameters(const Findings& findings, const std::string& made) {
    std::string line = "report = " + made;
    for (const Problem& problem : problems_of(findings)) line += "; warning: " + problem.text;
    for (char& c : line) {
        if (static_cast<unsigned char>(c) < 0x20) c = '?';
    }
    return line + "\n";
}

/// Plans, with the window that the samples have if one is to be found. False if the search was stopped.
bool plan(Session& session, const std::vector<Level>& levels) {
    const Command& command = session.command;
    // The share that programs get is that of the run.
    const bool bar = command.progress == "auto" || command.progress == "bar";
    ProgressDisplay display(bar ? command.progress : "none", command.quiet);
    try {
        session.plans = surveyed_plans(*session.stack, options_of(levels), [&](const Progress& progress) {
            running = true;
            display.show(progress);
            return stop_signal == 0;
        });
    } catch (const Error& error) {
        if (error.code() != ErrorCode::cancelled) throw;
        return false;
    }
    session.findings.results = results_of(session.plans, levels);
    return true;
}

/// The levels, with the window that the first shard has found.
std::vector<Level> levels_to_make(const Command& command, const Stack& stack) {
    std::vector<Level> levels = levels_of(stack, command.options, command.output);
    if (!has_work_folder(command) || !command.options.window_auto) return levels;
    const std::optional<Window> window = window_of_shards(command.output);
    for (Level& level : levels) {
        if (window) level.options.window = window;
    }
    return levels;
}

/// Reads, filters and writes: all of it, or a shard, or what all shards have made, or what is missing of all.
void make(Session& session, const std::vector<PlannedOutput>& outputs, const KeepGoing& keep_going) {
    const Command& command = session.command;
    const Stack& stack = *session.stack;
    const Index count = shards_to_finish(command);
    const std::optional<Shard> shard = shard_of(command);
    if (!shard && count == 0) return (void)run_imports(outputs, keep_going);
    Index to_finish = 0;
    for (const ImportPlan& plan : session.plans) to_finish += count > 0 ? plan.volume().size[2] : 0;
    Index made = 0;
    if (shard) {
        ShardReport report =
            run_shard(stack, session.plans, command.output, *shard, request_of(command), [&](const Progress& of_shard) {
                made = of_shard.total;
                Progress progress = of_shard;
                progress.total += to_finish;
                return keep_going(progress);
            });
        if (count == 0) session.findings.shard = ShardFindings{*shard, std::move(report)};
    }
    if (count == 0) return;
    (void)finish_shards(stack, outputs, command.output, count, [&](const Progress& of_finish) {
        Progress progress = of_finish;
        progress.done += made;
        progress.total += made;
        return keep_going(progress);
    });
}

int import(Session& session) {
    const Command& command = session.command;
    Findings& findings = session.findings;
    const bool silent = command.quiet || command.progress == "slicer";
    const auto start = std::chrono::steady_clock::now();
    Progress last;
    std::optional<ProgressDisplay> display;
    const auto made = [&] {
        for (std::size_t i = 0; i < last.reports.size(); ++i) findings.results[i].report = last.reports[i];
        findings.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        findings.peak_memory_bytes = peak_memory();
        return run_text(findings);
    };
    Sinks texts = page_of(command, [&]() -> const Findings& {
        (void)made();
        return findings;
    });
    if (!command.return_parameters.empty()) {
        texts.push_back(text_sink(
            command.return_parameters, [&] { return return_parameters(findings, made()); }, true));
    }
    const std::vector<Level> levels = levels_to_make(command, *findings.stack);
    Sinks sinks = outputs_of(command, *findings.stack, levels, std::move(texts));
    if (session.own_results) check_results_of_shards(command.output, pointers(sinks));
    if (command.json) {
        const auto report = [&] {
            (void)made();
            return info_json(findings);
        };
        put_before(sinks, std::make_unique<PrintingSink>(report, [&](const std::string& text) {
                       display->clear();
                       print_json(session, text);
                   }));
    }
    if (!plan(session, levels)) return stopped(session, "interrupted while the window was searched for");
    prepare_last_words(session);
    if (!silent) {
        for (const std::string& warning : plan_warnings(findings)) say("warning: " + warning);
    }
    warn_of_unlisted(command, *findings.stack);

    std::vector<PlannedOutput> outputs;
    for (std::size_t i = 0; i < sinks.size(); ++i) outputs.push_back({session.plans[i], sinks[i].get()});
    display.emplace(command.progress, command.quiet);
    running = true;
    try {
        make(session, outputs, [&](const Progress& progress) {
            last = progress;
            display->show(progress);
            return stop_signal == 0;
        });
    } catch (const Error& error) {
        display->clear();
        if (error.code() != ErrorCode::cancelled) throw;
        return stopped(session,
                       "interrupted at slice " + std::to_string(last.done) + " of " + std::to_string(last.total));
    }
    // The result is complete; nothing that happens from here on makes the run a failure.
    try {
        display->finish();
        if (findings.shard && command.json) print_json(session, info_json(findings));
        if (silent) return 0;
        const std::string text = findings.shard ? shard_text(findings, command) : made();
        for (const std::string& warning : run_warnings(findings)) say("warning: " + warning);
        say(text);
    } catch (const std::bad_alloc&) {
        std::fputs("stack2nrrd: the output is complete; there is no memory left to say more\n", stderr);
    }
    return 0;
}

/// Writes the list of slices, and no volume.
int write_list(Session& session) {
    Sinks sinks = outputs_of(session.command, *session.stack, {});
    if (session.command.json) {
        put_before(sinks, std::make_unique<PrintingSink>([&] { return info_json(session.findings); },
                                                         [&](const std::string& text) { print_json(session, text); }));
    }
    const auto& list = sinks.front();
    warn_of_unlisted(session.command, *session.stack);
    running = true;
    list->begin({});
    list->finish();
    if (stop_signal != 0) return stopped(session, "interrupted");
    list->publish();
    return 0;
}

/// Prints a script, and makes nothing.
int emit(Session& session, const std::string& called) {
    Command& command = session.command;
    command.options.threads = std::max(1U, command.options.threads);  // this machine's processors say nothing
    const std::vector<Level> levels = levels_of(*session.stack, command.options, command.output);
    (void)outputs_of(command, *session.stack, levels, page_of(command, {}));  // refuses what would be refused
    ShardScript script = shard_script(command, *session.stack, levels);
    script.program = program_file(called);
    script.folder = working_folder();
    if (!script.reason.empty() && !command.quiet) {
        say("--shards " + std::to_string(script.shards) + ": " + script.reason);
    }
    print(script_text(script, command.emit));
    return 0;
}

/// Whether JSON is wanted, also on a command line that is wrong.
bool wants_json(const std::vector<std::string>& arguments) {
    const auto end = std::find(arguments.begin(), arguments.end(), "--");
    return std::find(arguments.begin(), end, "--json") != end;
}

int run(Session& session, const std::vector<std::string>& arguments) {
    session.json = wants_json(arguments);
    session.findings.options = &session.command.options;
    prepare_last_words(session);
    session.command = parse_command_line(arguments);
    const Command& command = session.command;
    session.json = command.json && command.answer.empty();
    if (!command.answer.empty()) {
        clear_last_words();
        print(command.answer);
        return 0;
    }
    if (!command.verify.empty() || !command.replay.empty()) {
        return check(command, find, [&](const std::string& text) { print_json(session, text); });
    }
    go_on_from_the_end(session);
    session.stack = find(command);
    session.findings.stack = &*session.stack;
    session.findings.command = command.text;
    prepare_last_words(session);
    if (!command.emit.empty()) return emit(session, arguments.empty() ? "stack2nrrd" : arguments.front());
    if (!command.info && !command.output.empty()) return import(session);
    if (!command.info && !command.manifest.empty()) return write_list(session);
    return look(session);
}

/// Says what went wrong. \throws std::bad_alloc, where there is no memory left to say it.
int say_failure(Session& session) {
    try {
        throw;
    } catch (const Error& error) {
        return fail(session, error.code(), error.what(), exit_status(error.code()));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::length_error&) {
        throw std::bad_alloc();  // more than any memory could hold
    } catch (const fs::filesystem_error& error) {
        if (error.code() == std::errc::not_enough_memory) throw std::bad_alloc();
        return fail(session, ErrorCode::io, error.what(), exit_status(ErrorCode::io));
    } catch (const std::exception& error) {
        constexpr int bug = 1;
        return fail(session, ErrorCode::invalid_argument, std::string("a bug in stack2nrrd: ") + error.what(), bug);
    }
}

}  // namespace

int main(int argc, char** argv) {
    prepare_process();
    Session session;
    try {
        try {
            return run(session, arguments_of(argc, argv));
        } catch (...) {
            return say_failure(session);
        }
    } catch (...) {
        say_no_memory();
        return exit_status(ErrorCode::limit);
    }
}
