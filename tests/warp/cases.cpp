#include "warp/cases.hpp"

#include <cmath>

namespace warps {

using namespace stack2nrrd;

namespace {

/// A source whose axes are oblique, and the same reduced by 2.
void place(Twin& twin) {
    twin.source.direction = {Vector3{0.5, 0.02, 0}, Vector3{-0.03, 0.4, 0.05}, Vector3{0, 0.06, 0.9}};
    twin.source.origin = {-9, 4, 20};
    for (std::size_t a = 0; a < 3; ++a) twin.wanted[a] = {0, 2 * reduced_size[a]};
    twin.reduced = resampled(twin.source, {Rational{1, 2}, {1, 2}, {1, 2}}, {Rational{2, 1}, {2, 1}, {2, 1}});
}

/// A grid around the middle of the source, whose directions are those of the source times rows of a matrix.
Geometry grid_around(const Twin& twin, const std::array<Vector3, 3>& steps) {
    Geometry grid;
    Vector3 middle{};
    for (std::size_t a = 0; a < 3; ++a) middle[a] = static_cast<double>(twin.wanted[a].end) / 2 - 0.5;
    grid.origin = place_of(twin.source, middle);
    for (std::size_t b = 0; b < 3; ++b) {
        Vector3 direction{};
        for (std::size_t a = 0; a < 3; ++a) {
            for (std::size_t c = 0; c < 3; ++c) direction[c] += steps[b][a] * twin.source.direction[a][c];
        }
        grid.direction[b] = direction;
        for (std::size_t c = 0; c < 3; ++c) {
            grid.origin[c] -= (static_cast<double>(twin.size[b]) - 1.03) / 2 * direction[c];
        }
    }
    return grid;
}

Case make(const std::string& name, const Triple& size, const std::array<Rational, 3>& finer,
          const std::array<Vector3, 3>& steps) {
    Case one;
    one.name = name;
    place(one.twin);
    one.twin.size = size;
    one.twin.finer = finer;
    one.twin.grid = grid_around(one.twin, steps);
    return one;
}

}  // namespace

std::vector<Case> cases() {
    std::vector<Case> all;
    all.push_back(make("straight", {11, 10, 9}, {Rational{2, 1}, {2, 1}, {2, 1}},
                       {Vector3{3, 0, 0}, Vector3{0, 3, 0}, Vector3{0, 0, 3}}));
    all.push_back(make("turned", {13, 11, 12}, {Rational{3, 2}, {3, 1}, {7, 4}},
                       {Vector3{2.6, 1.1, 0.4}, Vector3{-1.2, 2.4, 0.7}, Vector3{-0.2, -0.9, 2.5}}));
    all.push_back(make("axes change places", {9, 12, 10}, {Rational{3, 1}, {2, 1}, {1, 1}},
                       {Vector3{0.3, 0, -3.1}, Vector3{3.2, 0, 0.2}, Vector3{0, 2, 0.1}}));

    Case sheared = make("sheared", {10, 9, 11}, {Rational{2, 1}, {2, 1}, {3, 1}},
                        {Vector3{2.5, 0, 0}, Vector3{0, 2.5, 0}, Vector3{0, 0, 2.8}});
    const std::array<Vector3, 3> shear{Vector3{1, 0.3, -0.2}, Vector3{0, 0.9, 0.1}, Vector3{0.05, 0, 1.1}};
    const Vector3 offset{0.4, 0.3, -1.6};
    sheared.twin.transform = [=](const Vector3& p) {
        Vector3 q = offset;
        for (std::size_t r = 0; r < 3; ++r) {
            for (std::size_t c = 0; c < 3; ++c) q[r] += shear[r][c] * p[c];
        }
        return q;
    };
    sheared.transform = own_linear(shear, offset);
    all.push_back(sheared);

    Case bent = make("bent", {12, 13, 10}, {Rational{2, 1}, {5, 3}, {4, 3}},
                     {Vector3{2.4, 0.4, 0}, Vector3{-0.3, 2.3, 0.3}, Vector3{0, 0, 2.6}});
    bent.twin.transform = [](const Vector3& p) {
        return Vector3{p[0] + 1.1 * std::sin(0.6 * p[1]) + 0.2, p[1] + 0.8 * std::sin(0.4 * p[2] + 1),
                       p[2] + 1.5 * std::cos(0.5 * p[0])};
    };
    bent.transform = own_transform(bent.twin.transform);
    all.push_back(bent);

    // Folds, and jumps as at the rim of a displacement field: neighbours are far from each other.
    Case wild = make("wild", {9, 8, 9}, {Rational{2, 1}, {2, 1}, {2, 1}},
                     {Vector3{4, 0, 0}, Vector3{0, 4, 0}, Vector3{0, 0, 3}});
    wild.twin.transform = [](const Vector3& p) {
        const double jump = p[0] > -2 ? 6 : -3;
        return Vector3{p[0] + 7 * std::sin(3 * p[1]), p[1] + jump, p[2] + 9 * std::sin(5 * p[0])};
    };
    wild.transform = own_transform(wild.twin.transform);
    all.push_back(wild);
    return all;
}

WarpPlan plan_of(const Case& one) {
    WarpPlan plan;
    plan.warp.size = one.twin.size;
    plan.warp.geometry = plan.geometry = one.twin.grid;
    plan.warp.transform = one.transform;
    plan.warp.finer = one.twin.finer;
    plan.warp.source = one.twin.source;
    plan.warp.wanted = one.twin.wanted;
    plan.type = SampleType::float32;
    return plan;
}

}  // namespace warps
