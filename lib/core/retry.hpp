#pragma once

// Reads that fail because of a disk, or of the network between, are tried again, if that is wanted.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <system_error>

namespace stack2nrrd {

/// How often each read is tried again, and how many were. Of one search or run, whose threads share it.
class Retry {
public:
    explicit Retry(unsigned times) noexcept : times_(times) {}
    Retry(const Retry&) = delete;
    Retry& operator=(const Retry&) = delete;

    [[nodiscard]] unsigned times() const noexcept { return times_; }
    /// How many reads were tried again; each counts once.
    [[nodiscard]] std::int64_t reads() const noexcept { return reads_; }
    void count() noexcept { ++reads_; }

private:
    unsigned times_;
    std::atomic<std::int64_t> reads_{0};
};

/// While it exists, the reads of this thread are tried again as `retry` says; null: they are not. What waits meanwhile
/// calls `pulse` twenty times a second, and gives up if that throws; whoever gave it has to throw again. Threads that
/// this one starts need a scope of their own.
class RetryScope {
public:
    explicit RetryScope(Retry* retry, const std::function<void()>* pulse = nullptr) noexcept;
    ~RetryScope();
    RetryScope(const RetryScope&) = delete;
    RetryScope& operator=(const RetryScope&) = delete;

private:
    Retry* retry_before_;
    const std::function<void()>* pulse_before_;
};

/// Of this thread; null if reads are not tried again.
[[nodiscard]] Retry* retry_here() noexcept;

/// The sentence for a user that so many reads were tried again.
[[nodiscard]] std::string again_text(std::int64_t reads);

/// Is a call that has failed for the `attempt`-th time, from 1, to be tried again? Waits before it says so: a tenth of
/// a second, then twice as long each time, at most 3.2 seconds.
[[nodiscard]] bool try_again(unsigned attempt, const std::error_code& failure) noexcept;

}  // namespace stack2nrrd
