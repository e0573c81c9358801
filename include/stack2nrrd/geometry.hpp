#pragma once

#include <stack2nrrd/export.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// Counts and positions of samples. Axis order is x, y, z everywhere; x is fastest, z numbers the slices.
using Index = std::int64_t;

/// [first, end), in samples. In options an empty range means all.
struct Range {
    Index first = 0;
    Index end = 0;

    [[nodiscard]] constexpr Index size() const noexcept { return end - first; }
    [[nodiscard]] constexpr bool empty() const noexcept { return end <= first; }
    friend constexpr bool operator==(const Range&, const Range&) = default;
};

/// An exact fraction, den > 0. Factors are rationals, so that counts and positions are exact. make_rational() returns
/// lowest terms; options may hold other fractions, which plan_import() reduces.
struct Rational {
    std::int64_t num = 1;
    std::int64_t den = 1;

    [[nodiscard]] double value() const noexcept { return static_cast<double>(num) / static_cast<double>(den); }
    friend constexpr bool operator==(const Rational&, const Rational&) = default;
};

/// Numerators and denominators beyond this are refused: the position arithmetic then stays inside 64 bits.
inline constexpr std::int64_t rational_limit = 1'000'000'000;

/// num/den in lowest terms.
/// \throws Error invalid_argument if den is 0 or the result exceeds rational_limit.
[[nodiscard]] STACK2NRRD_EXPORT Rational make_rational(std::int64_t num, std::int64_t den);

/// The number that `text` spells: "2", "7.3" (= 73/10), "1e7" or "8/3"; of digits beyond rational_limit the nearest
/// fraction within it, at most 1e-9 away. \throws Error invalid_argument for any other text, or numbers beyond that.
[[nodiscard]] STACK2NRRD_EXPORT Rational parse_rational(std::string_view text);

/// The number as text: "2" or "8/3".
[[nodiscard]] STACK2NRRD_EXPORT std::string to_string(const Rational& r);

/// `d * r`, rounded once or nearly so: the product is formed with an error-free transformation.
[[nodiscard]] STACK2NRRD_EXPORT double multiply(double d, const Rational& r) noexcept;

using Vector3 = std::array<double, 3>;

/// The positions of samples: the centre of sample (i, j, k) is at
/// origin + i·direction[0] + j·direction[1] + k·direction[2], in LPS millimetres. i counts along x (the columns of a
/// slice), j along y (its rows), k along z (slices). If the spacing is unknown, the unit is one source sample instead.
struct Geometry {
    std::array<Vector3, 3> direction{Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}};
    Vector3 origin{0, 0, 0};
    bool spacing_known = false;
    std::string spacing_source = "unknown";  ///< "command line", a sidecar's or a file's name, or "unknown"
};

/// The length of `direction[axis]`.
[[nodiscard]] STACK2NRRD_EXPORT double spacing(const Geometry& geometry, int axis) noexcept;

/// Of all three.
[[nodiscard]] STACK2NRRD_EXPORT Vector3 spacings(const Geometry& geometry) noexcept;

/// The geometry of the grid whose sample k is at index `first[a] + k·step[a]` on each axis a of `source`: its
/// directions are direction·step, its origin is origin + Σ direction·first.
[[nodiscard]] STACK2NRRD_EXPORT Geometry resampled(const Geometry& source, const std::array<Rational, 3>& first,
                                                   const std::array<Rational, 3>& step);

}  // namespace stack2nrrd
