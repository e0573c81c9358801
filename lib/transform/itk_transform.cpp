#include "transform/itk_transform.hpp"

#include "core/text.hpp"
#include "transform/bspline.hpp"
#include "transform/displacement_field.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace stack2nrrd {

namespace {

using Numbers = std::vector<double>;

/// What a type is called, "AffineTransform_double_3_3", in its parts.
struct TypeName {
    std::string_view name;
    std::string_view number;      ///< "double"
    std::string_view dimensions;  ///< "3_3"; with a further "_2" of a B-spline that is not cubic
};

TypeName parts_of(std::string_view type) {
    TypeName parts{type, {}, {}};
    for (const std::string_view number : {std::string_view("_double_"), std::string_view("_float_")}) {
        const std::size_t at = type.find(number);
        if (at == std::string_view::npos) continue;
        parts.name = type.substr(0, at);
        parts.number = number.substr(1, number.size() - 2);
        parts.dimensions = type.substr(at + number.size());
    }
    return parts;
}

Vector3 three(const Numbers& numbers, std::size_t first) {
    return {numbers[first], numbers[first + 1], numbers[first + 2]};
}

Matrix3 nine(const Numbers& numbers, std::size_t first) {
    return {three(numbers, first), three(numbers, first + 3), three(numbers, first + 6)};
}

Matrix3 diagonal(const Vector3& d) { return {Vector3{d[0], 0, 0}, Vector3{0, d[1], 0}, Vector3{0, 0, d[2]}}; }

// ---------------------------------------------------------------------------------------------------- linear ones

Matrix3 turn_x(double angle) {
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    return {Vector3{1, 0, 0}, Vector3{0, c, -s}, Vector3{0, s, c}};
}
Matrix3 turn_y(double angle) {
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    return {Vector3{c, 0, s}, Vector3{0, 1, 0}, Vector3{-s, 0, c}};
}
Matrix3 turn_z(double angle) {
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    return {Vector3{c, -s, 0}, Vector3{s, c, 0}, Vector3{0, 0, 1}};
}

/// The rotation of a unit quaternion, of which the file has the vector part: axis · sin(angle/2). As long as it is 1,
/// it is half a turn, whose axis ITK makes shorter by 1e-10 before it works out the rest; the same turn is made here.
Matrix3 versor(const Numbers& p) {
    constexpr double hair = 1e-10;
    Vector3 v = three(p, 0);
    const double norm = length(v);
    if (norm >= 1 - hair) {
        for (double& number : v) number /= norm + hair * norm;
    }
    const double squared = dot(v, v);
    const double w = std::sqrt(1 - squared);
    Matrix3 m;
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t col = 0; col < 3; ++col) m[row][col] = 2 * v[row] * v[col];
        m[row][row] += 1 - 2 * squared;
    }
    const Vector3 across{2 * w * v[0], 2 * w * v[1], 2 * w * v[2]};
    m[0][1] -= across[2];
    m[1][0] += across[2];
    m[0][2] += across[1];
    m[2][0] -= across[1];
    m[1][2] -= across[0];
    m[2][1] += across[0];
    return m;
}

/// The angles are about x, y, z. y comes first, then x, then z, unless a fourth fixed number, which older files do not
/// have, says x, y, z.
Affine euler(const Numbers& p, const Numbers& fixed) {
    const bool zyx = fixed.size() == 4 && fixed[3] != 0;
    const Matrix3 x = turn_x(p[0]);
    const Matrix3 y = turn_y(p[1]);
    const Matrix3 matrix = product(turn_z(p[2]), zyx ? product(y, x) : product(x, y));
    return about(matrix, three(fixed, 0), three(p, 3));
}

/// A scale and shears are added to the rotation, not multiplied.
Affine scale_versor(const Numbers& p, const Numbers& fixed) {
    Matrix3 m = versor(p);
    for (std::size_t i = 0; i < 3; ++i) m[i][i] += p[6 + i] - 1;
    if (p.size() == 15) {
        std::size_t next = 9;
        for (std::size_t row = 0; row < 3; ++row) {
            for (std::size_t col = 0; col < 3; ++col) {
                if (row != col) m[row][col] += p[next++];
            }
        }
    }
    return about(m, three(fixed, 0), three(p, 3));
}

