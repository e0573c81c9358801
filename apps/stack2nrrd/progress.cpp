#include "progress.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

/// The width of the terminal that stderr is, as it is now; else what COLUMNS says; else 80.
int stderr_columns() {
    constexpr long most = 10'000;
    long columns = columns_of_terminal();
    const char* told = std::getenv("COLUMNS");
    if (columns <= 0 && told != nullptr) columns = std::strtol(told, nullptr, 10);
    return columns > 0 && columns < most ? static_cast<int>(columns) : 80;
}

}  // namespace

ProgressDisplay::ProgressDisplay(const std::string& style, bool quiet) {
    if (style == "json") style_ = Style::json;
    if (style == "slicer") style_ = Style::slicer;
    if (style == "bar" || style == "auto") {
        wiping_ = stderr_wiping();
        style_ = wiping_ == Wiping::none ? Style::lines : Style::bar;
    }
    if (quiet) style_ = Style::none;
    if (style_ != Style::slicer) return;
    std::fputs(
        "<filter-start>\n<filter-name>stack2nrrd</filter-name>\n"
        "<filter-comment>Reading slices</filter-comment>\n</filter-start>\n",
        stdout);
    std::fflush(stdout);
}

ProgressDisplay::~ProgressDisplay() { clear(); }

void ProgressDisplay::show(const stack2nrrd::Progress& progress) {
    if (style_ == Style::none || progress.total == 0) return;
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    const Pace pace{progress.done, progress.total, elapsed.count()};
    switch (style_) {
        case Style::slicer: {
            // Slicer searches all that was printed so far for each piece of it: two hundred of them are enough.
            constexpr double least = 0.005;
            const double share = static_cast<double>(pace.done) / static_cast<double>(pace.total);
            if (pace.done < pace.total && share - shown_ < least) return;
            shown_ = share;
            std::printf(
                "<filter-progress>%.4f</filter-progress>\n"
                "<filter-comment>%lld of %lld slices, %.0f s left</filter-comment>\n",
                shown_, static_cast<long long>(pace.done), static_cast<long long>(pace.total), pace.left());
            std::fflush(stdout);
            return;
        }
        case Style::json:
            std::fprintf(stderr, "{\"done\":%lld,\"total\":%lld,\"seconds\":%.1f,\"seconds_left\":%.1f}\n",
                         static_cast<long long>(pace.done), static_cast<long long>(pace.total), pace.seconds,
                         pace.left());
            std::fflush(stderr);
            return;
        case Style::lines:
            if (const std::string line = lines_.next(pace); !line.empty()) {
                std::fputs(("stack2nrrd: " + line + "\n").c_str(), stderr);
                std::fflush(stderr);
            }
            return;
        case Style::bar: show_bar(pace); return;
        case Style::none: return;
    }
}

void ProgressDisplay::show_bar(const Pace& pace) {
    constexpr std::chrono::milliseconds shortest{100};
    const auto now = std::chrono::steady_clock::now();
    if (bar_length_ > 0 && now - drawn_ < shortest) return;
    drawn_ = now;
    const int columns = stderr_columns();
    if (bar_length_ >= static_cast<std::size_t>(columns)) clear();  // the terminal has become narrower
    const std::string bar = bar_text(pace, columns);
    std::string line = "\r" + bar;
    if (wiping_ == Wiping::escapes) line += "\x1b[K";
    if (wiping_ == Wiping::blanks && bar.size() < bar_length_) line += std::string(bar_length_ - bar.size(), ' ');
    std::fputs(line.c_str(), stderr);
    std::fflush(stderr);
    bar_length_ = bar.size();
}

void ProgressDisplay::finish() {
    clear();
    if (style_ != Style::slicer) return;
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    std::printf("<filter-end>\n<filter-name>stack2nrrd</filter-name>\n<filter-time>%.2f</filter-time>\n</filter-end>\n",
                elapsed.count());
    std::fflush(stdout);
}

void ProgressDisplay::clear() {
    if (bar_length_ == 0) return;
    if (wiping_ == Wiping::blanks) {
        std::fputs(("\r" + std::string(bar_length_, ' ') + "\r").c_str(), stderr);
        std::fflush(stderr);
        bar_length_ = 0;
        return;
    }
    // A terminal that becomes narrower breaks the bar into several lines, and the cursor is at the end of the last one.
    const std::size_t lines_above = (bar_length_ - 1) / static_cast<std::size_t>(stderr_columns());
    std::string wipe = "\r\x1b[K";
    if (lines_above > 0) wipe = "\x1b[" + std::to_string(lines_above) + "A\r\x1b[J";
    std::fputs(wipe.c_str(), stderr);
    std::fflush(stderr);
    bar_length_ = 0;
}
