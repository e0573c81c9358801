// What transforms do to lengths, and where they take boxes: against differences of many points.

#include "transform/stretch.hpp"
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
#include <vector>

namespace {

using namespace stack2nrrd;
using slow::Size;

std::size_t numbers(const Size& size) { return static_cast<std::size_t>(3 * size[0] * size[1] * size[2]); }

Stretch nothing() {
    Stretch none;
    none.least.fill(std::numeric_limits<double>::infinity());
    return none;
}

void take(Stretch& all, const Stretch& one) {
    for (std::size_t i = 0; i < 3; ++i) {
        all.most[i] = std::max(all.most[i], one.most[i]);
        all.least[i] = std::min(all.least[i], one.least[i]);
    }
}

Affine random_affine(std::mt19937& random, double off) {
    std::uniform_real_distribution<double> number(-off, off);
    Affine map;
    for (Vector3& row : map.matrix) {
        for (double& n : row) n += number(random);
    }
    map.offset = {number(random), number(random), number(random)};
    return map;
}

double uniform(std::mt19937& random, double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
}

/// In the grid and its cells.
Vector3 random_index(std::mt19937& random, const Size& size) {
    Vector3 index;
    for (std::size_t a = 0; a < 3; ++a) index[a] = uniform(random, -0.5, static_cast<double>(size[a]) - 0.5);
    return index;
}

/// Smooth, with a place where it is sharp.
std::vector<double> one_sharp_place(std::mt19937& random, const Size& size) {
    std::vector<double> vectors = slow::noise(random, numbers(size), 0.02);
    const auto at = static_cast<std::size_t>(3 * ((size[2] / 2 * size[1] + size[1] / 3) * size[0] + size[0] - 2));
    vectors[at] += 0.6;
    vectors[at + 1] -= 0.3;
    return vectors;
}

}  // namespace

TEST_CASE("the stretch of a linear transform is that of its matrix", "[transform]") {
    // 3 source samples an output step along x, as y of the source; 2 along y, 1/2 along z.
    Geometry output;
    output.direction = {Vector3{0, 3, 0}, Vector3{2, 0, 0}, Vector3{0, 0, 0.5}};
    const Stretch plain = stretch(*linear_transform({}), output, {10, 10, 10}, {});
    CHECK(plain.most == Vector3{3, 2, 0.5});
    CHECK(plain.least == Vector3{2, 3, 0.5});
    CHECK(!plain.folds);
    // A mirror is no fold.
    CHECK(!stretch(*linear_transform({{Vector3{-1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}}, {}}), {}, {4, 4, 4}, {})
               .folds);

    std::mt19937 random(5);
    for (int round = 0; round < 50; ++round) {
        const Geometry from = slow::random_grid(random);
        const Geometry to = slow::random_grid(random);
        const TransformPtr map = linear_transform(random_affine(random, 0.5));
        const Stretch found = stretch(*map, from, {3, 4, 5}, to);
        const Stretch truth = slow::stretch_of(slow::jacobian(slow::map_of(*map), from, to, {1, 2, 3}, {1, 1, 1}));
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK(found.most[i] == Approx(truth.most[i]).epsilon(1e-7));
            CHECK(found.least[i] == Approx(truth.least[i]).epsilon(1e-7));
        }
    }
    Geometry flat;
    flat.direction[2] = flat.direction[1];
    const TransformPtr identity = chain({});
    CHECK(support::refusal([&] {
              static_cast<void>(stretch(*identity, flat, {4, 4, 4}, {}));
          }) == ErrorCode::invalid_argument);
    CHECK(support::refusal([&] {
              static_cast<void>(stretch(*identity, {}, {4, 4, 4}, flat));
          }) == ErrorCode::invalid_argument);
}

