#include "import/plan_grid.hpp"

#include "import/like.hpp"
#include "import/quality.hpp"
#include "import/refuse.hpp"
#include "import/turned.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace stack2nrrd {

namespace {

using Detail = ImportPlan::Detail;

/// Sizes of 0 follow the ratio of the first axis that has a size.
std::array<AxisOptions, 3> resolved_axes(const Options& options, const std::array<Index, 3>& source) {
    std::array<AxisOptions, 3> axes = with_kernels(options);
    for (const AxisOptions& axis : axes) {
        if (axis.size.value_or(0) < 0) {
            throw Error(ErrorCode::invalid_argument,
                        "--size: " + std::to_string(*axis.size) + " is no size; give numbers from 0 on");
        }
    }
    const auto extent = [&](std::size_t a) { return wanted_part(source[a], axes[a].crop, "xyz"[a]).size(); };
    const auto given =
        std::find_if(axes.begin(), axes.end(), [](const AxisOptions& a) { return a.size.value_or(0) > 0; });
    if (given == axes.end()) {
        for (AxisOptions& axis : axes) axis.size.reset();
        return axes;
    }
    const Rational ratio = make_rational(extent(static_cast<std::size_t>(given - axes.begin())), *given->size);
    for (std::size_t a = 0; a < 3; ++a) {
        if (axes[a].size != Index{0}) continue;
        if (ratio.num >= ratio.den) {
            axes[a].size.reset();
            axes[a].factor = ratio;
        } else {
            axes[a].size = std::max<Index>(1, extent(a) * ratio.den / ratio.num);  // a size may enlarge
        }
    }
    return axes;
}

/// The slices of the result that are made. \throws Error invalid_argument if it has not all of them.
Range slab_of(const Options& options, Index slices) {
    Range slab = options.slab == Range{} ? Range{0, slices} : options.slab;
    if (slab.end == open_end) slab.end = slices;
    if (slab.empty() || slab.first < 0 || slab.end > slices) {
        throw Error(ErrorCode::invalid_argument,
                    "--slab: " + std::to_string(slab.first) + ":" + std::to_string(slab.end) + " is not within the " +
                        std::to_string(slices) + " slices of the result; give a part of 0:" + std::to_string(slices));
    }
    return slab;
}

/// \throws Error invalid_argument if it is not known where the source is.
void check_place_known(const GridSource& source, const char* option) {
    if (source.geometry.spacing_known) return;
    refuse(std::string(option) +
           ": the spacing of the source is unknown, so that its place is, too; give it with --spacing");
}

/// Does no sample become a number on its way?
bool picks(const std::array<AxisOptions, 3>& axes) {
    const auto kind = [](const AxisOptions& axis) { return axis.kernel.value_or(Kernel{}).kind(); };
    const auto is_one = [&](const AxisOptions& axis) {
        return kind(axis) == Kernel::Kind::nearest || kind(axis) == Kernel::Kind::mode;
    };
    if (std::none_of(axes.begin(), axes.end(), is_one)) return false;
    if (kind(axes[0]) == kind(axes[1]) && kind(axes[1]) == kind(axes[2])) return true;
    refuse(
        "--kernel: nearest and mode take samples as they are, and others mix them; on a grid that is turned or bent "
        "give one of them for all axes, or none");
}

/// \throws Error invalid_argument for what there is no way to do with a warp.
void check_warp(const Options& options) {
    if (options.dehaze) {
        refuse(
            "--dehaze: takes dark samples for air, but those outside of the source are dark, too, where a grid is "
            "turned or bent; leave it out, or dehaze without --like and --transform");
    }
    if (options.align != Align::cell) {
        refuse(
            "--align first: puts the first sample on the source's first one, but a grid that a transform turns or "
            "bends has its own; leave it out");
    }
    if (options.flip != std::array<bool, 3>{}) {
        refuse(
            "--flip: turns axes around, but a grid that a transform turns or bends has its own; leave it out, or "
            "give the grid with --like");
    }
}

/// A grid that is turned or bent.
void plan_warp(const Options& options, const std::array<Index, 3>& size, const Geometry& geometry,
               const GridSource& source, const std::string& name, Detail& plan) {
    check_warp(options);
    const Range slab = slab_of(options, size[2]);
    Sandwich sandwich = sandwich_of(*plan.through, size, geometry, slab, source, options.quality == Quality::max,
                                    picks(source.axes), name);
    plan.axes = std::move(sandwich.axes);
    if (options.labels) {  // kernels that mix them are refused by their name
        for (std::size_t a = 0; a < 3; ++a) plan.axes[a].kernel = source.axes[a].kernel.value_or(Kernel{});
    }
    plan.slab = {0, plan.axes[2].outputs};
    plan.warp = std::move(sandwich.plan);
    plan.warp->outside = options.fill;
    plan.warp_outside = sandwich.outside;
    plan.warp_folds = sandwich.folds;
    if (slab != Range{0, size[2]}) plan.part = slab;
}

void plan_like(const Options& options, const GridSource& source, Detail& plan) {
    const Grid grid = grid_of(options);
    plan.reference = grid.files;
    plan.reference_notes = grid.notes;
    check_place_known(source, "--like");
    if (plan.through->linear) {
        Grid there = grid;
        there.geometry = looked_up(grid.geometry, *plan.through);
        const Range slab = slab_of(options, grid.size[2]);
        if (std::optional<Likeness> likeness = likeness_of(there, slab, source)) {
            plan.axes = std::move(likeness->axes);
            plan.slab = {0, plan.axes[2].outputs};
            plan.arrangement = likeness->arrangement;
            plan.arrangement->fill = options.fill;
            plan.arrangement->geometry = part_of(grid.geometry, slab);
            if (slab != Range{0, grid.size[2]}) plan.part = slab;
            return;
        }
    }
    plan_warp(options, grid.size, grid.geometry, source, grid.name, plan);
}

void plan_cover(const Options& options, const GridSource& source, Detail& plan) {
    check_place_known(source, "--transform");
    const Cover cover = cover_of(*plan.through, source);
    Options whole = options;  // the cover is of what the crop leaves
    for (AxisOptions& axis : whole.axes) axis.crop = {};
    const CoverGrid grid = grid_on(cover, resolved_axes(whole, cover.size));
    for (std::size_t a = 0; a < 3; ++a) {
        plan.warp_factor += (a == 0 ? "" : ",") + to_string(grid.step[a]);
        if (grid.step[a].num < grid.step[a].den) plan.warp_enlarged[a] = grid.size[a];
    }
    plan_warp(options, grid.size, grid.geometry, source, "--transform", plan);
}

}  // namespace

