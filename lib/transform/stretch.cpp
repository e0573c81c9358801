#include "transform/stretch.hpp"

#include <stack2nrrd/error.hpp>

namespace stack2nrrd {

namespace {

/// From places to indices.
Affine indices_of(const Geometry& geometry) {
    const std::optional<Affine> indices = inverse(places_of(geometry));
    if (indices) return *indices;
    throw Error(ErrorCode::invalid_argument,
                "the directions of a grid do not span the space, three independent ones were expected; correct them");
}

}  // namespace

Stretch stretch(const Transform& transform, const Geometry& output, const std::array<Index, 3>& size,
                const Geometry& source) {
    static_cast<void>(indices_of(output));
    const Affine places = places_of(output);
    Extremes extremes(indices_of(source).matrix, places.matrix);
    transform.differentiate(image_of(body_of(cells_of(size)), places), extremes);
    return {extremes.most(), extremes.least(), extremes.folds()};
}

Bounds reached(const Transform& transform, const Geometry& output, const Bounds& samples, const Geometry& source) {
    const Body places = image_of(body_of(samples), places_of(output));
    return box_around(image_of(transform.image(places), indices_of(source)));
}

Bounds covering(const Transform& transform, const Geometry& output, const Geometry& source, const Bounds& samples) {
    const Body places = image_of(body_of(samples), places_of(source));
    return box_around(image_of(transform.preimage(places), indices_of(output)));
}

}  // namespace stack2nrrd
