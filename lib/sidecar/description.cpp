#include "sidecar/description.hpp"

#include "core/text.hpp"
#include "sidecar/ini.hpp"
#include "sidecar/json_reader.hpp"

#include <algorithm>
#include <cmath>

namespace stack2nrrd {

namespace {

constexpr double inch_mm = 25.4;

/// Tags end in NUL, and some writers pad with more.
std::string_view without_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

double unit_mm(DensityUnit unit) {
    switch (unit) {
        case DensityUnit::none: break;
        case DensityUnit::inch: return inch_mm;
        case DensityUnit::centimetre: return 10;
        case DensityUnit::metre: return 1000;
    }
    return 0;
}

const char* unit_name(DensityUnit unit) {
    switch (unit) {
        case DensityUnit::none: break;
        case DensityUnit::inch: return "inch";
        case DensityUnit::centimetre: return "cm";
        case DensityUnit::metre: return "m";
    }
    return "unit";
}

/// Is it a screen's density, whole in some unit or cut off after a digit: 72, 71.9, 71.98 (2834 a metre), 71.12 (28 a
/// cm)?
bool is_screen(double density, double length_mm, double tolerance) {
    const double per_inch = density * inch_mm / length_mm;
    const double per_cm = density * 10 / length_mm;
    const auto near = [&](double screen) { return std::abs(per_inch - screen) <= tolerance + 1e-6; };
    const auto is = [&](double whole) { return std::abs(per_cm - whole) <= 1e-6; };
    return near(72) || near(96) || is(28) || is(38);
}

// Cut-off numbers come from programs that know no better; where a unit was named on purpose, only what 72 and 96 per
// inch become in whole samples per metre is taken for a screen.
constexpr double plain_tolerance = 0.1;
constexpr double named_tolerance = 0.03;

/// What an axis counts in. It counts in no length if `mm` is 0.
struct AxisUnit {
    double mm = 0;
    std::string name;
    double tolerance = plain_tolerance;
};

/// x and y from densities per unit of each axis.
void add_density(FoundSpacing& found, const Density& density, const std::array<AxisUnit, 2>& units) {
    const std::array<std::optional<double>, 2> values{density.x, density.y};
    for (std::size_t axis = 0; axis < values.size(); ++axis) {
        const AxisUnit& unit = units[axis];
        if (!values[axis] || !(unit.mm > 0)) continue;
        const double value = *values[axis];
        const std::string name = axis == 0 ? "x resolution" : "y resolution";
        if (!(value > 0) || !std::isfinite(value)) {
            found.doubts.push_back(quotation(name) + " is " + number_text(value) +
                                   ", a positive number was expected; it is not used");
        } else if (is_screen(value, unit.mm, unit.tolerance)) {
            found.doubts.push_back(quotation(name) + " is " + number_text(value) + " per " + printable(unit.name) +
                                   ", which is a screen's and no measurement; it is not used");
        } else {
            found.mm[axis] = checked_spacing(name, 1 / value, unit.mm, found.doubts);
        }
    }
}

bool found_any(const FoundSpacing& found) {
    return std::any_of(found.mm.begin(), found.mm.end(), [](const auto& mm) { return mm.has_value(); });
}

}  // namespace

std::optional<ImageJDescription> parse_imagej(std::string_view text) {
    text = without_nul(text);
    if (!text.starts_with("ImageJ=")) return std::nullopt;
    ImageJDescription imagej;
    const IniReader ini(text, imagej.doubts);
    imagej.version = to_utf8(ini.value("", "ImageJ").value_or(""));
    const std::optional<Index> images = ini.integer("", "images", 1);
    const std::optional<Index> channels = ini.integer("", "channels", 1);
    const std::optional<Index> slices = ini.integer("", "slices", 1);
    const std::optional<Index> frames = ini.integer("", "frames", 1);
    imagej.channels = channels.value_or(1);
    imagej.frames = frames.value_or(1);
    imagej.images = images.value_or(1);
    // A plain stack may come without any of the three.
    imagej.slices = slices.value_or(channels || frames ? 1 : imagej.images);
    imagej.hyperstack = ini.value("", "hyperstack").value_or("") == "true";
    imagej.unit = to_utf8(ini.value("", "unit").value_or(""));
    imagej.y_unit = to_utf8(trimmed(ini.value("", "yunit").value_or("")));
    imagej.z_unit = to_utf8(trimmed(ini.value("", "zunit").value_or("")));
    imagej.spacing = ini.number("", "spacing");
    // In double, where the product cannot overflow.
    const double product =
        static_cast<double>(imagej.channels) * static_cast<double>(imagej.slices) * static_cast<double>(imagej.frames);
    if (images && product != static_cast<double>(*images)) {
        imagej.doubts.push_back("\"images\" is " + std::to_string(*images) + ", " + number_text(product) +
                                " were expected: " + std::to_string(imagej.channels) + " channels x " +
                                std::to_string(imagej.slices) + " slices x " + std::to_string(imagej.frames) +
                                " frames");
    }
    return imagej;
}

FoundSpacing spacing_from(const Density& density) {
    FoundSpacing found;
    const double length_mm = unit_mm(density.unit);
    const AxisUnit unit{length_mm, unit_name(density.unit), plain_tolerance};
    add_density(found, density, {unit, unit});
    if (found_any(found)) found.source = "resolution";
    return found;
}

FoundSpacing spacing_from(const ImageJDescription& imagej, const Density& density) {
    FoundSpacing found;
    const double tag_mm = unit_mm(density.unit);
    // Without a unit of its own ImageJ counts in the tag's.
    const auto unit_of = [&](const char* key, const std::string& text) -> AxisUnit {
        if (trimmed(text).empty()) return {tag_mm, unit_name(density.unit), plain_tolerance};
        const std::optional<double> mm = unit_in_mm(text);
        if (!mm && !is_pixel_unit(text)) {
            found.doubts.push_back(quotation(key) + " is " + quotation(text) +
                                   ", a unit of length was expected; the spacing is not used");
        }
        return {mm.value_or(0), text, named_tolerance};
    };
    const AxisUnit x = unit_of("unit", imagej.unit);
    const AxisUnit y = imagej.y_unit.empty() ? x : unit_of("yunit", imagej.y_unit);
    const AxisUnit z = imagej.z_unit.empty() ? x : unit_of("zunit", imagej.z_unit);
    if (x.mm > 0 && tag_mm > 0 && differ(tag_mm, x.mm)) {
        found.doubts.push_back("\"unit\" is " + quotation(imagej.unit) + " and the resolution unit is " +
                               unit_name(density.unit) + ", one unit was expected; ImageJ goes by the first");
    }
    add_density(found, density, {x, y});
    if (!(z.mm > 0)) {
        // Nothing is known of it.
    } else if (imagej.spacing) {
        found.mm[2] = checked_spacing("spacing", *imagej.spacing, z.mm, found.doubts);
    } else if (imagej.slices > 1 && found_any(found)) {
        found.doubts.push_back("has no \"spacing\" between its slices; ImageJ leaves it out where it is 1 " +
                               printable(z.name) + " or was never set");
    }
    if (found_any(found)) found.source = "ImageJ";
    return found;
}

FoundSpacing spacing_from(const OmeDescription& ome, const Density& density) {
    FoundSpacing tags = spacing_from(density);
    if (!ome.spacing_mm[0] && !ome.spacing_mm[1]) {
        tags.mm[2] = ome.spacing_mm[2];
        if (tags.mm[2]) tags.source = "OME";
        return tags;
    }
    FoundSpacing found;
    found.mm = ome.spacing_mm;
    found.source = "OME";
    for (std::size_t axis = 0; axis < 2; ++axis) {
        if (!found.mm[axis] || !tags.mm[axis] || !differ(*found.mm[axis], *tags.mm[axis])) continue;
        found.doubts.push_back(std::string("the spacing along ") + (axis == 0 ? "x" : "y") + " is " +
                               number_text(*found.mm[axis]) + " mm by its OME text and " + number_text(*tags.mm[axis]) +
                               " mm by its resolution; the first is used");
    }
    return found;
}

std::optional<TifffileDescription> parse_tifffile(std::string_view text) {
    text = without_nul(text);
    if (!text.starts_with('{')) return std::nullopt;
    TifffileDescription found;
    constexpr std::size_t most_axes = 16;
    double product = 1;
    bool possible = true;
    for_each_json_value(text, [&](std::span<const std::string_view> keys, std::string_view value) {
        if (keys.size() == 1 && keys[0] == "axes") found.axes = value;
        if (keys.size() != 2 || keys[0] != "shape" || !keys[1].empty()) return;
        const std::optional<std::int64_t> length = parse_integer(value);
        possible = possible && length && *length > 0 && found.shape.size() < most_axes;
        if (!possible) return;
        product *= static_cast<double>(*length);
        found.shape.push_back(*length);
    });
    constexpr double largest = 1e18;
    if (!possible || found.shape.size() < 2 || product > largest) return std::nullopt;
    if (found.axes.size() != found.shape.size()) found.axes.clear();
    return found;
}

FoundSpacing spacing_from(std::string_view description, const Density& density) {
    if (const std::optional<ImageJDescription> imagej = parse_imagej(description)) {
        FoundSpacing found = spacing_from(*imagej, density);
        found.doubts.insert(found.doubts.begin(), imagej->doubts.begin(), imagej->doubts.end());
        return found;
    }
    if (const std::optional<OmeDescription> ome = parse_ome(description)) {
        FoundSpacing found = spacing_from(*ome, density);
        found.doubts.insert(found.doubts.begin(), ome->doubts.begin(), ome->doubts.end());
        return found;
    }
    return spacing_from(density);
}

}  // namespace stack2nrrd
