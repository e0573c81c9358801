#pragma once

// Which kernel each axis has: its own, that of a quality, or the default.

#include <stack2nrrd/options.hpp>

#include <array>

namespace stack2nrrd {

/// The axes of `options`, each with a kernel. \throws Error invalid_argument for a quality that has no axis left to
/// decide, or that would mix labels.
[[nodiscard]] std::array<AxisOptions, 3> with_kernels(const Options& options);

}  // namespace stack2nrrd