Affine similarity(const Numbers& p, const Numbers& fixed) {
    return about(product(diagonal({p[6], p[6], p[6]}), versor(p)), three(fixed, 0), three(p, 3));
}

Affine affine(const Numbers& p, const Numbers& fixed) { return about(nine(p, 0), three(fixed, 0), three(p, 9)); }

struct LinearKind {
    std::string_view name;
    std::size_t parameters;
    bool centre;  ///< are there fixed numbers, a centre?
    bool versor;  ///< do the parameters begin with a versor?
    Affine (*make)(const Numbers& parameters, const Numbers& fixed);
};

constexpr std::array linear_kinds{
    LinearKind{"IdentityTransform", 0, false, false, [](const Numbers&, const Numbers&) { return Affine{}; }},
    LinearKind{"TranslationTransform", 3, false, false,
               [](const Numbers& p, const Numbers&) {
                   return Affine{unit_matrix, three(p, 0)};
               }},
    LinearKind{"ScaleTransform", 3, true, false,
               [](const Numbers& p, const Numbers& fixed) {
                   return about(diagonal(three(p, 0)), three(fixed, 0), {0, 0, 0});
               }},
    LinearKind{"Euler3DTransform", 6, true, false, euler},
    LinearKind{"VersorTransform", 3, true, true,
               [](const Numbers& p, const Numbers& fixed) {
                   return about(versor(p), three(fixed, 0), {0, 0, 0});
               }},
    LinearKind{"VersorRigid3DTransform", 6, true, true,
               [](const Numbers& p, const Numbers& fixed) { return about(versor(p), three(fixed, 0), three(p, 3)); }},
    LinearKind{"Similarity3DTransform", 7, true, true, similarity},
    LinearKind{"ScaleVersor3DTransform", 9, true, true, scale_versor},
    LinearKind{"ScaleSkewVersor3DTransform", 15, true, true, scale_versor},
    LinearKind{"AffineTransform", 12, true, false, affine},
    LinearKind{"MatrixOffsetTransformBase", 12, true, false, affine},
};

constexpr std::string_view lattice_kinds[]{"DisplacementFieldTransform", "BSplineTransform"};

// ------------------------------------------------------------------------------------------------------- sentences

std::string quotation(std::string_view type) {
    constexpr std::size_t most = 80;
    return "'" + printable(type.substr(0, most)) + (type.size() > most ? "...'" : "'");
}

std::string known_kinds() {
    std::string names;
    for (const LinearKind& kind : linear_kinds) names += std::string(kind.name) + ", ";
    for (const std::string_view name : lattice_kinds) names += std::string(name) + ", ";
    return names + "CompositeTransform";
}

[[noreturn]] void refuse(ErrorCode code, const std::string& file, const std::string& sentence) {
    throw Error(code, file + ": " + sentence);
}

[[noreturn]] void refuse_count(const std::string& file, std::string_view type, const std::string& what,
                               std::size_t count, const std::string& expected) {
    refuse(ErrorCode::corrupt, file,
           "holds a transform " + quotation(type) + " with " + std::to_string(count) + " " + what + ", " + expected +
               " expected; write it again with the program that made it");
}

/// Of three dimensions, and of a type that is read?
void check_type(const std::string& file, std::string_view type) {
    const TypeName parts = parts_of(type);
    if (parts.name.starts_with("Inverse")) {
        refuse(ErrorCode::unsupported, file,
               "holds a transform " + quotation(type) +
                   ", which maps points of the source to those of the result, one from the result to the source was "
                   "expected; invert it first, in 3D Slicer: Transforms, Invert, and save it again");
    }
    const auto is_it = [&](const auto& kind) { return kind.name == parts.name; };
    const bool known =
        std::any_of(linear_kinds.begin(), linear_kinds.end(), is_it) ||
        std::find(std::begin(lattice_kinds), std::end(lattice_kinds), parts.name) != std::end(lattice_kinds) ||
        is_composite(type);
    const bool is_flat = parts.dimensions.starts_with("2_") || parts.name.find("2D") != std::string_view::npos;
    if (is_flat && !known) {
        refuse(ErrorCode::unsupported, file,
               "holds a transform " + quotation(type) +
                   " of two dimensions, one of three was expected; make one of three of it");
    }
    if (!known) {
        refuse(ErrorCode::unsupported, file,
               "holds a transform " + quotation(type) + ", one of these was expected: " + known_kinds() +
                   "; write it as one of them, for example as a displacement field");
    }
    if (parts.dimensions == "3_3") return;
    if (parts.name == "BSplineTransform" && parts.dimensions.starts_with("3_3_")) {
        refuse(ErrorCode::unsupported, file,
               "holds a transform " + quotation(type) +
                   ", a B-spline of order 3 was expected; write it as a displacement field");
    }
    refuse(ErrorCode::unsupported, file,
           "holds a transform " + quotation(type) +
               ", the name of one of three dimensions ends with '_double_3_3' or '_float_3_3'; make one of three of "
               "it");
}

