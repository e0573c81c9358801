#pragma once

// Work in any order, results in order, a bounded number under way.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// Thrown by a pulse to stop everything at once. Not an error of any slice.
struct Stopped {};

/// Calls part(0) … part(n − 1), on several threads if there are.
using Share = std::function<void(std::size_t n, const std::function<void(std::size_t)>& part)>;

/// Makes items 0 … count − 1 on up to `threads` threads, the calling one included, and consumes them in order on the
/// calling thread. At most `in_flight` items are made or wait at a time.
///
/// - `produce(i, worker, pulse) -> Item`: any thread; `worker` < threads tells whose tools to use; it calls pulse() now
///   and then.
/// - `consume(i, item, share)`: calling thread only. share(n, part) calls part(0) … part(n − 1), in any order, on the
///   calling thread and on those that have nothing else to do, and returns when all have returned; then it throws what
///   one of them threw.
/// - `pulse()`: calling thread only, at least ten times a second while waiting; throws to stop.
///
/// When producing items fails, the failure of the lowest i is thrown, after all before it were consumed. Returns the
/// number of threads that worked: fewer than asked for if the system has no more.
template <class Item, class Produce, class Consume, class Pulse>
unsigned run_ordered(std::int64_t count, unsigned threads, std::int64_t in_flight, Produce produce, Consume consume,
                     Pulse pulse) {
    struct Slot {
        std::optional<Item> item;
        std::exception_ptr failure;
    };
    std::mutex mutex;
    std::condition_variable made;   // an item is there, for the calling thread
    std::condition_variable freed;  // there is room, for the others
    std::vector<Slot> slots(static_cast<std::size_t>(in_flight));
    std::int64_t claimed = 0;
    std::int64_t consumed = 0;
    bool stop = false;
    bool failed = false;  // then no item is begun any more: all before the failed one are
    struct {
        const std::function<void(std::size_t)>* part = nullptr;
        std::size_t next = 0, count = 0, left = 0;
        std::exception_ptr failure;
    } shared;

    const auto slot_of = [&](std::int64_t i) -> Slot& { return slots[static_cast<std::size_t>(i % in_flight)]; };
    const auto may_claim = [&] { return !failed && claimed < count && claimed < consumed + in_flight; };
    const auto may_share = [&] { return shared.next < shared.count; };
    const auto do_part = [&](std::unique_lock<std::mutex>& lock) {
        const std::size_t n = shared.next++;
        lock.unlock();
        std::exception_ptr failure;
        try {
            (*shared.part)(n);
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        if (failure) shared.failure = failure;
        if (--shared.left == 0) made.notify_one();
    };
    const auto share = [&](std::size_t n, const std::function<void(std::size_t)>& part) {
        std::unique_lock lock(mutex);
        shared = {&part, 0, n, n, nullptr};
        freed.notify_all();
        while (may_share()) do_part(lock);
        made.wait(lock, [&] { return shared.left == 0; });
        if (shared.failure) std::rethrow_exception(std::exchange(shared.failure, nullptr));
    };
    // Called without the lock; a Stopped flies on to the caller.
    const auto make = [&](std::int64_t i, unsigned worker, const std::function<void()>& worker_pulse) {
        Slot result;
        try {
            result.item.emplace(produce(i, worker, worker_pulse));
        } catch (const Stopped&) {
            throw;
        } catch (...) {
            result.failure = std::current_exception();
        }
        const std::lock_guard lock(mutex);
        failed = failed || result.failure;
        slot_of(i) = std::move(result);
        made.notify_one();
    };

    const auto help = [&](unsigned worker) {
        try {
            const std::function<void()> worker_pulse = [&] {
                const std::lock_guard lock(mutex);
                if (stop) throw Stopped{};
            };
            for (;;) {
                std::unique_lock lock(mutex);
                freed.wait(lock, [&] { return stop || may_share() || may_claim(); });
                if (stop) return;
                if (may_share()) {
                    do_part(lock);
                    continue;
                }
                const std::int64_t i = claimed++;
                lock.unlock();
                make(i, worker, worker_pulse);
            }
        } catch (const Stopped&) {
        }
    };

    std::vector<std::thread> helpers;
    struct Join {
        std::mutex& mutex;
        std::condition_variable& freed;
        bool& stop;
        std::vector<std::thread>& helpers;
        ~Join() {
            {
                const std::lock_guard lock(mutex);
                stop = true;
            }
            freed.notify_all();
            for (std::thread& helper : helpers) helper.join();
        }
    } const join{mutex, freed, stop, helpers};

    helpers.reserve(threads);
    for (unsigned worker = 1; worker < threads; ++worker) {
        try {
            helpers.emplace_back(help, worker);
        } catch (const std::exception&) {
            break;  // fewer threads make the same bytes, later
        }
    }

    const std::function<void()> own_pulse = [&] { pulse(); };
    while (consumed < count) {
        pulse();
        std::unique_lock lock(mutex);
        Slot& next = slot_of(consumed);
        if (next.item || next.failure) {
            Slot ready = std::move(next);
            next = Slot{};
            const std::int64_t i = consumed++;
            lock.unlock();
            freed.notify_one();
            if (ready.failure) std::rethrow_exception(ready.failure);
            consume(i, std::move(*ready.item), share);
        } else if (may_claim()) {
            const std::int64_t i = claimed++;
            lock.unlock();
            make(i, 0, own_pulse);
        } else {
            made.wait_for(lock, std::chrono::milliseconds(50));
        }
    }
    return static_cast<unsigned>(helpers.size()) + 1;
}

}  // namespace stack2nrrd
