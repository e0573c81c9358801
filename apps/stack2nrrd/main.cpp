// The stack2nrrd program: find, plan, run, and tell.

#include "command_line.hpp"
#include "preview_sink.hpp"
#include "progress.hpp"
#include "report.hpp"

#include <stack2nrrd/stack2nrrd.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>

#if !defined(_WIN32)
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

void handle_signals() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
#if !defined(_WIN32)
    std::signal(SIGHUP, on_signal);
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe and a file that may not grow are errors of a write, not
    std::signal(SIGXFSZ, SIG_IGN);  // the end of the program
#endif
}

void say(const std::string& sentence) { std::cerr << "stack2nrrd: " << sentence << std::endl; }

/// Prints what was asked for on stdout.
void print(const std::string& text) {
    std::cout << text << std::flush;
    if (!std::cout) throw Error(ErrorCode::io, "standard output cannot be written");
}

Stack find(const Command& command) {
    if (!command.files_from.empty()) return find_stack(read_list(command.files_from), command.options.find);
    if (command.inputs.size() > 1) return find_stack(command.inputs, command.options.find);
    const std::string& input = command.inputs.front();
    return find_stack(fs::path(std::u8string(input.begin(), input.end())), command.options.find);
}

/// An output must not be one of the slices it is made of, under whatever name.
void check_not_an_input(const Stack& stack, const fs::path& output) {
    std::error_code failure;
    if (!fs::exists(output, failure)) return;
    for (const SourceFile& file : stack.files) {
        if (fs::equivalent(output, fs::path(std::u8string(file.path.begin(), file.path.end())), failure)) {
            throw Error(ErrorCode::invalid_argument,
                        output.string() + ": is one of the inputs (" + file.path + "), another file was expected");
        }
    }
}

int run(const Command& command) {
    const auto start = std::chrono::steady_clock::now();
    const Stack stack = find(command);
    const bool only_info = command.info || command.output.empty();
    Findings findings;
    findings.command = &command;
    findings.stack = &stack;

    std::unique_ptr<Sink> volume;
    std::unique_ptr<PreviewSink> preview;
    if (!only_info) {
        for (const fs::path& file : nrrd_files(command.output, command.options.nrrd)) check_not_an_input(stack, file);
        volume = nrrd_sink(command.output, command.options.nrrd);
        if (!command.preview.empty()) {
            check_not_an_input(stack, command.preview);
            preview = std::make_unique<PreviewSink>(*volume, command.preview, command.options.nrrd.force);
        }
    }
    Sink* sink = preview ? preview.get() : volume.get();

    std::optional<ImportPlan> plan;
    try {
        plan.emplace(plan_import(stack, command.options));
        findings.plan = &*plan;
        if (sink != nullptr) findings.sink_bytes = sink->memory_bytes(plan->volume());
    } catch (const Error& error) {
        if (!only_info) throw;
        findings.obstacle = Problem{error.code(), true, error.what()};
    }
    if (only_info) {
        print(command.json ? info_json(findings) : info_text(findings));
        return findings.obstacle ? exit_status(findings.obstacle->code) : 0;
    }

    if (!command.quiet) {
        for (const std::string& warning : plan->warnings()) say("warning: " + warning);
    }
    ProgressDisplay display(command.progress, command.quiet);
    Progress last;
    running = 1;
    try {
        findings.report = run_import(*plan, *sink, [&](const Progress& progress) {
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
    running = 0;
    display.clear();
    findings.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (findings.report->nan_samples > 0 && !command.quiet) {
        say("warning: " + std::to_string(findings.report->nan_samples) +
            " samples without a value (NaN) became 0; --type float32 keeps them");
    }
    if (!command.quiet) say(run_text(findings));
    if (command.json) print(info_json(findings));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    handle_signals();
    try {
        const Command command = parse_command_line(argc, argv);
        if (!command.answer.empty()) {
            print(command.answer);
            return 0;
        }
        return run(command);
    } catch (const Error& error) {
        say(error.what());
        return exit_status(error.code());
    } catch (const std::bad_alloc&) {
        say("the system has no more memory; reduce more, or use fewer threads");
        return exit_status(ErrorCode::limit);
    } catch (const std::exception& error) {
        say(std::string("a bug in stack2nrrd: ") + error.what());
        return 1;
    }
}
