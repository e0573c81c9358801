#include "import/mask.hpp"

#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "import/like.hpp"
#include "import/plan_memory.hpp"
#include "import/refuse.hpp"
#include "source/amount.hpp"
#include "stack/spacing.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace stack2nrrd {

namespace {

std::array<Index, 3> size_of(const Stack& stack) {
    return {stack.image.width, stack.image.height, static_cast<Index>(stack.slices.size())};
}

std::string text_of(const std::array<Index, 3>& size) {
    return std::to_string(size[0]) + " x " + std::to_string(size[1]) + " x " + std::to_string(size[2]);
}

/// The longest difference of two vectors, in parts of the shortest step of the first.
double difference(const Geometry& a, const Geometry& b, bool origin) {
    double shortest = std::numeric_limits<double>::infinity();
    double most = 0;
    for (int axis = 0; axis < 3; ++axis) {
        const auto i = static_cast<std::size_t>(axis);
        shortest = std::min(shortest, spacing(a, axis));
        for (std::size_t c = 0; c < 3; ++c) most = std::max(most, std::abs(a.direction[i][c] - b.direction[i][c]));
        if (origin) most = std::max(most, std::abs(a.origin[i] - b.origin[i]));
    }
    return most / shortest;
}

}  // namespace

std::shared_ptr<const Stack> mask_of(const Stack& stack, const Options& options) {
    if (options.mask.empty()) {
        if (options.fill != 0 && !has_reference(options) && (options.transforms.empty() || options.header_only)) {
            refuse("--fill: " + number_text(options.fill) +
                   " has no use without --mask, --like or --transform, whose outside it fills; give one of them, or "
                   "leave it out");
        }
        return nullptr;
    }
    FindOptions as_stored;
    as_stored.labels = true;
    as_stored.threads = options.threads;
    as_stored.retry = options.retry;
    auto mask = std::make_shared<const Stack>(find_stack(options.mask, as_stored));
    for (const Problem& problem : mask->problems) {
        if (problem.fatal) throw Error(problem.code, problem.text);
    }
    if (size_of(*mask) != size_of(stack)) {
        throw Error(ErrorCode::inconsistent, "--mask: " + printable(mask->name) + " has " + text_of(size_of(*mask)) +
                                                 " samples, the " + text_of(size_of(stack)) +
                                                 " of the whole source were expected; give a mask of every slice, "
                                                 "before --crop and --step");
    }
    return mask;
}

std::vector<std::byte> fill_sample(double fill, SampleType type) {
    const std::string name(sample_type_name(type));
    return with_sample_type(type, [&](auto sample) {
        using Sample = decltype(sample);
        using Limits = std::numeric_limits<Sample>;
        if constexpr (std::is_integral_v<Sample>) {
            const bool is_below_end = fill < std::ldexp(1., Limits::digits);  // the highest of 64 bits is no double
            if (!(fill >= static_cast<double>(Limits::lowest()) && is_below_end && fill == std::floor(fill))) {
                refuse("--fill: " + number_text(fill) + " is no sample of the source, whose " + name +
                       " are whole numbers from " + std::to_string(Limits::lowest()) + " to " +
                       std::to_string(Limits::max()) + "; give one of them");
            }
        } else if (!(std::abs(fill) <= static_cast<double>(Limits::max()))) {
            refuse("--fill: " + number_text(fill) + " is no sample of the source, whose " + name + " reach from " +
                   number_text(static_cast<double>(Limits::lowest())) + " to " +
                   number_text(static_cast<double>(Limits::max())) + "; give one of them");
        }
        sample = static_cast<Sample>(fill);
        std::vector<std::byte> bytes(sizeof(Sample));
        std::memcpy(bytes.data(), &sample, sizeof(Sample));
        return bytes;
    });
}

void add_mask(std::shared_ptr<const Stack> mask, const std::vector<SliceRef>& slices, bool backward,
              ImportPlan::Detail& plan) {
    const Range rows = reach(plan.axes[1], {0, plan.axes[1].outputs});
    plan.read_bytes += amount_to_read(*mask, slices, plan.read, rows, backward).bytes;
    plan.list_bytes += list_bytes(*mask, plan);
    plan.mask = std::move(mask);
}

void warn_of_mask(const Stack& stack, const Stack& mask, const Options& options, std::vector<std::string>& warnings) {
    for (const Problem& problem : mask.problems) {
        if (!problem.fatal && !problem.spacing) warnings.push_back("--mask: " + problem.text);
    }
    const Geometry source = source_geometry(stack, options);
    if (!source.spacing_known || !mask.geometry.spacing_known) return;
    // An origin that nobody has given is none.
    const bool is_placed = mask.volume != nullptr && (stack.volume != nullptr || options.origin);
    if (difference(source, mask.geometry, is_placed) <= 1e-3) return;
    warnings.push_back("--mask: " + printable(mask.name) +
                       " has another spacing, other directions or another origin than the source, but its samples are "
                       "taken by their numbers: its first one is that of the source's first one");
}

}  // namespace stack2nrrd
