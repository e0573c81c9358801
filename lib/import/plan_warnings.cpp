#include "import/plan_warnings.hpp"

#include "core/text.hpp"
#include "import/carried.hpp"
#include "import/narrowing.hpp"
#include "intensity/percentiles.hpp"
#include "sink/zarr_metadata.hpp"
#include "stack/spacing.hpp"
#include "volume/sample_reader.hpp"

#include <algorithm>
#include <optional>

namespace stack2nrrd {

namespace {

/// What the header of the source says, and filtering does not go with.
void warn_of_header(const Stack& stack, const ImportPlan::Detail& plan, std::vector<std::string>& warnings) {
    const bool picks = std::all_of(plan.axes.begin(), plan.axes.end(), [](const AxisPlan& a) { return a.picks(); });
    const bool filters = !plan.modes && !picks;
    if (filters && is_segmentation(stack)) {
        warnings.push_back(printable(stack.name) +
                           ": has segments, whose labels must not be mixed; --labels keeps them");
    }
    const std::string& kind = stack.components.kind;
    if (filters && plan.volume.colour == Colour::components && (kind == "normal" || kind == "3-normal")) {
        warnings.push_back(printable(stack.name) +
                           ": has normals, which are not of unit length after they are filtered");
    }
    if (plan.left_out.empty()) return;
    constexpr std::size_t most = 5;
    std::string keys;
    for (std::size_t i = 0; i < std::min(most, plan.left_out.size()); ++i) {
        keys += (i == 0 ? "" : ", ") + printable(plan.left_out[i]);
    }
    if (plan.left_out.size() > most) keys += " and " + std::to_string(plan.left_out.size() - most) + " more";
    warnings.push_back(printable(stack.name) + ": key/values that are true of the source alone are left out: " + keys);
}

}  // namespace

std::vector<std::string> warnings_for(const Stack& stack, const Options& options, const ImportPlan::Detail& plan) {
    std::vector<std::string> warnings;
    for (const Problem& problem : stack.problems) {
        if (!problem.fatal && !(problem.spacing && options.spacing)) warnings.push_back(problem.text);
    }
    if (!plan.volume.geometry.spacing_known) {
        warnings.push_back(
            "the spacing is unknown, so the header counts in source samples; pass it with --spacing X,Y,Z (in mm, or "
            "with --space-units um)");
    }
    if (options.format == Format::zarr && !is_along_lps(plan.volume.geometry)) {
        warnings.emplace_back(
            "the axes of the volume do not point left, posterior and superior, and OME-Zarr cannot say where they "
            "point: its positions count along the volume's own axes; directions and origin are in its attribute "
            "stack2nrrd");
    }
    warn_of_narrowing(options, plan, warnings);
    if (plan.needs_window) {
        const int passes = Percentiles(plan.image.type).passes();
        warnings.push_back("--window auto is found by " +
                           std::string(passes == 1   ? "a pass"
                                       : passes == 2 ? "two passes"
                                                     : "four passes") +
                           " over the samples before the run");
    }
    if (plan.backward) {
        warnings.push_back("--reverse reads compressed samples from their end, so that they are unpacked up to " +
                           std::to_string(backward_passes(*stack.volume, plan.read.size())) + " times");
    }
    if (options.spacing && stack.geometry.spacing_known) {
        const Geometry given = source_geometry(stack, options);
        const std::optional<std::string> text = disagreement(spacing_of(given), "the command line",
                                                             spacing_of(stack.geometry), stack.geometry.spacing_source);
        if (text) warnings.push_back(*text);
    }
    warn_of_header(stack, plan, warnings);
    const Colour colour = plan.image.colour;
    if (plan.channel == Channel::luma && (colour == Colour::rgba || colour == Colour::grey_alpha)) {
        warnings.push_back("the alpha channel is left out; --channel all keeps it");
    }
    for (std::size_t a = 0; a < 3; ++a) {
        const AxisPlan& axis = plan.axes[a];
        const bool between = axis.first.den != 1 || axis.step.den != 1;
        if (axis.kernel.kind() == Kernel::Kind::nearest && !axis.copies() && between) {
            warnings.push_back(
                "kernel nearest takes samples up to half a source sample beside the stated positions; --align first "
                "with a whole factor is exact");
            break;
        }
    }
    return warnings;
}

}  // namespace stack2nrrd
