#pragma once

// What a page about a run says, but for its pictures.

#include "picture/histogram.hpp"

#include <stack2nrrd/report.hpp>

#include <span>
#include <string>

namespace stack2nrrd {

/// All that is known when the last slice has come.
struct PageFacts {
    const Findings& findings;
    const VolumeInfo& volume;  ///< of the first result
    const Histogram& histogram;
    std::string min;  ///< as in a header: one number a channel
    std::string max;
    std::span<const std::string> late_notes;
    std::string samples_crc;  ///< of all slabs, likewise
};

/// The name of the result, for the title.
[[nodiscard]] std::string page_title(const PageFacts& facts);

/// HTML: what comes before the pictures, and what comes after them.
[[nodiscard]] std::string sections_before(const PageFacts& facts);
[[nodiscard]] std::string sections_after(const PageFacts& facts);

}  // namespace stack2nrrd
