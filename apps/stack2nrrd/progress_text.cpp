#include "progress_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace {

std::string percent_text(const Pace& pace) {
    const double share = 100.0 * static_cast<double>(pace.done) / static_cast<double>(pace.total);
    return std::to_string(static_cast<int>(share)) + " %";  // rounded down: 100 % is all
}

std::string padded(const std::string& text, std::size_t width) {
    return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string rate_text(double rate) {
    std::array<char, 40> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.*f", rate < 10 ? 1 : 0, rate);
    return std::string(buffer.data()) + " slices/s";
}

std::string left_text(const Pace& pace) {
    return (pace.rate() > 0 ? duration_text(pace.left()) : std::string("-:--:--")) + " left";
}

}  // namespace

double Pace::rate() const noexcept { return seconds > 0 ? static_cast<double>(done) / seconds : 0; }

double Pace::left() const noexcept { return rate() > 0 ? static_cast<double>(total - done) / rate() : 0; }

std::string duration_text(double seconds) {
    constexpr double longest = 9999.0 * 3600;
    const auto whole = static_cast<long>(std::clamp(std::round(seconds), 0.0, longest));
    std::array<char, 40> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    return buffer.data();
}

std::string bar_text(const Pace& pace, int columns) {
    constexpr std::size_t shortest = 8;
    constexpr std::size_t longest = 30;
    const std::size_t room = columns > 1 ? static_cast<std::size_t>(columns) - 1 : 0;
    const std::string total = std::to_string(pace.total);
    const std::string slices = "  " + padded(std::to_string(pace.done), total.size()) + "/" + total + " slices";
    const std::string rate = "  " + rate_text(pace.rate());
    const std::string left = "  " + left_text(pace);
    const std::string percent = percent_text(pace);
    for (const std::string& rest : {slices + rate + left, slices + left, left}) {
        const std::string behind = " " + padded(percent, 5) + rest;
        const std::size_t used = behind.size() + 2;  // and the brackets
        if (used + shortest > room) continue;
        const std::size_t length = std::min(longest, room - used);
        const auto filled = static_cast<std::size_t>(static_cast<double>(length) * static_cast<double>(pace.done) /
                                                     static_cast<double>(pace.total));
        return "[" + std::string(filled, '#') + std::string(length - filled, ' ') + "]" + behind;
    }
    return percent.size() <= room ? percent : "";
}

std::string line_text(const Pace& pace) {
    return percent_text(pace) + ", " + std::to_string(pace.done) + " of " + std::to_string(pace.total) + " slices, " +
           duration_text(pace.seconds) + " gone, " + left_text(pace);
}

std::string MinuteLines::next(const Pace& pace) {
    if (pace.seconds < due_) return "";
    constexpr double minute = 60;
    due_ = minute * (std::floor(pace.seconds / minute) + 1);
    return line_text(pace);
}
