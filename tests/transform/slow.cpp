#include "transform/slow.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace slow {

namespace {

/// x of m x = b, by Gauss's elimination with pivots.
Vector3 solved(Matrix3 m, Vector3 b) {
    for (std::size_t c = 0; c < 3; ++c) {
        std::size_t pivot = c;
        for (std::size_t r = c + 1; r < 3; ++r) {
            if (std::abs(m[r][c]) > std::abs(m[pivot][c])) pivot = r;
        }
        std::swap(m[c], m[pivot]);
        std::swap(b[c], b[pivot]);
        for (std::size_t r = c + 1; r < 3; ++r) {
            const double times = m[r][c] / m[c][c];
            for (std::size_t k = c; k < 3; ++k) m[r][k] -= times * m[c][k];
            b[r] -= times * b[c];
        }
    }
    Vector3 x{};
    for (std::size_t r = 3; r-- > 0;) {
        double rest = b[r];
        for (std::size_t k = r + 1; k < 3; ++k) rest -= m[r][k] * x[k];
        x[r] = rest / m[r][r];
    }
    return x;
}

double hat(double distance) { return std::max(0.0, 1 - std::abs(distance)); }

/// The cubic B-spline, by the recursion of de Boor over knots at whole numbers.
double basis(int degree, double x) {
    if (degree == 0) return x >= 0 && x < 1 ? 1 : 0;
    return (x * basis(degree - 1, x) + (degree + 1 - x) * basis(degree - 1, x - 1)) / degree;
}

Vector3 weighed(const Size& size, const std::vector<double>& vectors, const std::function<double(int, Index)>& weight) {
    Vector3 sum{};
    for (Index z = 0; z < size[2]; ++z) {
        for (Index y = 0; y < size[1]; ++y) {
            for (Index x = 0; x < size[0]; ++x) {
                const double w = weight(0, x) * weight(1, y) * weight(2, z);
                const auto at = static_cast<std::size_t>(3 * ((z * size[1] + y) * size[0] + x));
                for (std::size_t c = 0; c < 3; ++c) sum[c] += w * vectors[at + c];
            }
        }
    }
    return sum;
}

double root_of_sum(double a, double b, double c) { return std::sqrt(a * a + b * b + c * c); }

}  // namespace

Geometry random_grid(std::mt19937& random) {
    std::uniform_real_distribution<double> number(-1, 1);
    std::uniform_real_distribution<double> spacing(0.5, 3);
    // Gram and Schmidt's way to a rotation; with a shear, since grids need not be rectangular.
    Geometry grid;
    for (std::size_t a = 0; a < 3; ++a) {
        Vector3 v{number(random), number(random), number(random)};
        for (std::size_t b = 0; b < a; ++b) {
            const Vector3& u = grid.direction[b];
            const double along = v[0] * u[0] + v[1] * u[1] + v[2] * u[2];
            for (std::size_t d = 0; d < 3; ++d) v[d] -= along * u[d];
        }
        const double length = root_of_sum(v[0], v[1], v[2]);
        if (length < 0.1) return random_grid(random);
        for (std::size_t d = 0; d < 3; ++d) grid.direction[a][d] = v[d] / length;
    }
    for (Vector3& v : grid.direction) {
        const double by = spacing(random);
        for (double& d : v) d = by * d + 0.1 * number(random);
    }
    grid.origin = {30 * number(random), 30 * number(random), 30 * number(random)};
    grid.spacing_known = true;
    return grid;
}

Vector3 index_in(const Geometry& grid, const Vector3& place) {
    Matrix3 m{};
    Vector3 b{};
    for (std::size_t d = 0; d < 3; ++d) {
        b[d] = place[d] - grid.origin[d];
        for (std::size_t a = 0; a < 3; ++a) m[d][a] = grid.direction[a][d];
    }
    return solved(m, b);
}

Vector3 place_of(const Geometry& grid, const Vector3& index) {
    Vector3 place = grid.origin;
    for (std::size_t a = 0; a < 3; ++a) {
        for (std::size_t d = 0; d < 3; ++d) place[d] += index[a] * grid.direction[a][d];
    }
    return place;
}

Vector3 in_field(const Geometry& grid, const Size& size, const std::vector<double>& vectors, const Vector3& point) {
    Vector3 index = index_in(grid, point);
    for (std::size_t a = 0; a < 3; ++a) {
        const auto last = static_cast<double>(size[a] - 1);
        if (index[a] < -0.5 || index[a] >= last + 0.5) return point;
        index[a] = std::clamp(index[a], 0.0, last);
    }
    const Vector3 by = weighed(size, vectors, [&](int a, Index i) {
        return hat(index[static_cast<std::size_t>(a)] - static_cast<double>(i));
    });
    return {point[0] + by[0], point[1] + by[1], point[2] + by[2]};
}

Vector3 in_spline(const Geometry& grid, const Size& size, const std::vector<double>& vectors, const Vector3& point) {
    const Vector3 index = index_in(grid, point);
    for (std::size_t a = 0; a < 3; ++a) {
        if (index[a] < 1 || index[a] >= static_cast<double>(size[a] - 2)) return point;
    }
    const Vector3 by = weighed(size, vectors, [&](int a, Index i) {
        return basis(3, index[static_cast<std::size_t>(a)] - static_cast<double>(i) + 2);
    });
    return {point[0] + by[0], point[1] + by[1], point[2] + by[2]};
}

Map map_of(const stack2nrrd::Transform& transform) {
    return [&transform](Vector3 point) {
        transform.apply({&point, 1});
        return point;
    };
}

Matrix3 jacobian(const Map& map, const Geometry& output, const Geometry& source, const Vector3& index,
                 const Vector3& towards) {
    const auto at = [&](const Vector3& i) { return index_in(source, map(place_of(output, i))); };
    const Vector3 here = at(index);
    Matrix3 j{};
    for (std::size_t b = 0; b < 3; ++b) {
        const double h = towards[b] < 0 ? -1e-4 : 1e-4;
        Vector3 beside = index;
        beside[b] += h;
        const Vector3 there = at(beside);
        for (std::size_t a = 0; a < 3; ++a) j[a][b] = (there[a] - here[a]) / h;
    }
    return j;
}

stack2nrrd::Stretch stretch_of(const Matrix3& j) {
    stack2nrrd::Stretch result;
    for (std::size_t i = 0; i < 3; ++i) {
        result.most[i] = root_of_sum(j[0][i], j[1][i], j[2][i]);
        Vector3 unit{0, 0, 0};
        unit[i] = 1;
        const Vector3 x = solved(j, unit);
        result.least[i] = 1 / root_of_sum(x[0], x[1], x[2]);
    }
    return result;
}

std::vector<double> noise(std::mt19937& random, std::size_t count, double most) {
    std::uniform_real_distribution<double> number(-most, most);
    std::vector<double> numbers(count);
    for (double& n : numbers) n = static_cast<double>(static_cast<float>(number(random)));
    return numbers;
}

}  // namespace slow
