#include <stack2nrrd/geometry.hpp>

#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

namespace stack2nrrd {

namespace {

/// The nearest number with half the digits: the squares of it and of the rest are exact.
double half(double number) noexcept {
    constexpr int low_digits = 27;  // of 53
    const auto bits = std::bit_cast<std::uint64_t>(number) + (std::uint64_t{1} << (low_digits - 1));
    return std::bit_cast<double>(bits >> low_digits << low_digits);
}

/// What a·b has more than the double `product`. Two-product of Veltkamp and Dekker, since std::fma is not exact with
/// every library. Zero where numbers are so large that their halves are not numbers any more.
double product_error(double a, double b, double product) noexcept {
    const double a_high = half(a);
    const double b_high = half(b);
    const double a_low = a - a_high;
    const double b_low = b - b_high;
    const double error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return std::isfinite(error) ? error : 0;
}

/// A sum of two doubles that represents their exact sum: enough to round a short sum of products only once.
struct DoubleDouble {
    double high = 0;
    double low = 0;

    /// Adds a·b. Two-sum: Knuth, TAOCP 2, 4.2.2.
    void add_product(double a, double b) noexcept {
        const double product = a * b;
        const double sum = high + product;
        const double part = sum - high;
        low += ((high - (sum - part)) + (product - part)) + product_error(a, b, product);
        high = sum;
    }
    [[nodiscard]] double value() const noexcept { return high + low; }
    [[nodiscard]] DoubleDouble divided_by(double d) const noexcept {
        const double quotient = value() / d;
        const double product = quotient * d;
        const double remainder = ((high - product) - product_error(quotient, d, product)) + low;
        return {quotient, remainder / d};
    }
};

[[noreturn]] void refuse(std::string_view text, const char* why) {
    constexpr std::size_t most = 40;
    const std::string shown = printable(text.substr(0, most)) + (text.size() > most ? "..." : "");
    throw Error(ErrorCode::invalid_argument, "'" + shown + "' is " + why);
}

[[noreturn]] void throw_not_rational(std::string_view text) {
    refuse(text, "no number; use a decimal (7.3) or a fraction (8/3)");
}

[[noreturn]] void throw_too_large(std::string_view text) { refuse(text, "too large; give at most 1000000000"); }

[[noreturn]] void throw_out_of_reach(std::string_view text) {
    refuse(text, "further than 1e-9 from every fraction with terms up to 1000000000; write fewer digits");
}

/// A number in digits: num/10^places. Both are below 10^19.
struct Decimal {
    std::int64_t num = 0;
    int places = 0;
};

/// Digits beyond the 18th are left out: they are worth less than 1e-9, wherever a fraction is within reach.
Decimal parse_digits(std::string_view text) {
    constexpr std::int64_t full = 100'000'000'000'000'000;  // one more digit makes 18
    constexpr int most_places = 18;
    Decimal value;
    bool point = false;
    bool digits = false;
    std::int64_t exponent = 0;
    std::size_t at = 0;
    for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
        const char c = text[at];
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            digits = true;
            if (value.num < full) {
                value.num = value.num * 10 + (c - '0');
                if (point) --exponent;
            } else if (!point) {
                ++exponent;
            }
        } else {
            throw_not_rational(text);
        }
    }
    if (!digits) throw_not_rational(text);
    if (at < text.size()) {
        constexpr std::int64_t most = 1000;  // nobody means more, and sums stay small
        const std::optional<std::int64_t> given = parse_integer(text.substr(at + 1));
        if (!given) throw_not_rational(text);
        exponent += std::clamp(*given, -most, most);
    }
    if (value.num == 0) return value;
    for (; exponent > 0; --exponent) {
        if (value.num > rational_limit) throw_too_large(text);
        value.num *= 10;
    }
    for (; exponent < -most_places && value.num > 0; ++exponent) value.num /= 10;
    if (value.num == 0) throw_out_of_reach(text);
    value.places = static_cast<int>(-exponent);
    return value;
}

