#pragma once

// Samples between others, each at a place of its own. For the files that compile the loops; what sums_body.hpp says
// holds here as well.

#include "core/buffer.hpp"
#include "core/compiler.hpp"
#include "loops/loops.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace stack2nrrd {

namespace {

/// The weights of one axis are one of these, or several where the processor has no longer ones.
template <class Real>
using P = typename VectorOf<Real, (vector_bytes < point_lanes * sizeof(Real)) ? vector_bytes
                                                                              : point_lanes * sizeof(Real)>::type;

template <class Real>
constexpr std::size_t point_parts = point_lanes * sizeof(Real) / sizeof(P<Real>);

template <class Real>
P<Real> load_part(const Real* p) {
    P<Real> v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

template <class Real>
PointRange locate(const double* places, std::size_t count, const PointAxis<Real>& axis) {
    const double low = axis.low;
    const double high = axis.high;
    const auto cells = static_cast<double>(axis.cells);
    const std::int32_t last = axis.cells - 1;
    std::int32_t* const below = axis.below;
    std::int32_t* const cell = axis.cell;
    Real* const within = axis.within;
    std::int32_t lowest = INT32_MAX;
    std::int32_t highest = INT32_MIN;
    for (std::size_t i = 0; i < count; ++i) {
        double place = places[i] > low ? places[i] : low;
        place = place < high ? place : high;
        const std::int32_t whole = static_cast<std::int32_t>(place + 8) - 8;  // floor
        const double at = (place - static_cast<double>(whole)) * cells;
        std::int32_t n = static_cast<std::int32_t>(at);
        n = n < last ? n : last;
        below[i] = whole;
        lowest = whole < lowest ? whole : lowest;
        highest = whole > highest ? whole : highest;
        cell[i] = n;
        within[i] = static_cast<Real>(at - static_cast<double>(n) - 0.5);
    }
    return {lowest, highest};
}

/// The weights of one axis of some samples.
template <class Real>
void find_weights(const std::int32_t* cells, const Real* within, std::size_t count, const Real* table, Real* weights,
                  std::size_t stride) {
    constexpr std::size_t lane = point_lanes / point_parts<Real>;
    for (std::size_t i = 0; i < count; ++i) {
        const Real* const cell = table + static_cast<std::size_t>(cells[i]) * 3 * point_lanes;
        for (std::size_t p = 0; p < point_lanes; p += lane) {
            const P<Real> slope = load_part(cell + p + point_lanes) + within[i] * load_part(cell + p + 2 * point_lanes);
            const P<Real> w = load_part(cell + p) + within[i] * slope;
            std::memcpy(weights + i * stride + p, &w, sizeof w);
        }
    }
}

/// The weights of some samples along x, y and z, then their sums before the eight of a row are added. Each of the three
/// steps goes over all of them before the next one begins: what is broadcast is read from memory then, which takes less
/// than to shuffle it out of a vector.
template <class Real>
void interpolate(const Real* box, std::int64_t slice, const PointPlaces<Real>& places, std::size_t count,
                 const Real* table, Real* results) {
    constexpr std::size_t lane = point_lanes / point_parts<Real>;  // numbers of a part
    constexpr std::size_t batch = 32;
    constexpr std::size_t stride = 3 * point_lanes;
    constexpr std::int64_t row = point_row;
    alignas(cache_line) Real weights[batch * stride];
    alignas(cache_line) Real sums[batch][point_lanes];
    for (std::size_t first = 0; first < count; first += batch) {
        const std::size_t some = count - first < batch ? count - first : batch;
        for (std::size_t a = 0; a < 3; ++a) {
            find_weights(places.cell[a] + first, places.within[a] + first, some, table, weights + a * point_lanes,
                         stride);
        }
        for (std::size_t i = 0; i < some; ++i) {
            const Real* const wx = weights + i * stride;
            const Real* const wy = wx + point_lanes;
            const Real* const wz = wy + point_lanes;
            const Real* const from = box + places.at[first + i];
            for (std::size_t p = 0; p < point_lanes; p += lane) {
                P<Real> pair[2]{};
                STACK2NRRD_HINT(GCC unroll 6)
                for (std::size_t z = 0; z < 6; ++z) {
                    const Real* const at = from + static_cast<std::int64_t>(z) * slice + p;
                    const P<Real> low =
                        (wy[0] * load_part(at) + wy[1] * load_part(at + row)) + wy[2] * load_part(at + 2 * row);
                    const P<Real> high = (wy[3] * load_part(at + 3 * row) + wy[4] * load_part(at + 4 * row)) +
                                         wy[5] * load_part(at + 5 * row);
                    const P<Real> product = wz[z] * (low + high);
                    pair[z % 2] = z < 2 ? product : pair[z % 2] + product;
                }
                const P<Real> sum = (pair[0] + pair[1]) * load_part(wx + p);
                std::memcpy(&sums[i][p], &sum, sizeof sum);
            }
        }
        for (std::size_t i = 0; i < some; ++i) {
            const Real* const s = sums[i];
            results[first + i] = ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
        }
    }
}

template <class Real>
constexpr PointLoops<Real> compiled_point_loops{locate<Real>, interpolate<Real>};

}  // namespace

}  // namespace stack2nrrd
