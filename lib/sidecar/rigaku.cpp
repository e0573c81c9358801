// Rigaku CT Lab: "CT_<date>_<time>.xml" beside the volume. It gives sizes, but neither it nor DataInfo.xml gives the
// unit of its pitch: 14.9 would be a matter of guessing from its size.

#include "core/text.hpp"
#include "sidecar/sidecar.hpp"
#include "sidecar/units.hpp"
#include "sidecar/xml.hpp"

namespace stack2nrrd {

namespace {

bool matches(std::string_view text) {
    XmlScanner xml(text);
    if (!xml.next() || xml.name() != "data_info") return false;
    return xml.next() && xml.name() == "volume";
}

std::optional<Index> size(const XmlScanner& xml, std::string_view name) {
    const std::optional<Index> value = parse_integer(xml.attribute(name).value_or(""));
    constexpr Index largest = 1'000'000'000;
    return value && *value >= 1 && *value <= largest ? value : std::nullopt;
}

void parse(std::string_view text, Sidecar& info) {
    XmlScanner xml(text);
    while (xml.next()) {
        if (xml.depth() != 2 || xml.name() != "volume") continue;
        info.width = size(xml, "width");
        info.height = size(xml, "height");
        info.count = size(xml, "stack");
        if (const std::optional<std::string_view> pitch = xml.attribute("pitch")) {
            info.doubts.push_back(
                "\"pitch\" is " + quotation(*pitch) +
                " without a unit, so it is not used as spacing; if you know it, pass it with --spacing");
        }
        return;
    }
}

}  // namespace

const SidecarFormat rigaku_format{"Rigaku volume", ".xml", matches, parse};

}  // namespace stack2nrrd
