#include "process.hpp"

#include "system.hpp"

#include <stack2nrrd/error.hpp>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <new>
#include <utility>

using stack2nrrd::Error;
using stack2nrrd::ErrorCode;

// A handler sees them, which may be called at any time: they are old or new.
std::atomic<int> stop_signal = 0;
std::atomic<bool> running = false;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

namespace {

constexpr std::array<int, 3> stops{stop_interrupt, stop_terminate, stop_hangup};

std::atomic<const LastWords*> last_words = nullptr;
static_assert(std::atomic<const LastWords*>::is_always_lock_free);

extern "C" void on_stop(int number) {
    if (running) {
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
    prepare_streams();
    call_when_stopped(on_stop);
}

void set_last_words(LastWords words) {
    static std::deque<LastWords> kept;  // a handler may be reading the old ones
    last_words = &kept.emplace_back(std::move(words));
}

void clear_last_words() noexcept { last_words = nullptr; }

void say_no_memory() {
    std::fputs("stack2nrrd: the system has no more memory; reduce more, or use fewer threads\n", stderr);
    std::fflush(stderr);
    if (const LastWords* words = last_words.exchange(nullptr)) print_at_once(words->no_memory);
}

void say(const std::string& sentence) {
    std::string line = "stack2nrrd: ";
    for (const char c : sentence) line += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    std::fputs((line + "\n").c_str(), stderr);
    std::fflush(stderr);
}

void print(const std::string& text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (std::fflush(stdout) == 0 && written) return;
    constexpr int broken_pipe = 13;                                    // the number of that signal
    if (reader_has_gone() && !running) std::_Exit(128 + broken_pipe);  // nothing is under way that has to be undone
    throw Error(ErrorCode::io, "standard output: cannot be written");
}
