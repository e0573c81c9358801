// run_ordered() by itself: order, the bound, failures and stops, whatever the timing.

#include "making/run_ordered.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <new>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#if defined(__GLIBC__)
#include <pthread.h>
#endif

namespace {

using namespace std::chrono_literals;
using stack2nrrd::Pulse;
using stack2nrrd::run_ordered;
using stack2nrrd::Share;
using stack2nrrd::Stopped;

/// Delays of some microseconds, others for each seed: who comes first is chance, and the same chance for one seed as
/// far as a machine can.
class Shuffle {
public:
    explicit Shuffle(std::uint32_t seed) : seed_(seed) {}

    void wait(std::int64_t i, std::uint32_t where) const {
        std::uint32_t state = seed_ ^ (static_cast<std::uint32_t>(i) * 2654435761U) ^ (where * 40503U);
        state ^= state >> 13;
        state *= 0x5bd1e995U;
        state ^= state >> 15;
        switch (state % 4) {
            case 0: return;
            case 1: return std::this_thread::yield();
            default: std::this_thread::sleep_for(std::chrono::microseconds(state / 4 % 120));
        }
    }

private:
    std::uint32_t seed_;
};

/// One that is always the same, and one that is not.
std::vector<std::uint32_t> seeds() { return {1, std::random_device{}()}; }

/// Waits for what other threads do; too long is a failure of the test, not a hang.
template <class Condition>
bool comes_true(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(50us);
    }
    return true;
}

/// What was seen to break a promise, on whatever thread: Catch's checks are for one thread.
class Broken {
public:
    void unless(bool kept, const char* promise) {
        if (!kept) promise_ = promise;
    }
    [[nodiscard]] std::string text() const {
        const char* promise = promise_;
        return promise == nullptr ? "" : promise;
    }

private:
    std::atomic<const char*> promise_ = nullptr;
};

struct Combination {
    unsigned threads = 1;
    std::int64_t in_flight = 1;
};

constexpr std::array<Combination, 8> combinations{{{1, 1}, {1, 5}, {2, 1}, {2, 2}, {2, 4}, {3, 7}, {5, 5}, {8, 3}}};

const Pulse no_pulse = [] {};

}  // namespace

TEST_CASE("items are made once each, within the bound, and taken in order", "[making]") {
    constexpr std::int64_t count = 60;
    for (const std::uint32_t seed : seeds()) {
        for (const auto [threads, in_flight] : combinations) {
            const Shuffle shuffle(seed);
            Broken broken;
            const std::thread::id caller = std::this_thread::get_id();
            std::vector<std::int64_t> made(count, -1);  // not atomic: take() has to see what make() wrote
            std::vector<std::atomic<int>> times(count);
            std::vector<std::atomic<bool>> busy(threads);
            std::atomic<std::int64_t> begun = 0;  // the highest item that was begun, and one
            std::atomic<std::int64_t> done = 0;   // takes that have returned
            std::int64_t next = 0;
            const auto make = [&](std::int64_t i, unsigned worker, const Pulse& pulse) {
                broken.unless(worker < threads, "worker < threads");
                broken.unless(!busy[worker].exchange(true), "the tools of a worker are used by one thread at a time");
                broken.unless((worker == 0) == (std::this_thread::get_id() == caller),
                              "the caller's tools are the caller's");
                broken.unless(i <= done + in_flight, "no item is made beyond the bound");
                std::int64_t highest = begun;
                while (highest <= i && !begun.compare_exchange_weak(highest, i + 1)) {
                }
                shuffle.wait(i, 1);
                pulse();
                made[static_cast<std::size_t>(i)] = i * i;
                ++times[static_cast<std::size_t>(i)];
                busy[worker] = false;
            };
            const auto take = [&](std::int64_t i, const Share&) {
                broken.unless(std::this_thread::get_id() == caller, "take() is for the calling thread");
                broken.unless(i == next++, "items are taken in order");
                broken.unless(made[static_cast<std::size_t>(i)] == i * i, "what is taken was made");
                shuffle.wait(i, 2);
                broken.unless(begun <= i + in_flight + 1, "while i is taken, others are made up to i + in_flight");
                done = i + 1;
            };
            const auto pulse = [&] {
                broken.unless(std::this_thread::get_id() == caller, "pulse() is for the calling thread");
                broken.unless(begun <= done + in_flight, "at most in_flight items are made or wait");
            };
            const unsigned worked = run_ordered(count, threads, in_flight, make, take, pulse);
            INFO("seed " << seed << ", " << threads << " threads, " << in_flight << " in flight");
            CHECK(broken.text() == "");
            CHECK(worked == threads);
            CHECK(next == count);
            CHECK(std::all_of(times.begin(), times.end(), [](const auto& n) { return n == 1; }));
        }
    }
    CHECK(run_ordered(
              0, 3, 6, [](std::int64_t, unsigned, const Pulse&) { throw 1; },
              [](std::int64_t, const Share&) { throw 2; }, no_pulse) >= 1);
}

