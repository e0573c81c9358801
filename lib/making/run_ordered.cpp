#include "making/run_ordered.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

using Make = std::function<void(std::int64_t i, unsigned worker, const Pulse& pulse)>;
using Take = std::function<void(std::int64_t i, const Share& share)>;

class Run {
public:
    Run(std::int64_t count, std::int64_t in_flight, const Make& make)
        : count_(count), in_flight_(in_flight), make_(make), slots_(static_cast<std::size_t>(in_flight)) {}

    ~Run() {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        freed_.notify_all();
        for (std::thread& helper : helpers_) helper.join();
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    unsigned start(unsigned threads) {
        helpers_.reserve(threads);
        for (unsigned worker = 1; worker < threads; ++worker) {
            try {
                helpers_.emplace_back([this, worker] { help(worker); });
            } catch (const std::exception&) {
                break;  // fewer threads make the same bytes, later
            }
        }
        return static_cast<unsigned>(helpers_.size()) + 1;
    }

    void lead(const Take& take, const Pulse& pulse) {
        const Share share = [this](std::size_t n, const std::function<void(std::size_t)>& part) { do_all(n, part); };
        while (taken_ < count_) {
            pulse();
            std::unique_lock lock(mutex_);
            Slot& next = slot_of(taken_);
            if (next.made) {
                const std::exception_ptr failure = std::exchange(next, Slot{}).failure;
                const std::int64_t i = taken_++;
                lock.unlock();
                freed_.notify_one();
                if (failure) std::rethrow_exception(failure);
                take(i, share);
            } else if (may_claim()) {
                const std::int64_t i = claimed_++;
                lock.unlock();
                make(i, 0, pulse);
            } else {
                made_.wait_for(lock, std::chrono::milliseconds(50));
            }
        }
    }

private:
    struct Slot {
        bool made = false;
        std::exception_ptr failure;
    };

    Slot& slot_of(std::int64_t i) { return slots_[static_cast<std::size_t>(i % in_flight_)]; }
    [[nodiscard]] bool may_claim() const { return !failed_ && claimed_ < count_ && claimed_ < taken_ + in_flight_; }
    [[nodiscard]] bool may_share() const { return shared_.next < shared_.count; }

    /// Called without the lock; a Stopped flies on to the caller.
    void make(std::int64_t i, unsigned worker, const Pulse& pulse) {
        Slot result{true, nullptr};
        try {
            make_(i, worker, pulse);
        } catch (const Stopped&) {
            throw;
        } catch (...) {
            result.failure = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        failed_ = failed_ || result.failure;
        slot_of(i) = std::move(result);
        made_.notify_one();
    }

    void help(unsigned worker) {
        const Pulse pulse = [this] {
            const std::lock_guard lock(mutex_);
            if (stop_) throw Stopped{};
        };
        try {
            for (;;) {
                std::unique_lock lock(mutex_);
                freed_.wait(lock, [this] { return stop_ || may_share() || may_claim(); });
                if (stop_) return;
                if (may_share()) {
                    do_part(lock);
                    continue;
                }
                const std::int64_t i = claimed_++;
                lock.unlock();
                make(i, worker, pulse);
            }
        } catch (const Stopped&) {
        }
    }

    void do_part(std::unique_lock<std::mutex>& lock) {
        const std::size_t n = shared_.next++;
        lock.unlock();
        std::exception_ptr failure;
        try {
            (*shared_.part)(n);
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        if (failure) shared_.failure = failure;
        if (--shared_.left == 0) made_.notify_one();
    }

    void do_all(std::size_t n, const std::function<void(std::size_t)>& part) {
        std::unique_lock lock(mutex_);
        shared_ = {&part, 0, n, n, nullptr};
        freed_.notify_all();
        while (may_share()) do_part(lock);
        made_.wait(lock, [this] { return shared_.left == 0; });
        if (shared_.failure) std::rethrow_exception(std::exchange(shared_.failure, nullptr));
    }

    const std::int64_t count_;
    const std::int64_t in_flight_;
    const Make& make_;
    std::mutex mutex_;
    std::condition_variable made_;   ///< an item, for the calling thread
    std::condition_variable freed_;  ///< room, for the others
    std::vector<Slot> slots_;
    std::int64_t claimed_ = 0;
    std::int64_t taken_ = 0;
    bool stop_ = false;
    bool failed_ = false;  ///< then no item is begun any more: all before the failed one are
    struct {
        const std::function<void(std::size_t)>* part = nullptr;
        std::size_t next = 0, count = 0, left = 0;
        std::exception_ptr failure;
    } shared_;
    std::vector<std::thread> helpers_;
};

}  // namespace

unsigned run_ordered(std::int64_t count, unsigned threads, std::int64_t in_flight, const Make& make, const Take& take,
                     const Pulse& pulse) {
    Run run(count, in_flight, make);
    const unsigned working = run.start(threads);
    run.lead(take, pulse);
    return working;
}

}  // namespace stack2nrrd
