#include "import/quality.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>

namespace stack2nrrd {

namespace {

const char* kernel_of(Quality quality) {
    switch (quality) {
        case Quality::fast: return "box";
        case Quality::max: return "kaiser:6,3.7,.975";
        case Quality::smooth: return "kaiser:1,3,.001";
        case Quality::standard: break;
    }
    return "lanczos:3";
}

}  // namespace

std::array<AxisOptions, 3> with_kernels(const Options& options) {
    std::array<AxisOptions, 3> axes = options.axes;
    const bool all_given = std::all_of(axes.begin(), axes.end(), [](const AxisOptions& a) { return a.kernel; });
    if (options.quality && all_given) {
        throw Error(ErrorCode::invalid_argument,
                    "--quality: chooses the kernel, and so does --kernel; give one of them");
    }
    if (options.quality && options.labels) {
        throw Error(ErrorCode::invalid_argument,
                    "--quality: has kernels that would mix labels to values that are none; leave it out with --labels");
    }
    const Kernel kernel =
        Kernel::parse(options.labels ? "mode" : kernel_of(options.quality.value_or(Quality::standard)));
    for (AxisOptions& axis : axes) axis.kernel = axis.kernel.value_or(kernel);
    return axes;
}

}  // namespace stack2nrrd
