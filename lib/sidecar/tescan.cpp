// TESCAN (XRE) "data settings ... recon.txt". Its "Voxel size" has no unit, but its unit can be proven: it is "Pixel
// size" x SOD / SDD, and "Pixel size" is the detector's, which comes once more in a key that ends in "(mm)". Without
// that proof there is no spacing. "geometry recon.txt" has steps without any unit and is not read.

#include "core/text.hpp"
#include "sidecar/ini.hpp"
#include "sidecar/sidecar.hpp"
#include "sidecar/units.hpp"

namespace stack2nrrd {

namespace {

constexpr std::string_view reconstruction = "CT-parameters IN";
constexpr std::string_view camera = "Camera settings";

bool matches(std::string_view text) { return has_ini_section(text, reconstruction) && has_ini_section(text, camera); }

void parse(std::string_view text, Sidecar& settings) {
    const IniReader ini(text, settings.doubts);
    if (!ini.value("Data set settings", "recon path")) {
        settings.doubts.emplace_back("has no \"recon path\", so it describes projections, not slices");
        return;
    }
    const std::optional<double> voxel = ini.spacing(reconstruction, "Voxel size", 1);
    const std::optional<double> sample = ini.number(reconstruction, "Pixel size");
    const std::optional<double> source_object = ini.number(reconstruction, "SOD");
    const std::optional<double> source_detector = ini.number(reconstruction, "SDD");
    const std::optional<double> detector_mm = ini.spacing_with_unit(camera, "Binned pixelsize");
    if (!voxel || !sample || !source_object || !source_detector || !detector_mm) {
        if (settings.doubts.empty()) settings.doubts.emplace_back("lacks what would give the unit of \"Voxel size\"");
        return;
    }
    const double expected = *detector_mm * *source_object / *source_detector;  // a zero ends in the doubt
    if (differ(*sample, *detector_mm) || differ(*voxel, expected)) {
        settings.doubts.push_back("\"Voxel size\" is " + number_text(*voxel) + ", " + number_text(expected) +
                                  " mm was expected from the detector; it is not used");
        return;
    }
    settings.spacing_mm = {voxel, voxel, voxel};
}

}  // namespace

const SidecarFormat tescan_format{"TESCAN settings", ".txt", matches, parse};

}  // namespace stack2nrrd
