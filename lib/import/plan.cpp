#include "import/plan_detail.hpp"

#include "core/byte_count.hpp"
#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "import/carried.hpp"
#include "import/labels.hpp"
#include "import/narrowing.hpp"
#include "import/provenance.hpp"
#include "import/reading.hpp"
#include "import/roi.hpp"
#include "import/run_modes.hpp"
#include "import/slice_filter.hpp"
#include "import/survey.hpp"
#include "intensity/percentiles.hpp"
#include "intensity/to_float.hpp"
#include "resample/accumulator.hpp"
#include "sink/nrrd_sink.hpp"
#include "stack/spacing.hpp"
#include "volume/nrrd_reader.hpp"
#include "volume/sample_reader.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <thread>

namespace stack2nrrd {

namespace {

using Detail = ImportPlan::Detail;

// ------------------------------------------------------------------------------------------------ which slices

/// The existing slices that are nearest to missing ones, the lower one of two. To be asked for slices in order.
class NearestSlice {
public:
    explicit NearestSlice(const std::vector<SliceRef>& slices) : slices_(slices), before_(slices.size()) {}

    [[nodiscard]] SliceRef operator()(std::size_t z) {
        for (; after_ < slices_.size() && (after_ <= z || slices_[after_].missing()); ++after_) {
            if (!slices_[after_].missing()) before_ = after_;
        }
        const bool is_after = after_ < slices_.size();
        if (before_ == slices_.size()) return is_after ? slices_[after_] : Detail::blank;
        return is_after && after_ - z < z - before_ ? slices_[after_] : slices_[before_];
    }

private:
    const std::vector<SliceRef>& slices_;
    std::size_t before_;     ///< the last that exists up to z; size() if there is none
    std::size_t after_ = 0;  ///< the first that exists behind z
};

/// Order of business: gaps, step, reverse.
std::vector<SliceRef> source_slices(const Stack& stack, const Options& options) {
    if (const std::optional<Problem> gaps = problem_of_gaps(stack, options)) throw Error(gaps->code, gaps->text);

    if (options.step < 1) {
        throw Error(ErrorCode::invalid_argument,
                    "--step: " + std::to_string(options.step) + " is no step; give a number from 1 on");
    }

    std::vector<SliceRef> slices;
    NearestSlice nearest(stack.slices);
    slices.reserve(stack.slices.size() / static_cast<std::size_t>(options.step) + 1);
    Index kept = 0;
    for (std::size_t z = 0; z < stack.slices.size(); ++z) {
        SliceRef slice = stack.slices[z];
        if (slice.missing() && options.missing == Missing::close) continue;
        if (kept++ % options.step != 0) continue;
        if (slice.missing() && options.missing == Missing::repeat) slice = nearest(z);
        slices.push_back(slice);
    }
    if (options.reverse) std::reverse(slices.begin(), slices.end());
    return slices;
}

// ------------------------------------------------------------------------------------------------------- axes

/// Sizes of 0 follow the ratio of the first axis that has a size.
std::array<AxisOptions, 3> resolved_axes(const Options& options, const std::array<Index, 3>& source) {
    std::array<AxisOptions, 3> axes = options.axes;
    if (options.labels) {
        for (AxisOptions& axis : axes) axis.kernel = axis.kernel.value_or(Kernel::parse("mode"));
    }
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

}  // namespace

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
                        "--roi: says what is wanted, and so does --crop; give one of them");
        }
        options.axes[a].crop = crops[a];
    }
    return options;
}

