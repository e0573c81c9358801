#include "progress.hpp"

#include <cstdio>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace {

bool stderr_is_terminal() {
#if defined(_WIN32)
    return _isatty(2) != 0;
#else
    return ::isatty(2) != 0;
#endif
}

}  // namespace

ProgressDisplay::ProgressDisplay(const std::string& style, bool quiet) {
    if (style == "json") style_ = Style::json;
    if (style == "slicer") style_ = Style::slicer;
    if (style == "bar" || (style == "auto" && stderr_is_terminal())) style_ = Style::bar;
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
    const auto done = static_cast<double>(progress.done);
    const auto total = static_cast<double>(progress.total);
    const double rate = elapsed.count() > 0 ? done / elapsed.count() : 0;
    const double left = rate > 0 ? (total - done) / rate : 0;
    if (style_ == Style::slicer) {
        // Slicer searches all that was printed so far for each piece of it: two hundred of them are enough.
        constexpr double least = 0.005;
        if (done < total && done / total - told_ < least) return;
        told_ = done / total;
        std::printf(
            "<filter-progress>%.4f</filter-progress>\n"
            "<filter-comment>%lld of %lld slices, %.0f s left</filter-comment>\n",
            told_, static_cast<long long>(progress.done), static_cast<long long>(progress.total), left);
        std::fflush(stdout);
        return;
    }
    if (style_ == Style::json) {
        std::fprintf(stderr, "{\"done\":%lld,\"total\":%lld,\"seconds\":%.1f,\"seconds_left\":%.1f}\n",
                     static_cast<long long>(progress.done), static_cast<long long>(progress.total), elapsed.count(),
                     left);
        return;
    }
    constexpr int width = 30;
    const int filled = static_cast<int>(width * done / total);
    std::fprintf(stderr, "\r[%.*s%*s] %3.0f %%  %lld/%lld slices  %.0f slices/s  %.0f s left \x1b[K", filled,
                 "##############################", width - filled, "", 100 * done / total,
                 static_cast<long long>(progress.done), static_cast<long long>(progress.total), rate, left);
    std::fflush(stderr);
    visible_ = true;
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
    if (visible_) std::fputs("\r\x1b[K", stderr);
    visible_ = false;
}
