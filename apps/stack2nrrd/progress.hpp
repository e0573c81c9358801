#pragma once

#include <stack2nrrd/import.hpp>

#include <chrono>
#include <string>

/// Shows how far a run is. On stderr: a bar with rate and time left, or a line of JSON; on stdout: the tags that 3D
/// Slicer looks for in what its modules print.
class ProgressDisplay {
public:
    /// `style`: "auto", "bar", "slicer", "json" or "none".
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
    enum class Style { none, bar, slicer, json };
    Style style_ = Style::none;
    bool visible_ = false;
    double told_ = -1;  ///< to Slicer: the share that is done
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};