/// Everything is multiplied as fractions, and rounded once.
Geometry output_geometry(const Stack& stack, const Options& options, const Detail& plan) {
    std::array<Rational, 3> first{plan.axes[0].first, plan.axes[1].first, plan.axes[2].first};
    std::array<Rational, 3> step{plan.axes[0].step, plan.axes[1].step, plan.axes[2].step};
    // A slab begins at first + slab.first · step, and one sample along z is options.step slices.
    const Index whole = 2 * step[2].den;
    first[2] = {first[2].num * (whole / first[2].den) + 2 * plan.slab.first * step[2].num, whole};
    for (Rational* along_z : {&first[2], &step[2]}) {
        constexpr Index largest = std::numeric_limits<Index>::max();
        if (std::abs(along_z->num) > largest / options.step) {
            throw Error(ErrorCode::invalid_argument, "--step: is too large for this factor; give a smaller one");
        }
        along_z->num *= options.step;
    }
    const Geometry geometry = resampled(source_geometry(stack, options), first, step);
    check_placed(geometry);
    return geometry;
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

// ----------------------------------------------------------------------------------------------------- memory

/// What stack and plan keep of files and slices, and what finding the files takes for a while: views of their names,
/// the numbers in them, an order.
std::int64_t list_bytes(const Stack& stack, const Detail& plan) {
    constexpr std::int64_t while_found = 50;
    return stack.files.memory_bytes() + while_found * static_cast<std::int64_t>(stack.files.size()) +
           static_cast<std::int64_t>((stack.slices.size() + plan.slices.size()) * sizeof(SliceRef));
}

/// What the program takes before it has read anything: code, libraries, stacks of threads.
constexpr std::int64_t standing_bytes = 16 << 20;

template <class Real>
std::int64_t memory_of(const Detail& plan) {
    // No more slices wait than there are.
    const Index slices = std::min(plan.in_flight + plan.z_batch, plan.source.size());
    const ByteCount slice = ByteCount(plan.small_slice_length()) * sizeof(Real);
    const std::int64_t parts = is_float(plan.image.type) ? 2 : 1;  // floats may hold NaN
    const std::int64_t sums = Accumulator<Real>::memory_bytes(plan.axes[2], plan.small_slice_length(), plan.z_batch);
    const Index finished = std::min(plan.slab.size(), plan.z_batch * plan.axes[2].step.den / plan.axes[2].step.num + 1);
    return (ByteCount(TapTable<Real>::memory_bytes(plan.axes[0])) + TapTable<Real>::memory_bytes(plan.axes[1]) +
            ByteCount(plan.threads) * (ByteCount(SliceFilter<Real>::memory_bytes(plan)) + plan.decoder_bytes) +
            ByteCount(parts) * (ByteCount(slices) * slice + sums) + ByteCount(parts - 1) * slice +
            ByteCount(finished) * plan.volume.slice_bytes() + plan.sink_bytes)
        .value();
}

std::int64_t memory_of_run(const Detail& plan) {
    if (plan.modes) {
        return (ByteCount(modes_memory_bytes(plan)) + ByteCount(plan.threads) * plan.decoder_bytes + plan.sink_bytes)
            .value();
    }
    return plan.single ? memory_of<float>(plan) : memory_of<double>(plan);
}

std::int64_t memory_of(const Detail& plan) {
    const ByteCount survey = ByteCount(plan.threads) * (ByteCount(survey_worker_bytes(plan)) + plan.decoder_bytes);
    return (ByteCount(standing_bytes) + plan.list_bytes + (plan.backward ? bookmark_bytes(*plan.volume_source) : 0) +
            std::max(memory_of_run(plan), plan.surveyed ? survey.value() : 0))
        .value();
}

/// The largest n from `least` to `most` that `fits`, if what is smaller than one that fits does so, too; else `least`.
template <class Fits>
Index largest(Index least, Index most, Fits fits) {
    while (least < most) {
        const Index middle = most - (most - least) / 2;
        if (fits(middle)) {
            least = middle;
        } else {
            most = middle - 1;
        }
    }
    return least;
}

/// As many threads as there shall be and as the cap allows; then as large batches; then as many slices in flight. Each
/// of them takes memory, so that each can be found by bisection.
void share_out(Detail& plan, const Options& options) {
    constexpr std::uint64_t absurd = std::uint64_t{1} << 60;
    const std::uint64_t cap = options.memory == 0 ? absurd : std::min(options.memory, absurd);
    const auto fits = [&](unsigned threads, Index z_batch, Index in_flight) {
        plan.threads = threads;
        plan.z_batch = z_batch;
        plan.in_flight = in_flight;
        plan.memory_bytes = memory_of(plan);
        return static_cast<std::uint64_t>(plan.memory_bytes) <= cap;
    };
    // Slices that are only copied along z, or counted, need no company.
    const Index batches = plan.axes[2].copies() || plan.modes ? 1 : most_in_z_batch / accumulator_group;
    const Index group = batches == 1 ? 1 : accumulator_group;

    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const Index slices = std::min<Index>(plan.source.size(), 1024);
    const Index wanted = std::min<Index>(options.threads == 0 ? cores : options.threads, slices);
    const auto threads =
        static_cast<unsigned>(largest(1, wanted, [&](Index n) { return fits(static_cast<unsigned>(n), group, n); }));
    const Index z_batch = group * largest(1, batches, [&](Index n) { return fits(threads, n * group, threads); });
    const Index most = threads == 1 ? 1 : 2 * static_cast<Index>(threads);
    const Index in_flight = largest(threads, most, [&](Index n) { return fits(threads, z_batch, n); });
    if (fits(threads, z_batch, in_flight)) return;
    constexpr std::int64_t mebibyte = 1 << 20;
    if (options.memory == 0 || static_cast<std::uint64_t>(plan.memory_bytes) > absurd) {
        throw Error(ErrorCode::limit, "this import would take more than " + bytes_text(absurd) +
                                          " of memory, less was expected; reduce more");
    }
    throw Error(ErrorCode::limit, "--memory: " + bytes_text(static_cast<std::int64_t>(options.memory)) +
                                      " are too few for this import, at least " +
                                      std::to_string(plan.memory_bytes / mebibyte + 1) +
                                      "M were expected; allow more, or reduce more");
}

/// Single precision is for samples that it holds with bits to spare, and for windows that do not magnify its errors.
bool is_single_enough(SampleType from, SampleType to, const std::optional<Window>& window) {
    const double from_range = sample_bytes(from) == 1 ? 255 : 65535;
    return fits_single(from) && fits_single(to) && (!window || window->high - window->low >= from_range);
}

// --------------------------------------------------------------------------------------------------- warnings

/// What the header of the source says, and filtering does not go with.
void warn_of_header(const Stack& stack, const Detail& plan, std::vector<std::string>& warnings) {
    const bool picks = std::all_of(plan.axes.begin(), plan.axes.end(), [](const AxisPlan& a) { return a.picks(); });
    const bool filters = !plan.modes && !picks;
    if (filters && is_segmentation(stack)) {
        warnings.push_back(printable(stack.name) +
                           ": tells of segments, whose labels must not be mixed; --labels keeps them");
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

std::vector<std::string> warnings_for(const Stack& stack, const Options& options, const Detail& plan) {
    std::vector<std::string> warnings;
    for (const Problem& problem : stack.problems) {
        if (!problem.fatal && !(problem.spacing && options.spacing)) warnings.push_back(problem.text);
    }
    if (!plan.volume.geometry.spacing_known) {
        warnings.push_back(
            "the spacing is unknown, so the header counts in source samples; pass it with --spacing X,Y,Z (in mm, or "
            "with --space-units um)");
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
                           std::to_string(backward_passes(*plan.volume_source, plan.source.size())) + " times");
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

}  // namespace

// -------------------------------------------------------------------------------------------------- ImportPlan

ImportPlan::ImportPlan(std::shared_ptr<const Detail> detail) : detail_(std::move(detail)) {}
const VolumeInfo& ImportPlan::volume() const noexcept { return detail_->volume; }
Index ImportPlan::source_slices() const noexcept { return detail_->source_slices; }
std::int64_t ImportPlan::read_bytes() const noexcept { return detail_->read_bytes; }
std::int64_t ImportPlan::memory_bytes() const noexcept { return detail_->memory_bytes; }
bool ImportPlan::needs_window() const noexcept { return detail_->needs_window; }
const std::string& ImportPlan::clipping_advice() const noexcept { return detail_->clipping_advice; }
const std::vector<std::string>& ImportPlan::warnings() const noexcept { return detail_->warnings; }

std::optional<Problem> problem_of_gaps(const Stack& stack, const Options& options) {
    const bool gaps = std::any_of(stack.slices.begin(), stack.slices.end(), [](SliceRef s) { return s.missing(); });
    if (!gaps || options.missing != Missing::error) return std::nullopt;
    constexpr std::size_t most = 10;
    std::string list;
    for (std::size_t i = 0; i < std::min(most, stack.missing.size()); ++i) {
        list += (i == 0 ? "" : ", ") + stack.missing[i];
    }
    if (stack.missing.size() > most) list += " and " + std::to_string(stack.missing.size() - most) + " more gaps";
    return Problem{ErrorCode::missing_slices, true,
                   printable(stack.name) + ": slices are missing: " + list +
                       ", a numbering without gaps was expected; add them, or say what shall stand for them with "
                       "--missing repeat or blank"};
}

ImportPlan plan_import(const Stack& stack, const Options& asked) {
    for (const Problem& problem : stack.problems) {
        if (problem.fatal) throw Error(problem.code, problem.text);
    }
    auto plan = std::make_shared<Detail>();
    plan->files = stack.files;
    plan->slices = source_slices(stack, asked);
    const std::array<Index, 3> source{stack.image.width, stack.image.height, static_cast<Index>(plan->slices.size())};
    const Options options = with_crops(stack, asked, source);
    plan->volume_source = stack.volume;
    plan->image = stack.image;
    plan->decoder_bytes = stack.decoder_bytes;
    plan->channel = colour_channel(stack, options);
    plan->stored = are_stored(stack, options);

    const std::array<AxisOptions, 3> axes = resolved_axes(options, source);
    for (std::size_t a = 0; a < 3; ++a) plan->axes[a] = make_axis_plan(source[a], axes[a], options.align, "xyz"[a]);
    plan->modes = counts_values(plan->axes) || picks_wide_integers(stack, options, *plan);
    for (std::size_t a = 0; a < 3; ++a) plan->crop[a] = wanted_part(source[a], axes[a].crop, "xyz"[a]);

    const Range all{0, plan->axes[2].outputs};
    plan->slab = options.slab == Range{} ? all : options.slab;
    if (plan->slab.empty() || plan->slab.first < 0 || plan->slab.end > all.end) {
        throw Error(ErrorCode::invalid_argument, "the slab " + std::to_string(plan->slab.first) + ":" +
                                                     std::to_string(plan->slab.end) +
                                                     " does not lie within 0:" + std::to_string(all.end));
    }
    plan->source = reach(plan->axes[2], plan->slab);
    plan->backward = options.reverse && plan->source.size() > 1 && stack.volume != nullptr && sequential(*stack.volume);
    const Reading reading = reading_of(stack, *plan);
    plan->source_slices = reading.slices;
    plan->read_bytes = reading.bytes;

    VolumeInfo& volume = plan->volume;
    volume.size = {plan->axes[0].outputs, plan->axes[1].outputs, plan->slab.size()};
    volume.colour = selected_colour(plan->channel, stack.image.colour);
    volume.channels = channel_count(volume.colour, stack.image.channels());
    volume.components = stack.components;
    volume.type = options.type.value_or(stack.image.type);
    if (volume.bytes() == ByteCount::most) {
        throw Error(ErrorCode::limit, "the result would have " + std::to_string(volume.size[0]) + " x " +
                                          std::to_string(volume.size[1]) + " x " + std::to_string(volume.size[2]) +
                                          " samples, which no file can hold; give a smaller --size, or reduce more");
    }
    volume.geometry = output_geometry(stack, options, *plan);
    check_labels(stack, options, *plan);
    plan->intensity = intensity_map(stack.image.type, volume.type, options.window);
    plan->surveyed = options.window_auto;
    plan->needs_window = options.window_auto && !options.window;
    // As long as the window is not known, it may be one that needs double precision, and more memory.
    plan->single = !plan->needs_window && is_single_enough(stack.image.type, volume.type, options.window);
    volume.notes = provenance(stack, options, *plan);
    Carried carried = carried_header(stack, options, *plan);
    volume.fields = std::move(carried.fields);
    std::move(carried.notes.begin(), carried.notes.end(), std::back_inserter(volume.notes));
    plan->left_out = std::move(carried.left_out);
    plan->clipping_advice = clipping_advice(options, *plan);
    if (plan->may_clip()) volume.late_notes = {"stack2nrrd_clipped_low", "stack2nrrd_clipped_high"};
    plan->sink_bytes = nrrd_sink_bytes(volume, options.nrrd);
    plan->list_bytes = list_bytes(stack, *plan);

    share_out(*plan, options);
    plan->warnings = warnings_for(stack, options, *plan);
    return ImportPlan(plan);
}

}  // namespace stack2nrrd
