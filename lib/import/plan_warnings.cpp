#include "import/plan_warnings.hpp"

#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "import/carried.hpp"
#include "import/like.hpp"
#include "import/narrowing.hpp"
#include "intensity/percentiles.hpp"
#include "sink/zarr_metadata.hpp"
#include "stack/spacing.hpp"
#include "volume/sample_reader.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace stack2nrrd {

namespace {

/// What the header of the source says, and filtering does not go with.
void warn_of_header(const Stack& stack, const ImportPlan::Detail& plan, std::vector<std::string>& warnings) {
    const bool picks = std::all_of(plan.axes.begin(), plan.axes.end(), [](const AxisPlan& a) { return a.picks(); });
    const bool filters = plan.warp ? !plan.warp->labels : !plan.modes && !picks;
    if (filters && is_segmentation(stack)) {
        warnings.push_back(printable(stack.name) +
                           ": has segments, whose labels must not be mixed; --labels keeps them");
    }
    const std::string& kind = stack.components.kind;
    const bool has_directions = kind.find("vector") != std::string::npos || kind.find("normal") != std::string::npos ||
                                kind.find("gradient") != std::string::npos || kind.find("matrix") != std::string::npos;
    if (plan.through->transform != nullptr && plan.volume.colour == Colour::components && has_directions) {
        warnings.push_back("--transform: moves the samples of " + printable(stack.name) + ", which are of kind " +
                           kind + ", and turns none of them");
    }
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

/// "x, y"
std::string axes_where(const ImportPlan::Detail& plan, bool (*is)(const ImportPlan::Detail&, std::size_t)) {
    std::string names;
    for (std::size_t a = 0; a < 3; ++a) {
        if (is(plan, a)) names += (names.empty() ? "" : ", ") + std::string(1, "xyz"[a]);
    }
    return names;
}

/// Source samples behind the last output's part, in units of 1/step.den.
Index remainder_of(const ImportPlan::Detail& plan, std::size_t a) {
    return plan.crop[a].size() * plan.axes[a].step.den - plan.axes[a].outputs * plan.axes[a].step.num;
}

/// As it is written.
std::string fill_text(const Options& options, const ImportPlan::Detail& plan) {
    return number_text(is_float(plan.result.type) ? options.fill : std::floor(options.fill + 0.5));
}

std::string outside_text(const ImportPlan::Detail& plan) {
    const std::array<Range, 3> whole{Range{0, plan.axes[0].source}, {0, plan.axes[1].source}, {0, plan.axes[2].source}};
    return plan.crop == whole ? "outside of the source" : "outside of the source's crop";
}

/// Of slices that do not say where they are.
void warn_of_place(const Stack& stack, const Options& options, const char* option, std::vector<std::string>& warnings) {
    if (options.origin || stack.volume != nullptr || stack.geometry.origin != Vector3{}) return;
    warnings.push_back(std::string(option) +
                       ": the slices do not say where they are, so the first sample is taken to be at 0, 0, 0; "
                       "--origin gives its place");
}

/// What a grid that is turned or bent does.
void warn_of_warp(const Stack& stack, const Options& options, const ImportPlan::Detail& plan,
                  std::vector<std::string>& warnings) {
    const char* const option = !has_reference(options) ? "--transform" : "--like";
    warnings.insert(warnings.end(), plan.reference_notes.begin(), plan.reference_notes.end());
    warn_of_place(stack, options, option, warnings);
    if (plan.warp_folds) {
        warnings.emplace_back(
            "--transform: turns parts of the source inside out, or presses them flat, so that some of it is seen more "
            "than once; a transform of tissue does not, so check it");
    }
    double places = 1;
    for (const Rational& finer : plan.warp->warp.finer) places *= finer.value();
    constexpr double usual = 216;  // six along each axis
    if (places > usual) {
        warnings.push_back(std::string(option) + ": about " + number_text(std::round(places)) +
                           " places are looked up for each sample of the result, since one of its steps covers many "
                           "samples of the source somewhere, which takes long; check the spacings and the transform");
    }
    if (plan.warp_outside == 0) return;
    const double percent = std::max(0.1, std::round(plan.warp_outside * 1000) / 10);
    warnings.push_back(std::string(option) + ": about " + number_text(percent) + " % of the samples are " +
                       outside_text(plan) + ", and become " + fill_text(options, plan) + " (--fill)");
}

/// What is odd about --like, and how much of its grid the source does not have.
void warn_of_reference(const Stack& stack, const Options& options, const ImportPlan::Detail& plan,
                       std::vector<std::string>& warnings) {
    double inside = 1;
    for (const ArrangedAxis& axis : plan.arrangement->axes) {
        inside *= static_cast<double>(axis.shown(plan.volume.size[axis.from])) / static_cast<double>(axis.size);
    }
    warnings.insert(warnings.end(), plan.reference_notes.begin(), plan.reference_notes.end());
    warn_of_place(stack, options, "--like", warnings);
    if (inside == 1) return;
    const double percent = std::max(0.01, std::round((1 - inside) * 10000) / 100);
    warnings.push_back("--like: " + number_text(percent) + " % of the samples are " + outside_text(plan) +
                       ", and become " + fill_text(options, plan) + " (--fill)");
}

/// What the sizes and factors do that a user may not expect.
void warn_of_sizes(const Stack& stack, const Options& options, const ImportPlan::Detail& plan,
                   std::vector<std::string>& warnings) {
    warnings.insert(warnings.end(), plan.through->notes.begin(), plan.through->notes.end());
    if (plan.warp) return warn_of_warp(stack, options, plan, warnings);
    const auto factor = [&](std::size_t a) { return plan.axes[a].step; };
    const std::string enlarged = axes_where(
        // Axes that are a little askew have steps a little below one.
        plan, [](const ImportPlan::Detail& p, std::size_t a) { return p.axes[a].step.value() < .999; });
    if (!enlarged.empty()) {
        warnings.push_back((!has_reference(options) ? "--size" : "--like") + std::string(": enlarges ") + enlarged +
                           ", which adds samples and no detail");
    }
    if (has_reference(options)) return warn_of_reference(stack, options, plan, warnings);
    const bool sized =
        std::any_of(options.axes.begin(), options.axes.end(), [](const AxisOptions& a) { return a.size; });
    if (sized && (factor(0) != factor(1) || factor(1) != factor(2))) {
        warnings.push_back("--size: reduces x, y and z by different factors, " + to_string(factor(0)) + ", " +
                           to_string(factor(1)) + " and " + to_string(factor(2)) +
                           "; a size of 0 follows the ratio of the first one given");
    }
    std::string left;
    for (std::size_t a = 0; a < 3; ++a) {
        const Index rest = remainder_of(plan, a);
        if (rest <= 0 || plan.axes[a].outputs == 0) continue;
        const double samples = static_cast<double>(rest) / static_cast<double>(factor(a).den);
        left += (left.empty() ? "" : ", ") + number_text(std::round(samples * 100) / 100) + " of " +
                std::to_string(plan.crop[a].size()) + " along " + "xyz"[a];
    }
    if (!left.empty()) {
        warnings.push_back("the factor does not divide the size, so that samples at the end are left out: " + left +
                           (options.target == Target{} ? "; --size instead keeps them" : ""));
    }
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
    if (options.format == Format::zarr && !is_along_lps(plan.result.geometry)) {
        warnings.emplace_back(
            "the axes of the volume do not point left, posterior and superior, and OME-Zarr cannot say where they "
            "point: its positions count along the volume's own axes; directions and origin are in its attribute "
            "stack2nrrd");
    }
    warn_of_sizes(stack, options, plan, warnings);
    warn_of_narrowing(options, plan, warnings);
    if (plan.needs_window) {
        const int passes = Percentiles(plan.image.type, options.window_percentiles).passes();
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
    for (std::size_t a = 0; a < 3 && !plan.warp; ++a) {
        const AxisPlan& axis = plan.axes[a];
        const bool between = axis.first.den != 1 || axis.step.den != 1;
        if (axis.kernel.kind() == Kernel::Kind::nearest && !axis.copies() && between) {
            warnings.push_back(
                "kernel nearest takes samples up to half a source sample beside the stated positions" +
                std::string(!has_reference(options) ? "; --align first with a whole factor is exact" : ""));
            break;
        }
    }
    return warnings;
}

}  // namespace stack2nrrd
