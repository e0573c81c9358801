#include "warp/twin.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace warps {

using stack2nrrd::Geometry;
using stack2nrrd::Vector3;
using support::Volume;

namespace {

double determinant(const Vector3& a, const Vector3& b, const Vector3& c) {
    return a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1]) + c[0] * (a[1] * b[2] - a[2] * b[1]);
}

double lanczos(double x) {
    if (x == 0) return 1;
    if (std::abs(x) >= 3) return 0;
    const double angle = std::numbers::pi * x;
    return 3 * std::sin(angle) * std::sin(angle / 3) / (angle * angle);
}

std::int64_t fine_size(const Twin& twin, std::size_t a) {
    return (twin.size[a] * twin.finer[a].num + twin.finer[a].den - 1) / twin.finer[a].den;
}

reference::Axis axis_of(const Twin& twin, std::size_t a) {
    reference::Axis axis;
    const auto [num, den] = twin.finer[a];
    axis.n = axis.b = fine_size(twin, a);
    axis.factor = reference::fraction(num, den);
    axis.start = reference::fraction(num - den, 2 * den);
    axis.outputs = twin.size[a];
    axis.kernel = reference::kernel(twin.kernel);
    return axis;
}

}  // namespace

Vector3 place_of(const Geometry& grid, const Vector3& index) {
    Vector3 place = grid.origin;
    for (std::size_t a = 0; a < 3; ++a) {
        for (std::size_t c = 0; c < 3; ++c) place[c] += index[a] * grid.direction[a][c];
    }
    return place;
}

/// By Cramer's rule.
Vector3 index_of(const Geometry& grid, const Vector3& place) {
    const auto& d = grid.direction;
    const Vector3 from{place[0] - grid.origin[0], place[1] - grid.origin[1], place[2] - grid.origin[2]};
    const double all = determinant(d[0], d[1], d[2]);
    return {determinant(from, d[1], d[2]) / all, determinant(d[0], from, d[2]) / all,
            determinant(d[0], d[1], from) / all};
}

std::vector<double> between(const Volume& volume, const Vector3& index) {
    std::array<std::int64_t, 3> first{};
    std::array<std::array<double, 6>, 3> weights{};
    for (std::size_t a = 0; a < 3; ++a) {
        const double u = std::clamp(index[a], -100.0, static_cast<double>(volume.size[a]) + 100);
        first[a] = static_cast<std::int64_t>(std::floor(u)) - 2;
        double sum = 0;
        for (std::size_t i = 0; i < 6; ++i)
            sum += weights[a][i] = lanczos(static_cast<double>(first[a]) + static_cast<double>(i) - u);
        for (double& w : weights[a]) w /= sum;
    }
    std::vector<double> values;
    for (int c = 0; c < volume.channels; ++c) {
        double sum = 0;
        double left = 0;
        bool missing = false;
        for (std::size_t z = 0; z < 6; ++z) {
            for (std::size_t y = 0; y < 6; ++y) {
                for (std::size_t x = 0; x < 6; ++x) {
                    const auto at = [&](std::size_t a, std::size_t i) {
                        return std::clamp<std::int64_t>(first[a] + static_cast<std::int64_t>(i), 0, volume.size[a] - 1);
                    };
                    const double sample = volume.at(at(0, x), at(1, y), at(2, z), c);
                    const double weight = weights[0][x] * weights[1][y] * weights[2][z];
                    if (std::isnan(sample)) {
                        missing = true;
                        continue;
                    }
                    sum += weight * sample;
                    left += weight;
                }
            }
        }
        values.push_back(!missing ? sum : left < 0.25 ? std::numeric_limits<double>::quiet_NaN() : sum / left);
    }
    return values;
}

std::vector<double> nearest(const Volume& volume, const Vector3& index) {
    std::array<std::int64_t, 3> at{};
    for (std::size_t a = 0; a < 3; ++a) {
        const double whole = std::floor(std::clamp(index[a], -100.0, static_cast<double>(volume.size[a]) + 100) + 0.5);
        at[a] = std::clamp<std::int64_t>(static_cast<std::int64_t>(whole), 0, volume.size[a] - 1);
    }
    std::vector<double> values;
    for (int c = 0; c < volume.channels; ++c) values.push_back(volume.at(at[0], at[1], at[2], c));
    return values;
}

Volume finer(const Twin& twin, const Volume& volume, bool labels) {
    Volume fine({fine_size(twin, 0), fine_size(twin, 1), fine_size(twin, 2)}, volume.channels);
    std::size_t next = 0;
    for (std::int64_t z = 0; z < fine.size[2]; ++z) {
        for (std::int64_t y = 0; y < fine.size[1]; ++y) {
            for (std::int64_t x = 0; x < fine.size[0]; ++x) {
                const std::array<std::int64_t, 3> at{x, y, z};
                Vector3 index{};
                for (std::size_t a = 0; a < 3; ++a) {
                    index[a] = (static_cast<double>(at[a]) + 0.5) / twin.finer[a].value() - 0.5;
                }
                Vector3 place = place_of(twin.grid, index);
                if (twin.transform) place = twin.transform(place);
                const Vector3 in_volume = index_of(twin.reduced, place);
                for (const double v : labels ? nearest(volume, in_volume) : between(volume, in_volume)) {
                    fine.samples[next++] = v;
                }
            }
        }
    }
    return fine;
}

reference::Result numbers(const Twin& twin, const Volume& volume) {
    return reference::resample(finer(twin, volume, false), {axis_of(twin, 0), axis_of(twin, 1), axis_of(twin, 2)});
}

std::vector<double> labels(const Twin& twin, const Volume& volume) {
    Twin counted = twin;
    counted.kernel = "mode";
    return reference::modes(finer(twin, volume, true), {axis_of(counted, 0), axis_of(counted, 1), axis_of(counted, 2)});
}

std::vector<bool> inside(const Twin& twin) {
    std::vector<bool> result;
    for (std::int64_t z = 0; z < twin.size[2]; ++z) {
        for (std::int64_t y = 0; y < twin.size[1]; ++y) {
            for (std::int64_t x = 0; x < twin.size[0]; ++x) {
                Vector3 place =
                    place_of(twin.grid, {static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)});
                if (twin.transform) place = twin.transform(place);
                const Vector3 index = index_of(twin.source, place);
                bool is = true;
                for (std::size_t a = 0; a < 3; ++a) {
                    is = is && index[a] >= static_cast<double>(twin.wanted[a].first) - 0.5 - 1e-6 &&
                         index[a] <= static_cast<double>(twin.wanted[a].end) - 0.5 + 1e-6;
                }
                result.push_back(is);
            }
        }
    }
    return result;
}

}  // namespace warps
