#include "volume/nrrd_placing.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace stack2nrrd {

namespace {

/// A length in millimetres, as a fraction: 1/1000 has no double, but x/1000 is rounded once.
struct Unit {
    double num = 1;
    double den = 1;
    [[nodiscard]] double operator()(double length) const { return length * num / den; }
    friend bool operator==(const Unit&, const Unit&) = default;
};

std::optional<Unit> unit_of(std::string_view text) {
    struct Known {
        std::string_view name;
        Unit unit;
    };
    // The sign for "micro" comes as U+00B5, U+03BC, in Latin-1, and as ImageJ escapes it. No unit at all means mm, as
    // all readers have it.
    static constexpr std::array<Known, 28> known{{{"", {}},
                                                  {"mm", {}},
                                                  {"millimeter", {}},
                                                  {"millimetre", {}},
                                                  {"millimeters", {}},
                                                  {"millimetres", {}},
                                                  {"um", {1, 1000}},
                                                  {"\xC2\xB5m", {1, 1000}},
                                                  {"\xCE\xBCm", {1, 1000}},
                                                  {"\xB5m", {1, 1000}},
                                                  {"\\u00b5m", {1, 1000}},
                                                  {"micron", {1, 1000}},
                                                  {"microns", {1, 1000}},
                                                  {"micrometer", {1, 1000}},
                                                  {"micrometre", {1, 1000}},
                                                  {"micrometers", {1, 1000}},
                                                  {"micrometres", {1, 1000}},
                                                  {"nm", {1, 1e6}},
                                                  {"nanometer", {1, 1e6}},
                                                  {"nanometers", {1, 1e6}},
                                                  {"cm", {10, 1}},
                                                  {"centimeter", {10, 1}},
                                                  {"centimeters", {10, 1}},
                                                  {"m", {1000, 1}},
                                                  {"meter", {1000, 1}},
                                                  {"meters", {1000, 1}},
                                                  {"in", {127, 5}},
                                                  {"inch", {127, 5}}}};
    const std::string name = lower_case(trimmed(text));
    for (const Known& k : known) {
        if (name == k.name) return k.unit;
    }
    return std::nullopt;
}

double length(const Vector3& v) { return std::hypot(v[0], v[1], v[2]); }

Vector3 cross(const Vector3& a, const Vector3& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

/// From a space to LPS.
std::array<double, 3> lps_signs(const std::string& space) {
    if (space == "rightanteriorsuperior") return {-1, -1, 1};
    if (space == "leftanteriorsuperior") return {1, -1, 1};
    return {1, 1, 1};
}

class Placing {
public:
    Placing(const InputFile& file, const NrrdAxes& axes, const AxisRoles& roles, std::vector<std::string>& remarks)
        : axes_(axes), roles_(roles), remarks_(remarks), slices_(roles.spatial[2] >= 0) {
        if (axes.space_dimension > 3) {
            unsupported_nrrd(file, "a space of " + std::to_string(axes.space_dimension) + " dimensions",
                             "write it with a space of three, in which an axis of time has the direction \"none\"");
        }
        if (axes.space == "3dlefthanded" && !axes.directions.empty()) {
            unsupported_nrrd(file, "the space \"3D-left-handed\", in which left and right are exchanged",
                             "write its directions in left-posterior-superior");
        }
        signs_ = lps_signs(axes.space);
        geometry_.spacing_source = utf8(path_from_utf8(file.path()).filename());
        geometry_.spacing_known = true;
    }

    Geometry run() {
        if (!units() || !steps()) {
            Geometry unknown;  // unit steps from 0; the caller says where else a spacing may come from
            return unknown;
        }
        origin();
        return geometry_;
    }

private:
    [[nodiscard]] int spatial_axes() const { return slices_ ? 3 : 2; }
    [[nodiscard]] std::size_t file_axis(int a) const {
        return static_cast<std::size_t>(roles_.spatial[static_cast<std::size_t>(a)]);
    }
    [[nodiscard]] const std::vector<double>* direction(int a) const {
        if (axes_.directions.empty()) return nullptr;
        const auto& given = axes_.directions[file_axis(a)];
        return given ? &*given : nullptr;
    }
    bool unknown(const std::string& why) {
        remarks_.push_back(why + ", so the spacing is taken as unknown");
        return false;
    }

    /// A unit for each axis of the space and for each axis of the grid.
    bool units() {
        for (std::size_t d = 0; d < axes_.space_units.size() && d < 3; ++d) {
            const std::optional<Unit> unit = unit_of(axes_.space_units[d]);
            if (!unit) return unknown("the unit " + in_quotes(axes_.space_units[d]) + " is no length");
            space_unit_[d] = *unit;
        }
        for (int a = 0; a < spatial_axes(); ++a) {
            const auto s = static_cast<std::size_t>(a);
            grid_unit_[s] = axes_.units.empty() ? space_unit_[s] : unit_of(axes_.units[file_axis(a)]).value_or(Unit{});
            if (!axes_.units.empty() && !unit_of(axes_.units[file_axis(a)])) {
                return unknown("the unit " + in_quotes(axes_.units[file_axis(a)]) + " is no length");
            }
        }
        if (!slices_) grid_unit_[2] = grid_unit_[0];
        // `units` beside vectors: only if they cannot be misunderstood.
        const bool same = grid_unit_[0] == grid_unit_[1] && grid_unit_[1] == grid_unit_[2];
        if (axes_.space_units.empty() && !axes_.units.empty()) {
            if (!same && direction(0) != nullptr) return unknown("the axes have different units in one space");
            if (same) space_unit_.fill(grid_unit_[0]);
        }
        return true;
    }

    [[nodiscard]] Vector3 in_lps(const std::vector<double>& v) const {
        Vector3 result{0, 0, 0};
        for (std::size_t d = 0; d < std::min<std::size_t>(v.size(), 3); ++d)
            result[d] = signs_[d] * space_unit_[d](v[d]);
        return result;
    }

    bool steps() {
        int vectors = 0;
        for (int a = 0; a < spatial_axes(); ++a) vectors += direction(a) != nullptr ? 1 : 0;
        if (vectors == 0) return spacings();
        if (vectors < spatial_axes()) return unknown("not all of the axes have a direction in space");
        for (int a = 0; a < spatial_axes(); ++a)
            geometry_.direction[static_cast<std::size_t>(a)] = in_lps(*direction(a));
        if (axes_.space.empty() || axes_.space == "scannerxyz" || axes_.space == "3drighthanded") {
            if (axes_.space_dimension == 3)
                remarks_.emplace_back("its space is not an anatomical one and is taken as LPS");
        }
        return across() && independent();
    }

    /// One slice has no direction across it; any perpendicular one serves, since there is no second sample.
    bool across() {
        if (slices_) return true;
        Vector3& z = geometry_.direction[2];
        z = cross(geometry_.direction[0], geometry_.direction[1]);
        const double area = length(z);
        for (double& d : z) d = area > 0 ? d / area : 0;
        return true;
    }

    bool independent() {
        double volume = 1;
        for (const Vector3& v : geometry_.direction) volume *= length(v);
        const Vector3 plane = cross(geometry_.direction[0], geometry_.direction[1]);
        const Vector3& z = geometry_.direction[2];
        const double determinant = plane[0] * z[0] + plane[1] * z[1] + plane[2] * z[2];
        if (volume > 0 && std::isfinite(volume) && std::abs(determinant) > 1e-6 * volume) return true;
        return unknown("the space directions do not span the space");
    }

    /// Distances without directions: along the axes of LPS, as ITK has it.
    bool spacings() {
        if (axes_.spacings.empty()) return false;
        for (int a = 0; a < spatial_axes(); ++a) {
            const double spacing = axes_.spacings[file_axis(a)];
            if (!(spacing > 0) || !std::isfinite(spacing)) {
                return unknown("the spacing " + number_text(spacing) + " is no distance");
            }
            const auto s = static_cast<std::size_t>(a);
            geometry_.direction[s] = {0, 0, 0};
            geometry_.direction[s][s] = grid_unit_[s](spacing);
        }
        return true;
    }

    void origin() {
        if (axes_.origin) {
            geometry_.origin = in_lps(*axes_.origin);
        } else if (!axes_.mins.empty()) {
            origin_from_mins();
        }
    }

    /// The first sample of an axis is half a cell behind its beginning, or at it if samples are nodes. Teem's
    /// nrrdOriginCalculate() has it so, and that centres which are unknown are those of cells.
    void origin_from_mins() {
        if (std::any_of(axes_.directions.begin(), axes_.directions.end(), [](const auto& d) { return d; })) return;
        Vector3 origin{0, 0, 0};
        for (int a = 0; a < spatial_axes(); ++a) {
            const std::size_t axis = file_axis(a);
            if (!std::isfinite(axes_.mins[axis])) {
                remarks_.emplace_back("its axis mins are not all known, so they are not taken for an origin");
                return;
            }
            const bool node = !axes_.nodes.empty() && axes_.nodes[axis];
            const double first = axes_.mins[axis] + (node ? 0 : axes_.spacings[axis] / 2);
            origin[static_cast<std::size_t>(a)] = grid_unit_[static_cast<std::size_t>(a)](first);
        }
        geometry_.origin = origin;
    }

    const NrrdAxes& axes_;
    const AxisRoles& roles_;
    std::vector<std::string>& remarks_;
    bool slices_;
    std::array<double, 3> signs_{1, 1, 1};  // from the file's space to LPS
    std::array<Unit, 3> space_unit_{};
    std::array<Unit, 3> grid_unit_{};
    Geometry geometry_;
};

}  // namespace

std::optional<std::array<Vector3, 3>> nrrd_measurement_frame(const NrrdAxes& axes) {
    if (axes.measurement_frame.size() != 3) return std::nullopt;
    const std::array<double, 3> signs = lps_signs(axes.space);
    std::array<Vector3, 3> frame{};
    for (std::size_t v = 0; v < 3; ++v) {
        if (!axes.measurement_frame[v]) return std::nullopt;
        for (std::size_t d = 0; d < 3; ++d) frame[v][d] = signs[d] * (*axes.measurement_frame[v])[d] + 0.0;
    }
    return frame;
}

Geometry nrrd_geometry(const InputFile& file, const NrrdAxes& axes, const AxisRoles& roles,
                       std::vector<std::string>& remarks) {
    return Placing(file, axes, roles, remarks).run();
}

}  // namespace stack2nrrd
