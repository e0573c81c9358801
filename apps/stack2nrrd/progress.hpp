#pragma once

#include <stack2nrrd/import.hpp>

#include <chrono>
#include <string>

/// Shows on stderr how far a run is: a bar with rate and time left, or a line of JSON.
class ProgressDisplay {
public:
    /// `style`: "auto", "bar", "json" or "none".
    ProgressDisplay(const std::string& style, bool quiet);
    ~ProgressDisplay();
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;

    void show(const stack2nrrd::Progress& progress);
    /// Wipes the bar, so that something else can be printed.
    void clear();

private:
    enum class Style { none, bar, json };
    Style style_ = Style::none;
    bool visible_ = false;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};
