// The log of SkyScan (Bruker) scanners, completed by NRecon. Its slices are described in [Reconstruction], their names
// in [File name convention]. Other sections have keys that end alike: "Image Pixel Size (um)" is the detector's, and
// "Filename Prefix" of [Acquisition] names the projections.

#include "core/text.hpp"
#include "sidecar/ini.hpp"
#include "sidecar/sidecar.hpp"
#include "sidecar/units.hpp"

namespace stack2nrrd {

namespace {

constexpr std::string_view result = "Reconstruction";
constexpr std::string_view names = "File name convention";

bool matches(std::string_view text) {
    if (has_ini_section(text, result)) return true;
    std::vector<std::string> ignored;
    const std::optional<std::string_view> scanner = IniReader(text, ignored).value("System", "Scanner");
    return scanner && same_ignoring_case(scanner->substr(0, 7), "SkyScan");
}

/// The step that gives `count` sections over `distance`, if it is the only one.
std::optional<Index> step_of(Index distance, Index count) {
    if (count < 2 || distance < 1) return std::nullopt;
    const Index least = distance / count + 1;  // of those that do not give more
    const Index most = distance / (count - 1);
    return least == most ? std::optional(most) : std::nullopt;
}

/// Do first, last, step and count fit together? What they are is left to the files.
void check_sections(Sidecar& log) {
    if (!log.first || !log.last) return;
    if (*log.last < *log.first) {
        log.doubts.push_back("\"Last Section\" " + std::to_string(*log.last) + " comes before \"First Section\" " +
                             std::to_string(*log.first));
        return;
    }
    if (!log.count) return;
    if (!log.step) log.step = step_of(*log.last - *log.first, *log.count);
    const Index step = log.step.value_or(1);
    const Index expected = (*log.last - *log.first) / step + 1;
    if (*log.count == expected) return;
    log.doubts.push_back("\"Sections Count\" is " + std::to_string(*log.count) + ", " + std::to_string(expected) +
                         " were expected from section " + std::to_string(*log.first) + " to " +
                         std::to_string(*log.last) + (log.step ? " in steps of " + std::to_string(step) : ""));
}

void parse(std::string_view text, Sidecar& log) {
    const IniReader ini(text, log.doubts);
    if (!ini.has_section(result)) {
        log.doubts.push_back("has no section [Reconstruction], so it describes no reconstructed slices");
        return;
    }
    log.first = ini.integer(result, "First Section", 0);
    log.last = ini.integer(result, "Last Section", 0);
    log.count = ini.integer(result, "Sections Count", 1);
    log.step = ini.integer(result, "Section to Section Step", 1);
    log.width = ini.integer(result, "Result Image Width (pixels)", 1);
    log.height = ini.integer(result, "Result Image Height (pixels)", 1);
    log.file_type = lower_case(to_utf8(ini.value(result, "Result File Type").value_or("")));
    check_sections(log);

    const std::size_t doubts_before = log.doubts.size();
    if (const std::optional<double> size = ini.spacing_with_unit(result, "Pixel Size")) {
        log.spacing_mm = {size, size, std::nullopt};
        if (log.step) {
            log.spacing_mm[2] = checked_spacing("section step", *size * static_cast<double>(*log.step), 1, log.doubts);
        } else {
            log.doubts.emplace_back(
                "does not give the step from section to section, so the spacing of the slices is unknown");
        }
    } else if (log.doubts.size() == doubts_before) {
        log.doubts.emplace_back("has no \"Pixel Size (um)\" in its section [Reconstruction]");
    }

    if (ini.has_section(names)) {
        log.prefix = to_utf8(ini.value(names, "Filename Prefix").value_or(""));
        log.index_length = static_cast<int>(ini.integer(names, "Filename Index Length", 1).value_or(0));
    } else {
        // NRecon also adds its section to the log beside the projections, but not this one.
        log.doubts.emplace_back("has no section [File name convention], so it may lie beside projections, not slices");
    }
}

}  // namespace

const SidecarFormat skyscan_log_format{"SkyScan log", ".log", matches, parse};

}  // namespace stack2nrrd
