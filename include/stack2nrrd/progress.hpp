#pragma once

#include <stack2nrrd/geometry.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace stack2nrrd {

/// What Options::dehaze has made of a result.
struct Air {
    bool found = false;            ///< false: nothing was changed
    std::optional<double> mode{};  ///< the most frequent value of the air, if it was looked for and found; all values
                                   ///< here are those of the result
    double threshold = 0;          ///< samples below it were taken for air
    double darkest = 0;            ///< the lowest value of those samples that were looked at
    std::int64_t samples = 0;      ///< that were set to the darkest value
    std::int64_t all = 0;          ///< that were looked at: not those outside of the source, with Options::like
};

/// What a run found out about the samples. Counts do not depend on threads or the memory limit.
struct Report {
    Index slices_read = 0;         ///< of the source, each counted once, however often it is repeated; no missing ones
    unsigned threads = 0;          ///< that worked, the calling one included
    std::int64_t nan_samples = 0;  ///< NaN in a result of an integer type, which has no NaN; they became 0
    /// Samples of the result that, rounded, were below the lowest value of the output's type and became that value. It
    /// does not matter whether a window, Options::type or the overshoot of a kernel took them there. Of floating-point
    /// types: finite samples that became −infinity. The counts of slabs add up to that of the whole.
    std::int64_t clipped_low = 0;
    std::int64_t clipped_high = 0;  ///< the same above the highest value
    bool rounded_integers = false;  ///< the source has 64-bit integers that no float64 equals; the nearest was taken
    std::optional<Air> air{};       ///< with Options::dehaze
    Index files_with_surplus = 0;   ///< compressed data files with more samples than the header declares; not read
    std::int64_t reads_again = 0;   ///< reads of all results together that failed and, tried again, did not; see retry
};

/// How far a run is, in slices of the source and, where a grid is turned or bent, those of the result, which are made
/// after all of the source's are read; and what it has found so far: a report for each result, complete in the last
/// call.
struct Progress {
    Index done = 0;
    Index total = 0;
    std::vector<Report> reports{};
};

/// Called while a run goes on; false cancels it, and the run throws Error cancelled. An empty function is fine.
///
/// Promised: calls come from the thread that called run_import(), one at a time, at most ten a second; then, when all
/// slices are made, one with complete reports before a sink finishes, and a last one before the result gets its name.
/// `done` does not decrease during one run or one survey.
/// Not promised: how many calls there are, that each slice has one, that they come at even intervals (a slow disk
/// delays them, and see SliceReader::read()), or that the reports of an unfinished run are those of any whole number of
/// slices.
using KeepGoing = std::function<bool(const Progress&)>;

}  // namespace stack2nrrd
