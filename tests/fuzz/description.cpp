// Texts in images: OME-XML, what ImageJ writes, and JSON; with densities as tags have them, from the first bytes.

#include "sidecar/description.hpp"

#include "core/text.hpp"
#include "harness.hpp"
#include "sidecar/json_reader.hpp"
#include "sidecar/xml.hpp"

#include <algorithm>
#include <cstring>

namespace stack2nrrd::fuzz {

namespace {

bool is_within(std::string_view part, std::string_view text) {
    return part.empty() || (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
}

void check(const FoundSpacing& found) {
    for (const auto& mm : found.mm) {
        if (mm) holds(*mm >= least_spacing_mm && *mm <= largest_spacing_mm, "a spacing is beyond all reason");
    }
    for (const std::string& doubt : found.doubts) check_sentence(doubt);
}

void check(const OmeDescription& ome) {
    for (const Index size : {ome.width, ome.height, ome.further_images}) holds(size >= 0, "a size is below 0");
    for (const Index count : {ome.slices, ome.channels, ome.frames, ome.samples_per_pixel}) {
        holds(count >= 1, "there are less than one of something");
    }
    for (const auto& mm : ome.spacing_mm) {
        if (mm) holds(*mm >= least_spacing_mm && *mm <= largest_spacing_mm, "a spacing is beyond all reason");
    }
    holds(ome.tiff_data.size() <= 1'000'000, "there are more TiffData than are kept");
    for (const OmeTiffData& data : ome.tiff_data) {
        holds(!data.file || *data.file < ome.files.size(), "a TiffData is in no file");
        holds(data.first_z >= 0 && data.first_c >= 0 && data.first_t >= 0 && data.ifd.value_or(0) >= 0 &&
                  data.plane_count.value_or(0) >= 0,
              "a TiffData has a number below 0");
    }
    for (const std::string& doubt : ome.doubts) check_sentence(doubt);
}

void try_xml(std::string_view text) {
    XmlScanner scanner(text);
    while (scanner.next()) {
        holds(is_within(scanner.name(), text) && is_within(scanner.content(), text), "XML is read outside of its text");
        holds(scanner.depth() >= 1, "an element is above the root");
        if (const auto id = scanner.attribute("ID")) {
            holds(is_within(*id, text), "XML is read outside of its text");
            static_cast<void>(unescaped(*id));
        }
    }
}

void try_json(std::string_view text) {
    for_each_json_value(text, [&](std::span<const std::string_view> keys, std::string_view value) {
        holds(is_within(value, text), "JSON is read outside of its text");
        for (const std::string_view key : keys) holds(is_within(key, text), "JSON is read outside of its text");
    });
}

}  // namespace

void one_input(Bytes bytes) {
    Density density;
    if (bytes.size() >= 2 * sizeof(double) + 1 && bytes[0] == std::byte{0}) {  // no text begins so
        std::array<double, 2> both{};
        std::memcpy(both.data(), bytes.data() + 1, sizeof both);
        density = {both[0], both[1], static_cast<DensityUnit>(std::to_integer<int>(bytes[1]) % 4)};
        bytes = bytes.subspan(1 + sizeof both);
    }
    const std::string_view text = text_of(bytes);
    check(spacing_from(density));
    check(spacing_from(text, density));
    if (const auto imagej = parse_imagej(text)) {
        holds(imagej->images >= 1 && imagej->channels >= 1 && imagej->slices >= 1 && imagej->frames >= 1,
              "there are less than one of something");
        holds(is_utf8(imagej->unit), "a unit is no UTF-8");
        for (const std::string& doubt : imagej->doubts) check_sentence(doubt);
        check(spacing_from(*imagej, density));
    }
    if (const auto tifffile = parse_tifffile(text)) {
        holds(tifffile->axes.empty() || tifffile->axes.size() == tifffile->shape.size(), "an axis has no letter");
        for (const Index length : tifffile->shape) holds(length > 0, "an axis has no length");
    }
    if (const auto ome = parse_ome(text)) {
        check(*ome);
        check(spacing_from(*ome, density));
    }
    holds(is_utf8(to_utf8(text)), "what was made UTF-8 is none");
    check_sentence(quotation(text));
    try_xml(text);
    try_json(text);
}

}  // namespace stack2nrrd::fuzz
