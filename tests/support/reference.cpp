#include "support/reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace reference {

using stack2nrrd::SampleType;
using support::Volume;

Fraction fraction(std::int64_t num, std::int64_t den) {
    if (den == 0) throw std::invalid_argument("reference: x/0");
    const std::int64_t common = std::gcd(num, den) * (den < 0 ? -1 : 1);
    return {num / common, den / common};
}

std::int64_t count(const Axis& axis) {
    if (axis.outputs > 0) return axis.outputs;
    if (axis.size > 0) return axis.size;
    return std::max<std::int64_t>(1, (axis.b - axis.a) * axis.factor.den / axis.factor.num);
}

Fraction step(const Axis& axis) {
    if (axis.size > 0) return fraction(axis.b - axis.a, axis.size);
    return axis.factor;
}

Fraction position(const Axis& axis, std::int64_t k) {
    const Fraction s = step(axis);
    if (axis.outputs > 0) return fraction(axis.start.num * s.den + k * s.num * axis.start.den, axis.start.den * s.den);
    if (!axis.cell) return fraction(axis.a * s.den + k * s.num, s.den);
    return fraction(2 * axis.a * s.den + (2 * k + 1) * s.num - s.den, 2 * s.den);
}

namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    const std::int64_t q = a / b;
    return q * b > a ? q - 1 : q;
}

/// The raw weight of index i, anywhere on the axis.
Real raw_weight(const Axis& axis, const Fraction& u, const Fraction& s, std::int64_t i) {
    const bool reduces = s.num > s.den;
    const Fraction width = reduces ? s : Fraction{1, 1};
    if (axis.kernel.name == "box" && reduces) {  // how much of the cell of i the box covers
        const Real half = axis.kernel.scale * static_cast<Real>(width.num) / static_cast<Real>(width.den) / 2;
        const Real from_u = static_cast<Real>(i * u.den - u.num) / static_cast<Real>(u.den);
        return std::max<Real>(0, std::min(from_u + 0.5L, half) - std::max(from_u - 0.5L, -half));
    }
    // (i - u)/width as one quotient of two integers, so that what lies exactly on the border is seen to do so
    const Fraction x = fraction((i * u.den - u.num) * width.den, u.den * width.num);
    return value(axis.kernel, static_cast<Real>(x.num) / static_cast<Real>(x.den));
}

}  // namespace

std::vector<Real> weights(const Axis& axis, std::int64_t k) {
    const Fraction u = position(axis, k);
    const Fraction s = step(axis);
    std::vector<Real> result(static_cast<std::size_t>(axis.n), 0);
    const auto add = [&](std::int64_t i, Real w) {
        result[static_cast<std::size_t>(std::clamp<std::int64_t>(i, 0, axis.n - 1))] += w;
    };
    if (s == Fraction{1, 1} && u.den == 1) {  // not filtered
        add(u.num, 1);
        return result;
    }
    if (axis.kernel.name == "nearest") {
        add(floor_div(2 * u.num + u.den, 2 * u.den), 1);
        return result;
    }
    const Real width = std::max<Real>(1, static_cast<Real>(s.num) / static_cast<Real>(s.den));
    const Real centre = static_cast<Real>(u.num) / static_cast<Real>(u.den);
    const Real reach = support(axis.kernel) * width + 2;
    Real sum = 0;
    for (auto i = static_cast<std::int64_t>(std::floor(centre - reach)); static_cast<Real>(i) <= centre + reach; ++i) {
        const Real w = raw_weight(axis, u, s, i);
        add(i, w);
        sum += w;
    }
    for (Real& w : result) w /= sum;
    return result;
}

namespace {

struct Dense {
    std::array<std::int64_t, 3> size{};
    std::vector<Real> values;
};

/// One axis of the sum: out[.., k, ..] = sum over i of weights[k][i] in[.., i, ..].
Dense along(const Dense& in, int axis, const std::vector<std::vector<Real>>& table) {
    const auto a = static_cast<std::size_t>(axis);
    Dense out{in.size, {}};
    out.size[a] = static_cast<std::int64_t>(table.size());
    std::size_t inner = 1;
    std::size_t outer = 1;
    for (std::size_t d = 0; d < a; ++d) inner *= static_cast<std::size_t>(in.size[d]);
    for (std::size_t d = a + 1; d < 3; ++d) outer *= static_cast<std::size_t>(in.size[d]);
    const auto n = static_cast<std::size_t>(in.size[a]);
    out.values.assign(inner * outer * table.size(), 0);
    for (std::size_t o = 0; o < outer; ++o) {
        for (std::size_t k = 0; k < table.size(); ++k) {
            Real* const to = &out.values[(o * table.size() + k) * inner];
            for (std::size_t i = 0; i < n; ++i) {
                const Real w = table[k][i];
                if (w == 0) continue;
                const Real* const from = &in.values[(o * n + i) * inner];
                for (std::size_t j = 0; j < inner; ++j) to[j] += w * from[j];
            }
        }
    }
    return out;
}

}  // namespace

