#pragma once

#include <stack2nrrd/geometry.hpp>

#include <string>

/// How far something is that takes a while.
struct Pace {
    stack2nrrd::Index done = 0;   ///< slices
    stack2nrrd::Index total = 0;  ///< at least 1
    double seconds = 0;           ///< since it began

    /// Slices a second; 0 if that is not known yet.
    [[nodiscard]] double rate() const noexcept;
    /// Seconds that are left at this rate; 0 if that is not known yet.
    [[nodiscard]] double left() const noexcept;
};

/// "1:02:03": hours, minutes, seconds.
[[nodiscard]] std::string duration_text(double seconds);

/// A bar that fits a terminal of so many columns, and leaves the last one free, so that nothing wraps. Where there is
/// little room the bar is short; then the rate is left out, then the number of slices, then bar and time: what remains
/// is "43 %".
[[nodiscard]] std::string bar_text(const Pace& pace, int columns);

/// "43 %, 1234 of 2870 slices, 0:01:00 gone, 0:01:20 left".
[[nodiscard]] std::string line_text(const Pace& pace);

/// Lines for what is no terminal, such as the log of a batch system: none in the first minute, then one a minute.
class MinuteLines {
public:
    /// The line that is due, or nothing.
    [[nodiscard]] std::string next(const Pace& pace);

private:
    double due_ = 60;
};
