#include "volume/bottom_up.hpp"

#include "core/text.hpp"

#include <cstddef>
#include <vector>

namespace stack2nrrd {

Geometry rows_reversed(const Geometry& geometry, Index rows) {
    return resampled(geometry, {Rational{0}, Rational{rows - 1}, Rational{0}},
                     {Rational{1}, Rational{-1}, Rational{1}});
}

Geometry rows_restored(const Geometry& stored, Index rows, const std::optional<Vector3>& top_left) {
    Geometry restored = rows_reversed(stored, rows);
    if (!top_left) return restored;
    Geometry exact = restored;
    exact.origin = *top_left;
    return rows_reversed(exact, rows).origin == stored.origin ? exact : restored;
}

std::optional<Vector3> parse_vector(std::string_view text) {
    text = trimmed(text);
    if (!text.starts_with('(') || !text.ends_with(')') || text.size() < 2) return std::nullopt;
    const std::vector<std::string_view> parts = split(text.substr(1, text.size() - 2), ',');
    Vector3 vector{};
    if (parts.size() != vector.size()) return std::nullopt;
    for (std::size_t i = 0; i < vector.size(); ++i) {
        const std::optional<double> number = parse_double(trimmed(parts[i]));
        if (!number) return std::nullopt;
        vector[i] = *number;
    }
    return vector;
}

}  // namespace stack2nrrd