TEST_CASE("while an item is taken, others are made as far as the bound allows", "[making]") {
    constexpr std::int64_t in_flight = 6;
    std::atomic<std::int64_t> made = 0;
    bool reached = true;
    run_ordered(
        40, 3, in_flight, [&](std::int64_t, unsigned, const Pulse&) { ++made; },
        [&](std::int64_t i, const Share&) {
            reached = reached && comes_true([&] { return made == std::min<std::int64_t>(40, i + in_flight + 1); });
        },
        no_pulse);
    CHECK(reached);
}

TEST_CASE("the failure of the lowest item is thrown, when all before it were taken", "[making]") {
    constexpr std::int64_t count = 50;
    for (const std::uint32_t seed : seeds()) {
        for (const auto [threads, in_flight] : combinations) {
            for (const std::int64_t lowest : {0, 1, 17, 49}) {
                const Shuffle shuffle(seed);
                std::int64_t taken = 0;
                std::string failure;
                std::atomic<std::int64_t> highest = 0;
                try {
                    run_ordered(
                        count, threads, in_flight,
                        [&](std::int64_t i, unsigned, const Pulse&) {
                            shuffle.wait(i, 3);
                            // Who fails first in time is not who comes first.
                            if (i == lowest) std::this_thread::sleep_for(300us);
                            if (i >= lowest) {
                                std::int64_t seen = highest;
                                while (seen < i && !highest.compare_exchange_weak(seen, i)) {
                                }
                                throw std::runtime_error("item " + std::to_string(i));
                            }
                        },
                        [&](std::int64_t i, const Share&) { taken += i == taken ? 1 : count; }, no_pulse);
                } catch (const std::runtime_error& error) {
                    failure = error.what();
                }
                INFO("seed " << seed << ", " << threads << " threads, " << in_flight << " in flight");
                CHECK(failure == "item " + std::to_string(lowest));
                CHECK(taken == lowest);
                CHECK(highest <= lowest + in_flight);
            }
        }
    }
}

TEST_CASE("what was thrown arrives as it was", "[making]") {
    for (const unsigned threads : {1U, 2U, 4U}) {
        const auto run = [&](const auto& failure, bool in_take) {
            run_ordered(
                12, threads, 2 * threads,
                [&](std::int64_t i, unsigned, const Pulse&) {
                    if (i == 5 && !in_take) throw failure;
                },
                [&](std::int64_t i, const Share&) {
                    if (i == 5 && in_take) throw failure;
                },
                no_pulse);
        };
        for (const bool in_take : {false, true}) {
            CHECK_THROWS_AS(run(std::bad_alloc(), in_take), std::bad_alloc);
            CHECK_THROWS_AS(run(std::logic_error("x"), in_take), std::logic_error);
            CHECK_THROWS_AS(run(7, in_take), int);
        }
    }
}

TEST_CASE("a pulse that throws stops all threads, wherever they are", "[making]") {
    enum class Where { at_once, while_items_wait, in_items };
    for (const std::uint32_t seed : seeds()) {
        for (const unsigned threads : {1U, 2U, 5U}) {
            for (const Where where : {Where::at_once, Where::while_items_wait, Where::in_items}) {
                if (where == Where::while_items_wait && threads == 1) continue;
                const Shuffle shuffle(seed);
                const std::thread::id caller = std::this_thread::get_id();
                std::atomic<std::int64_t> inside = 0;  // makes that go on for ever
                std::int64_t taken = 0;
                const auto make = [&](std::int64_t i, unsigned, const Pulse& pulse) {
                    shuffle.wait(i, 4);
                    if (i < 3) return;
                    if (where == Where::while_items_wait && std::this_thread::get_id() == caller) return;
                    struct Inside {
                        std::atomic<std::int64_t>& count;
                        explicit Inside(std::atomic<std::int64_t>& n) : count(n) { ++count; }
                        ~Inside() { --count; }
                    } const guard(inside);
                    for (;;) {  // a slice of very many rows
                        pulse();
                        shuffle.wait(i, 5);
                    }
                };
                const auto pulse = [&] {
                    if (where == Where::at_once || inside > 0) throw Stopped{};
                };
                INFO("seed " << seed << ", " << threads << " threads");
                CHECK_THROWS_AS(
                    run_ordered(
                        1000, threads, 2 * threads, make, [&](std::int64_t, const Share&) { ++taken; }, pulse),
                    Stopped);
                CHECK(inside == 0);
                CHECK(taken <= (where == Where::at_once ? 0 : 1000));
            }
        }
    }
}

TEST_CASE("the caller is asked ten times a second while it waits", "[making]") {
    const std::thread::id caller = std::this_thread::get_id();
    std::atomic<bool> is_long = false;
    std::atomic<bool> over = false;
    std::chrono::steady_clock::time_point since;
    std::set<std::int64_t> asked;  // in which tenths of a second
    bool helped = true;
    run_ordered(
        4, 2, 4,
        [&](std::int64_t, unsigned, const Pulse&) {
            if (std::this_thread::get_id() == caller) {
                helped = helped && comes_true([&] { return is_long.load(); });
            } else if (!is_long.exchange(true)) {
                std::this_thread::sleep_for(650ms);
                over = true;
            }
        },
        [](std::int64_t, const Share&) {},
        [&] {
            const auto now = std::chrono::steady_clock::now();
            if (!is_long || asked.empty()) since = now;
            if (is_long && !over) asked.insert((now - since) / 100ms);
        });
    CHECK(helped);
    CHECK(asked.size() >= 4);  // a busy machine may miss some
}

