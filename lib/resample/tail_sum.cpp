#include "resample/tail_sum.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace stack2nrrd {

namespace {

/// Nodes and weights of Gauss and Legendre on [-1, 1], 16 points; those of the other side are the same. Abramowitz and
/// Stegun, table 25.4.
struct Node {
    double x;
    double weight;
};
constexpr std::array<Node, 8> nodes{{{0.095012509837637454, 0.18945061045506859},
                                     {0.28160355077925892, 0.18260341504492361},
                                     {0.45801677765722737, 0.16915651939500262},
                                     {0.61787624440264377, 0.14959598881657676},
                                     {0.755404408355003, 0.12462897125553403},
                                     {0.86563120238783176, 0.095158511682492591},
                                     {0.9445750230732326, 0.062253523938647706},
                                     {0.98940093499164994, 0.027152459411754037}}};

/// Kernels are smooth between multiples of this, and bend so little there that 16 nodes find an integral to the last
/// digit.
double smooth_width(const Kernel& kernel) {
    const double narrow = std::min(kernel.scale(), kernel.support() / 16);
    return kernel.kind() == Kernel::Kind::gauss ? std::min(narrow, kernel.sigma()) : narrow;
}

/// Beyond this a kernel is nothing, even if its support goes on.
double vanishes_at(const Kernel& kernel) {
    return kernel.kind() == Kernel::Kind::gauss ? std::min(kernel.support(), 39 * kernel.sigma()) : kernel.support();
}

}  // namespace

double tail_sum(const Kernel& kernel, Index first, Index unit, Index count, Index wide) {
    const auto at = [&](double i) {
        return kernel((static_cast<double>(first) + i * static_cast<double>(unit)) / static_cast<double>(wide));
    };
    const auto direct = [&](Index begin, Index end) {
        double sum = 0;
        for (Index i = begin; i < end; ++i) sum += at(static_cast<double>(i));
        return sum;
    };
    /// Which point is the first at or beyond x?
    const auto point_at = [&](double x) {
        const double i =
            std::ceil((x * static_cast<double>(wide) - static_cast<double>(first)) / static_cast<double>(unit));
        return static_cast<Index>(std::clamp(i, 0.0, static_cast<double>(count)));
    };
    // Smooth pieces do not cross a multiple of half of the scale, where splines have their knots.
    const double scale = kernel.scale();
    const double parts = 2 * std::ceil(scale / 2 / smooth_width(kernel));
    const Index end = point_at(vanishes_at(kernel));
    const double first_x = static_cast<double>(first) / static_cast<double>(wide);

    double sum = 0;
    auto piece = static_cast<Index>(first_x / scale * parts);
    for (Index begin = 0; begin < end; ++piece) {
        const Index next = std::min(end, point_at(static_cast<double>(piece + 1) / parts * scale));
        constexpr Index apart = 3;  // points at both ends that are summed by themselves: none is beyond a knot then
        constexpr Index least = 64;
        if (next - begin < least) {
            sum += direct(begin, next);
        } else {
            // Euler and Maclaurin, for midpoints: a sum is the integral, less 1/24 of what the slope has grown. The
            // next term is lost in a double.
            const Index low = begin + apart;
            const Index high = next - apart;
            const double half = static_cast<double>(high - low) / 2;
            const double middle = static_cast<double>(low) - 0.5 + half;
            double integral = 0;
            for (const Node& node : nodes)
                integral += node.weight * (at(middle - half * node.x) + at(middle + half * node.x));
            const auto slope_before = [&](Index i) {
                return at(static_cast<double>(i)) - at(static_cast<double>(i - 1));
            };
            sum += direct(begin, low) + half * integral - (slope_before(high) - slope_before(low)) / 24 +
                   direct(high, next);
        }
        begin = next;
    }
    return sum;
}

}  // namespace stack2nrrd
