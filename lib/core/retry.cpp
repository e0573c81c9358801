#include "core/retry.hpp"

#include "core/file_system.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace stack2nrrd {

namespace {

// Plain pointers: anything that must be destroyed would register the end of each thread, which takes memory.
thread_local Retry* retry_of_thread = nullptr;
thread_local const std::function<void()>* pulse_of_thread = nullptr;

/// False if the pulse said to stop.
bool wait(std::chrono::milliseconds time) noexcept {
    constexpr std::chrono::milliseconds step(50);
    try {
        for (; time > std::chrono::milliseconds(0); time -= step) {
            std::this_thread::sleep_for(std::min(time, step));
            if (pulse_of_thread != nullptr) (*pulse_of_thread)();
        }
    } catch (...) {
        return false;
    }
    return true;
}

}  // namespace

RetryScope::RetryScope(Retry* retry, const std::function<void()>* pulse) noexcept
    : retry_before_(std::exchange(retry_of_thread, retry)), pulse_before_(std::exchange(pulse_of_thread, pulse)) {}

RetryScope::~RetryScope() {
    retry_of_thread = retry_before_;
    pulse_of_thread = pulse_before_;
}

std::string again_text(std::int64_t reads) {
    return (reads == 1 ? "1 read" : std::to_string(reads) + " reads") +
           " failed, and did not when tried again (--retry); look after the disk, or the connection to it";
}

Retry* retry_here() noexcept { return retry_of_thread; }

bool try_again(unsigned attempt, const std::error_code& failure) noexcept {
    if (retry_of_thread == nullptr || attempt > retry_of_thread->times() || !disk::may_pass(failure)) return false;
    if (attempt == 1) retry_of_thread->count();
    constexpr unsigned longest = 5;  // doublings
    return wait(std::chrono::milliseconds(100U << std::min(attempt - 1, longest)));
}

}  // namespace stack2nrrd