TEST_CASE("shared parts are done once each, and those who wait help", "[making]") {
    for (const std::uint32_t seed : seeds()) {
        for (const auto [threads, in_flight] : combinations) {
            const Shuffle shuffle(seed);
            bool once = true;
            run_ordered(
                12, threads, in_flight, [&](std::int64_t i, unsigned, const Pulse&) { shuffle.wait(i, 6); },
                [&](std::int64_t i, const Share& share) {
                    std::vector<int> times(static_cast<std::size_t>(i) * 5, 0);  // none at first; seen when it returns
                    share(times.size(), [&](std::size_t n) {
                        shuffle.wait(static_cast<std::int64_t>(n), 7);
                        ++times[n];
                    });
                    once = once && std::all_of(times.begin(), times.end(), [](int n) { return n == 1; });
                },
                no_pulse);
            INFO("seed " << seed << ", " << threads << " threads, " << in_flight << " in flight");
            CHECK(once);
        }
    }
    // Each of three parts waits for the others: three threads do them at the same time.
    bool all = true;
    run_ordered(
        3, 3, 3, [](std::int64_t, unsigned, const Pulse&) {},
        [&](std::int64_t, const Share& share) {
            std::atomic<int> there = 0;
            std::atomic<int> met = 0;
            share(3, [&](std::size_t) {
                ++there;
                if (comes_true([&] { return there == 3; })) ++met;
            });
            all = all && met == 3;
        },
        no_pulse);
    CHECK(all);
}

TEST_CASE("a shared part that throws does so when all have returned", "[making]") {
    for (const std::uint32_t seed : seeds()) {
        for (const unsigned threads : {1U, 2U, 4U}) {
            for (const bool go_on : {false, true}) {
                const Shuffle shuffle(seed);
                std::atomic<int> under_way = 0;
                int caught = 0;
                int left_behind = 0;
                std::int64_t taken = 0;
                const auto run = [&] {
                    run_ordered(
                        9, threads, 2 * threads, [&](std::int64_t i, unsigned, const Pulse&) { shuffle.wait(i, 8); },
                        [&](std::int64_t i, const Share& share) {
                            try {
                                share(20, [&](std::size_t n) {
                                    ++under_way;
                                    shuffle.wait(static_cast<std::int64_t>(n), 9);
                                    --under_way;
                                    if (i == 4 && n % 7 == 3) throw std::runtime_error("part");
                                });
                            } catch (const std::runtime_error&) {
                                left_behind += under_way;
                                ++caught;
                                if (!go_on) throw;
                            }
                            ++taken;
                        },
                        no_pulse);
                };
                INFO("seed " << seed << ", " << threads << " threads");
                if (go_on) {
                    CHECK_NOTHROW(run());  // it is over with: later parts know nothing of it
                } else {
                    CHECK_THROWS_AS(run(), std::runtime_error);
                }
                CHECK(caught == 1);
                CHECK(left_behind == 0);
                CHECK(taken == (go_on ? 9 : 4));
            }
        }
    }
}

TEST_CASE("one thread is the calling one", "[making]") {
    const std::thread::id caller = std::this_thread::get_id();
    bool alone = true;
    std::vector<std::int64_t> order;
    CHECK(run_ordered(
              5, 1, 2,
              [&](std::int64_t i, unsigned, const Pulse&) {
                  alone = alone && std::this_thread::get_id() == caller;
                  order.push_back(i);
              },
              [&](std::int64_t, const Share& share) {
                  share(3, [&](std::size_t) { alone = alone && std::this_thread::get_id() == caller; });
              },
              no_pulse) == 1);
    CHECK(alone);
    CHECK((order == std::vector<std::int64_t>{0, 1, 2, 3, 4}));
}

#if defined(__GLIBC__)
TEST_CASE("where the system has no more threads, fewer do all", "[making]") {
    // No stack is as large as that.
    pthread_attr_t before;
    REQUIRE(::pthread_getattr_default_np(&before) == 0);
    pthread_attr_t huge;
    REQUIRE(::pthread_attr_init(&huge) == 0);
    REQUIRE(::pthread_attr_setstacksize(&huge, std::size_t{1} << 47U) == 0);
    REQUIRE(::pthread_setattr_default_np(&huge) == 0);
    std::int64_t taken = 0;
    const unsigned worked = run_ordered(
        20, 4, 8, [](std::int64_t, unsigned, const Pulse&) {}, [&](std::int64_t, const Share&) { ++taken; }, no_pulse);
    REQUIRE(::pthread_setattr_default_np(&before) == 0);
    ::pthread_attr_destroy(&huge);
    ::pthread_attr_destroy(&before);
    CHECK(worked == 1);
    CHECK(taken == 20);
}
#endif
