// Displacements that are known on a grid: fields and B-splines, against slow sums over all of their samples.

#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "transform/bspline.hpp"
#include "transform/displacement_field.hpp"
#include "transform/slow.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace stack2nrrd;
using slow::Size;

std::size_t numbers(const Size& size) { return static_cast<std::size_t>(3 * size[0] * size[1] * size[2]); }

/// All over the grid and beside it, some of them at its samples if `whole`.
std::vector<Vector3> points_around(std::mt19937& random, const Geometry& grid, const Size& size, int count,
                                   bool whole) {
    std::vector<Vector3> points;
    for (int i = 0; i < count; ++i) {
        Vector3 index;
        for (std::size_t a = 0; a < 3; ++a) {
            index[a] = std::uniform_real_distribution<double>(-1.5, static_cast<double>(size[a]) + 0.5)(random);
            if (whole && i % 5 == 0) index[a] = std::round(index[a]);
        }
        points.push_back(slow::place_of(grid, index));
    }
    return points;
}

template <class Slow>
void check_against(const Transform& transform, const std::vector<Vector3>& points, Slow expected) {
    std::vector<Vector3> mapped = points;
    transform.apply(mapped);
    int moved = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Vector3 truth = expected(points[i]);
        for (std::size_t d = 0; d < 3; ++d) CHECK(mapped[i][d] == Approx(truth[d]).margin(1e-9));
        moved += truth != points[i] ? 1 : 0;
        // Alone it goes to the very same place.
        Vector3 alone = points[i];
        transform.apply({&alone, 1});
        CHECK(alone == mapped[i]);
    }
    CHECK(moved > 0);
    CHECK(moved < static_cast<int>(points.size()));
    CHECK(!transform.linear());
}

}  // namespace

TEST_CASE("a displacement field is trilinear between samples, and ends with the cells of the outermost",
          "[transform]") {
    std::mt19937 random(1);
    for (const Size& size : {Size{4, 3, 5}, Size{1, 6, 2}, Size{7, 1, 1}}) {
        const Geometry grid = slow::random_grid(random);
        const std::vector<double> vectors = slow::noise(random, numbers(size), 5);
        const std::vector<Vector3> points = points_around(random, grid, size, 200, true);
        const auto truth = [&](const Vector3& point) { return slow::in_field(grid, size, vectors, point); };
        const TransformPtr of_doubles = displacement_field(grid, size, vectors);
        check_against(*of_doubles, points, truth);
        CHECK(of_doubles->memory_bytes() == static_cast<std::int64_t>(8 * vectors.size()));
        const TransformPtr of_floats =
            displacement_field(grid, size, std::vector<float>(vectors.begin(), vectors.end()));
        check_against(*of_floats, points, truth);
        CHECK(of_floats->memory_bytes() == static_cast<std::int64_t>(4 * vectors.size()));
    }
}

TEST_CASE("the rim of a field is inside at -1/2, and outside at size - 1/2", "[transform]") {
    const std::vector<double> vectors{10, 20, 30, 11, 21, 31};
    const TransformPtr field = displacement_field({}, {2, 1, 1}, vectors);
    const auto by = [&](const Vector3& point) {
        const Vector3 to = slow::map_of(*field)(point);
        return Vector3{to[0] - point[0], to[1] - point[1], to[2] - point[2]};
    };
    CHECK(by({-0.5, 0, 0}) == Vector3{10, 20, 30});
    CHECK(by({-0.5, -0.5, -0.5}) == Vector3{10, 20, 30});
    CHECK(by({std::nextafter(-0.5, -1), 0, 0}) == Vector3{0, 0, 0});
    CHECK(by({0.5, 0, 0}) == Vector3{10.5, 20.5, 30.5});
    CHECK(by({1.25, 0.25, 0}) == Vector3{11, 21, 31});
    CHECK(by({1.5, 0, 0}) == Vector3{0, 0, 0});
    CHECK(by({1, 0.5, 0}) == Vector3{0, 0, 0});
    CHECK(by({1, 0, 1e9}) == Vector3{0, 0, 0});
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(slow::map_of(*field)({1, 0.25, nan})[1] == 0.25);
}

