#include "transform/body.hpp"

#include <algorithm>
#include <utility>

namespace stack2nrrd {

Bounds hull(const Bounds& a, const Bounds& b) noexcept {
    Bounds both;
    for (std::size_t d = 0; d < 3; ++d) {
        both.low[d] = std::min(a.low[d], b.low[d]);
        both.high[d] = std::max(a.high[d], b.high[d]);
    }
    return both;
}

Body body_of(const Bounds& box) { return moved({}, box); }

Body image_of(const Body& body, const Affine& map) {
    Body image{mapped(map, body.centre), {}};
    image.generators.reserve(body.generators.size());
    for (const Vector3& generator : body.generators) image.generators.push_back(product(map.matrix, generator));
    return image;
}

Body moved(Body body, const Bounds& by) {
    for (std::size_t d = 0; d < 3; ++d) {
        body.centre[d] += (by.low[d] + by.high[d]) / 2;
        Vector3 generator{0, 0, 0};
        generator[d] = (by.high[d] - by.low[d]) / 2;
        body.generators.push_back(generator);
    }
    return body;
}

Bounds box_around(const Body& body) noexcept {
    Bounds box{body.centre, body.centre};
    for (const Vector3& generator : body.generators) {
        for (std::size_t d = 0; d < 3; ++d) {
            box.low[d] -= std::abs(generator[d]);
            box.high[d] += std::abs(generator[d]);
        }
    }
    return box;
}

Bounds cells_of(const std::array<Index, 3>& size) noexcept {
    Bounds box;
    for (std::size_t d = 0; d < 3; ++d) {
        box.low[d] = -0.5;
        box.high[d] = static_cast<double>(size[d]) - 0.5;
    }
    return box;
}

}  // namespace stack2nrrd
