#pragma once

// Short texts in the manner of each scanner, and ways to spoil them.

#include "sidecar/sidecar.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd::test {

struct Sample {
    const char* file_name;
    std::string text;
};

[[nodiscard]] std::string skyscan_text();
[[nodiscard]] std::string pcr_text();
[[nodiscard]] std::string pca_text();
[[nodiscard]] std::string xtekct_text();
[[nodiscard]] std::string tescan_text();
[[nodiscard]] std::string rigaku_text();
[[nodiscard]] std::string tomcat_text();
[[nodiscard]] std::string micro_manager_text();
[[nodiscard]] std::string imagej_text();
[[nodiscard]] std::string ome_text();

/// The sidecars among them, each with a name.
[[nodiscard]] std::vector<Sample> sidecar_samples();

/// `text` with the first `what` replaced; it must be there.
[[nodiscard]] std::string with(std::string text, std::string_view what, std::string_view by);

/// `text` with every line end replaced.
[[nodiscard]] std::string with_line_ends(const std::string& text, std::string_view end);

/// parse_sidecar, where the text must be known.
[[nodiscard]] Sidecar parsed(std::string_view file_name, std::string_view text);

/// All doubts in one line.
[[nodiscard]] std::string joined(const std::vector<std::string>& doubts);

[[nodiscard]] bool contains(const std::vector<std::string>& doubts, std::string_view part);

}  // namespace stack2nrrd::test
