// The stack2nrrd program: find, plan, run, and report.

#include "command_line.hpp"
#include "progress.hpp"
#include "report.hpp"

#include <stack2nrrd/stack2nrrd.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
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

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if !defined(_WIN32)
#include <fcntl.h>
#include <unistd.h>
#endif

using namespace stack2nrrd;
namespace fs = std::filesystem;

namespace {

volatile std::sig_atomic_t stop_signal = 0;
volatile std::sig_atomic_t running = 0;

/// While an output is under way the run is asked to stop, and cleans up; before that there is nothing to clean up.
extern "C" void on_signal(int number) {
    if (running == 0) std::_Exit(128 + number);
    stop_signal = number;
}

void say_no_memory() {
    std::fputs("stack2nrrd: the system has no more memory; reduce more, or use fewer threads\n", stderr);
}

/// What allocates where nothing may be thrown, as a library may in a destructor or a callback, ends the program where
/// there is no memory. Then this is what it says.
[[noreturn]] void on_terminate() {
    try {
        if (const std::exception_ptr failure = std::current_exception()) std::rethrow_exception(failure);
    } catch (const std::bad_alloc&) {
        say_no_memory();
        std::_Exit(exit_status(ErrorCode::limit));
    } catch (...) {
    }
    std::abort();
}

void prepare_process() {
    std::set_terminate(on_terminate);
#if defined(__GLIBC__)
    // glibc gives each thread a heap of its own, and what one frees another does not use. Here little is allocated
    // while threads work; one heap keeps the memory small and the same from run to run.
    (void)::mallopt(M_ARENA_MAX, 1);
#endif
#if !defined(_WIN32)
    // A closed standard stream would give its number to the next file that is opened, such as the output. What is asked
    // for on a closed stdout is still an error: there, the stand-in cannot be written.
    for (int descriptor = 0; descriptor < 3; ++descriptor) {
        if (::fcntl(descriptor, F_GETFD) == -1) (void)::open("/dev/null", descriptor == 2 ? O_WRONLY : O_RDONLY);
    }
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe and a file that may not grow are errors of a write, not
    std::signal(SIGXFSZ, SIG_IGN);  // the end of the program
    constexpr int stops[] = {SIGINT, SIGTERM, SIGHUP};
#else
    constexpr int stops[] = {SIGINT, SIGTERM};
#endif
    for (const int number : stops) {
        // Who started us may want a signal to be ignored, as nohup does.
        if (std::signal(number, on_signal) == SIG_IGN) std::signal(number, SIG_IGN);
    }
}

/// One line on stderr. Messages of Error are one line already; others may hold names of files.
void say(const std::string& sentence) {
    std::string line = "stack2nrrd: ";
    for (const char c : sentence) line += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    std::fputs((line + "\n").c_str(), stderr);
}

/// Prints what was asked for on stdout.
void print(const std::string& text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (std::fflush(stdout) == 0 && written) return;
#if !defined(_WIN32)
    // Who reads has seen enough, as head does. Nothing is under way that has to be undone.
    if (errno == EPIPE && running == 0) std::_Exit(128 + SIGPIPE);
#endif
    throw Error(ErrorCode::io, "standard output: cannot be written");
}

Stack find(const Command& command) {
    if (!command.files_from.empty()) return find_listed_stack(path_of(command.files_from), command.options);
    if (command.inputs.size() > 1) return find_stack(command.inputs, command.options);
    return find_stack(path_of(command.inputs.front()), command.options);
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
    constexpr std::array<std::string_view, 6> others{"step", "reverse", "missing", "channel", "type", "window"};
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
    say("warning: " + command.manifest.string() + ": lists the slices as they are, without " + names +
        "; give that again when the list is read");
}

/// Prints a report when all is made and nothing has its name: if it cannot be printed, the run can still fail.
class PrintingSink final : public Sink {
public:
    explicit PrintingSink(std::function<std::string()> text) : text_(std::move(text)) {}

    void begin(const VolumeInfo&) override {}
    void write_slice(Index, std::span<const std::byte>) override {}
    void finish() override { print(text_()); }

private:
    std::function<std::string()> text_;
};

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

int look(const Command& command, Findings& findings) {
    std::vector<Level> levels;
    std::vector<ImportPlan> plans;
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
        plans = plan_imports(*findings.stack, options_of(levels));
        findings.results = results_of(plans, levels);
    });
    print(command.json ? info_json(findings) : info_text(findings, command));
    return findings.obstacle ? exit_status(findings.obstacle->code) : 0;
}

/// What Slicer shows of a run: it takes anything on stderr for an error, so that is where warnings go.
std::string return_parameters(const Findings& findings, const std::string& made) {
    std::string line = "summary = " + made;
    for (const Problem& problem : problems_of(findings)) line += "; warning: " + problem.text;
    for (char& c : line) {
        if (static_cast<unsigned char>(c) < 0x20) c = '?';
    }
    return line + "\n";
}

