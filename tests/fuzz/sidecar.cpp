// Logs of scanners, in every format.

#include "sidecar/sidecar.hpp"

#include "core/text.hpp"
#include "harness.hpp"
#include "sidecar/units.hpp"

namespace stack2nrrd::fuzz {

namespace {

void check(const Sidecar& sidecar) {
    for (const auto& mm : sidecar.spacing_mm) {
        if (mm) holds(*mm >= least_spacing_mm && *mm <= largest_spacing_mm, "a spacing is beyond all reason");
    }
    for (const auto& number : {sidecar.count, sidecar.step, sidecar.width, sidecar.height}) {
        if (number) holds(*number >= 1, "there are less than one of something");
    }
    for (const auto& number : {sidecar.first, sidecar.last}) {
        if (number) holds(*number >= 0, "a slice has a number below 0");
    }
    if (sidecar.first && sidecar.last && sidecar.doubts.empty()) {
        holds(*sidecar.first <= *sidecar.last, "the last slice comes before the first, and nobody doubts it");
    }
    holds(sidecar.index_length >= 0, "a number has less than no digits");
    holds(is_utf8(sidecar.prefix), "a prefix is no UTF-8");
    for (const std::string& doubt : sidecar.doubts) check_sentence(doubt);
}

bool is_same(const Sidecar& a, const Sidecar& b) {
    return a.format == b.format && a.spacing_mm == b.spacing_mm && a.first == b.first && a.last == b.last &&
           a.count == b.count && a.step == b.step && a.width == b.width && a.height == b.height &&
           a.prefix == b.prefix && a.index_length == b.index_length && a.file_type == b.file_type &&
           a.doubts == b.doubts;
}

}  // namespace

void one_input(Bytes bytes) {
    const std::string_view text = text_of(bytes);
    for (const SidecarFormat* format : sidecar_formats()) {
        const auto found = parse_sidecar(std::string("scan") + format->suffix, text);
        if (!found) continue;
        check(*found);
        const std::string copy(text);  // with nothing readable behind it
        const auto again = parse_sidecar(std::string("scan") + format->suffix, copy);
        holds(again && is_same(*found, *again), "one text is read in two ways");
    }
}

}  // namespace stack2nrrd::fuzz