// A sample of the output every so often would miss a place that is sharper than its grid: each corner of each cell of
// the field counts, in the directions into the cell.
TEST_CASE("the stretch of a field is found at the corners of all of its cells", "[transform]") {
    std::mt19937 random(6);
    for (int round = 0; round < 12; ++round) {
        const Size size{5 + round % 3, 4, 6};
        const Geometry grid = slow::random_grid(random);
        const Geometry source = slow::random_grid(random);
        const std::vector<double> vectors =
            round % 2 == 0 ? slow::noise(random, numbers(size), 0.15) : one_sharp_place(random, size);
        // Linear parts before and behind it, and the output all around: each of the cells is in it.
        const Affine before = random_affine(random, 0.3);
        const TransformPtr transform = chain({linear_transform(before), displacement_field(grid, size, vectors),
                                              linear_transform(random_affine(random, 0.3))});
        Geometry output;
        output.direction = {Vector3{8, 0, 0}, Vector3{0, 8, 0}, Vector3{0, 0, 8}};
        output.origin = {-160, -160, -160};
        const Stretch found = stretch(*transform, output, {40, 40, 40}, source);

        // The corners of a cell, a little inside of it: the derivative is that of the cell, all along its edges.
        Stretch truth = nothing();
        const slow::Map map = slow::map_of(*transform);
        const Affine back = inverse(before).value();
        Geometry in_field = grid;  // the field's indices as those of the output, as seen in front of `before`
        in_field.origin = mapped(back, grid.origin);
        for (Vector3& direction : in_field.direction) direction = product(back.matrix, direction);
        bool upright = false;
        bool turned = false;
        for (Index z = -1; z < size[2]; ++z) {
            for (Index y = -1; y < size[1]; ++y) {
                for (Index x = -1; x < size[0]; ++x) {
                    for (int corner = 0; corner < 8; ++corner) {
                        const std::array<Index, 3> cell{x, y, z};
                        Vector3 at;
                        Vector3 towards;
                        for (std::size_t a = 0; a < 3; ++a) {
                            const bool high = (corner >> a & 1) != 0;
                            const double low = cell[a] < 0 ? -0.5 : static_cast<double>(cell[a]);
                            const double end = cell[a] == size[a] - 1 ? static_cast<double>(cell[a]) + 0.5
                                                                      : static_cast<double>(cell[a] + 1);
                            at[a] = high ? end - 1e-6 : low + 1e-6;
                            towards[a] = high ? -1 : 1;
                        }
                        // By the field's index, and then by the output's.
                        const Matrix3 by_cell = slow::jacobian(map, in_field, source, at, towards);
                        Matrix3 j{};
                        for (std::size_t b = 0; b < 3; ++b) {
                            Vector3 step = slow::index_in(in_field, sum(in_field.origin, output.direction[b]));
                            for (std::size_t a = 0; a < 3; ++a) j[a][b] = dot(by_cell[a], step);
                        }
                        take(truth, slow::stretch_of(j));
                        (determinant(j) > 0 ? upright : turned) = true;
                    }
                }
            }
        }
        // Outside there is no displacement.
        const Vector3 outside{-0.4, -0.4, -0.4};
        take(truth, slow::stretch_of(slow::jacobian(map, output, source, outside, {1, 1, 1})));
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK(found.most[i] == Approx(truth.most[i]).epsilon(1e-4));
            CHECK(found.least[i] == Approx(truth.least[i]).epsilon(1e-3));
        }
        CHECK(found.folds == (upright && turned));
    }
}

// A cell that was passed over since another one had been further from the rest in another direction.
TEST_CASE("each axis has extremes of its own", "[transform]") {
    const Size size{12, 12, 12};
    std::vector<double> vectors(numbers(size));
    const auto at = [&](Index x, Index y, Index z) {
        return static_cast<std::size_t>(3 * ((z * size[1] + y) * size[0] + x));
    };
    for (Index z = 0; z < 12; ++z) {
        for (Index y = 0; y < 12; ++y) {
            for (Index x = 0; x < 12; ++x) {
                vectors[at(x, y, z)] = x > 2 ? -0.9 : 0;       // along x much shorter, between 2 and 3
                vectors[at(x, y, z) + 1] = y > 8 ? 0.5 : 0;    // along y longer, between 8 and 9
                vectors[at(x, y, z) + 2] = z > 9 ? -0.25 : 0;  // along z shorter, between 9 and 10
            }
        }
    }
    const Stretch found = stretch(*displacement_field({}, size, vectors), {}, size, {});
    for (std::size_t a = 0; a < 3; ++a) {
        CHECK(found.most[a] == Approx(a == 1 ? 1.5 : 1));
        CHECK(found.least[a] == Approx(a == 0 ? 0.1 : a == 1 ? 1 : 0.75));
    }
    CHECK(!found.folds);
}