/// The plans, with the window that the samples have if one is to be found. None if the search was stopped.
std::vector<ImportPlan> plans_of(const Command& command, const Stack& stack, const std::vector<Level>& levels) {
    // The share that programs get is that of the run.
    const bool bar = command.progress == "auto" || command.progress == "bar";
    ProgressDisplay display(bar ? command.progress : "none", command.quiet);
    std::vector<ImportPlan> plans;
    try {
        plans = surveyed_plans(stack, options_of(levels), [&](const Progress& progress) {
            running = 1;
            display.show(progress);
            return stop_signal == 0;
        });
    } catch (const Error& error) {
        display.clear();
        if (error.code() != ErrorCode::cancelled) throw;
        say("interrupted while the window was searched for; nothing was written");
    }
    display.clear();
    return plans;
}

int import(const Command& command, Findings& findings) {
    const bool silent = command.quiet || command.progress == "slicer";
    const auto start = std::chrono::steady_clock::now();
    Progress last;
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
    if (command.json) {
        texts.push_back(std::make_unique<PrintingSink>([&] {
            (void)made();
            return info_json(findings);
        }));
    }
    const std::vector<Level> levels = levels_of(*findings.stack, command.options, command.output);
    const Sinks sinks = outputs_of(command, *findings.stack, levels, std::move(texts));
    const std::vector<ImportPlan> plans = plans_of(command, *findings.stack, levels);
    if (plans.empty()) return 128 + stop_signal;
    findings.results = results_of(plans, levels);
    if (!silent) {
        for (const std::string& warning : plan_warnings(findings)) say("warning: " + warning);
    }
    warn_of_unlisted(command, *findings.stack);

    std::vector<PlannedOutput> outputs;
    for (std::size_t i = 0; i < plans.size(); ++i) outputs.push_back({plans[i], sinks[i].get()});
    ProgressDisplay display(command.progress, command.quiet);
    running = 1;
    try {
        (void)run_imports(outputs, [&](const Progress& progress) {
            last = progress;
            display.show(progress);
            return stop_signal == 0;
        });
    } catch (const Error& error) {
        display.clear();
        if (error.code() != ErrorCode::cancelled) throw;
        say("interrupted at slice " + std::to_string(last.done) + " of " + std::to_string(last.total) +
            "; nothing was written");
        return 128 + stop_signal;
    }
    // The result is complete; nothing that happens from here on makes the run a failure.
    try {
        display.finish();
        if (silent) return 0;
        const std::string text = made();
        for (const std::string& warning : run_warnings(findings)) say("warning: " + warning);
        say(text);
    } catch (const std::bad_alloc&) {
        std::fputs("stack2nrrd: the output is complete; there is no memory left to say more\n", stderr);
    }
    return 0;
}

/// Writes the list of slices, and no volume.
int write_list(const Command& command, const Stack& stack) {
    const Sinks sinks = outputs_of(command, stack, {});
    const auto& list = sinks.front();
    warn_of_unlisted(command, stack);
    running = 1;
    list->begin({});
    list->finish();
    if (stop_signal != 0) {
        say("interrupted; nothing was written");
        return 128 + stop_signal;
    }
    list->publish();
    return 0;
}

int run(int argc, char** argv) {
    const Command command = parse_command_line(argc, argv);
    if (!command.answer.empty()) {
        print(command.answer);
        return 0;
    }
    const Stack stack = find(command);
    Findings findings;
    findings.stack = &stack;
    findings.options = &command.options;
    findings.command = command.text;
    if (!command.info && !command.output.empty()) return import(command, findings);
    if (!command.info && !command.manifest.empty()) return write_list(command, stack);
    return look(command, findings);
}

/// Says what went wrong. \throws std::bad_alloc, where there is no memory left to say it.
int say_failure() {
    try {
        throw;
    } catch (const Error& error) {
        say(error.what());
        return exit_status(error.code());
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::length_error&) {
        throw std::bad_alloc();  // more than any memory could hold
    } catch (const fs::filesystem_error& error) {
        if (error.code() == std::errc::not_enough_memory) throw std::bad_alloc();
        say(error.what());
        return exit_status(ErrorCode::io);
    } catch (const std::exception& error) {
        say(std::string("a bug in stack2nrrd: ") + error.what());
        return 1;
    }
}

}  // namespace

int main(int argc, char** argv) {
    prepare_process();
    try {
        try {
            return run(argc, argv);
        } catch (...) {
            return say_failure();
        }
    } catch (...) {
        say_no_memory();
        return exit_status(ErrorCode::limit);
    }
}
