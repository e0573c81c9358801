// Micro-Manager: metadata.txt beside images of one slice each, and *_metadata.txt beside files of many. "Summary" gives
// of the acquisition, and each image of its own pixel size ("PixelSizeUm"; since version 2 one level down). A pixel
// size of 0 is one that nobody calibrated, a step of 0 belongs to an acquisition without z.

#include "core/text.hpp"
#include "sidecar/json_reader.hpp"
#include "sidecar/sidecar.hpp"
#include "sidecar/units.hpp"

#include <algorithm>

namespace stack2nrrd {

namespace {

constexpr std::string_view summary = "Summary";
constexpr double micrometre = 1e-3;

bool matches(std::string_view text) {
    if (text.find("\"Summary\"") == std::string_view::npos) return false;
    return json_value(text, {summary, "MicroManagerVersion"}) || json_value(text, {summary, "z-step_um"});
}

/// What the text says that is of use, each value as it is there.
struct Told {
    std::string_view step, width, height, slices, times, aspect;
    std::vector<std::string_view> sizes;  ///< of a pixel: those that differ, a few of them

    explicit Told(std::string_view text) {
        for_each_json_value(text, [&](std::span<const std::string_view> keys, std::string_view value) {
            if (keys.size() < 2 || keys.size() > 3) return;
            const std::string_view key = keys.back();
            if (key == "PixelSizeUm" || (key == "PixelSize_um" && keys[0] == summary)) {
                constexpr std::size_t few = 8;
                const bool is_new = std::find(sizes.begin(), sizes.end(), value) == sizes.end();
                if (is_new && sizes.size() < few) sizes.push_back(value);
            }
            if (keys[0] != summary) return;
            const bool intended = keys.size() == 3 && keys[1] == "IntendedDimensions";
            if (keys.size() == 3 && !intended) return;
            if (key == (intended ? "z" : "Slices") && (slices.empty() || !intended)) slices = value;
            if (key == (intended ? "time" : "Frames") && (times.empty() || !intended)) times = value;
            if (intended) return;
            if (key == "z-step_um") step = value;
            if (key == "Width") width = value;
            if (key == "Height") height = value;
            if (key == "PixelAspect") aspect = value;
        });
    }
};

std::optional<Index> positive(std::string_view text) {
    const std::optional<std::int64_t> number = parse_integer(text);
    return number && *number > 0 ? number : std::nullopt;
}

bool is_zero(std::string_view text) { return parse_double(text) == 0.0; }

std::optional<double> pixel_size(const Told& told, std::vector<std::string>& doubts) {
    std::optional<double> size;
    std::string_view first;
    for (const std::string_view text : told.sizes) {
        if (is_zero(text)) continue;  // not calibrated
        const std::optional<double> own = checked_spacing("PixelSizeUm", text, micrometre, doubts);
        if (!own) return std::nullopt;
        if (size && differ(*size, *own)) {
            doubts.push_back("\"PixelSizeUm\" is both " + printable(first) + " and " + printable(text) +
                             ", one pixel size was expected; neither is used");
            return std::nullopt;
        }
        if (!size) first = text;
        size = size.value_or(*own);
    }
    if (!size) {
        doubts.emplace_back("gives no pixel size (\"PixelSizeUm\" is 0 where the microscope was not calibrated)");
    } else if (const std::optional<double> aspect = parse_double(told.aspect); aspect && *aspect != 1) {
        doubts.push_back("\"PixelAspect\" is " + printable(told.aspect) +
                         ", 1 was expected; \"PixelSizeUm\" is not used");
        return std::nullopt;
    }
    return size;
}

std::optional<double> step_along_z(const Told& told, std::vector<std::string>& doubts) {
    if (told.step.empty() || is_zero(told.step)) {
        doubts.emplace_back("gives no step along z (\"z-step_um\" is " +
                            (told.step.empty() ? std::string("not there") : printable(told.step)) + ")");
        return std::nullopt;
    }
    const Index slices = positive(told.slices).value_or(2);
    const Index times = positive(told.times).value_or(1);
    if (slices == 1 || times > 1) {
        doubts.push_back("reports " + std::to_string(slices) + (slices == 1 ? " slice at " : " slices at ") +
                         std::to_string(times) + (times == 1 ? " time" : " times") + ", so \"z-step_um\" (" +
                         printable(told.step) + ") need not be the step from one file to the next and is not used");
        return std::nullopt;
    }
    return checked_spacing("z-step_um", told.step, micrometre, doubts);
}

void parse(std::string_view text, Sidecar& metadata) {
    const Told told(text);
    metadata.width = positive(told.width);
    metadata.height = positive(told.height);
    metadata.count = positive(told.slices);
    metadata.other_axes = true;
    const std::optional<double> size = pixel_size(told, metadata.doubts);
    metadata.spacing_mm = {size, size, step_along_z(told, metadata.doubts)};
}

}  // namespace

const SidecarFormat micro_manager_format{"Micro-Manager metadata", ".txt", matches, parse};

}  // namespace stack2nrrd
