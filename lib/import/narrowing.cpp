#include "import/narrowing.hpp"

#include "core/sample_types.hpp"
#include "import/labels.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace stack2nrrd {

namespace {

struct Ends {
    double lowest = 0;
    double highest = 0;
    std::string lowest_text{};
    std::string highest_text{};
};

Ends ends_of(SampleType type) {
    return with_sample_type(type, [](auto sample) {
        using Limits = std::numeric_limits<decltype(sample)>;
        return Ends{static_cast<double>(Limits::lowest()), static_cast<double>(Limits::max()),
                    std::to_string(Limits::lowest()), std::to_string(Limits::max())};
    });
}

bool is_integer(SampleType type) {
    return with_sample_type(type, [](auto sample) { return std::is_integral_v<decltype(sample)>; });
}

/// Has the source samples that lie beyond the range of the output's type?
bool narrows(SampleType to, SampleType from) {
    return ends_of(from).lowest < ends_of(to).lowest || ends_of(from).highest > ends_of(to).highest;
}

bool has_window(const Options& options) { return options.window || options.window_auto; }

/// Does a kernel have negative lobes, which make values beyond the range of the samples?
bool overshoots(const AxisPlan& axis) {
    if (axis.copies()) return false;
    constexpr int steps = 4096;
    for (int i = 0; i < steps; ++i) {
        if (axis.kernel(axis.kernel.support() * i / steps) < -1e-12) return true;
    }
    return false;
}

}  // namespace

std::string clipping_advice(const Options& options, const ImportPlan::Detail& plan) {
    const SampleType from = plan.image.type;
    const SampleType to = plan.volume.type;
    const std::string to_name(sample_type_name(to));
    if (to == SampleType::float64) return "";
    if (to == SampleType::float32) return narrows(to, from) ? "--type float64 holds them" : "";
    const std::string wider = sample_bytes(to) <= 2 ? "float32" : "float64";
    if (has_window(options)) return "a wider --window LO,HI keeps them, and so does --type " + wider;
    if (narrows(to, from)) {
        return "--window auto (or LO,HI) maps samples to the range of " + to_name + ", and --type " +
               std::string(sample_type_name(from)) + " keeps them as they are";
    }
    if (plan.warp ? !plan.warp->labels : std::any_of(plan.axes.begin(), plan.axes.end(), overshoots)) {
        return "--type " + wider +
               " keeps the values that the kernel makes beyond the range, and a kernel without overshoot (--kernel "
               "box, or "
               "kaiser:1,3,.001) makes nothing there";
    }
    return "";
}

void warn_of_narrowing(const Options& options, const ImportPlan::Detail& plan, std::vector<std::string>& warnings) {
    const SampleType from = plan.image.type;
    const SampleType to = plan.volume.type;
    if (has_window(options)) return;
    const std::string to_name(sample_type_name(to));
    const std::string from_name(sample_type_name(from));
    if (is_integer(to) && narrows(to, from)) {
        std::string beyond;
        if (ends_of(from).lowest < ends_of(to).lowest) beyond = "below " + ends_of(to).lowest_text;
        if (ends_of(from).highest > ends_of(to).highest) {
            beyond += (beyond.empty() ? "above " : " and above ") + ends_of(to).highest_text;
        }
        warnings.push_back("--type " + to_name + " does not hold the range of the source's " + from_name +
                           ", so samples " + beyond +
                           " will be clipped; --window auto (or LO,HI) maps them to that range instead");
    }
    if (to == SampleType::float32 && is_integer(from) && !holds(to, from)) {
        warnings.push_back(
            "--type float32 holds whole numbers up to 16777216 (2^24) exactly, so larger ones of the "
            "source's " +
            from_name + " will be rounded; --type float64 holds them up to 2^53");
    }
}

}  // namespace stack2nrrd
