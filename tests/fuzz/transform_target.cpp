#include "transform_target.hpp"

#include <cmath>

namespace stack2nrrd::fuzz {

namespace {

bool is_finite(const Bounds& box) {
    double sum = 0;
    for (std::size_t d = 0; d < 3; ++d) sum += std::abs(box.low[d]) + std::abs(box.high[d]);
    return std::isfinite(sum);
}

bool is_same(const Vector3& a, const Vector3& b) {
    for (std::size_t d = 0; d < 3; ++d) {
        if (!(a[d] == b[d] || (std::isnan(a[d]) && std::isnan(b[d])))) return false;
    }
    return true;
}

/// Is a point in the box, but for the rounding of numbers as large as these?
bool is_in(const Bounds& box, const Vector3& point, double scale) {
    for (std::size_t d = 0; d < 3; ++d) {
        const double slack = 1e-8 * (scale + std::abs(box.low[d]) + std::abs(box.high[d]));
        if (!(point[d] >= box.low[d] - slack && point[d] <= box.high[d] + slack)) return false;
    }
    return true;
}

}  // namespace

void check_transform(const Transform& transform, Bytes bytes) {
    Choices choose(bytes);
    const auto number = [&] { return static_cast<double>(choose.below(2001)) / 10 - 100; };
    Bounds box;
    for (std::size_t d = 0; d < 3; ++d) {
        box.low[d] = number();
        box.high[d] = box.low[d] + static_cast<double>(choose.below(500)) / 10;
    }
    std::vector<Vector3> points;
    for (int i = 0; i < 32; ++i) {
        Vector3 point;
        for (std::size_t d = 0; d < 3; ++d) {
            point[d] = box.low[d] + (box.high[d] - box.low[d]) * static_cast<double>(choose.below(9)) / 8;
        }
        points.push_back(point);
    }
    std::vector<Vector3> mapped = points;
    transform.apply(mapped);
    const std::size_t some = choose.below(points.size());
    std::vector<Vector3> alone{points[some]};
    transform.apply(alone);
    holds(is_same(alone[0], mapped[some]), "a point goes elsewhere with others beside it");
    holds(transform.memory_bytes() >= 0, "a transform takes less than no memory");
    static_cast<void>(transform.linear());

    const Body body = body_of(box);
    const Bounds image = box_around(transform.image(body));
    Extremes extremes(unit_matrix, unit_matrix);
    transform.differentiate(body, extremes);
    // A map that flattens everything loses where a point came from.
    bool can_go_back = true;
    for (std::size_t d = 0; d < 3; ++d)
        can_go_back = can_go_back && extremes.least()[d] > 1e-3 && extremes.most()[d] < 1e3;
    constexpr double largest = 1e6;  // beyond it sums lose what is compared here
    for (std::size_t i = 0; i < points.size(); ++i) {
        double scale = 0;
        for (std::size_t d = 0; d < 3; ++d) scale += std::abs(mapped[i][d]) + std::abs(points[i][d]);
        if (!(scale <= largest)) continue;
        holds(!is_finite(image) || is_in(image, mapped[i], scale), "a point goes outside of the image of its body");
        const Bounds back = box_around(transform.preimage(body_of({mapped[i], mapped[i]})));
        holds(!can_go_back || !is_finite(back) || is_in(back, points[i], scale),
              "a point comes from outside of a preimage");
    }
}

}  // namespace stack2nrrd::fuzz
