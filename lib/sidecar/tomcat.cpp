// TOMCAT (Swiss Light Source): a data set's record in the SciCat catalogue. "Actual pixel size" comes with its unit.
// It is the slices' spacing if the data set is derived and was neither binned nor scaled while it was reconstructed.

#include "core/text.hpp"
#include "sidecar/json_reader.hpp"
#include "sidecar/sidecar.hpp"
#include "sidecar/units.hpp"

namespace stack2nrrd {

namespace {

bool matches(std::string_view text) {
    return json_value(text, {"scientificMetadata", "detectorParameters", "Actual pixel size", "v"}).has_value();
}

/// The only value at a path, or nothing.
template <class... Keys>
std::optional<std::string_view> only(std::string_view text, Keys... keys) {
    const std::optional<JsonFound> found = json_value(text, {std::string_view(keys)...});
    if (!found || found->contradictory) return std::nullopt;
    return found->value;
}

/// Is the value at that path of the reconstruction absent or "1"?
bool is_one(std::string_view text, const char* key) {
    const std::optional<JsonFound> found =
        json_value(text, {"scientificMetadata", "postProcessingParameters", "", "commandLineArgument", key});
    return !found || (!found->contradictory && (found->value == "1" || found->value == "1,1"));
}

void parse(std::string_view text, Sidecar& record) {
    if (only(text, "type").value_or("") != "derived") {
        record.doubts.emplace_back("is not the record of a derived data set, so it describes projections, not slices");
        return;
    }
    if (!is_one(text, "binSize") || !is_one(text, "scaleImageFactor")) {
        record.doubts.emplace_back("says that slices were binned or scaled, so its \"Actual pixel size\" is not used");
        return;
    }
    constexpr const char* data = "scientificMetadata";
    constexpr const char* detector = "detectorParameters";
    constexpr const char* size = "Actual pixel size";
    const std::optional<std::string_view> value = only(text, data, detector, size, "v");
    const std::optional<std::string_view> unit = only(text, data, detector, size, "u");
    const std::optional<double> unit_mm = unit ? unit_in_mm(*unit) : std::nullopt;
    if (!value || !unit_mm) {
        record.doubts.emplace_back("\"Actual pixel size\" has no unit that is known, um was expected; it is not used");
        return;
    }
    const std::optional<double> spacing = checked_spacing(size, *value, *unit_mm, record.doubts);
    const std::optional<double> metres = parse_double(only(text, data, detector, size, "valueSI").value_or(""));
    if (spacing && metres && differ(*spacing, *metres * 1000)) {
        record.doubts.push_back("\"Actual pixel size\" is both " + number_text(*spacing) + " mm and " +
                                number_text(*metres) + " m, one value was expected; neither is used");
        return;
    }
    record.spacing_mm = {spacing, spacing, spacing};
}

}  // namespace

const SidecarFormat tomcat_format{"TOMCAT record", ".json", matches, parse};

}  // namespace stack2nrrd
