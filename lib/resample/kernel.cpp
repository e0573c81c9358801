#include <stack2nrrd/kernel.hpp>

#include "core/text.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/spelling.hpp>

#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

namespace stack2nrrd {

namespace {

using Kind = Kernel::Kind;
using Parameters = std::array<double, 3>;

double sinc(double x) {
    const double t = std::numbers::pi * x;
    // Below this the next term of the series, t²/6, is lost in a double.
    return std::abs(t) < 1e-8 ? 1.0 : std::sin(t) / t;
}

/// Mitchell and Netravali 1988, equation 8.
double cubic(double x, double b, double c) {
    x = std::abs(x);
    if (x < 1) return (((12 - 9 * b - 6 * c) * x + (-18 + 12 * b + 6 * c)) * x * x + (6 - 2 * b)) / 6;
    if (x < 2) return (((-b - 6 * c) * x + (6 * b + 30 * c)) * x * x + (-12 * b - 48 * c) * x + (8 * b + 24 * c)) / 6;
    return 0;
}

/// Quadratic B-spline; source as below.
double quadratic_bspline(double x) {
    x = std::abs(x);
    return x < 0.5 ? 0.75 - x * x : (1.5 - x) * (1.5 - x) / 2;
}

/// Quintic B-spline: Unser, "Splines: a perfect fit", IEEE Signal Processing Magazine 16(6), 1999.
double quintic_bspline(double x) {
    x = std::abs(x);
    const auto fifth = [](double t) { return t > 0 ? t * t * t * t * t : 0.0; };
    return (fifth(3 - x) - 6 * fifth(2 - x) + 15 * fifth(1 - x)) / 120;
}

/// Modified Bessel function of order 0: Abramowitz and Stegun 9.6.10. All terms are positive; the sum is accurate.
double bessel_i0(double x) {
    const double quarter = x * x / 4;
    double term = 1;
    double sum = 1;
    for (int k = 1; term > sum * 1e-17; ++k) {
        term *= quarter / (static_cast<double>(k) * k);
        sum += term;
    }
    return sum;
}

double hann_window(double x) { return 0.5 + 0.5 * std::cos(std::numbers::pi * x); }

double blackman_window(double x) {
    return 0.42 + 0.5 * std::cos(std::numbers::pi * x) + 0.08 * std::cos(2 * std::numbers::pi * x);
}

double kaiser(double x, const Parameters& p) {
    const double r = x / p[0];
    const double root = std::sqrt(std::max(0.0, 1 - r * r));
    return p[2] * sinc(p[2] * x) * bessel_i0(p[1] * root) / bessel_i0(p[1]);
}

struct KernelEntry {
    std::string_view name;
    Kind kind;
    std::size_t parameters;  ///< that must be given
    bool scale;              ///< may a scale come before them?
    std::string_view usage;
};

constexpr std::array<KernelEntry, 15> kernel_table{{
    {"box", Kind::box, 0, true, "box"},
    {"tent", Kind::tent, 0, true, "tent"},
    {"cubic", Kind::cubic, 2, true, "cubic:B,C"},
    {"ctmr", Kind::cubic, 0, false, "ctmr"},
    {"mitchell", Kind::cubic, 0, false, "mitchell"},
    {"bspl2", Kind::bspl2, 0, false, "bspl2"},
    {"bspl3", Kind::bspl3, 0, false, "bspl3"},
    {"bspl5", Kind::bspl5, 0, false, "bspl5"},
    {"gauss", Kind::gauss, 2, false, "gauss:SIGMA,CUT"},
    {"hann", Kind::hann, 1, true, "hann:R"},
    {"blackman", Kind::blackman, 1, true, "blackman:R"},
    {"lanczos", Kind::lanczos, 1, false, "lanczos:A"},
    {"kaiser", Kind::kaiser, 2, false, "kaiser:R,BETA[,CUTOFF]"},
    {"nearest", Kind::nearest, 0, false, "nearest"},
    {"mode", Kind::mode, 0, false, "mode"},
}};

[[noreturn]] void throw_unknown(std::string_view spec) {
    std::string known;
    std::vector<std::string_view> names;
    for (const KernelEntry& entry : kernel_table) {
        known += (known.empty() ? "" : ", ") + std::string(entry.usage);
        names.push_back(entry.name);
    }
    throw Error(ErrorCode::invalid_argument, "'" + printable(spec) + "' is no kernel; use one of " + known +
                                                 did_you_mean(spec.substr(0, spec.find(':')), names));
}

[[noreturn]] void throw_misfit(std::string_view spec, const KernelEntry& entry, const std::string& what) {
    throw Error(ErrorCode::invalid_argument,
                "kernel '" + printable(spec) + "': " + what + "; write it as " + std::string(entry.usage));
}

/// "0.5" or "1/3".
std::optional<double> parse_parameter(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return parse_double(text);
    const std::optional<double> above = parse_double(text.substr(0, slash));
    const std::optional<double> below = parse_double(text.substr(slash + 1));
    if (!above || !below || *below == 0) return std::nullopt;
    return *above / *below;
}

}  // namespace

Kernel::Kernel() = default;

Kernel Kernel::parse(std::string_view spec) {
    const std::string text = lower_case(trimmed(spec));
    const std::size_t colon = text.find(':');
    std::string_view name = std::string_view(text).substr(0, colon);
    if (name == "black") name = "blackman";

    const KernelEntry* entry = nullptr;
    for (const KernelEntry& candidate : kernel_table) {
        if (candidate.name == name) entry = &candidate;
    }
    if (entry == nullptr) throw_unknown(spec);

    std::vector<double> values;
    if (colon != std::string::npos) {
        for (const std::string_view field : split(std::string_view(text).substr(colon + 1), ',')) {
            const std::optional<double> value = parse_parameter(field);
            if (!value || !std::isfinite(*value)) throw_misfit(spec, *entry, "'" + printable(field) + "' is no number");
            values.push_back(*value);
        }
    }

    Kernel kernel;
    kernel.kind_ = entry->kind;
    kernel.scale_ = 1;
    kernel.parameter_ = {0, 0, 0};
    if (entry->scale && values.size() == entry->parameters + 1) {
        kernel.scale_ = values.front();
        values.erase(values.begin());
    }
    const bool cutoff = entry->kind == Kind::kaiser && values.size() == 3;
    if (values.size() != entry->parameters && !cutoff) {
        throw_misfit(spec, *entry,
                     "has " + std::to_string(values.size()) + " parameters, " + std::to_string(entry->parameters) +
                         " were expected");
    }
    std::copy(values.begin(), values.end(), kernel.parameter_.begin());

    Parameters& p = kernel.parameter_;
    if (name == "ctmr") p = {0, 0.5, 0};
    if (name == "mitchell") p = {1.0 / 3, 1.0 / 3, 0};
    if (entry->kind == Kind::kaiser && !cutoff) p[2] = 1;

    constexpr double widest = 64;  // output samples; far beyond any use, and it bounds the plan
    const bool positive = kernel.scale_ > 0 && kernel.support() > 0 &&
                          (entry->kind != Kind::gauss || (p[0] > 0 && p[1] > 0)) &&
                          (entry->kind != Kind::kaiser || (p[1] >= 0 && p[1] <= 100 && p[2] > 0 && p[2] <= 1));
    if (!positive) throw_misfit(spec, *entry, "has a parameter out of range");
    if (kernel.support() > widest) {
        throw_misfit(spec, *entry,
                     "reaches " + number_text(kernel.support()) + " output samples to each side, at most " +
                         number_text(widest) + " were expected");
    }

    kernel.spec_ = name;
    const bool named = name == "ctmr" || name == "mitchell";
    char separator = ':';
    const auto append = [&](double value) {
        kernel.spec_ += separator + number_text(value);
        separator = ',';
    };
    if (kernel.scale_ != 1) append(kernel.scale_);
    if (!named) {
        for (const double value : values) append(value);
    }
    return kernel;
}

double Kernel::operator()(double x) const noexcept {
    x = std::abs(x) / scale_;
    if (x * scale_ > support()) return 0;
    const Parameters& p = parameter_;
    double h = 0;
    switch (kind_) {
        case Kind::box:
        case Kind::nearest:
        case Kind::mode: h = x < 0.5 ? 1 : 0.5; break;
        case Kind::tent: h = 1 - x; break;
        case Kind::cubic: h = cubic(x, p[0], p[1]); break;
        case Kind::bspl2: h = quadratic_bspline(x); break;
        case Kind::bspl3: h = cubic(x, 1, 0); break;
        case Kind::bspl5: h = quintic_bspline(x); break;
        case Kind::gauss: h = std::exp(-x * x / (2 * p[0] * p[0])) / (p[0] * std::sqrt(2 * std::numbers::pi)); break;
        case Kind::hann: h = sinc(x) * hann_window(x / p[0]); break;
        case Kind::blackman: h = sinc(x) * blackman_window(x / p[0]); break;
        case Kind::lanczos: h = sinc(x) * sinc(x / p[0]); break;
        case Kind::kaiser: h = kaiser(x, p); break;
    }
    return h / scale_;
}

double Kernel::support() const noexcept {
    switch (kind_) {
        case Kind::box: return 0.5 * scale_;
        case Kind::nearest:
        case Kind::mode: return 0.5;
        case Kind::tent: return scale_;
        case Kind::cubic: return 2 * scale_;
        case Kind::bspl2: return 1.5;
        case Kind::bspl3: return 2;
        case Kind::bspl5: return 3;
        case Kind::gauss: return parameter_[0] * parameter_[1];
        case Kind::hann:
        case Kind::blackman: return parameter_[0] * scale_;
        case Kind::lanczos:
        case Kind::kaiser: return parameter_[0];
    }
    return 0;
}

}  // namespace stack2nrrd
