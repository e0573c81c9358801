#include "cli/program.hpp"

#include "support/catch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace cli_test {

namespace {

/// Both ends of a pipe; closed when they go.
struct Pipe {
    std::array<int, 2> ends{-1, -1};
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_end(std::size_t end) {
        if (ends[end] >= 0) ::close(ends[end]);
        ends[end] = -1;
    }
};

[[noreturn]] void become(const Program& program, char* const* argv, int in, int out, int err) {
    const auto put = [](int from, int to) {
        if (::dup2(from, to) < 0) ::_exit(126);
    };
    put(in, 0);
    put(program.out_file.empty() ? out : ::open(program.out_file.c_str(), O_WRONLY | O_CLOEXEC), 1);
    put(err, 2);
    for (const int descriptor : program.closed) ::close(descriptor);
    if (!program.folder.empty() && ::chdir(program.folder.c_str()) != 0) ::_exit(126);
    if (program.mask >= 0) ::umask(static_cast<mode_t>(program.mask));
    if (!program.wrapper.empty() && program.wrapper[0] == "strace") {
        ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // its leak check does not run under another tracer
    }
    for (const auto& [name, value] : program.set) ::setenv(name.c_str(), value.c_str(), 1);
    for (const auto& [what, most] : program.limits) {
        const struct rlimit limit { most, most };
        if (::setrlimit(static_cast<__rlimit_resource_t>(what), &limit) != 0) ::_exit(126);
    }
    ::execvp(argv[0], argv);
    ::_exit(127);
}

/// Takes what there is to read. False at the end.
bool take(int descriptor, std::string& text) {
    std::array<char, 65536> buffer{};
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0 || (got < 0 && errno == EINTR);
}

/// Peak memory of another process by now; 0 where the system does not tell.
std::int64_t peak_of(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::strtoll(line.c_str() + 6, nullptr, 10) * 1024;
    }
    return 0;
}

}  // namespace

const int killed = 1000 + SIGKILL;

std::int64_t own_peak_bytes() {
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

Result Program::run() const {
    Arguments all = wrapper;
    all.push_back(program);
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& argument : all) argv.push_back(argument.data());
    argv.push_back(nullptr);

    std::signal(SIGPIPE, SIG_IGN);
    Pipe in, out, err, until_exec;
    const std::int64_t inherited = own_peak_bytes();
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    const pid_t process = ::fork();
    if (process == 0) {
        std::signal(SIGPIPE, SIG_DFL);
        become(*this, argv.data(), in.ends[0], out.ends[1], err.ends[1]);
    }
    REQUIRE(process > 0);
    in.close_end(0);
    out.close_end(1);
    err.close_end(1);
    REQUIRE(input.size() <= 60000);  // what a pipe holds: it is written at once
    if (!input.empty()) REQUIRE(::write(in.ends[1], input.data(), input.size()) == static_cast<ssize_t>(input.size()));
    in.close_end(1);
    // Until then its memory is ours.
    until_exec.close_end(1);
    char nothing = 0;
    while (::read(until_exec.ends[0], &nothing, 1) < 0 && errno == EINTR) continue;

    Result result;
    std::int64_t polled = 0;
    bool timed_out = false;
    int ended = 0;
    struct rusage usage {};
    for (;;) {
        std::array<pollfd, 2> wanted{pollfd{out.ends[0], POLLIN, 0}, pollfd{err.ends[0], POLLIN, 0}};
        ::poll(wanted.data(), wanted.size(), 5);
        if (wanted[0].revents != 0 && !take(out.ends[0], result.out)) out.close_end(0);
        if (wanted[1].revents != 0) {
            if (!take(err.ends[0], result.err))
                err.close_end(0);
            else if (on_err)
                on_err(result.err, process);
        }
        if (out.ends[0] < 0 && err.ends[0] < 0) ::usleep(2000);  // poll() no longer waits
        polled = std::max(polled, peak_of(process));
        if (::wait4(process, &ended, WNOHANG, &usage) == process) break;
        if (elapsed() > patience && !timed_out) timed_out = ::kill(process, SIGKILL) == 0;
    }
    result.seconds = elapsed();
    while (out.ends[0] >= 0 && take(out.ends[0], result.out)) continue;
    while (err.ends[0] >= 0 && take(err.ends[0], result.err)) continue;
    result.status = timed_out ? -1 : WIFEXITED(ended) ? WEXITSTATUS(ended) : 1000 + WTERMSIG(ended);
    // The kernel counts this process's own memory as the child's, from before the exec.
    const std::int64_t told = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
    result.peak_bytes = told > inherited ? told : polled;
    return result;
}

Result run_in_shell(const fs::path& folder, const std::string& line, const std::string& shell) {
    Program program{{"-c", "stack2nrrd() { '" STACK2NRRD_PROGRAM "' \"$@\"; }; " + line}, folder};
    program.program = shell;
    return program.run();
}

void kill_process(int process) { ::kill(process, SIGKILL); }

const std::vector<StopSignal>& stop_signals() {
    const auto by = [](int number) { return [number](int process) { return ::kill(process, number) == 0; }; };
    static const std::vector<StopSignal> all{
        {"SIGINT", 130, by(SIGINT)}, {"SIGTERM", 143, by(SIGTERM)}, {"SIGHUP", 129, by(SIGHUP)}};
    return all;
}

void stop_process(int process) { REQUIRE(::kill(process, SIGSTOP) == 0); }

void continue_process(int process) { REQUIRE(::kill(process, SIGCONT) == 0); }

bool is_installed(const std::string& name) {
    std::istringstream path(std::getenv("PATH") == nullptr ? "" : std::getenv("PATH"));
    for (std::string folder; std::getline(path, folder, ':');) {
        if (::access((folder + "/" + name).c_str(), X_OK) == 0) return true;
    }
    return false;
}

bool is_root() { return ::geteuid() == 0; }

bool as_nobody(Arguments& wrapper, unsigned user) {
    if (!is_root()) return true;
    if (!is_installed("setpriv")) {
        say_skipped("root may do anything, and setpriv (util-linux) is not there to take that away");
        return false;
    }
    const std::string id = std::to_string(user);
    wrapper = {"setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups"};
    if (Program{{"--version"}, {}, {}, wrapper}.run().status == 0) return true;
    say_skipped("another user may not run " STACK2NRRD_PROGRAM);
    return false;
}

}  // namespace cli_test
