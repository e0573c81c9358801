// The kernels of the slow truth, from the literature.

#include "support/reference.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace reference {

namespace {

constexpr Real pi = std::numbers::pi_v<Real>;

/// sin(πx)/(πx), exactly 0 at the integers.
Real sinc(Real x) {
    if (x == 0) return 1;
    const Real whole = std::round(x);
    const Real sine = std::sin(pi * (x - whole));
    return (std::fmod(whole, 2.0L) == 0 ? sine : -sine) / (pi * x);
}

/// The B-spline of degree n as a sum of truncated powers (Schoenberg 1946).
Real b_spline(int n, Real x) {
    Real sum = 0;
    Real binomial = 1;
    for (int j = 0; j <= n + 1; ++j) {
        const Real t = (n + 1) / 2.0L - j - std::fabs(x);
        if (t > 0) sum += binomial * std::pow(t, n);
        binomial = -binomial * (n + 1 - j) / (j + 1);
    }
    return sum / std::tgamma(n + 1.0L);
}

/// Mitchell and Netravali 1988, equation 8.
Real mitchell_netravali(Real b, Real c, Real x) {
    const Real t = std::fabs(x);
    if (t < 1) return ((12 - 9 * b - 6 * c) * t * t * t + (-18 + 12 * b + 6 * c) * t * t + 6 - 2 * b) / 6;
    if (t < 2)
        return ((-b - 6 * c) * t * t * t + (6 * b + 30 * c) * t * t + (-12 * b - 48 * c) * t + 8 * b + 24 * c) / 6;
    return 0;
}

Real number(const std::string& text) {
    const auto slash = text.find('/');
    if (slash != std::string::npos) return std::stold(text.substr(0, slash)) / std::stold(text.substr(slash + 1));
    return std::stold(text);
}

std::size_t parameter_count(const std::string& name) {
    if (name == "cubic" || name == "gauss" || name == "kaiser") return 2;
    if (name == "hann" || name == "blackman" || name == "lanczos") return 1;
    return 0;
}

Real support_unscaled(const Kernel& k) {
    if (k.name == "box" || k.name == "nearest") return 0.5L;
    if (k.name == "tent") return 1;
    if (k.name == "cubic" || k.name == "bspl3") return 2;
    if (k.name == "bspl2") return 1.5L;
    if (k.name == "bspl5") return 3;
    if (k.name == "gauss") return k.parameters.at(0) * k.parameters.at(1);
    return k.parameters.at(0);
}

Real value_unscaled(const Kernel& k, Real x) {
    const Real t = std::fabs(x);
    const auto& p = k.parameters;
    if (k.name == "box" || k.name == "nearest") return t < 0.5L ? 1 : 0;
    if (k.name == "tent") return t < 1 ? 1 - t : 0;
    if (k.name == "cubic") return mitchell_netravali(p.at(0), p.at(1), x);
    if (k.name == "bspl2") return b_spline(2, x);
    if (k.name == "bspl3") return b_spline(3, x);
    if (k.name == "bspl5") return b_spline(5, x);
    if (k.name == "gauss") return std::exp(-x * x / (2 * p.at(0) * p.at(0))) / (p.at(0) * std::sqrt(2 * pi));
    if (k.name == "hann") return sinc(x) * (1 + std::cos(pi * x / p.at(0))) / 2;
    if (k.name == "blackman")
        return sinc(x) * (0.42L + 0.5L * std::cos(pi * x / p.at(0)) + 0.08L * std::cos(2 * pi * x / p.at(0)));
    if (k.name == "lanczos") return sinc(x) * sinc(x / p.at(0));
    if (k.name == "kaiser") {
        const Real cutoff = p.size() > 2 ? p[2] : 1;
        const Real r = x / p.at(0);
        return cutoff * sinc(cutoff * x) * bessel_i0(p.at(1) * std::sqrt(1 - r * r)) / bessel_i0(p.at(1));
    }
    throw std::invalid_argument("reference: no kernel " + k.name);
}

}  // namespace

Real bessel_i0(Real x) {
    Real sum = 1;
    Real term = 1;
    for (int k = 1; term > sum * std::numeric_limits<Real>::epsilon() / 4; ++k) {
        term *= (x / (2 * k)) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

Kernel kernel(const std::string& spec) {
    const auto colon = spec.find(':');
    Kernel result{spec.substr(0, colon), {}, 1};
    if (result.name == "black") result.name = "blackman";
    if (result.name == "ctmr") return {"cubic", {0, 0.5L}, 1};
    if (result.name == "mitchell") return {"cubic", {1 / 3.0L, 1 / 3.0L}, 1};
    if (colon != std::string::npos) {
        std::size_t at = colon + 1;
        while (true) {
            const auto comma = spec.find(',', at);
            result.parameters.push_back(number(spec.substr(at, comma - at)));
            if (comma == std::string::npos) break;
            at = comma + 1;
        }
    }
    const std::size_t wanted = parameter_count(result.name);
    if (result.name != "kaiser" && result.parameters.size() == wanted + 1) {
        result.scale = result.parameters.front();
        result.parameters.erase(result.parameters.begin());
    }
    if (result.parameters.size() < wanted) throw std::invalid_argument("reference: parameters of " + spec);
    return result;
}

Real support(const Kernel& kernel) { return kernel.scale * support_unscaled(kernel); }

Real value(const Kernel& kernel, Real x) {
    // A box that is not integrated counts both of two equally near samples.
    if (kernel.name == "box" && std::fabs(x) == support(kernel)) return 0.5L / kernel.scale;
    if (!(std::fabs(x) < support(kernel))) return 0;
    return value_unscaled(kernel, x / kernel.scale) / kernel.scale;
}

}  // namespace reference
