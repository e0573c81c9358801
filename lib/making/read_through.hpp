#pragma once

// One reading, any number of makings: the one place that moves slices from a source to what is made of them.

#include "making/making.hpp"

#include <stack2nrrd/progress.hpp>
#include <stack2nrrd/source.hpp>

#include <span>

namespace stack2nrrd {

/// Reads each slice of `source` that some of the makings want once, in order, and brings its rows to all that want
/// them. Up to `threads` threads work, the calling one included, on at most `in_flight` slices at a time.
/// The report holds the sums of what the makings found, the threads that worked, and the files with surplus samples.
/// \throws Stopped if `keep_going` says so; inconsistent if a reader does not push the rows that it was asked for; and
///         whatever readers and makings throw, that of the first slice in order.
Report read_through(const Source& source, std::span<Making* const> makings, unsigned threads, Index in_flight,
                    const KeepGoing& keep_going);

}  // namespace stack2nrrd