void check_numbers(const std::string& file, const ItkTransform& transform) {
    for (const Numbers* numbers : {&transform.parameters, &transform.fixed}) {
        const auto odd = std::find_if(numbers->begin(), numbers->end(), [](double v) { return !std::isfinite(v); });
        if (odd == numbers->end()) continue;
        refuse(ErrorCode::corrupt, file,
               "holds a transform " + quotation(transform.type) + " whose " +
                   (numbers == &transform.fixed ? "fixed parameter " : "parameter ") +
                   std::to_string(odd - numbers->begin() + 1) + " is " + number_text(*odd) +
                   ", finite numbers were expected; write it again with the program that made it");
    }
}

// -------------------------------------------------------------------------------------------------------- on grids

struct Grid {
    Geometry geometry;
    std::array<Index, 3> size{};
};

/// Size, origin, spacing, and the matrix of directions row by row.
Grid grid_of(const std::string& file, const ItkTransform& transform) {
    constexpr std::size_t numbers = 18;
    if (transform.fixed.size() != numbers) {
        refuse_count(file, transform.type, "fixed parameters", transform.fixed.size(), "18 were");
    }
    Grid grid;
    const Numbers& fixed = transform.fixed;
    double points = 1;
    for (std::size_t a = 0; a < 3; ++a) {
        constexpr double most = 1e6;
        points *= fixed[a];
        if (!(fixed[a] >= 1 && fixed[a] <= most && fixed[a] == std::floor(fixed[a]))) {
            refuse(ErrorCode::corrupt, file,
                   "holds a transform " + quotation(transform.type) + " whose size is " + number_text(fixed[a]) +
                       " on an axis, a whole number from 1 to 1000000 was expected; write it again with the program "
                       "that made it");
        }
        grid.size[a] = static_cast<Index>(fixed[a]);
        grid.geometry.origin[a] = fixed[3 + a];
        for (std::size_t world = 0; world < 3; ++world) {
            grid.geometry.direction[a][world] = fixed[9 + 3 * world + a] * fixed[6 + a];
        }
    }
    grid.geometry.spacing_known = true;
    if (static_cast<double>(transform.parameters.size()) != 3 * points) {
        refuse_count(file, transform.type, "parameters", transform.parameters.size(),
                     number_text(3 * points) + " were (three for each of " + std::to_string(grid.size[0]) + " x " +
                         std::to_string(grid.size[1]) + " x " + std::to_string(grid.size[2]) + ")");
    }
    return grid;
}

/// All x, then all y, then all z; to three numbers a point.
Numbers interleaved(const Numbers& apart) {
    const std::size_t points = apart.size() / 3;
    Numbers result(apart.size());
    for (std::size_t c = 0; c < 3; ++c) {
        for (std::size_t i = 0; i < points; ++i) result[3 * i + c] = apart[c * points + i];
    }
    return result;
}

TransformPtr on_grid(const std::string& file, ItkTransform transform) {
    const Grid grid = grid_of(file, transform);
    try {
        if (parts_of(transform.type).name == "BSplineTransform") {
            return bspline(grid.geometry, grid.size, interleaved(transform.parameters));
        }
        if (parts_of(transform.type).number == "float") {
            std::vector<float> vectors(transform.parameters.begin(), transform.parameters.end());
            return displacement_field(grid.geometry, grid.size, std::move(vectors));
        }
        return displacement_field(grid.geometry, grid.size, std::move(transform.parameters));
    } catch (const Error& error) {
        throw Error(ErrorCode::corrupt,
                    file + ": holds a transform " + quotation(transform.type) + ": " + error.what());
    }
}

}  // namespace

