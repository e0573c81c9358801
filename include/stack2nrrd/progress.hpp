#pragma once

#include <stack2nrrd/geometry.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace stack2nrrd {

/// What a run has found out about the samples.
struct Report {
    Index slices_read = 0;         ///< of the source; missing and repeated ones are not counted twice
    unsigned threads = 0;          ///< that worked, the calling one included
    std::int64_t nan_samples = 0;  ///< of the result, that an integer type had no value for; they became 0
    /// Samples of the result that the output's type has no place for: rounded, they were below its lowest or above its
    /// highest value, and became that. Of floats: finite ones that became infinite. The window, what a kernel makes
    /// beyond the source's range and Options::type all count. Those of slabs add up to those of the whole.
    std::int64_t clipped_low = 0;
    std::int64_t clipped_high = 0;
    bool rounded_integers = false;  ///< the source has 64-bit integers that no float64 equals; the nearest was taken
    Index files_with_surplus = 0;   ///< compressed data files with more samples than the header declares; not read
};

/// How far a run is, in source slices, and what it has found so far: a report for each result, complete in the last
/// call.
struct Progress {
    Index done = 0;
    Index total = 0;
    std::vector<Report> reports{};
};

/// Called on the thread that called run_import(), at most ten times a second, once more when all slices are made, and a
/// last time before the result gets its name. False cancels the run.
using KeepGoing = std::function<bool(const Progress&)>;

}  // namespace stack2nrrd
