// GE (Baker Hughes, Waygate) phoenix datos|x: .pcr describes the reconstructed volume, .pca the acquisition. Lengths
// are in mm by the format's definition. "StartImage", "LastImage" and "NumberImages" count projections.

#include "sidecar/ini.hpp"
#include "sidecar/sidecar.hpp"
#include "sidecar/units.hpp"

namespace stack2nrrd {

namespace {

bool matches_pcr(std::string_view text) { return has_ini_section(text, "VolumeData"); }

void parse_pcr(std::string_view text, Sidecar& pcr) {
    constexpr std::string_view volume = "VolumeData";
    const IniReader ini(text, pcr.doubts);
    const std::optional<double> size = ini.spacing(volume, "VoxelSizeRec", 1);
    pcr.spacing_mm = {size, size, size};
    pcr.width = ini.integer(volume, "Volume_SizeX", 1);
    pcr.height = ini.integer(volume, "Volume_SizeY", 1);
    pcr.count = ini.integer(volume, "Volume_SizeZ", 1);
    if (!size && pcr.doubts.empty()) pcr.doubts.emplace_back("has no \"VoxelSizeRec\" in its section [VolumeData]");
}

bool matches_pca(std::string_view text) { return has_ini_section(text, "Geometry"); }

void parse_pca(std::string_view text, Sidecar& pca) {
    constexpr std::string_view geometry = "Geometry";
    const IniReader ini(text, pca.doubts);
    const std::optional<double> x = ini.spacing(geometry, "VoxelSizeX", 1);
    const std::optional<double> y = ini.spacing(geometry, "VoxelSizeY", 1);
    if (x && y && !differ(*x, *y)) {
        pca.spacing_mm = {x, x, x};
    } else if (x && y) {
        // These are the detector's axes: its columns become the volume's third axis.
        pca.doubts.emplace_back(
            "\"VoxelSizeX\" and \"VoxelSizeY\" differ, one size was expected; it is unknown which one is x in a slice");
    } else if (pca.doubts.empty()) {
        pca.doubts.emplace_back("has no \"VoxelSizeX\" and \"VoxelSizeY\" in its section [Geometry]");
    }
}

}  // namespace

const SidecarFormat phoenix_pcr_format{"phoenix reconstruction", ".pcr", matches_pcr, parse_pcr};
const SidecarFormat phoenix_pca_format{"phoenix acquisition", ".pca", matches_pca, parse_pca};

}  // namespace stack2nrrd
