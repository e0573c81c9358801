#include "import/labels.hpp"

#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "import/refuse.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <limits>
#include <string>

namespace stack2nrrd {

namespace {

bool is_mode(const AxisPlan& axis) { return axis.kernel.kind() == Kernel::Kind::mode; }

}  // namespace

bool holds(SampleType to, SampleType from) {
    return with_sample_type(to, [&](auto wide) {
        return with_sample_type(from, [](auto narrow) {
            using Wide = std::numeric_limits<decltype(wide)>;
            using Narrow = std::numeric_limits<decltype(narrow)>;
            return (Wide::is_integer ? Narrow::is_integer : true) && (Wide::is_signed || !Narrow::is_signed) &&
                   Wide::digits >= Narrow::digits;
        });
    });
}

bool counts_values(const std::array<AxisPlan, 3>& axes) {
    const auto modes = std::count_if(axes.begin(), axes.end(), is_mode);
    if (modes != 0 && modes != 3) {
        refuse("--kernel: mode counts over all three axes at once, but the kernels of x, y and z are " +
               axes[0].kernel.spec() + ", " + axes[1].kernel.spec() + " and " + axes[2].kernel.spec() +
               "; give mode for all of them, or for none");
    }
    const bool all_copies = std::all_of(axes.begin(), axes.end(), [](const AxisPlan& axis) { return axis.copies(); });
    if (modes == 0 || all_copies) return false;
    double most = 1;
    for (const AxisPlan& axis : axes) most *= axis.step.value() + 2;
    if (most > 9e18) refuse("--factor: is too large for samples to be counted; give a smaller one");
    return true;
}

bool picks_wide_integers(const Stack& stack, const Options& options, const ImportPlan::Detail& plan) {
    if (!is_wide_integer(stack.image.type) || options.window || options.window_auto) return false;
    if (is_float(options.type.value_or(stack.image.type))) return false;
    if (plan.channel == Channel::luma && stack.image.channels() > 2) return false;
    return std::all_of(plan.axes.begin(), plan.axes.end(), [](const AxisPlan& axis) { return axis.picks(); });
}

void check_labels(const Stack& stack, const Options& options, const ImportPlan::Detail& plan) {
    if (!options.labels && !is_mode(plan.axes[0])) return;
    for (const AxisPlan& axis : plan.axes) {
        if (is_mode(axis) || axis.kernel.kind() == Kernel::Kind::nearest) continue;
        refuse("--labels: kernel " + axis.kernel.spec() +
               " would mix labels to values that are none; leave --kernel out, or give mode or nearest");
    }
    const std::string what = options.labels ? "--labels" : "kernel mode";
    if (options.window || options.window_auto)
        refuse("--window: would change labels, but with " + what + " they stay; leave one of them out");
    if (plan.channel == Channel::luma && stack.image.channels() > 2) {
        refuse("--channel: luma would mix the channels of " + colour_text(stack.image.colour, stack.image.channels()) +
               " slices, but with " + what + " nothing is mixed; choose one of them, or all");
    }
    if (!holds(plan.volume.type, stack.image.type)) {
        const std::string from(sample_type_name(stack.image.type));
        refuse("--type: " + std::string(sample_type_name(plan.volume.type)) + " does not hold every " + from +
               ", but with " + what + " no value may change; give a type that does, or leave --type out");
    }
}

}  // namespace stack2nrrd