/// The fraction with terms up to rational_limit that is nearest to num/den: the last convergent of its continued
/// fraction that fits, or the last of the fractions between that one and the next, if that is nearer.
Rational nearest_fraction(std::int64_t num, std::int64_t den) {
    Rational before{0, 1};
    Rational last{1, 0};
    while (den != 0) {
        const std::int64_t whole = num / den;
        std::int64_t most = whole;
        if (last.num > 0) most = std::min(most, (rational_limit - before.num) / last.num);
        if (last.den > 0) most = std::min(most, (rational_limit - before.den) / last.den);
        const Rational next{before.num + most * last.num, before.den + most * last.den};
        if (most < whole) return 2 * most > whole ? next : last;
        before = last;
        last = next;
        num = std::exchange(den, num % den);
    }
    return last;
}

/// A number in digits, exactly if it is a fraction within the limits; else the nearest one that is.
Rational parse_decimal(std::string_view text) {
    constexpr double tolerance = 1e-9;
    const Decimal value = parse_digits(text);
    std::int64_t den = 1;
    for (int i = 0; i < value.places; ++i) den *= 10;
    const Rational r = nearest_fraction(value.num, den);
    const bool near = r.den > 0 && (r.num > 0 || value.num == 0);
    // Whole parts are compared as integers, so that doubles do for the rest.
    const std::int64_t whole = value.num / den;
    if (whole > rational_limit) throw_too_large(text);
    if (!near) throw_out_of_reach(text);
    const double rest = static_cast<double>(value.num % den) / static_cast<double>(den);
    const double found = static_cast<double>(r.num - whole * r.den) / static_cast<double>(r.den);
    if (std::abs(found - rest) > tolerance) throw_out_of_reach(text);
    return r;
}

}  // namespace

Rational make_rational(std::int64_t num, std::int64_t den) {
    constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
    if (den == 0 || num == lowest || den == lowest) {
        throw Error(ErrorCode::invalid_argument, "a fraction has a denominator of 0, or terms out of range");
    }
    const std::int64_t divisor = std::gcd(num, den);
    Rational r{num / divisor, den / divisor};
    if (r.den < 0) r = {-r.num, -r.den};
    if (r.den > rational_limit || r.num > rational_limit || r.num < -rational_limit) {
        throw Error(ErrorCode::invalid_argument, "the fraction " + to_string(r) + " has more than nine digits");
    }
    return r;
}

Rational parse_rational(std::string_view text) {
    text = trimmed(text);
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return parse_decimal(text);
    if (text.find('/', slash + 1) != std::string_view::npos) throw_not_rational(text);
    const Rational above = parse_decimal(trimmed(text.substr(0, slash)));
    const Rational below = parse_decimal(trimmed(text.substr(slash + 1)));
    if (below.num == 0) throw_not_rational(text);
    return make_rational(above.num * below.den, above.den * below.num);
}

std::string to_string(const Rational& r) {
    return r.den == 1 ? std::to_string(r.num) : std::to_string(r.num) + "/" + std::to_string(r.den);
}

double multiply(double d, const Rational& r) noexcept {
    DoubleDouble product;
    product.add_product(d, static_cast<double>(r.num));
    return product.divided_by(static_cast<double>(r.den)).value();
}

double spacing(const Geometry& geometry, int axis) noexcept {
    const Vector3& d = geometry.direction[static_cast<std::size_t>(axis)];
    const int nonzero = static_cast<int>(d[0] != 0) + static_cast<int>(d[1] != 0) + static_cast<int>(d[2] != 0);
    // Along an axis of space the length is exact; a root of a square need not be.
    return nonzero <= 1 ? std::abs(d[0] + d[1] + d[2]) : std::hypot(d[0], d[1], d[2]);
}

Vector3 spacings(const Geometry& geometry) noexcept {
    return {spacing(geometry, 0), spacing(geometry, 1), spacing(geometry, 2)};
}

Geometry resampled(const Geometry& source, const std::array<Rational, 3>& first, const std::array<Rational, 3>& step) {
    Geometry result = source;
    for (std::size_t world = 0; world < 3; ++world) {
        DoubleDouble origin;
        origin.add_product(source.origin[world], 1);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const double d = source.direction[axis][world];
            DoubleDouble shift;
            shift.add_product(d, static_cast<double>(first[axis].num));
            shift = shift.divided_by(static_cast<double>(first[axis].den));
            origin.add_product(shift.high, 1);
            origin.low += shift.low;
            result.direction[axis][world] = multiply(d, step[axis]);
        }
        result.origin[world] = origin.value();
    }
    return result;
}

}  // namespace stack2nrrd
