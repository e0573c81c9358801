// The table of weights against their formula.

#include "warp/lanczos_table.hpp"

#include "loops/loops.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace {

using namespace stack2nrrd;

double lanczos(double x) {
    if (x == 0) return 1;
    const double angle = std::numbers::pi * x;
    return std::abs(x) >= 3 ? 0 : 3 * std::sin(angle) * std::sin(angle / 3) / (angle * angle);
}

/// The largest error of a weight, and of their sum.
template <class Real>
std::array<double, 2> errors() {
    const Buffer<Real>& table = lanczos_table<Real>();
    std::array<double, 2> worst{};
    for (int step = 0; step < 20000; ++step) {
        const double place = step / 20000.0;
        std::array<double, 6> exact{};
        double all = 0;
        for (std::size_t i = 0; i < 6; ++i) all += exact[i] = lanczos(static_cast<double>(i) - 2 - place);
        const double at = place * table_cells<Real>;
        const int cell = static_cast<int>(at);
        const auto within = static_cast<Real>(at - cell - 0.5);
        const Real* const from = table.data() + static_cast<std::size_t>(cell) * 3 * point_lanes;
        double sum = 0;
        for (std::size_t i = 0; i < point_lanes; ++i) {
            const Real slope = from[i + point_lanes] + within * from[i + 2 * point_lanes];
            const Real weight = from[i] + within * slope;
            if (i >= 6) CHECK(weight == 0);
            if (i < 6) worst[0] = std::max(worst[0], std::abs(static_cast<double>(weight) - exact[i] / all));
            sum += static_cast<double>(weight);
        }
        worst[1] = std::max(worst[1], std::abs(sum - 1));
    }
    return worst;
}

}  // namespace

TEST_CASE("a table has the weights of lanczos:3, which sum to one", "[warp]") {
    const auto single = errors<float>();
    CHECK(single[0] < 2.5e-7);
    CHECK(single[1] < 2e-7);
    const auto twice = errors<double>();
    CHECK(twice[0] < 3e-9);
    CHECK(twice[1] < 1e-15);
}