TEST_CASE("a B-spline is the sum of its control points' splines, and ends where some are missing", "[transform]") {
    std::mt19937 random(2);
    for (const Size& size : {Size{4, 4, 4}, Size{7, 4, 5}, Size{5, 9, 6}}) {
        const Geometry grid = slow::random_grid(random);
        const std::vector<double> vectors = slow::noise(random, numbers(size), 5);
        const TransformPtr spline = bspline(grid, size, vectors);
        check_against(*spline, points_around(random, grid, size, 200, false),
                      [&](const Vector3& point) { return slow::in_spline(grid, size, vectors, point); });
        CHECK(spline->memory_bytes() == static_cast<std::int64_t>(8 * vectors.size()));
    }
    // Control points on a straight line make it that line.
    std::vector<double> line;
    for (int i = 0; i < 6 * 4 * 4; ++i) line.insert(line.end(), {0.5 * (i % 6), 0, 1});
    const TransformPtr linear = bspline({}, {6, 4, 4}, line);
    CHECK(slow::map_of(*linear)({2.5, 1.5, 1})[0] == Approx(3.75));
    CHECK(slow::map_of(*linear)({4, 1, 1})[0] == Approx(6));  // the rim, as rounding may have it
    CHECK(slow::map_of(*linear)({4.0001, 1, 1})[0] == 4.0001);
    CHECK(slow::map_of(*linear)({1, 1, 1})[2] == Approx(2));
    CHECK(slow::map_of(*linear)({0.9999, 1, 1})[2] == 1);
}

TEST_CASE("a B-spline over a volume moves its outermost samples, too, as they round", "[transform]") {
    // As ITK's own examples lay it: from the first sample to the last, and a cell more on each side.
    std::mt19937 random(4);
    for (int i = 0; i < 300; ++i) {
        const double spacing = std::uniform_real_distribution<double>(0.003, 3)(random);
        const double origin = std::uniform_real_distribution<double>(-300, 300)(random);
        const int samples = std::uniform_int_distribution<int>(8, 400)(random);
        const int cells = std::uniform_int_distribution<int>(1, 9)(random);
        const double cell = spacing * (samples - 1) / cells;
        const double first = origin - cell;
        Geometry grid;
        grid.direction = {Vector3{cell, 0, 0}, Vector3{0, cell, 0}, Vector3{0, 0, cell}};
        grid.origin = {first, first, first};
        const Size size{cells + 3, cells + 3, cells + 3};
        const TransformPtr spline = bspline(grid, size, std::vector<double>(numbers(size), 7.0));
        CAPTURE(spacing, origin, samples, cells);
        for (const double end : {origin, origin + spacing * (samples - 1)}) {
            CHECK(slow::map_of(*spline)({end, end, end})[0] == Approx(end + 7).margin(1e-9));
        }
        const double outside = origin - 1e-4 * cell;
        CHECK(slow::map_of(*spline)({outside, origin, origin})[0] == outside);
    }
}

TEST_CASE("fields and B-splines that cannot be are refused", "[transform]") {
    std::string sentence;
    const auto refused = [&](auto action) {
        sentence.clear();
        return support::refusal(action, &sentence) == ErrorCode::invalid_argument;
    };
    CHECK(refused([] { static_cast<void>(displacement_field({}, {2, 2, 2}, std::vector<float>(23))); }));
    CHECK(sentence.find("23 numbers") != std::string::npos);
    CHECK(refused([] { static_cast<void>(displacement_field({}, {2, 0, 2}, std::vector<float>())); }));
    std::vector<float> vectors(24);
    vectors[3 * 6 + 1] = std::numeric_limits<float>::quiet_NaN();
    CHECK(refused([&] { static_cast<void>(displacement_field({}, {2, 2, 2}, vectors)); }));
    CHECK(sentence.find("sample 0, 1, 1,") != std::string::npos);
    Geometry flat;
    flat.direction[2] = flat.direction[1];
    CHECK(refused([&] { static_cast<void>(displacement_field(flat, {2, 2, 2}, std::vector<float>(24))); }));

    CHECK(refused([] { static_cast<void>(bspline({}, {4, 3, 4}, std::vector<double>(144))); }));
    CHECK(sentence.find("at least 4") != std::string::npos);
    CHECK(refused([] { static_cast<void>(bspline({}, {4, 4, 4}, std::vector<double>(191))); }));
    CHECK(refused([] { static_cast<void>(bspline({}, {4, 4, 4}, std::vector<double>(192, INFINITY))); }));
}
