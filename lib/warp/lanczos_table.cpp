#include "warp/lanczos_table.hpp"

#include "loops/loops.hpp"

#include <stack2nrrd/kernel.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace stack2nrrd {

namespace {

using Weights = std::array<double, taps>;

/// Of a place `within` the step from one sample to the next.
Weights weights_at(const Kernel& kernel, double within) {
    Weights weights{};
    double sum = 0;
    for (int i = 0; i < taps; ++i) {
        weights[static_cast<std::size_t>(i)] = kernel(static_cast<double>(i - taps_before) - within);
        sum += weights[static_cast<std::size_t>(i)];
    }
    for (double& w : weights) w /= sum;
    return weights;
}

/// What rounding took from the sum of the coefficients is given to the largest.
template <class Real>
void put(const Weights& coefficients, double sum, Real* to) {
    std::size_t largest = 0;
    double rounded = 0;
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
        to[i] = static_cast<Real>(coefficients[i]);
        rounded += static_cast<double>(to[i]);
        if (std::abs(coefficients[i]) > std::abs(coefficients[largest])) largest = i;
    }
    to[largest] = static_cast<Real>(static_cast<double>(to[largest]) + (sum - rounded));
}

/// A parabola for each weight and cell, through three points: the middle, and where Chebyshev's polynomial of degree 3
/// has its zeros, which leaves the least error.
template <class Real>
Buffer<Real> make_table() {
    const Kernel kernel;
    constexpr int cells = table_cells<Real>;
    const double from_middle = std::sqrt(3.0) / 4;  // of a cell
    Buffer<Real> table(static_cast<std::size_t>(cells) * 3 * point_lanes);
    for (int cell = 0; cell < cells; ++cell) {
        const auto at = [&](double within) { return weights_at(kernel, (cell + 0.5 + within) / cells); };
        const Weights middle = at(0);
        const Weights below = at(-from_middle);
        const Weights above = at(from_middle);
        Weights slope{};
        Weights bend{};
        for (std::size_t i = 0; i < middle.size(); ++i) {
            slope[i] = (above[i] - below[i]) / (2 * from_middle);
            bend[i] = (above[i] + below[i] - 2 * middle[i]) / (2 * from_middle * from_middle);
        }
        Real* const to = table.data() + static_cast<std::size_t>(cell) * 3 * point_lanes;
        put(middle, 1.0, to);
        put(slope, 0.0, to + point_lanes);
        put(bend, 0.0, to + 2 * point_lanes);
    }
    return table;
}

}  // namespace

template <class Real>
const Buffer<Real>& lanczos_table() {
    static const Buffer<Real> table = make_table<Real>();
    return table;
}

template const Buffer<float>& lanczos_table<float>();
template const Buffer<double>& lanczos_table<double>();

}  // namespace stack2nrrd