bool is_composite(std::string_view type) { return parts_of(type).name == "CompositeTransform"; }

TransformPtr itk_transform(const std::string& file, ItkTransform transform) {
    check_type(file, transform.type);
    check_numbers(file, transform);
    const TypeName parts = parts_of(transform.type);
    const auto* kind = std::find_if(linear_kinds.begin(), linear_kinds.end(),
                                    [&](const LinearKind& k) { return k.name == parts.name; });
    if (kind == linear_kinds.end()) return on_grid(file, std::move(transform));

    const std::size_t fixed = transform.fixed.size();
    if (transform.parameters.size() != kind->parameters) {
        refuse_count(file, transform.type, "parameters", transform.parameters.size(),
                     std::to_string(kind->parameters) + " were");
    }
    // A centre makes no difference to what does not turn.
    const bool is_euler = kind->make == euler;
    const bool fits = fixed == 3 || (!kind->centre && fixed == 0) || (is_euler && fixed == 4);
    if (!fits) {
        const std::string expected = is_euler ? "3 or 4 were" : kind->centre ? "3 were" : "none or 3 were";
        refuse_count(file, transform.type, "fixed parameters", fixed, expected + (kind->centre ? " (its centre)" : ""));
    }
    constexpr double rounding = 1e-6;
    if (kind->versor && !(length(three(transform.parameters, 0)) <= 1 + rounding)) {
        refuse(ErrorCode::corrupt, file,
               "holds a transform " + quotation(transform.type) + " whose versor has the length " +
                   number_text(length(three(transform.parameters, 0))) +
                   ", at most 1 was expected; write it again with the program that made it");
    }
    // ITK's SetParameters() of this one class works out no offset, so that its programs turn about the origin.
    if (kind->name == "VersorTransform" && three(transform.fixed, 0) != Vector3{0, 0, 0}) {
        refuse(ErrorCode::unsupported, file,
               "holds a transform " + quotation(transform.type) +
                   " with a centre, which ITK itself reads and leaves out, the origin was expected as its centre; "
                   "write it as a VersorRigid3DTransform");
    }
    const Affine map = kind->make(transform.parameters, transform.fixed);
    if (!inverse(map)) {
        refuse(ErrorCode::corrupt, file,
               "holds a transform " + quotation(transform.type) +
                   " that is singular, one that can be inverted was expected; correct its matrix or scale");
    }
    try {
        return linear_transform(map);
    } catch (const Error&) {
        refuse(ErrorCode::corrupt, file,
               "holds a transform " + quotation(transform.type) +
                   " that moves points further than numbers go, a place in millimetres was expected; correct its "
                   "centre or translation");
    }
}

TransformPtr itk_transforms(const std::string& file, std::vector<ItkTransform> transforms) {
    if (transforms.empty()) {
        refuse(ErrorCode::corrupt, file, "holds no transform, one was expected; write it again");
    }
    const bool composite = is_composite(transforms.front().type);
    if (!composite && transforms.size() > 1) {
        refuse(ErrorCode::unsupported, file,
               "holds " + std::to_string(transforms.size()) +
                   " transforms that are not a CompositeTransform, so that their order is open, one was expected; "
                   "give each in a file of its own");
    }
    std::vector<TransformPtr> parts;
    if (composite) {
        check_type(file, transforms.front().type);
        if (transforms.size() == 1) {
            refuse(ErrorCode::corrupt, file,
                   "holds a CompositeTransform of no transforms, one or more were expected; write it again");
        }
    }
    for (std::size_t i = transforms.size(); i > (composite ? 1U : 0U); --i) {
        ItkTransform& transform = transforms[i - 1];
        if (is_composite(transform.type)) {
            refuse(ErrorCode::unsupported, file,
                   "holds a CompositeTransform within another, transforms that are none were expected; write all in "
                   "one");
        }
        parts.push_back(itk_transform(file, std::move(transform)));
    }
    try {
        return chain(parts);
    } catch (const Error&) {  // each of them is a map that can be turned back
        refuse(ErrorCode::corrupt, file,
               "holds linear transforms that are singular together, ones that can be inverted were expected; correct "
               "their matrices or scales");
    }
}

}  // namespace stack2nrrd
