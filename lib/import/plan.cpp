#include "import/plan_detail.hpp"

#include "core/byte_count.hpp"
#include "core/file_system.hpp"
#include "core/retry.hpp"
#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "import/carried.hpp"
#include "import/labels.hpp"
#include "import/like.hpp"
#include "import/mask.hpp"
#include "import/narrowing.hpp"
#include "import/plan_grid.hpp"
#include "import/plan_memory.hpp"
#include "import/plan_warnings.hpp"
#include "import/provenance.hpp"
#include "import/quality.hpp"
#include "import/roi.hpp"
#include "import/targets.hpp"
#include "import/through.hpp"
#include "import/turned.hpp"
#include "import/which_slices.hpp"
#include "intensity/to_float.hpp"
#include "sink/nrrd_header.hpp"
#include "source/amount.hpp"
#include "source/image_files.hpp"
#include "source/masked.hpp"
#include "source/own_slices.hpp"
#include "source/volume_slices.hpp"
#include "stage/dehaze.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <thread>
#include <utility>

namespace stack2nrrd {

using Detail = ImportPlan::Detail;

Geometry source_geometry(const Stack& stack, const Options& options) {
    Geometry geometry = stack.geometry;
    if (options.spacing) {
        for (std::size_t a = 0; a < 3; ++a) {
            const double length = spacing(geometry, static_cast<int>(a));
            const double wanted =
                multiply((*options.spacing)[a], make_rational(options.space_unit_mm.num, options.space_unit_mm.den));
            for (double& component : geometry.direction[a]) component = component / length * wanted;
        }
        geometry.spacing_known = true;
        geometry.spacing_source = "command line";
    }
    if (options.origin) geometry.origin = *options.origin;
    return geometry;
}

void check_placed(const Geometry& geometry) {
    for (int a = 0; a < 3; ++a) {
        const double length = spacing(geometry, a);
        if (!std::isfinite(length) || !(length > 0) || !std::isfinite(geometry.origin[static_cast<std::size_t>(a)])) {
            throw Error(ErrorCode::invalid_argument,
                        "--spacing: gives a volume whose place cannot be written in numbers; give a sensible one");
        }
    }
}

namespace {

/// The options with the box in space as a crop along each axis.
Options with_crops(const Stack& stack, Options options, const std::array<Index, 3>& source) {
    if (!options.roi) return options;
    Geometry geometry = source_geometry(stack, options);
    for (double& component : geometry.direction[2]) component *= static_cast<double>(options.step);
    const std::array<Range, 3> crops = samples_in(*options.roi, geometry, source);
    for (std::size_t a = 0; a < 3; ++a) {
        if (options.axes[a].crop != Range{}) {
            throw Error(ErrorCode::invalid_argument,
                        "--roi: chooses a part of the source, and so does --crop; give one of them");
        }
        options.axes[a].crop = crops[a];
    }
    return options;
}

/// Of what is made, with axes turned around. Everything is multiplied as fractions, and rounded once.
Geometry output_geometry(const Stack& stack, const Options& options, const Detail& plan,
                         const std::array<bool, 3>& flip) {
    std::array<Rational, 3> first{plan.axes[0].first, plan.axes[1].first, plan.axes[2].first};
    std::array<Rational, 3> step{plan.axes[0].step, plan.axes[1].step, plan.axes[2].step};
    for (std::size_t a = 0; a < 3; ++a) {
        // It begins at first + begin · step.
        const Range made = a == 2 ? plan.slab : Range{0, plan.axes[a].outputs};
        const Index begin = flip[a] ? made.end - 1 : made.first;
        const Index whole = 2 * step[a].den;
        first[a] = {first[a].num * (whole / first[a].den) + 2 * begin * step[a].num, whole};
        if (flip[a]) step[a].num = -step[a].num;
    }
    // One sample along z is options.step slices.
    for (Rational* along_z : {&first[2], &step[2]}) {
        constexpr Index largest = std::numeric_limits<Index>::max();
        if (std::abs(along_z->num) > largest / options.step) {
            throw Error(ErrorCode::invalid_argument, "--step: is too large for this factor; give a smaller one");
        }
        along_z->num *= options.step;
    }
    const Geometry geometry = resampled(source_geometry(stack, options), first, step);
    check_placed(geometry);
    const bool is_own_grid = !has_reference(options) && !plan.warp;
    return is_own_grid ? moved(geometry, *plan.through) : geometry;
}

// ---------------------------------------------------------------------------------------------------- channels

/// Where pages are channels, one of them was chosen when the stack was found, and colours are left to luma.
Channel colour_channel(const Stack& stack, const Options& options) {
    if (stack.taken.channels == 1) return selected_channel(options.channel, stack.image);
    const bool is_number = options.channel != Channel::luma && options.channel != Channel::index;
    if (is_number && static_cast<Index>(options.channel) != stack.taken.channel) {
        throw Error(ErrorCode::invalid_argument, "--channel: asks for another channel than " +
                                                     std::to_string(stack.taken.channel) +
                                                     ", whose pages were found; choose it when the stack is found");
    }
    return selected_channel(Channel::luma, stack.image);
}

/// Whether samples are taken as they are stored was decided when their headers were read.
bool are_stored(const Stack& stack, const Options& options) {
    const bool wanted = options.labels || options.channel == Channel::index;
    if (stack.volume == nullptr && stack.interpreted && wanted != stack.stored) {
        throw Error(ErrorCode::invalid_argument,
                    std::string(options.labels ? "--labels" : "--channel") +
                        ": samples were expected to be taken as they are " + (wanted ? "stored" : "shown") +
                        ", but the slices were found otherwise; set it when the stack is found");
    }
    return stack.stored;
}

/// Single precision is for samples that it holds with bits to spare, and for windows that do not magnify its errors.
bool is_single_enough(SampleType from, SampleType to, const std::optional<Window>& window) {
    const double from_range = sample_bytes(from) == 1 ? 255 : 65535;
    return fits_single(from) && fits_single(to) && (!window || window->high - window->low >= from_range);
}

using ThroughPtr = std::shared_ptr<const Through>;
std::shared_ptr<Detail> detail_of(const Stack& stack, const Options& asked, SliceList slices,
                                  const ThroughPtr& through);

/// The options with factors where a file or samples of some size are asked for.
Options with_targets(const Stack& stack, const Options& options, const SliceList& slices,
                     const std::array<Index, 3>& source, const ThroughPtr& through) {
    if (options.target == Target{}) return options;
    const GridSource grid = grid_source(stack, options, source);
    TargetSource target;
    target.spacing_known = grid.geometry.spacing_known;
    for (std::size_t a = 0; a < 3; ++a) {
        target.size[a] = grid.wanted[a].size();
        target.spacing[a] = spacing(grid.geometry, static_cast<int>(a));
    }
    if (is_covered(stack, options, *through)) target.size = cover_of(*through, grid).size;
    target.file_bytes = [&](const Options& tried) {
        const std::shared_ptr<const Detail> plan = detail_of(stack, tried, slices, through);
        const VolumeInfo& volume = plan->result;
        return volume.bytes() + static_cast<std::int64_t>(nrrd_header(volume, Encoding::raw, {}).text.size());
    };
    return with_factors(options, target);
}

/// \throws Error invalid_argument if samples are labels, or if not all are made.
void check_dehaze(const Options& options, const Detail& plan) {
    const Dehaze& dehaze = *options.dehaze;
    if (!std::isfinite(dehaze.threshold) ||
        (dehaze.kind == Dehaze::Kind::levels && (dehaze.levels < 1 || dehaze.levels > 5))) {
        throw Error(ErrorCode::invalid_argument,
                    "--dehaze: is neither a number nor a level; give auto, a threshold, or 1 to 5");
    }
    if (options.labels || plan.axes[0].kernel.kind() == Kernel::Kind::mode) {
        throw Error(ErrorCode::invalid_argument,
                    "--dehaze: takes dark samples for air, but labels are no amounts; leave out --dehaze, or " +
                        std::string(options.labels ? "--labels" : "--kernel mode"));
    }
    if (options.slab != Range{}) {
        throw Error(ErrorCode::invalid_argument,
                    "--dehaze: finds air in the whole result, but --slab makes a part of it; leave out one of them");
    }
}

/// What --flip asks for. `plan` has its volume.
std::optional<Arrangement> flipped(const Stack& stack, const Options& options, const Detail& plan) {
    if (options.flip == std::array<bool, 3>{}) return std::nullopt;
    Arrangement arrangement;
    for (std::size_t a = 0; a < 3; ++a) arrangement.axes[a] = {a, options.flip[a], plan.volume.size[a], 0};
    arrangement.geometry = output_geometry(stack, options, plan, options.flip);
    return arrangement;
}

/// \throws Error limit if there are more bytes than can be counted.
void check_bytes(const VolumeInfo& volume) {
    if (volume.bytes() < ByteCount::most) return;
    throw Error(ErrorCode::limit, "the result would have " + std::to_string(volume.size[0]) + " x " +
                                      std::to_string(volume.size[1]) + " x " + std::to_string(volume.size[2]) +
                                      " samples, which no file can hold; give a smaller --size, or reduce more");
}

/// What is between making and sink, and what comes out behind it.
void plan_stages(const Options& options, Detail& plan) {
    plan.result = plan.volume;
    if (options.dehaze) {
        check_dehaze(options, plan);
        plan.stages.push_back(dehazing(*options.dehaze));
    }
    if (plan.warp) plan.stages.push_back(warping(*plan.warp));
    if (plan.arrangement) plan.stages.push_back(arranging(*plan.arrangement));
    for (const auto& stage : plan.stages) {
        plan.useful_room += stage->useful_room(plan.result);
        plan.stage_bytes += stage->memory_bytes(plan.result);
        plan.scratch_bytes += stage->scratch_bytes(plan.result);
        plan.result = stage->result(plan.result);
        check_bytes(plan.result);
    }
    plan.scratch = options.scratch.empty() ? disk::temporary_folder() : options.scratch;
}

/// Before samples are looked up they are numbers, which are rounded behind that.
void finish_warp(const Options& options, Detail& plan) {
    WarpPlan& warp = *plan.warp;
    warp.type = plan.volume.type;
    warp.may_clip = std::exchange(plan.may_clip, false);
    warp.threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    if (warp.labels) {
        plan.volume.type = plan.image.type;
    } else {
        plan.volume.type = plan.single ? SampleType::float32 : SampleType::float64;
        warp.intensity = intensity_map(plan.volume.type, warp.type, options.window);
    }
    plan.intensity = intensity_map(plan.image.type, plan.volume.type, std::nullopt);
}

/// All but the source and the memory.
std::shared_ptr<Detail> detail_of(const Stack& stack, const Options& asked, SliceList slices,
                                  const ThroughPtr& through) {
    auto plan = std::make_shared<Detail>();
    plan->slices = std::move(slices);
    plan->through = through;
    check_like_alone(asked);
    const std::array<Index, 3> source{stack.image.width, stack.image.height, static_cast<Index>(plan->slices->size())};
    const Options options = with_targets(stack, with_crops(stack, asked, source), plan->slices, source, through);
    plan->image = stack.image;
    plan->channel = colour_channel(stack, options);

    plan_grid(stack, options, source, *plan);
    plan->modes = counts_values(plan->axes) || picks_wide_integers(stack, options, *plan);
    plan->read = reach(plan->axes[2], plan->slab);
    plan->backward = goes_backward(stack, options, static_cast<std::size_t>(plan->read.size()));
    const Range rows = reach(plan->axes[1], {0, plan->axes[1].outputs});
    const Amount amount = amount_to_read(stack, *plan->slices, plan->read, rows, plan->backward);
    plan->source_slices = amount.slices;
    plan->read_bytes = amount.bytes;

    VolumeInfo& volume = plan->volume;
    volume.size = {plan->axes[0].outputs, plan->axes[1].outputs, plan->slab.size()};
    volume.colour = selected_colour(plan->channel, stack.image.colour);
    volume.channels = channel_count(volume.colour, stack.image.channels());
    volume.components = stack.components;
    volume.type = options.type.value_or(stack.image.type);
    check_bytes(volume);
    volume.geometry = output_geometry(stack, options, *plan, {});
    if (!plan->arrangement) plan->arrangement = flipped(stack, options, *plan);
    check_labels(stack, options, *plan);
    plan->intensity = intensity_map(stack.image.type, volume.type, options.window);
    plan->window = options.window;
    plan->surveyed = options.window_auto;
    plan->percentiles = options.window_percentiles;
    plan->needs_window = options.window_auto && !options.window;
    // As long as the window is not known, it may be one that needs double precision, and more memory.
    plan->single = !plan->needs_window && is_single_enough(stack.image.type, volume.type, options.window);
    volume.notes = provenance(stack, options, *plan);
    Carried carried = carried_header(stack, options, *plan);
    volume.fields = std::move(carried.fields);
    std::move(carried.notes.begin(), carried.notes.end(), std::back_inserter(volume.notes));
    plan->left_out = std::move(carried.left_out);
    plan->clipping_advice = clipping_advice(options, *plan);
    plan->may_clip = !plan->clipping_advice.empty();
    plan->list_bytes = list_bytes(stack, *plan) + plan->reference.memory_bytes() + through->memory_bytes();
    if (plan->warp) {
        finish_warp(options, *plan);
    } else if (plan->may_clip) {
        volume.late_notes = {"stack2nrrd_clipped_low", "stack2nrrd_clipped_high"};
    }
    plan_stages(options, *plan);
    return plan;
}

std::shared_ptr<const Source> source_of(const Stack& stack, const SliceList& slices, Samples samples, bool backward) {
    if (stack.source != nullptr) return std::make_shared<OwnSlices>(stack.source, stack.image, slices);
    if (stack.volume != nullptr) {
        const Course course = backward ? Course::backward : Course::forward;
        return std::make_shared<VolumeSlices>(stack.volume, stack.files, slices, course);
    }
    return std::make_shared<ImageFiles>(stack.files, slices, stack.image, samples, stack.decoder_bytes);
}

/// \throws Error invalid_argument if plans of the two cannot come from one reading.
void check_same_slices(const Options& a, const Options& b) {
    const bool same_mask = a.mask == b.mask && (a.mask.empty() || a.fill == b.fill);
    if (a.transforms != b.transforms || a.header_only != b.header_only) {
        throw Error(ErrorCode::invalid_argument,
                    "--transform, --header-only: differ between results of one reading, the same were expected; read "
                    "the stack once for each");
    }
    if (a.step == b.step && a.reverse == b.reverse && a.missing == b.missing && same_mask) return;
    throw Error(ErrorCode::invalid_argument,
                "--step, --reverse, --missing, --mask, --fill: differ between results of one reading, the same were "
                "expected; read the stack once for each");
}

}  // namespace

ImportPlan::ImportPlan(std::shared_ptr<const Detail> detail) : detail_(std::move(detail)) {}
const VolumeInfo& ImportPlan::volume() const noexcept { return detail_->result; }
std::int64_t ImportPlan::scratch_bytes() const noexcept { return detail_->scratch_bytes; }
const std::filesystem::path& ImportPlan::scratch_folder() const noexcept { return detail_->scratch; }
std::optional<LookUps> ImportPlan::look_ups() const {
    if (!detail_->warp) return std::nullopt;
    const WarpEffort effort = warp_effort(*detail_->warp, detail_->volume, detail_->stage_room, detail_->warp_outside);
    return LookUps{effort.places, effort.times_read, effort.seconds};
}
Index ImportPlan::source_slices() const noexcept { return detail_->source_slices; }
std::int64_t ImportPlan::read_bytes() const noexcept { return detail_->read_bytes; }
std::int64_t ImportPlan::memory_bytes() const noexcept { return detail_->memory_bytes; }
bool ImportPlan::needs_window() const noexcept { return detail_->needs_window; }
const std::optional<Window>& ImportPlan::window() const noexcept { return detail_->window; }
const std::string& ImportPlan::clipping_advice() const noexcept { return detail_->clipping_advice; }
const std::vector<std::string>& ImportPlan::warnings() const noexcept { return detail_->warnings; }

std::vector<ImportPlan> plan_with_mask(const Stack& stack, std::span<const Options> options,
                                       std::shared_ptr<const Stack> mask) {
    if (options.empty()) {
        throw Error(ErrorCode::invalid_argument, "no import to plan, options of at least one were expected");
    }
    for (const Problem& problem : stack.problems) {
        if (problem.fatal) throw Error(problem.code, problem.text);
    }
    Retry retry(options.front().retry);
    const RetryScope scope(&retry);
    const auto slices = std::make_shared<const std::vector<SliceRef>>(source_slices(stack, options.front()));
    const ThroughPtr through = read_transforms(options.front());
    std::vector<std::shared_ptr<Detail>> plans;
    std::vector<Detail*> shared;
    bool backward = false;
    bool stored = false;
    for (const Options& each : options) {
        check_same_slices(options.front(), each);
        stored = are_stored(stack, each);
        plans.push_back(detail_of(stack, each, slices, through));
        shared.push_back(plans.back().get());
        backward = backward || plans.back()->backward;
    }
    std::shared_ptr<const Source> source =
        source_of(stack, slices, stored ? Samples::stored : Samples::shown, backward);
    if (mask == nullptr) mask = mask_of(stack, options.front());
    if (mask != nullptr) {
        const auto its_slices =
            std::make_shared<const std::vector<SliceRef>>(mask_slices(stack, *mask, options.front()));
        const bool its_backward = goes_backward(*mask, options.front(), its_slices->size());
        source = std::make_shared<Masked>(source, source_of(*mask, its_slices, Samples::stored, its_backward),
                                          fill_sample(options.front().fill, stack.image.type));
        for (Detail* plan : shared) add_mask(mask, *its_slices, its_backward, *plan);
    }
    for (Detail* plan : shared) {
        plan->source = source;
        plan->retry = options.front().retry;
    }
    plan_sinks(shared, options);
    share_out(shared, options.front());
    std::vector<ImportPlan> result;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        plans[i]->warnings = warnings_for(stack, options[i], *plans[i]);
        if (mask != nullptr) warn_of_mask(stack, *mask, options[i], plans[i]->warnings);
        result.emplace_back(plans[i]);
    }
    return result;
}

std::vector<ImportPlan> plan_imports(const Stack& stack, std::span<const Options> options) {
    return plan_with_mask(stack, options, nullptr);
}

ImportPlan plan_import(const Stack& stack, const Options& options) {
    return plan_imports(stack, {&options, 1}).front();
}

}  // namespace stack2nrrd
