#include "process.hpp"

#include <stack2nrrd/error.hpp>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <new>
#include <utility>

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(_WIN32)
#include <io.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

using stack2nrrd::Error;
using stack2nrrd::ErrorCode;

volatile std::sig_atomic_t stop_signal = 0;
volatile std::sig_atomic_t running = 0;

namespace {

#if defined(_WIN32)
constexpr std::array<int, 2> stops{SIGINT, SIGTERM};
#else
constexpr std::array<int, 3> stops{SIGINT, SIGTERM, SIGHUP};
#endif

/// A signal may come at any time: it sees the old ones or the new ones.
std::atomic<const LastWords*> last_words = nullptr;
static_assert(std::atomic<const LastWords*>::is_always_lock_free);

/// Prints in a handler of a signal, where streams may be locked.
void print_at_once(const std::string& text) {
#if defined(_WIN32)
    (void)::_write(1, text.data(), static_cast<unsigned>(text.size()));
#else
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t written = ::write(1, text.data() + done, text.size() - done);
        if (written <= 0) return;
        done += static_cast<std::size_t>(written);
    }
#endif
}

extern "C" void on_signal(int number) {
    if (running != 0) {
        stop_signal = number;
        return;
    }
    if (const LastWords* words = last_words.exchange(nullptr)) {
        for (std::size_t i = 0; i < stops.size(); ++i) {
            if (stops[i] == number) print_at_once(words->stopped[i]);
        }
    }
    std::_Exit(128 + number);
}

/// What allocates where nothing may be thrown, as a library may in a destructor or a callback, ends the program where
/// there is no memory. Then this is what it says.
[[noreturn]] void on_terminate() {
    try {
        if (const std::exception_ptr failure = std::current_exception()) std::rethrow_exception(failure);
    } catch (const std::bad_alloc&) {
        say_no_memory();
        std::_Exit(stack2nrrd::exit_status(ErrorCode::limit));
    } catch (...) {
    }
    std::abort();
}

}  // namespace

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
#endif
    for (const int number : stops) {
        // Who started us may want a signal to be ignored, as nohup does.
        if (std::signal(number, on_signal) == SIG_IGN) std::signal(number, SIG_IGN);
    }
}

void set_last_words(LastWords words) {
    static std::deque<LastWords> kept;  // a handler may be reading the old ones
    last_words = &kept.emplace_back(std::move(words));
}

void clear_last_words() noexcept { last_words = nullptr; }

void say_no_memory() {
    std::fputs("stack2nrrd: the system has no more memory; reduce more, or use fewer threads\n", stderr);
    if (const LastWords* words = last_words.exchange(nullptr)) print_at_once(words->no_memory);
}

void say(const std::string& sentence) {
    std::string line = "stack2nrrd: ";
    for (const char c : sentence) line += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    std::fputs((line + "\n").c_str(), stderr);
}

void print(const std::string& text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (std::fflush(stdout) == 0 && written) return;
#if !defined(_WIN32)
    // Who reads has seen enough, as head does. Nothing is under way that has to be undone.
    if (errno == EPIPE && running == 0) std::_Exit(128 + SIGPIPE);
#endif
    throw Error(ErrorCode::io, "standard output: cannot be written");
}
