#include "sidecar/sidecar.hpp"

#include "sidecar/units.hpp"

#include <algorithm>

namespace stack2nrrd {

namespace {

constexpr std::array<const SidecarFormat*, 8> formats{&skyscan_log_format, &phoenix_pcr_format, &nikon_xtekct_format,
                                                      &phoenix_pca_format, &tescan_format,      &micro_manager_format,
                                                      &rigaku_format,      &tomcat_format};

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

}  // namespace

std::span<const SidecarFormat* const> sidecar_formats() noexcept { return formats; }

bool may_be_sidecar(std::string_view file_name) noexcept {
    return std::any_of(formats.begin(), formats.end(),
                       [&](const SidecarFormat* format) { return has_suffix(file_name, format->suffix); });
}

std::optional<Sidecar> parse_sidecar(std::string_view file_name, std::string_view text) {
    if (text.starts_with(utf8_mark)) text.remove_prefix(utf8_mark.size());
    for (const SidecarFormat* format : formats) {
        if (!has_suffix(file_name, format->suffix) || !format->matches(text)) continue;
        Sidecar sidecar;
        sidecar.format = format->name;
        format->parse(text, sidecar);
        return sidecar;
    }
    return std::nullopt;
}

}  // namespace stack2nrrd
