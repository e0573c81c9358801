// Nikon (X-Tek) CT Pro: .xtekct. Lengths are in "Units", which is mm wherever it was seen. "Projections", "InputDigits"
// and "DetectorPixelSizeX" are of the projections.

#include "sidecar/ini.hpp"
#include "sidecar/sidecar.hpp"
#include "sidecar/units.hpp"

namespace stack2nrrd {

namespace {

constexpr std::string_view section = "XTekCT";

bool matches(std::string_view text) { return has_ini_section(text, section); }

void parse(std::string_view text, Sidecar& xtekct) {
    const IniReader ini(text, xtekct.doubts);
    xtekct.width = ini.integer(section, "VoxelsX", 1);
    xtekct.height = ini.integer(section, "VoxelsY", 1);
    xtekct.count = ini.integer(section, "VoxelsZ", 1);
    const std::optional<std::string_view> unit = ini.value(section, "Units");
    const std::optional<double> unit_mm = unit_in_mm(unit.value_or("mm"));
    if (!unit_mm) {
        xtekct.doubts.push_back("\"Units\" is " + quotation(*unit) + ", mm was expected; its lengths are not used");
        return;
    }
    const std::size_t doubts_before = xtekct.doubts.size();
    xtekct.spacing_mm = {ini.spacing(section, "VoxelSizeX", *unit_mm), ini.spacing(section, "VoxelSizeY", *unit_mm),
                         ini.spacing(section, "VoxelSizeZ", *unit_mm)};
    for (const std::optional<double>& size : xtekct.spacing_mm) {
        if (size || xtekct.doubts.size() != doubts_before) continue;
        xtekct.doubts.emplace_back("has no \"VoxelSizeX\", \"VoxelSizeY\" and \"VoxelSizeZ\" in its section [XTekCT]");
    }
}

}  // namespace

const SidecarFormat nikon_xtekct_format{"Nikon xtekct", ".xtekct", matches, parse};

}  // namespace stack2nrrd