TEST_CASE("what is passed over is within all extremes", "[transform]") {
    Extremes extremes(unit_matrix, unit_matrix);
    Departures departures(unit_matrix, extremes);
    const auto along = [](double x, double y, double z) {
        return std::array<Vector3, 3>{Vector3{x, 0, 0}, Vector3{0, y, 0}, Vector3{0, 0, z}};
    };
    const auto boxes = [](const std::array<Vector3, 3>& columns, double around) {
        std::array<Bounds, 3> result;
        for (std::size_t a = 0; a < 3; ++a) {
            for (std::size_t d = 0; d < 3; ++d) {
                result[a].low[d] = columns[a][d] - around;
                result[a].high[d] = columns[a][d] + around;
            }
        }
        return result;
    };
    CHECK(departures.may_count(boxes(along(0, 0, 0), 0)));
    departures.take(along(-0.9, -0.5, -0.9));
    CHECK(departures.may_count(boxes(along(-0.89, -0.49, -0.89), 0)));  // longer than all that were seen
    departures.take(along(0, 0, 0));
    CHECK(!departures.may_count(boxes(along(-0.2, -0.2, -0.2), 0.01)));
    CHECK(departures.may_count(boxes(along(-0.2, -0.2, -0.2), 0.3)));
    CHECK(departures.may_count(boxes(along(0, 0.5, 0), 0)));   // only longer
    CHECK(departures.may_count(boxes(along(0, -0.6, 0), 0)));  // only shorter
    CHECK(departures.may_count(boxes(along(-0.9, -0.5, -0.9), 0.001)));
    CHECK(!extremes.folds());
    Extremes turned(unit_matrix, unit_matrix);
    Departures folding(unit_matrix, turned);
    folding.take(along(-3, 1, 1));
    CHECK(!turned.folds());
    folding.take(along(1, 1, 1));
    CHECK(turned.folds());
}

TEST_CASE("a B-spline on a straight line stretches evenly", "[transform]") {
    std::vector<double> line;
    for (int i = 0; i < 6 * 5 * 4; ++i) line.insert(line.end(), {0.5 * (i % 6), -0.25 * (i / 6 % 5), 0});
    const TransformPtr spline = bspline({}, {6, 5, 4}, line);
    Geometry inside;
    inside.origin = {1.5, 1.5, 1.5};
    const Stretch found = stretch(*spline, inside, {3, 2, 1}, {});
    const Vector3 truth{1.5, 0.75, 1};
    for (std::size_t a = 0; a < 3; ++a) {
        CHECK(found.most[a] == Approx(truth[a]));
        CHECK(found.least[a] == Approx(truth[a]));
    }
    CHECK(!found.folds);
    // Outside it is the identity.
    CHECK(stretch(*spline, inside, {4, 2, 1}, {}).most[1] == Approx(1));
}

