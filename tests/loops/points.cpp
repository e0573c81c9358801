// Samples between others, by the loops of each instruction set that the processor has, against plain ones. Both must
// make the same bytes.

#include "loops/loops.hpp"

#include "core/buffer.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace {

using namespace stack2nrrd;

double number(std::mt19937& random) { return static_cast<double>(random()) / 4294967296.0; }

/// In the order of the loops.
template <class Real>
Real between(const Real* box, std::int64_t slice, const std::array<std::array<Real, point_lanes>, 3>& weights) {
    std::array<Real, point_lanes> sums{};
    for (std::size_t x = 0; x < point_lanes; ++x) {
        std::array<Real, 2> every_other{};
        for (std::int64_t z = 0; z < 6; ++z) {
            std::array<Real, 6> products{};
            for (std::size_t y = 0; y < 6; ++y) {
                const std::int64_t at = z * slice + static_cast<std::int64_t>(y) * point_row;
                products[y] = weights[1][y] * box[at + static_cast<std::int64_t>(x)];
            }
            const Real low = (products[0] + products[1]) + products[2];
            const Real high = (products[3] + products[4]) + products[5];
            const Real product = weights[2][static_cast<std::size_t>(z)] * (low + high);
            Real& sum = every_other[static_cast<std::size_t>(z % 2)];
            sum = z < 2 ? product : sum + product;
        }
        sums[x] = (every_other[0] + every_other[1]) * weights[0][x];
    }
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

template <class Real>
void test_interpolating(const PointLoops<Real>& loops) {
    std::mt19937 random(21);
    constexpr std::int64_t slice = point_row * 9;
    constexpr std::int32_t cells = 7;
    Buffer<Real> table(cells * 3 * point_lanes);
    for (Real& v : table) v = static_cast<Real>(number(random) - 0.5);
    std::vector<Real> box(static_cast<std::size_t>(slice * 9));
    for (Real& v : box) v = static_cast<Real>(1000 * number(random));
    for (const std::size_t count : {1, 7, 32, 33, 100}) {
        std::vector<std::int32_t> at(count);
        std::array<std::vector<std::int32_t>, 3> cell;
        std::array<std::vector<Real>, 3> within;
        for (std::int32_t& v : at) {
            v = static_cast<std::int32_t>((random() % 4) * slice + (random() % 4) * point_row + random() % 40);
        }
        PointPlaces<Real> places{at.data(), {}, {}};
        for (std::size_t a = 0; a < 3; ++a) {
            for (std::size_t i = 0; i < count; ++i) {
                cell[a].push_back(static_cast<std::int32_t>(random() % cells));
                within[a].push_back(static_cast<Real>(number(random) - 0.5));
            }
            places.cell[a] = cell[a].data();
            places.within[a] = within[a].data();
        }
        std::vector<Real> results(count);
        loops.interpolate(box.data(), slice, places, count, table.data(), results.data());
        for (std::size_t i = 0; i < count; ++i) {
            std::array<std::array<Real, point_lanes>, 3> weights{};
            for (std::size_t a = 0; a < 3; ++a) {
                const Real* const from = table.data() + static_cast<std::size_t>(cell[a][i]) * 3 * point_lanes;
                for (std::size_t n = 0; n < point_lanes; ++n) {
                    const Real slope = from[n + point_lanes] + within[a][i] * from[n + 2 * point_lanes];
                    weights[a][n] = from[n] + within[a][i] * slope;
                }
            }
            REQUIRE(results[i] == between(box.data() + at[i], slice, weights));
        }
    }
}

template <class Real>
void test_locating(const PointLoops<Real>& loops) {
    std::mt19937 random(22);
    constexpr double infinite = std::numeric_limits<double>::infinity();
    constexpr double tiny = std::numeric_limits<double>::min();
    std::vector<double> given{0,    -tiny, 1 - 1e-16, 1e-20, -4,       -3.999999, -5,  1e300,
                              50.5, 54,    54.5,      -1e9,  infinite, -infinite, 7.5, std::nextafter(8.0, 0.0)};
    given.push_back(std::numeric_limits<double>::quiet_NaN());
    for (int i = 0; i < 300; ++i) given.push_back(70 * number(random) - 10);
    std::vector<std::int32_t> below(given.size());
    std::vector<std::int32_t> cell(given.size());
    std::vector<Real> within(given.size());
    PointAxis<Real> axis;
    axis.low = -4;
    axis.high = 54;
    axis.cells = 16;
    axis.below = below.data();
    axis.cell = cell.data();
    axis.within = within.data();
    loops.locate(given.data(), given.size(), axis);
    for (std::size_t i = 0; i < given.size(); ++i) {
        const double place = std::isnan(given[i]) ? axis.low : std::clamp(given[i], axis.low, axis.high);
        const double found = below[i] + (cell[i] + 0.5 + static_cast<double>(within[i])) / axis.cells;
        CAPTURE(given[i]);
        REQUIRE(std::abs(found - place) < 1e-8);
        REQUIRE(cell[i] >= 0);
        REQUIRE(cell[i] < axis.cells);
        REQUIRE(std::abs(within[i]) < static_cast<Real>(0.5 + 1e-6));
        if (std::abs(place - std::round(place)) > 1e-9) REQUIRE(below[i] == std::floor(place));
    }
}

}  // namespace

TEST_CASE("samples between others are the same bytes by every instruction set", "[loops]") {
    for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
        if (!has(set)) {
            WARN("skipped for instruction set " << static_cast<int>(set) << ": this processor does not have it");
            continue;
        }
        INFO("instruction set " << static_cast<int>(set));
        test_interpolating(point_loops<float>(set));
        test_interpolating(point_loops<double>(set));
        test_locating(point_loops<float>(set));
        test_locating(point_loops<double>(set));
    }
}
