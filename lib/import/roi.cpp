#include "import/roi.hpp"

#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace stack2nrrd {

namespace {

/// Places are decimals in doubles: a centre that is meant to lie on the border may seem to lie beside it.
constexpr double on_border = 1e-6;  // of a sample

/// Slicer takes a box for unrotated up to this sine, too.
constexpr double parallel = 1e-3;

double dot(const Vector3& a, const Vector3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/// The axis of the box that runs along `direction`, in either sense.
std::size_t edge_along(const Box& box, const Vector3& direction) {
    for (std::size_t edge = 0; edge < 3; ++edge) {
        const Vector3& e = box.edges[edge];
        const Vector3 cross{e[1] * direction[2] - e[2] * direction[1], e[2] * direction[0] - e[0] * direction[2],
                            e[0] * direction[1] - e[1] * direction[0]};
        const double lengths = std::hypot(e[0], e[1], e[2]) * std::hypot(direction[0], direction[1], direction[2]);
        if (std::hypot(cross[0], cross[1], cross[2]) <= parallel * lengths) return edge;
    }
    throw Error(ErrorCode::invalid_argument,
                "--roi: the box is turned against the axes of the source, edges along them were expected; turn it "
                "back, or crop by samples with --crop");
}

}  // namespace

std::array<Range, 3> samples_in(const Box& box, const Geometry& source, const std::array<Index, 3>& size) {
    Vector3 centre{};
    for (std::size_t world = 0; world < 3; ++world) centre[world] = box.centre[world] - source.origin[world];
    std::array<Range, 3> samples;
    for (std::size_t a = 0; a < 3; ++a) {
        const Vector3& direction = source.direction[a];
        const double length = std::hypot(direction[0], direction[1], direction[2]);
        const double middle = dot(centre, direction) / length / length;
        const double half = box.half[edge_along(box, direction)] / length;
        const double last = static_cast<double>(size[a] - 1);
        const double first = std::max(0.0, std::ceil(middle - half - on_border));
        const double end = std::min(last, std::floor(middle + half + on_border)) + 1;
        if (!(first < end)) {
            throw Error(ErrorCode::invalid_argument,
                        std::string("--roi: the box holds the centre of no sample along ") + "xyz"[a] +
                            ": it reaches from sample " + number_text(middle - half) + " to " +
                            number_text(middle + half) + ", the source has 0 to " + std::to_string(size[a] - 1) +
                            "; check its place, in LPS and mm");
        }
        samples[a] = {static_cast<Index>(first), static_cast<Index>(end)};
    }
    return samples;
}

}  // namespace stack2nrrd