TEST_CASE("only cells that the output touches count", "[transform]") {
    const Size size{12, 12, 12};
    std::vector<double> vectors(numbers(size));
    const auto at = [&](Index x, Index y, Index z) {
        return static_cast<std::size_t>(3 * ((z * size[1] + y) * size[0] + x));
    };
    vectors[at(6, 6, 6)] = 0.5;
    const TransformPtr field = displacement_field({}, size, vectors);
    const auto most = [&](const Vector3& origin, const Size& samples) {
        Geometry output;
        output.origin = origin;
        return stretch(*field, output, samples, {}).most[0];
    };
    CHECK(most({0, 0, 0}, {12, 12, 12}) == 1.5);
    CHECK(most({0, 0, 0}, {5, 12, 12}) == 1);    // to 4.5
    CHECK(most({0, 0, 0}, {6, 12, 12}) == 1.5);  // to 5.5
    CHECK(most({5.25, 5.25, 5.25}, {1, 1, 1}) == 1.5);
    CHECK(most({8, 0, 0}, {4, 12, 12}) == 1);
    CHECK(most({100, 100, 100}, {4, 4, 4}) == 1);
    // A slab that goes by on the diagonal, within the box of the sharp place but beside it.
    Geometry turned;
    const double d = std::sqrt(0.5);
    turned.direction = {Vector3{d, d, 0}, Vector3{-d, d, 0}, Vector3{0, 0, 1}};
    turned.origin = {5, 0, 0};
    CHECK(stretch(*field, turned, {12, 1, 12}, {}).most[0] == Approx(1));
    turned.origin = {0.5, 0.5, 0};
    CHECK(stretch(*field, turned, {12, 1, 12}, {}).most[0] > 1.2);
    // Beyond its middle it goes back.
    CHECK(stretch(*field, {}, size, {}).folds == false);
    vectors[at(6, 6, 6)] = 1.25;
    const Stretch folded = stretch(*displacement_field({}, size, vectors), {}, size, {});
    CHECK(folded.folds);
    CHECK(folded.most[0] == 2.25);
}

TEST_CASE("no Jacobian of a B-spline or of several fields is beyond the stretch", "[transform]") {
    std::mt19937 random(7);
    for (int round = 0; round < 20; ++round) {
        const Geometry grid = slow::random_grid(random);
        const Geometry source = slow::random_grid(random);
        const Size size{6, 5, 7};
        const double noise = round < 10 ? 0.3 : 0.05;
        const TransformPtr spline = bspline(grid, size, slow::noise(random, numbers(size), noise));
        TransformPtr transform = spline;
        if (round >= 10) {
            // Another one where the first one takes its points, and linear ones between them.
            transform = chain({linear_transform(random_affine(random, 0.1)), spline,
                               linear_transform(random_affine(random, 0.1)),
                               displacement_field(grid, size, slow::noise(random, numbers(size), 0.05)),
                               linear_transform(random_affine(random, 0.1))});
        }
        Geometry output = grid;
        output.origin = slow::place_of(grid, {1.5, 1.5, 1.5});
        const Size samples{3, 2, 4};  // the middle of the grid
        const Stretch found = stretch(*transform, output, samples, source);
        Stretch seen = nothing();
        const slow::Map map = slow::map_of(*transform);
        for (int i = 0; i < 400; ++i) {
            take(seen, slow::stretch_of(slow::jacobian(map, output, source, random_index(random, samples), {1, 1, 1})));
        }
        for (std::size_t i = 0; i < 3; ++i) {
            CAPTURE(round, i, found.most[i], seen.most[i], found.least[i], seen.least[i]);
            CHECK(found.most[i] >= seen.most[i] * (1 - 1e-4));
            CHECK(found.least[i] <= seen.least[i] * (1 + 1e-4));
            // And it is no guess far out.
            CHECK(found.most[i] <= seen.most[i] * (round < 10 ? 1.3 : 3));
            CHECK(found.least[i] >= seen.least[i] * 0.3);
        }
    }
}

