#include "picture/legend.hpp"

#include <algorithm>
#include <cmath>

namespace stack2nrrd {

namespace {

/// What is at the beginning of an axis and at its end.
std::array<std::string, 2> ends_of(const Geometry& geometry, std::size_t axis) {
    constexpr double nearly_along = 0.9659258262890683;  // the cosine of 15 degrees
    constexpr std::array<std::array<const char*, 2>, 3> letters{{{"R", "L"}, {"A", "P"}, {"I", "S"}}};
    Vector3 direction = geometry.direction[axis];
    double most = 0;
    for (const double d : direction) most = std::max(most, std::abs(d));
    double square = 0;
    for (double& d : direction) {
        d /= most;  // any spacing may be near the end of the numbers
        square += d * d;
    }
    for (std::size_t i = 0; geometry.spacing_known && i < 3; ++i) {
        if (std::abs(direction[i]) < nearly_along * std::sqrt(square)) continue;
        const bool turned = direction[i] < 0;
        return {letters[i][turned ? 1 : 0], letters[i][turned ? 0 : 1]};
    }
    return {"", std::string(1, "xyz"[axis])};
}

struct Bar {
    std::string text;
    Index width = 0;
};

/// `digit` * 10^`exponent` millimetres, or source samples.
std::string length_text(int digit, int exponent, bool millimetres) {
    struct Unit {
        const char* name;
        int exponent;
    };
    constexpr std::array<Unit, 5> units{{{" m", 3}, {" cm", 1}, {" mm", 0}, {" um", -3}, {" nm", -6}}};
    Unit unit{digit == 1 && exponent == 0 ? " source sample" : " source samples", 0};
    if (millimetres) {
        const auto* const large =
            std::find_if(units.begin(), units.end(), [&](Unit u) { return u.exponent <= exponent; });
        unit = large == units.end() ? units.back() : *large;
    }
    exponent -= unit.exponent;
    std::string text(1, static_cast<char>('0' + digit));
    if (exponent >= 0 && exponent <= 6) {
        text.append(static_cast<std::size_t>(exponent), '0');
    } else if (exponent < 0 && exponent >= -3) {
        text = "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + text;
    } else {
        text += "e" + std::to_string(exponent);
    }
    return text + unit.name;
}

/// The longest round one that is not too long. In logarithms: neither the length nor its square may be a number.
Bar bar_of(double unit, double widest, bool millimetres) {
    constexpr double most_dots = 128;
    const double dot = std::log10(unit) + std::log10(widest);
    const double most = std::log10(most_dots) + dot + 1e-9;
    if (!std::isfinite(most)) return {};
    const double exponent = std::floor(most);
    int digit = 1;
    for (const int larger : {2, 5}) {
        if (std::log10(larger) + exponent <= most) digit = larger;
    }
    return {length_text(digit, static_cast<int>(exponent), millimetres),
            std::lround(std::pow(10, std::log10(digit) + exponent - dot))};
}

}  // namespace

std::array<Legend, 6> legends_of(const VolumeInfo& volume, double unit, double widest) {
    struct Sides {
        std::size_t right, down, across;
    };
    constexpr std::array<Sides, 3> sides{{{0, 1, 2}, {0, 2, 1}, {1, 2, 0}}};
    const Bar bar = bar_of(unit, widest, volume.geometry.spacing_known);
    std::array<Legend, 6> legends;
    for (std::size_t v = 0; v < legends.size(); ++v) {
        const Sides& side = sides[v % 3];
        const std::string across(1, "xyz"[side.across]);
        const Index slices = volume.size[side.across];
        const auto [left, right] = ends_of(volume.geometry, side.right);
        const auto [top, bottom] = ends_of(volume.geometry, side.down);
        legends[v] = {
            v < 3 ? across + " " + std::to_string(slices / 2) + " of " + std::to_string(slices) : "max along " + across,
            left,
            right,
            top,
            bottom,
            bar.text,
            bar.width};
    }
    return legends;
}

}  // namespace stack2nrrd
