// The stack2nrrd program: find, plan, run, and tell.

#include "command_line.hpp"
#include "progress.hpp"
#include "report.hpp"

#include <stack2nrrd/stack2nrrd.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <new>
#include <stdexcept>
#include <system_error>

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

void prepare_process() {
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
    if (std::fflush(stdout) != 0 || !written) throw Error(ErrorCode::io, "standard output: cannot be written");
}

Stack find(const Command& command) {
    if (!command.files_from.empty()) return find_listed_stack(path_of(command.files_from), command.options.find);
    if (command.inputs.size() > 1) return find_stack(command.inputs, command.options.find);
    return find_stack(path_of(command.inputs.front()), command.options.find);
}

/// An output must not be what it is made of, under whatever name, nor be named twice.
void check_outputs(const Command& command, const Stack& stack) {
    std::error_code failure;
    std::vector<fs::path> outputs;
    if (!command.output.empty()) outputs = nrrd_files(command.output, command.options.nrrd);
    if (!command.manifest.empty()) {
        const auto whole = [](const fs::path& path) { return fs::weakly_canonical(fs::absolute(path)); };
        for (const fs::path& output : outputs) {
            if (whole(output) != whole(command.manifest)) continue;
            throw Error(ErrorCode::invalid_argument, output.string() + ": is named twice as an output; give two names");
        }
        outputs.push_back(command.manifest);
    }
    check_not_an_input(stack, outputs);
    for (const fs::path& output : outputs) {
        if (command.files_from.empty() || !fs::equivalent(output, path_of(command.files_from), failure)) continue;
        throw Error(ErrorCode::invalid_argument,
                    output.string() + ": is the list of the inputs, another file was expected");
    }
}

/// Does something at the last moment at which a run can still fail and leave everything as it was.
class BeforeFinish final : public Sink {
public:
    BeforeFinish(Sink& next, std::function<void()> action) : next_(next), action_(std::move(action)) {}

    void begin(const VolumeInfo& volume) override { next_.begin(volume); }
    void write_slice(Index z, std::span<const std::byte> samples) override { next_.write_slice(z, samples); }
    void finish() override {
        action_();
        next_.finish();
    }

private:
    Sink& next_;
    std::function<void()> action_;
};

int look(const Command& command, Findings& findings) {
    std::optional<ImportPlan> plan;
    try {
        plan.emplace(plan_import(*findings.stack, command.options));
        findings.plan = &*plan;
    } catch (const Error& error) {
        findings.obstacle = Problem{error.code(), true, error.what()};
    }
    print(command.json ? info_json(findings) : info_text(findings, command));
    return findings.obstacle ? exit_status(findings.obstacle->code) : 0;
}

/// What Slicer shows of a run: it takes anything on stderr for an error, so that is where warnings go.
void write_return_parameters(const fs::path& file, const Findings& findings, const std::string& made) {
    std::string line = "report = " + made;
    for (const Problem& problem : problems_of(findings)) line += "; warning: " + problem.text;
    for (char& c : line) {
        if (static_cast<unsigned char>(c) < 0x20) c = '?';
    }
    std::ofstream stream(file, std::ios::binary);
    stream << line << "\n" << std::flush;
    if (!stream)
        throw Error(ErrorCode::io, "--returnparameterfile: cannot be written; name a file in a folder that is there");
}

/// Plans again, with the window that the samples tell. False if it was stopped.
bool find_window(const Command& command, const Stack& stack, std::optional<ImportPlan>& plan) {
    // The share that programs are told is that of the run.
    const bool bar = command.progress == "auto" || command.progress == "bar";
    ProgressDisplay display(bar ? command.progress : "none", command.quiet);
    running = 1;
    Options options = command.options;
    try {
        options.window = survey_window(stack, options, [&](const Progress& progress) {
            display.show(progress);
            return stop_signal == 0;
        });
    } catch (const Error& error) {
        display.clear();
        if (error.code() != ErrorCode::cancelled) throw;
        say("interrupted while the window was searched for; nothing was written");
        return false;
    }
    display.clear();
    plan = plan_import(stack, options);
    return true;
}

int import(const Command& command, Findings& findings) {
    const bool silent = command.quiet || command.progress == "slicer";
    const auto start = std::chrono::steady_clock::now();
    const std::unique_ptr<Sink> volume = nrrd_sink(command.output, command.options.nrrd);
    std::optional<ImportPlan> found = plan_import(*findings.stack, command.options);
    if (found->needs_window() && !find_window(command, *findings.stack, found)) return 128 + stop_signal;
    const ImportPlan& plan = *found;
    findings.plan = &plan;
    if (!silent) {
        for (const std::string& warning : plan.warnings()) say("warning: " + warning);
    }

    ProgressDisplay display(command.progress, command.quiet);
    Progress last;
    std::string made;
    BeforeFinish sink(*volume, [&] {
        findings.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        findings.nan_samples = last.nan_samples;
        findings.rounded_integers = last.rounded_integers;
        findings.files_with_surplus = last.files_with_surplus;
        findings.peak_memory_bytes = peak_memory();
        made = run_text(findings);
        if (command.json) print(info_json(findings));
        if (!command.return_parameters.empty()) write_return_parameters(command.return_parameters, findings, made);
        if (!command.manifest.empty()) write_manifest(*findings.stack, command.manifest, command.options.nrrd.force);
    });
    running = 1;
    try {
        (void)run_import(plan, sink, [&](const Progress& progress) {
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
    // The result stands; nothing that happens from here on makes the run a failure.
    try {
        display.finish();
        if (silent) return 0;
        for (const std::string& warning : run_warnings(findings)) say("warning: " + warning);
        say(made);
    } catch (const std::bad_alloc&) {
        std::fputs("stack2nrrd: the output is complete; there is no memory left to say more\n", stderr);
    }
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
    findings.output = command.output;
    check_outputs(command, stack);
    if (!command.info && !command.output.empty()) return import(command, findings);
    if (command.info || command.manifest.empty()) return look(command, findings);
    write_manifest(stack, command.manifest, command.options.nrrd.force);
    return 0;
}

}  // namespace

namespace {

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
        std::fputs("stack2nrrd: the system has no more memory; reduce more, or use fewer threads\n", stderr);
        return exit_status(ErrorCode::limit);
    }
}