Result resample(const Volume& source, const std::array<Axis, 3>& axes) {
    std::array<std::vector<std::vector<Real>>, 3> tables;
    for (std::size_t a = 0; a < 3; ++a) {
        if (axes[a].n != source.size[a]) throw std::invalid_argument("reference: size of axis and volume");
        for (std::int64_t k = 0; k < count(axes[a]); ++k) tables[a].push_back(weights(axes[a], k));
    }
    Result result;
    result.channels = source.channels;
    for (std::size_t a = 0; a < 3; ++a) result.size[a] = count(axes[a]);
    const auto channels = static_cast<std::size_t>(source.channels);
    const std::size_t total = static_cast<std::size_t>(result.size[0] * result.size[1] * result.size[2]) * channels;
    result.value.resize(total);
    result.weight.resize(total);
    for (std::size_t c = 0; c < channels; ++c) {
        Dense numerator{source.size, {}};
        Dense denominator{source.size, {}};
        bool holes = false;
        for (std::size_t i = c; i < source.samples.size(); i += channels) {
            const bool there = !std::isnan(source.samples[i]);
            holes = holes || !there;
            numerator.values.push_back(there ? static_cast<Real>(source.samples[i]) : 0);
            denominator.values.push_back(there ? 1 : 0);
        }
        for (int a = 0; a < 3; ++a) numerator = along(numerator, a, tables[static_cast<std::size_t>(a)]);
        for (int a = 0; holes && a < 3; ++a) denominator = along(denominator, a, tables[static_cast<std::size_t>(a)]);
        for (std::size_t i = 0; i < numerator.values.size(); ++i) {
            const Real weight = holes ? denominator.values[i] : 1;
            result.weight[i * channels + c] = weight;
            // At least a quarter of the whole weight, which is 1, must be left; sums of exactly that are off by
            // rounding.
            result.value[i * channels + c] =
                weight >= 0.25L - 1e-12L ? numerator.values[i] / weight : std::numeric_limits<Real>::quiet_NaN();
        }
    }
    return result;
}

double rounded(Real v, SampleType type) {
    if (type == SampleType::float64) return static_cast<double>(v);
    if (type == SampleType::float32) return static_cast<double>(static_cast<float>(v));
    if (std::isnan(v)) return 0;
    return static_cast<double>(std::clamp<Real>(std::floor(v + 0.5L), support::lowest(type), support::highest(type)));
}

Real windowed(Real v, Real low, Real high, SampleType type) {
    const Real bottom = support::is_float(type) ? 0 : support::lowest(type);
    const Real top = support::is_float(type) ? 1 : support::highest(type);
    return bottom + (v - low) / (high - low) * (top - bottom);
}

Volume luma(const Volume& colour) {
    Volume grey(colour.size);
    const auto channels = static_cast<std::size_t>(colour.channels);
    for (std::size_t i = 0; i < grey.samples.size(); ++i) {
        const double* const rgb = &colour.samples[i * channels];
        grey.samples[i] =
            colour.channels < 3 ? rgb[0] : static_cast<double>(0.2126L * rgb[0] + 0.7152L * rgb[1] + 0.0722L * rgb[2]);
    }
    return grey;
}

Volume channel(const Volume& colour, int channel) {
    Volume grey(colour.size);
    for (std::size_t i = 0; i < grey.samples.size(); ++i)
        grey.samples[i] =
            colour.samples[i * static_cast<std::size_t>(colour.channels) + static_cast<std::size_t>(channel)];
    return grey;
}

Tolerance tolerance(const Volume& source, SampleType source_type) {
    Real range = 0;
    const bool wide = stack2nrrd::sample_bytes(source_type) == 8;
    if (support::is_float(source_type) || wide) {
        Real low = 0;
        Real high = 0;
        for (const double v : source.samples) {
            if (!std::isfinite(v)) continue;
            low = std::min<Real>(low, v);
            high = std::max<Real>(high, v);
        }
        range = high - low;
    } else {
        range = static_cast<Real>(support::highest(source_type)) - support::lowest(source_type);
    }
    const bool single = stack2nrrd::sample_bytes(source_type) <= 2 || source_type == SampleType::float32;
    return {range * (single ? 4e-7L : 1e-12L)};
}

std::string disagreement(const Result& truth, std::span<const double> samples, SampleType type,
                         const Tolerance& tolerance, std::int64_t* off) {
    std::ostringstream text;
    text.precision(20);
    if (samples.size() != truth.value.size()) {
        text << samples.size() << " samples, not " << truth.value.size();
        return text.str();
    }
    std::int64_t wrong = 0;
    const auto channels = static_cast<std::size_t>(truth.channels);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const Real v = truth.value[i];
        const double want = rounded(v, type);
        const double have = samples[i];
        if (want == have || (std::isnan(want) && std::isnan(have))) continue;
        bool right = false;
        if (std::isnan(v) || std::isnan(have)) {
            right = false;
        } else if (support::is_float(type)) {
            const Real ulp = type == SampleType::float32
                                 ? static_cast<Real>(std::nextafter(std::fabs(static_cast<float>(want)),
                                                                    std::numeric_limits<float>::infinity())) -
                                       static_cast<Real>(std::fabs(static_cast<float>(want)))
                                 : 0;
            right = std::fabs(static_cast<Real>(have) - v) <= std::max(ulp, tolerance.absolute);
        } else {
            const Real tie = std::floor(v) + 0.5L;  // the one between floor(v) and the next
            right = std::fabs(have - want) == 1 && std::fabs(v - tie) <= tolerance.absolute;
            // Numbers of 64 bits may be so large that double precision is coarser than they are.
            if (stack2nrrd::sample_bytes(type) == 8) right = std::fabs(have - v) <= 0.5L + tolerance.absolute;
        }
        if (right) {
            if (off != nullptr && !support::is_float(type)) ++*off;
            continue;
        }
        if (++wrong > 3) continue;
        const std::size_t c = i % channels;
        const std::size_t at = i / channels;
        const auto nx = static_cast<std::size_t>(truth.size[0]);
        const auto ny = static_cast<std::size_t>(truth.size[1]);
        text << "at (" << at % nx << ", " << at / nx % ny << ", " << at / nx / ny << ") channel " << c << ": " << have
             << ", truth " << v << " (weight " << truth.weight[i] << "); ";
    }
    if (wrong == 0) return "";
    text << wrong << " of " << samples.size() << " samples are wrong";
    return text.str();
}

}  // namespace reference
