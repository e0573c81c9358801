#include "volume/nrrd_kinds.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stack2nrrd {

namespace {

constexpr std::array<NrrdKind, 31> kinds{{
    {"domain", KindUse::place},
    {"space", KindUse::place},
    {"time"},
    {"list"},
    {"point", KindUse::components, 0, Colour::components, {}, true},
    {"vector", KindUse::components, 0, Colour::components, {}, true},
    {"covariant-vector", KindUse::components, 0, Colour::components, {}, true},
    {"normal", KindUse::components, 0, Colour::components, {}, true},
    {"stub", KindUse::components, 1},
    {"scalar", KindUse::components, 1},
    {"complex", KindUse::components, 2},
    {"2-vector", KindUse::components, 2},
    {"3-color", KindUse::colour, 3, Colour::rgb},
    {"RGB-color", KindUse::colour, 3, Colour::rgb},
    {"HSV-color", KindUse::refused, 3, Colour::components,
     "a hue is an angle and has no mean; convert it to RGB first"},
    {"XYZ-color", KindUse::refused, 3, Colour::components, "convert it to RGB first"},
    {"4-color", KindUse::colour, 4, Colour::rgba},
    {"RGBA-color", KindUse::colour, 4, Colour::rgba},
    {"3-vector", KindUse::components, 3, Colour::components, {}, true},
    {"3-gradient", KindUse::components, 3, Colour::components, {}, true},
    {"3-normal", KindUse::components, 3, Colour::components, {}, true},
    {"4-vector", KindUse::components, 4},
    {"quaternion", KindUse::refused, 4, Colour::components,
     "q and -q are the same rotation, so that a mean of their components is none; convert them to matrices first"},
    {"2D-symmetric-matrix", KindUse::components, 3},
    {"2D-masked-symmetric-matrix", KindUse::components, 4},
    {"2D-matrix", KindUse::components, 4},
    {"2D-masked-matrix", KindUse::components, 5},
    {"3D-symmetric-matrix", KindUse::components, 6, Colour::components, {}, true},
    {"3D-masked-symmetric-matrix", KindUse::components, 7, Colour::components, {}, true},
    {"3D-matrix", KindUse::components, 9, Colour::components, {}, true},
    {"3D-masked-matrix", KindUse::components, 10, Colour::components, {}, true},
}};

/// What else Teem reads for some of them, apart from the words of matrices.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> others{{
    {"contravariant-vector", "vector"},
    {"rgbcolor", "rgb-color"},
    {"rgb", "rgb-color"},
    {"hsvcolor", "hsv-color"},
    {"hsv", "hsv-color"},
    {"xyz", "xyz-color"},
    {"rgbacolor", "rgba-color"},
    {"rgba", "rgba-color"},
}};

void replace(std::string& text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    if (at != std::string::npos) text.replace(at, from.size(), to);
}

}  // namespace

const NrrdKind* find_nrrd_kind(std::string_view lower) {
    std::string name(lower);
    for (const auto& [other, usual] : others) {
        if (lower == other) name = usual;
    }
    if (name.starts_with("2d-") || name.starts_with("3d-")) {
        replace(name, "-sym-", "-symmetric-");
        replace(name, "-tensor", "-matrix");
    }
    const auto* found =
        std::find_if(kinds.begin(), kinds.end(), [&](const NrrdKind& kind) { return lower_case(kind.name) == name; });
    return found == kinds.end() ? nullptr : found;
}

std::span<const NrrdKind> nrrd_kinds() { return kinds; }

}  // namespace stack2nrrd