GridSource grid_source(const Stack& stack, const Options& options, const std::array<Index, 3>& source) {
    GridSource grid{source_geometry(stack, options), source, {}, with_kernels(options)};
    for (double& component : grid.geometry.direction[2]) component *= static_cast<double>(options.step);
    for (std::size_t a = 0; a < 3; ++a) grid.wanted[a] = wanted_part(source[a], options.axes[a].crop, "xyz"[a]);
    return grid;
}

bool is_covered(const Stack& stack, const Options& options, const Through& through) {
    if (has_reference(options) || options.header_only || through.transform == nullptr) return false;
    return !through.linear || !keeps_axes(source_geometry(stack, options), through);
}

void plan_grid(const Stack& stack, const Options& options, const std::array<Index, 3>& source, Detail& plan) {
    const GridSource from = grid_source(stack, options, source);
    plan.crop = from.wanted;
    if (has_reference(options)) return plan_like(options, from, plan);
    if (is_covered(stack, options, *plan.through)) return plan_cover(options, from, plan);
    if (plan.through->transform != nullptr) check_place_known(from, "--transform");
    const std::array<AxisOptions, 3> axes = resolved_axes(options, source);
    for (std::size_t a = 0; a < 3; ++a) plan.axes[a] = make_axis_plan(source[a], axes[a], options.align, "xyz"[a]);
    const Index slices = plan.axes[2].outputs;
    const Range slab = slab_of(options, slices);
    plan.slab = options.flip[2] ? Range{slices - slab.end, slices - slab.first} : slab;
    if (slab != Range{0, slices}) plan.part = slab;
}

}  // namespace stack2nrrd
