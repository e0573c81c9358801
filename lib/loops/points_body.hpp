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

/// The weights of some samples along x, y and z, then their sums before the eight of a row are added. Each of the three
/// steps goes over all of them before the next one begins: what is broadcast is read from memory then, which takes less
/// than to shuffle it out of a vector.
template <class Real>
void interpolate(const Real* box, std::int64_t row, std::int64_t slice, const PointPlace<Real>* places,
                 std::size_t count, const Real* table, Real* results) {
    constexpr std::size_t parts = point_parts<Real>;
    constexpr std::size_t lane = point_lanes / parts;  // numbers of a part
    constexpr std::size_t batch = 32;
    alignas(cache_line) Real weights[batch][3][point_lanes];
    alignas(cache_line) Real sums[batch][point_lanes];
    for (std::size_t first = 0; first < count; first += batch) {
        const std::size_t some = count - first < batch ? count - first : batch;
        for (std::size_t i = 0; i < some; ++i) {
            const PointPlace<Real>& place = places[first + i];
            for (std::size_t a = 0; a < 3; ++a) {
                const Real* const cell = table + static_cast<std::size_t>(place.cell[a]) * 3 * point_lanes;
                const Real within = place.within[a];
                for (std::size_t p = 0; p < parts; ++p) {
                    const Real* const at = cell + p * lane;
                    const P<Real> w = load_part(at) +
                                      within * (load_part(at + point_lanes) + within * load_part(at + 2 * point_lanes));
                    std::memcpy(&weights[i][a][p * lane], &w, sizeof w);
                }
            }
        }
        for (std::size_t i = 0; i < some; ++i) {
            const Real* const wy = weights[i][1];
            const Real* const wz = weights[i][2];
            const Real* const from = box + places[first + i].at;
            for (std::size_t p = 0; p < parts; ++p) {
                P<Real> pair[2]{};
                STACK2NRRD_HINT(GCC unroll 6)
                for (std::size_t z = 0; z < 6; ++z) {
                    const Real* const at = from + static_cast<std::int64_t>(z) * slice + p * lane;
                    const P<Real> low =
                        (wy[0] * load_part(at) + wy[1] * load_part(at + row)) + wy[2] * load_part(at + 2 * row);
                    const P<Real> high = (wy[3] * load_part(at + 3 * row) + wy[4] * load_part(at + 4 * row)) +
                                         wy[5] * load_part(at + 5 * row);
                    const P<Real> product = wz[z] * (low + high);
                    pair[z % 2] = z < 2 ? product : pair[z % 2] + product;
                }
                const P<Real> sum = (pair[0] + pair[1]) * load_part(&weights[i][0][p * lane]);
                std::memcpy(&sums[i][p * lane], &sum, sizeof sum);
            }
        }
        for (std::size_t i = 0; i < some; ++i) {
            const Real* const s = sums[i];
            results[first + i] = ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
        }
    }
}

template <class Real>
constexpr PointLoops<Real> compiled_point_loops{interpolate<Real>};

}  // namespace

}  // namespace stack2nrrd
