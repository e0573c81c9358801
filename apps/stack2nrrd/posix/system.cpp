#include "system.hpp"

#include <stack2nrrd/error.hpp>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__APPLE__)
#include <mach-o/dyld.h>
#endif
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

static_assert(stop_hangup == SIGHUP && stop_interrupt == SIGINT && stop_terminate == SIGTERM);

std::vector<std::string> arguments_of(int argc, const char* const* argv) { return {argv, argv + argc}; }

void prepare_streams() {
#if defined(__GLIBC__)
    // glibc gives each thread a heap of its own, and what one frees another does not use. Here little is allocated
    // while threads work; one heap keeps the memory small and the same from run to run.
    (void)::mallopt(M_ARENA_MAX, 1);
#endif
    // A closed standard stream would give its number to the next file that is opened, such as the output. What is asked
    // for on a closed stdout is still an error: there, the stand-in cannot be written.
    for (int descriptor = 0; descriptor < 3; ++descriptor) {
        if (::fcntl(descriptor, F_GETFD) == -1) (void)::open("/dev/null", descriptor == 2 ? O_WRONLY : O_RDONLY);
    }
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe and a file that may not grow are errors of a write, not
    std::signal(SIGXFSZ, SIG_IGN);  // the end of the program
}

void call_when_stopped(void (*stop)(int number)) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        // Who started us may want a signal to be ignored, as nohup does.
        if (std::signal(number, stop) == SIG_IGN) std::signal(number, SIG_IGN);
    }
}

void print_at_once(const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t written = ::write(STDOUT_FILENO, text.data() + done, text.size() - done);
        if (written <= 0) return;
        done += static_cast<std::size_t>(written);
    }
}

bool reader_has_gone() { return errno == EPIPE; }

std::string program_file(const std::string& called) {
#if defined(__APPLE__)
    std::uint32_t size = 0;
    (void)::_NSGetExecutablePath(nullptr, &size);
    std::string name(size, '\0');
    const bool known = ::_NSGetExecutablePath(name.data(), &size) == 0;
    const std::filesystem::path file = known ? name.c_str() : called.c_str();
#else
    const std::filesystem::path file = "/proc/self/exe";
#endif
    std::error_code failed;
    const std::filesystem::path whole = std::filesystem::canonical(file, failed);
    return failed ? called : whole.native();
}

std::string working_folder() {
    std::error_code failed;
    const std::filesystem::path folder = std::filesystem::current_path(failed);
    if (failed) throw stack2nrrd::Error(stack2nrrd::ErrorCode::io, "the working folder: " + failed.message());
    return folder.native();
}

bool is_there(const std::string& path) {
    std::error_code unknown;
    return std::filesystem::exists(path, unknown);
}

std::int64_t peak_memory() {
#if defined(__linux__)
    // What getrusage() reports may be the peak of the program that started this one.
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::strtoll(line.c_str() + 6, nullptr, 10) * 1024;
    }
#endif
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
    return usage.ru_maxrss;
#else
    return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
#endif
}

Wiping stderr_wiping() {
    const char* name = std::getenv("TERM");
    const std::string_view kind = name == nullptr ? "" : name;
    return ::isatty(STDERR_FILENO) != 0 && !kind.empty() && kind != "dumb" ? Wiping::escapes : Wiping::none;
}

int columns_of_terminal() {
    struct winsize size {};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