TEST_CASE("boxes hold all points that they should", "[transform]") {
    std::mt19937 random(8);
    for (int round = 0; round < 30; ++round) {
        const Geometry grid = slow::random_grid(random);
        const Geometry source = slow::random_grid(random);
        const Geometry output = slow::random_grid(random);
        const Size size{6, 5, 7};
        std::vector<TransformPtr> parts{linear_transform(random_affine(random, 0.3))};
        if (round % 3 != 0) parts.push_back(displacement_field(grid, size, slow::noise(random, numbers(size), 3)));
        if (round % 3 == 2) {
            parts.push_back(linear_transform(random_affine(random, 0.3)));
            parts.push_back(bspline(grid, size, slow::noise(random, numbers(size), 3)));
        }
        const TransformPtr transform = chain(parts);
        const slow::Map map = slow::map_of(*transform);
        const auto in = [](const Bounds& box, const Vector3& index) {
            bool inside = true;
            for (std::size_t a = 0; a < 3; ++a) {
                inside = inside && index[a] >= box.low[a] - 1e-9 && index[a] <= box.high[a] + 1e-9;
            }
            return inside;
        };
        // A part of an output that is somewhere about the field.
        Geometry part = output;
        part.origin = slow::place_of(grid, {uniform(random, 0, 5), uniform(random, 0, 5), uniform(random, 0, 5)});
        const Bounds samples{{-0.5, -0.5, -0.5}, {uniform(random, 0, 3), uniform(random, 0, 3), uniform(random, 0, 3)}};
        const Bounds there = reached(*transform, part, samples, source);
        const Bounds wanted{{-5, -4, -3}, {6, 5, 7}};
        const Bounds cover = covering(*transform, output, source, wanted);
        Bounds seen{{1e9, 1e9, 1e9}, {-1e9, -1e9, -1e9}};
        int found = 0;
        for (int i = 0; i < 2000; ++i) {
            Vector3 index;
            for (std::size_t a = 0; a < 3; ++a) index[a] = uniform(random, samples.low[a], samples.high[a]);
            if (i < 8) {
                for (std::size_t a = 0; a < 3; ++a) index[a] = (i >> a & 1) != 0 ? samples.high[a] : samples.low[a];
            }
            const Vector3 to = slow::index_in(source, map(slow::place_of(part, index)));
            CHECK(in(there, to));
            seen = hull(seen, {to, to});
            // Any point about the source.
            const Vector3 point =
                slow::place_of(source, {uniform(random, -12, 12), uniform(random, -12, 12), uniform(random, -12, 12)});
            if (in(wanted, slow::index_in(source, map(point)))) {
                ++found;
                CHECK(in(cover, slow::index_in(output, point)));
            }
        }
        CHECK(found > 0);
        if (round % 3 == 0) {  // linear: its corners are the box
            for (std::size_t a = 0; a < 3; ++a) {
                CHECK(there.low[a] == Approx(seen.low[a]).margin(1e-6));
                CHECK(there.high[a] == Approx(seen.high[a]).margin(1e-6));
            }
        }
    }
    // What covers a source under the identity is the source, to the last bit.
    const Bounds whole = covering(*chain({}), {}, {}, cells_of({10, 20, 30}));
    CHECK(whole.low == Vector3{-0.5, -0.5, -0.5});
    CHECK(whole.high == Vector3{9.5, 19.5, 29.5});
}

// A field that is large within a block and 0 all around its rim: whoever walks the rim finds nothing.
TEST_CASE("what is inside of a block counts, not its rim", "[transform]") {
    const Size size{9, 9, 9};
    std::vector<double> vectors(numbers(size));
    vectors[3 * (4 * 81 + 4 * 9 + 4)] = 50;
    const TransformPtr field = displacement_field({}, size, vectors);
    const Bounds there = reached(*field, {}, {{2, 2, 2}, {6, 6, 6}}, {});
    CHECK(there.low == Vector3{2, 2, 2});
    CHECK(there.high == Vector3{56, 6, 6});
    // What leaves the field stays where it is.
    const TransformPtr even = displacement_field({}, {3, 3, 3}, std::vector<double>(81, 5));
    CHECK(reached(*even, {}, {{0, 0, 0}, {2, 2, 2}}, {}).low == Vector3{5, 5, 5});
    CHECK(reached(*even, {}, {{0, 0, 0}, {2, 2, 3}}, {}).low == Vector3{0, 0, 0});
    CHECK(reached(*even, {}, {{0, 0, 0}, {2, 2, 3}}, {}).high == Vector3{7, 7, 8});
    CHECK(reached(*even, {}, {{0, 0, 3}, {2, 2, 4}}, {}).high == Vector3{2, 2, 4});
    // Beside it the displacement is none.
    CHECK(reached(*field, {}, {{6, 2, 2}, {8, 6, 6}}, {}).high == Vector3{8, 6, 6});
}
