#pragma once

// What users ask for where they do not know a factor: a size of the file, of the longest axis, of a sample.

#include <stack2nrrd/options.hpp>

#include <array>
#include <cstdint>
#include <functional>

namespace stack2nrrd {

/// What the targets are worked out from.
struct TargetSource {
    std::array<Index, 3> size{};      ///< samples of each axis, within the crop
    std::array<double, 3> spacing{};  ///< of them, in mm
    bool spacing_known = false;
    /// Bytes of the file, header included, that is made with these options, which have no target.
    std::function<std::int64_t(const Options&)> file_bytes;
};

/// `options` with factors in place of its target. \throws Error invalid_argument if the targets contradict each other
/// or a factor, if they need a spacing that is unknown, or if no file is as small as asked.
[[nodiscard]] Options with_factors(Options options, const TargetSource& source);

}  // namespace stack2nrrd
