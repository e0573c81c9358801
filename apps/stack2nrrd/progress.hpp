#pragma once

#include "progress_text.hpp"
#include "system.hpp"

#include <stack2nrrd/import.hpp>

#include <chrono>
#include <cstddef>
#include <string>

/// Shows how far a run is. On stderr: a bar on a terminal, one line a minute elsewhere, or lines of JSON; on stdout:
/// the tags that 3D Slicer looks for in what its modules print.
class ProgressDisplay {
public:
    /// `style`: "auto" or "bar", which are the same, "slicer", "json" or "none".
    ProgressDisplay(const std::string& style, bool quiet);
    ~ProgressDisplay();
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;

    void show(const stack2nrrd::Progress& progress);
    /// All is done.
    void finish();
    /// Wipes the bar, so that something else can be printed.
    void clear();

private:
    enum class Style { none, bar, lines, slicer, json };

    void show_bar(const Pace& pace);

    Style style_ = Style::none;
    Wiping wiping_ = Wiping::none;  ///< of the bar
    std::size_t bar_length_ = 0;    ///< of the bar that is to be seen; 0 if there is none
    MinuteLines lines_;
    double shown_ = -1;  ///< to Slicer: the share that is done
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point drawn_{};
};
