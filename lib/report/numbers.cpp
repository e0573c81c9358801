#include "report/numbers.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace stack2nrrd {

namespace {

std::string text_of(double value, std::chars_format format, int digits) {
    std::array<char, 400> buffer{};  // enough for the largest number in full
    char* const end = buffer.data() + buffer.size();
    return {buffer.data(), std::to_chars(buffer.data(), end, value, format, digits).ptr};
}

}  // namespace

std::string percent_text(std::int64_t part, std::int64_t whole) {
    if (part == 0) return "0 %";
    const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    if (percent < 0.01) return "less than 0.01 %";
    return fixed_text(percent, percent < 1 ? 2 : 1) + " %";
}

std::string short_text(double value) { return text_of(value, std::chars_format::general, 6); }

std::string fixed_text(double value, int digits) { return text_of(value, std::chars_format::fixed, digits); }

}  // namespace stack2nrrd
