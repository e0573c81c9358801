#pragma once

// One reading, any number of makings: the one place that moves slices from a source to what is made of them.

#include "making/making.hpp"

#include <stack2nrrd/progress.hpp>
#include <stack2nrrd/source.hpp>

#include <span>
#include <vector>

namespace stack2nrrd {

/// Reads each slice of `source` that some of the makings want once, in order, and brings its rows to all that want
/// them. Up to `threads` threads work, the calling one included, on at most `in_flight` slices at a time.
/// Returns a report for each making, of all but the number of slices.
/// \throws Stopped if `keep_going` says so; inconsistent if a reader does not push the rows that it was asked for; and
///         whatever readers and makings throw, that of the first slice in order.
std::vector<Report> read_through(const Source& source, std::span<Making* const> makings, unsigned threads,
                                 Index in_flight, const KeepGoing& keep_going);

}  // namespace stack2nrrd
