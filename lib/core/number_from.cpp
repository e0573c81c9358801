#include "core/number_from.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <string>
#include <string_view>
#include <version>

#if !defined(__cpp_lib_to_chars)
#include <locale.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif
#endif

namespace stack2nrrd {

namespace {

#if defined(__cpp_lib_to_chars)

template <class Real>
std::from_chars_result converted(const char* begin, const char* end, Real& value) {
    return std::from_chars(begin, end, value);
}

#else

locale_t c_locale() {
    static const locale_t locale = ::newlocale(LC_ALL_MASK, "C", locale_t{});
    return locale;
}

float in_c_locale(const char* text, char** stop, float) { return ::strtof_l(text, stop, c_locale()); }
double in_c_locale(const char* text, char** stop, double) { return ::strtod_l(text, stop, c_locale()); }

/// strtod() rounds as from_chars() does, but takes more: blanks and a plus in front, and hexadecimal numbers. It needs
/// a zero behind the text.
template <class Real>
std::from_chars_result converted(const char* begin, const char* end, Real& value) {
    std::array<char, 64> room{};  // most often enough; only longer texts take memory
    std::string longer;
    const auto size = static_cast<std::size_t>(end - begin);
    if (size < room.size()) std::copy(begin, end, room.begin());
    if (size >= room.size()) longer.assign(begin, end);
    const char* const text = longer.empty() ? room.data() : longer.c_str();
    const std::string_view number = std::string_view(begin, size).substr(size > 0 && *begin == '-' ? 1 : 0);
    constexpr std::string_view may_begin = "0123456789.iInN";
    if (number.empty() || may_begin.find(number[0]) == std::string_view::npos) {
        return {begin, std::errc::invalid_argument};
    }
    if (number.starts_with("0x") || number.starts_with("0X")) {
        value = number.size() == size ? Real{0} : -Real{0};
        return {end - number.size() + 1, std::errc{}};
    }
    const int before = errno;
    errno = 0;
    char* stop = nullptr;
    const Real read = in_c_locale(text, &stop, Real{});
    const bool beyond = errno == ERANGE && (read == 0 || std::isinf(read));  // what is denormal fits
    errno = before;
    const char* const stopped = begin + (stop - text);
    if (stopped == begin) return {begin, std::errc::invalid_argument};
    if (beyond) return {stopped, std::errc::result_out_of_range};
    value = read;
    return {stopped, std::errc{}};
}

#endif

}  // namespace

std::from_chars_result number_from(const char* begin, const char* end, float& value) {
    return converted(begin, end, value);
}

std::from_chars_result number_from(const char* begin, const char* end, double& value) {
    return converted(begin, end, value);
}

}  // namespace stack2nrrd
