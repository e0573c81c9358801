#pragma once

// Work in any order, results in order, a bounded number under way.

#include <cstddef>
#include <cstdint>
#include <functional>

namespace stack2nrrd {

/// Thrown by a pulse to stop everything at once. Not an error of any slice.
struct Stopped {};

/// Calls part(0) … part(n − 1), in any order, on the calling thread and on those that have nothing else to do; returns
/// when all have returned, and throws what one of them threw.
using Share = std::function<void(std::size_t n, const std::function<void(std::size_t)>& part)>;

/// To be called every now and then; throws to stop.
using Pulse = std::function<void()>;

/// Makes the items 0 … count − 1 on up to `threads` threads, the calling one included, and takes them in order on the
/// calling thread. At most `in_flight` items are made or wait at a time: while item i is taken, those behind it are
/// made up to i + in_flight, and no others.
///
/// - `make(i, worker, pulse)`: any thread; `worker` < threads says whose tools to use. What it makes is its own
///   affair; what it wrote is seen by take(i).
/// - `take(i, share)`: calling thread only.
/// - `pulse()`: calling thread only, at least ten times a second while waiting.
///
/// When make() fails, the failure of the lowest i is thrown, after all before it were taken. Returns the number of
/// threads that worked: fewer than asked for if the system has no more.
unsigned run_ordered(std::int64_t count, unsigned threads, std::int64_t in_flight,
                     const std::function<void(std::int64_t i, unsigned worker, const Pulse& pulse)>& make,
                     const std::function<void(std::int64_t i, const Share& share)>& take, const Pulse& pulse);

}  // namespace stack2nrrd
