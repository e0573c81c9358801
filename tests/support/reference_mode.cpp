#include "support/reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace reference {

std::vector<std::int64_t> covered(const Axis& axis, std::int64_t k) {
    const Fraction u = position(axis, k);
    const Fraction s = step(axis);
    const auto clamped = [&](std::int64_t i) { return std::clamp<std::int64_t>(i, 0, axis.n - 1); };
    if (s.num <= s.den) {  // the one whose cell holds u: i - 1/2 <= u < i + 1/2
        std::int64_t i = -2;
        while (!((2 * i - 1) * u.den <= 2 * u.num && 2 * u.num < (2 * i + 1) * u.den)) ++i;
        return {clamped(i)};
    }
    // [i - 1/2, i + 1/2) and [u - s/2, u + s/2), both times 2 u.den s.den, share more than a point.
    const std::int64_t low = 2 * u.num * s.den - s.num * u.den;
    const std::int64_t high = 2 * u.num * s.den + s.num * u.den;
    const std::int64_t half = u.den * s.den;
    std::vector<std::int64_t> indices;
    for (std::int64_t i = -s.num - 2; i < axis.n + s.num + 2; ++i) {
        if (std::max(low, (2 * i - 1) * half) < std::min(high, (2 * i + 1) * half)) indices.push_back(clamped(i));
    }
    return indices;
}

std::vector<double> modes(const support::Volume& source, const std::array<Axis, 3>& axes) {
    std::array<std::vector<std::vector<std::int64_t>>, 3> under;
    for (std::size_t a = 0; a < 3; ++a) {
        for (std::int64_t k = 0; k < count(axes[a]); ++k) under[a].push_back(covered(axes[a], k));
    }
    std::vector<double> result;
    for (const auto& zs : under[2]) {
        for (const auto& ys : under[1]) {
            for (const auto& xs : under[0]) {
                for (int c = 0; c < source.channels; ++c) {
                    std::map<double, std::int64_t> counts;
                    for (const auto z : zs)
                        for (const auto y : ys)
                            for (const auto x : xs)
                                if (!std::isnan(source.at(x, y, z, c))) ++counts[source.at(x, y, z, c)];
                    double best = std::numeric_limits<double>::quiet_NaN();
                    std::int64_t most = 0;
                    for (const auto& [value, times] : counts) {  // from the lowest on
                        if (times > most) best = value;
                        most = std::max(most, times);
                    }
                    result.push_back(best);
                }
            }
        }
    }
    return result;
}

}  // namespace reference
