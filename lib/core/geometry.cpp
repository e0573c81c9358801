#include <stack2nrrd/geometry.hpp>

#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <cmath>
#include <limits>
#include <numeric>

namespace stack2nrrd {

namespace {

/// A sum of two doubles that represents their exact sum: enough to round a short sum of products only once.
struct DoubleDouble {
    double high = 0;
    double low = 0;

    /// Adds a·b. Two-sum: Knuth, TAOCP 2, 4.2.2; two-product by fma.
    void add_product(double a, double b) noexcept {
        const double product = a * b;
        const double product_error = std::fma(a, b, -product);
        const double sum = high + product;
        const double part = sum - high;
        low += ((high - (sum - part)) + (product - part)) + product_error;
        high = sum;
    }
    [[nodiscard]] double value() const noexcept { return high + low; }
    [[nodiscard]] DoubleDouble divided_by(double d) const noexcept {
        const double quotient = value() / d;
        const double remainder = std::fma(-quotient, d, high) + low;
        return {quotient, remainder / d};
    }
};

[[noreturn]] void throw_not_rational(std::string_view text) {
    throw Error(ErrorCode::invalid_argument,
                "'" + printable(text) + "' is no number; use a decimal (7.3) or a fraction (8/3)");
}

/// A decimal ("7.3", "1e-3") as num/10^digits.
Rational parse_decimal(std::string_view text) {
    std::int64_t num = 0;
    std::int64_t den = 1;
    bool point = false;
    bool digits = false;
    const auto shift = [&](std::int64_t& term, std::int64_t digit) {
        if (num > rational_limit || den > rational_limit) throw_not_rational(text);
        term = term * 10 + digit;
    };
    std::size_t at = 0;
    for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
        const char c = text[at];
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            digits = true;
            shift(num, c - '0');
            if (point) den *= 10;
        } else {
            throw_not_rational(text);
        }
    }
    if (!digits) throw_not_rational(text);
    if (at < text.size()) {
        constexpr std::int64_t most = 18;  // larger ones leave the limits
        const std::optional<std::int64_t> exponent = parse_integer(text.substr(at + 1));
        if (!exponent || *exponent > most || *exponent < -most) throw_not_rational(text);
        for (std::int64_t i = 0; i < *exponent; ++i) shift(num, 0);
        for (std::int64_t i = 0; i > *exponent; --i) shift(den, 0);
    }
    return make_rational(num, den);
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
