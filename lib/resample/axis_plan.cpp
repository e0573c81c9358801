#include "resample/axis_plan.hpp"

#include "core/text.hpp"
#include "resample/tail_sum.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace stack2nrrd {

namespace {

// Positions are kept as integers in units of 1/(2·den) source samples, den being the denominator of the step. With
// sizes below 2^31 and terms below rational_limit no product here leaves 64 bits.

Index floor_divide(Index a, Index b) { return a / b - static_cast<Index>(a % b != 0 && (a < 0) != (b < 0)); }
Index ceil_divide(Index a, Index b) { return -floor_divide(-a, b); }

Rational lowest_terms(Index num, Index den) {
    const Index divisor = std::gcd(num, den);
    return {num / divisor, den / divisor};
}

/// Position of output k, in units of 1/(2·step.den).
Index position(const AxisPlan& plan, Index k) {
    return plan.first.num * (2 * plan.step.den / plan.first.den) + 2 * k * plan.step.num;
}

std::string axis_text(char axis) { return std::string("axis ") + axis + ": "; }

[[noreturn]] void throw_misfit(char axis, const std::string& sentence) {
    throw Error(ErrorCode::invalid_argument, axis_text(axis) + sentence);
}

bool reduces(const AxisPlan& plan) { return plan.step.num > plan.step.den; }

/// Do the outputs of this kernel cover cells, rather than look at points?
bool covers_cells(const AxisPlan& plan) {
    const Kernel::Kind kind = plan.kernel.kind();
    return reduces(plan) && (kind == Kernel::Kind::box || kind == Kernel::Kind::mode);
}

/// What a sample at distance `distance` from the output weighs, both in units of 1/(2·den).
double weight(const AxisPlan& plan, Index distance) {
    const Index wide = 2 * std::max(plan.step.num, plan.step.den);  // max(s, 1)
    distance = std::abs(distance);
    if (covers_cells(plan)) {
        // The exact area mean: as much of the sample's cell as the box covers.
        const double half_box = plan.kernel.support() * static_cast<double>(wide);
        const auto cell = static_cast<double>(plan.step.den);  // half of a cell
        const auto centre = static_cast<double>(distance);
        return std::max(0.0, std::min(centre + cell, half_box) - std::max(centre - cell, -half_box));
    }
    return plan.kernel(static_cast<double>(distance) / static_cast<double>(wide));
}

/// Samples whose distance is at most this may weigh something, in units of 1/(2·den).
Index farthest(const AxisPlan& plan) {
    const Index wide = 2 * std::max(plan.step.num, plan.step.den);
    const double support = plan.kernel.support() * static_cast<double>(wide);
    return static_cast<Index>(std::ceil(support)) + (covers_cells(plan) ? plan.step.den : 0);
}

/// Kernels end where they vanish, but a Gaussian is cut off and a box is not continuous: at exactly their support
/// samples do not count. A box that is not widened counts both of two equally near samples.
bool within_support(const AxisPlan& plan, Index distance) {
    const Index wide = 2 * std::max(plan.step.num, plan.step.den);
    const double support = plan.kernel.support() * static_cast<double>(wide);
    const auto d = static_cast<double>(std::abs(distance));
    if (plan.kernel.kind() != Kernel::Kind::box) return d < support;
    return covers_cells(plan) ? d < support + static_cast<double>(plan.step.den) : d <= support;
}

/// The sample that replaces sample i: beyond the border, the edge sample.
Index clamped(const AxisPlan& plan, Index i) { return std::clamp<Index>(i, 0, plan.source - 1); }

/// The samples within the kernel's support around `centre`, those beyond the border, too. Only ends that lie beyond the
/// support are left out, not weights that happen to be zero: so begin and end grow with the output.
Range supported(const AxisPlan& plan, Index centre) {
    const Index unit = 2 * plan.step.den;  // one source sample
    const Index far = farthest(plan);
    Range range{ceil_divide(centre - far, unit), floor_divide(centre + far, unit) + 1};
    while (range.size() > 1 && !within_support(plan, unit * range.first - centre)) ++range.first;
    while (range.size() > 1 && !within_support(plan, unit * (range.end - 1) - centre)) --range.end;
    return range;
}

/// The samples that output k is made of.
Range needed(const AxisPlan& plan, Index k) {
    const Index centre = position(plan, k);
    if (plan.kernel.kind() == Kernel::Kind::mode) {
        const Cells cells = covered_cells(plan, k);
        return {cells.first, cells.end};
    }
    if (plan.picks()) {
        const Index i = clamped(plan, floor_divide(centre + plan.step.den, 2 * plan.step.den));  // floor(u + 1/2)
        return {i, i + 1};
    }
    const Range all = supported(plan, centre);
    return {clamped(plan, all.first), clamped(plan, all.end - 1) + 1};
}

/// What the samples `tail` weigh together, which are many.
double weight_of_tail(const AxisPlan& plan, Range tail, Index centre) {
    const Index unit = 2 * plan.step.den;
    const Index wide = 2 * std::max(plan.step.num, plan.step.den);
    const Index first = unit * tail.first - centre;
    const Index last = unit * (tail.end - 1) - centre;
    if (covers_cells(plan)) {
        // Cells join, so that together they lie under the box as one long cell would.
        const double half_box = plan.kernel.support() * static_cast<double>(wide);
        return std::max(0.0, std::min(static_cast<double>(last + plan.step.den), half_box) -
                                 std::max(static_cast<double>(first - plan.step.den), -half_box));
    }
    // Under a factor beyond the source's size, the output is beyond its end, and the tail on both sides of the
    // output.
    const Index middle = std::clamp(ceil_divide(centre, unit), tail.first, tail.end);
    const double before =
        middle == tail.first ? 0 : tail_sum(plan.kernel, centre - unit * (middle - 1), unit, middle - tail.first, wide);
    return before +
           (middle == tail.end ? 0 : tail_sum(plan.kernel, unit * middle - centre, unit, tail.end - middle, wide));
}

/// \throws Error invalid_argument for a kernel that may find no sample.
void check_kernel(const AxisPlan& plan, char axis) {
    const bool box = plan.kernel.kind() == Kernel::Kind::box;
    const bool chooses = plan.kernel.kind() == Kernel::Kind::nearest || plan.kernel.kind() == Kernel::Kind::mode;
    if (plan.copies() || chooses || covers_cells(plan)) return;
    const double support = plan.kernel.support() * std::max(1.0, plan.step.value());
    if (box ? support < 0.5 : support <= 0.5) {
        throw_misfit(axis, "kernel " + plan.kernel.spec() + " is so narrow that it can fall between two samples");
    }
}

}  // namespace

Range wanted_part(Index source, const Range& crop, char axis) {
    if (crop == Range{}) return {0, source};
    if (crop.end == open_end && crop.first >= 0 && crop.first < source) return {crop.first, source};
    if (crop.first < 0 || crop.end > source || crop.empty()) {
        throw_misfit(axis, "the crop " + std::to_string(crop.first) + ":" +
                               (crop.end == open_end ? "" : std::to_string(crop.end)) +
                               " does not lie within 0:" + std::to_string(source));
    }
    return crop;
}

AxisPlan make_axis_plan(Index source, const AxisOptions& options, Align align, char axis) {
    const Range crop = wanted_part(source, options.crop, axis);
    AxisPlan plan;
    plan.source = source;
    plan.kernel = options.kernel.value_or(Kernel{});
    if (options.size.has_value()) {
        plan.outputs = *options.size;
        if (plan.outputs < 1 || plan.outputs > rational_limit) {
            throw_misfit(axis, "the size " + std::to_string(plan.outputs) + " is out of range");
        }
        plan.step = lowest_terms(crop.size(), plan.outputs);
    } else {
        plan.step = make_rational(options.factor.num, options.factor.den);  // whoever wrote it down
        if (plan.step.num < plan.step.den) {
            throw_misfit(axis, "the factor " + to_string(plan.step) + " is below 1; factors reduce");
        }
        plan.outputs = std::max<Index>(1, crop.size() * plan.step.den / plan.step.num);
    }

    // cell: a + s/2 - 1/2; first: a.
    const Index den = 2 * plan.step.den;
    const Index begin = den * crop.first;
    plan.first = lowest_terms(align == Align::cell ? begin + plan.step.num - plan.step.den : begin, den);

    check_kernel(plan, axis);
    return plan;
}

AxisPlan make_axis_plan(Index source, const Kernel& kernel, const Rational& step, const Rational& first, Index outputs,
                        char axis) {
    AxisPlan plan;
    plan.source = source;
    plan.outputs = outputs;
    plan.kernel = kernel;
    plan.step = lowest_terms(step.num, step.den);
    plan.first = lowest_terms(first.num, first.den);
    const Index more = plan.first.den / std::gcd(plan.first.den, 2 * plan.step.den);
    if (std::max(plan.step.num, plan.step.den) > rational_limit / more) {
        throw_misfit(axis, "the step " + to_string(plan.step) + " and the first position " + to_string(plan.first) +
                               " have no common denominator within " + std::to_string(rational_limit));
    }
    plan.step = {more * plan.step.num, more * plan.step.den};
    check_kernel(plan, axis);
    return plan;
}

void find_taps(const AxisPlan& plan, Index k, Taps& taps) {
    const Index unit = 2 * plan.step.den;  // one source sample
    const Index centre = position(plan, k);
    const Range range = needed(plan, k);
    taps.first = range.first;

    if (plan.kernel.kind() == Kernel::Kind::mode) {
        const Cells cells = covered_cells(plan, k);
        const auto count = static_cast<double>(cells.count());
        taps.weights.assign(static_cast<std::size_t>(range.size()), 1 / count);
        taps.weights.front() += static_cast<double>(cells.before) / count;
        taps.weights.back() += static_cast<double>(cells.after) / count;
        return;
    }
    if (plan.picks()) {
        taps.weights.assign(1, 1.0);
        return;
    }

    const Range all = supported(plan, centre);
    taps.weights.assign(static_cast<std::size_t>(range.size()), 0.0);
    double sum = 0;
    const auto add = [&](Index i, double w) {
        sum += w;
        taps.weights[static_cast<std::size_t>(clamped(plan, i) - taps.first)] += w;
    };
    const auto add_each = [&](Range part) {
        for (Index i = part.first; i < part.end; ++i) {
            const Index distance = unit * i - centre;
            if (within_support(plan, distance)) add(i, weight(plan, distance));
        }
    };
    const auto add_tail = [&](Range tail) {
        if (tail.size() <= most_single_taps) return add_each(tail);
        add(tail.first, weight_of_tail(plan, tail, centre));
    };
    const Index begin = std::clamp<Index>(0, all.first, all.end);
    const Index end = std::clamp<Index>(plan.source, begin, all.end);
    add_tail({all.first, begin});
    add_each({begin, end});
    add_tail({end, all.end});
    if (!(std::abs(sum) > 1e-6)) {
        throw Error(ErrorCode::invalid_argument, "kernel " + plan.kernel.spec() + " has weights that sum to nothing");
    }
    for (double& w : taps.weights) w /= sum;
}

Cells covered_cells(const AxisPlan& plan, Index k) {
    const Index unit = 2 * plan.step.den;  // one source sample
    const Index centre = position(plan, k);
    if (!reduces(plan) || plan.picks()) {
        const Index i = clamped(plan, floor_divide(centre + plan.step.den, unit));
        return {i, i + 1, 0, 0};
    }
    // The cells of output and sample share more than a border if |i - u| < s/2 + 1/2.
    const Index far = plan.step.num + plan.step.den;
    const Index begin = floor_divide(centre - far, unit) + 1;
    const Index last = ceil_divide(centre + far, unit) - 1;
    const Index first_there = clamped(plan, begin);
    const Index last_there = clamped(plan, last);
    return {first_there, last_there + 1, first_there - std::min(begin, first_there),
            std::max(last, last_there) - last_there};
}

Range reach(const AxisPlan& plan, Range outputs) {
    return {needed(plan, outputs.first).first, needed(plan, outputs.end - 1).end};
}

Index most_taps(const AxisPlan& plan) {
    if (plan.picks()) return 1;
    return std::min(plan.source, 2 * farthest(plan) / (2 * plan.step.den) + 1);
}

Index most_open(const AxisPlan& plan, Index group) {
    const double span = 2.0 * static_cast<double>(farthest(plan)) / (2.0 * static_cast<double>(plan.step.den));
    const double open = (span + static_cast<double>(group)) / plan.step.value() + 2;
    return std::min(plan.outputs, static_cast<Index>(open));
}

template <class Real>
void round_weights(const std::vector<double>& weights, std::vector<Real>& rounded) {
    rounded.resize(weights.size());
    double lost = 1;
    std::size_t largest = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        rounded[i] = static_cast<Real>(weights[i]);
        lost -= static_cast<double>(rounded[i]);
        if (weights[i] > weights[largest]) largest = i;
    }
    rounded[largest] = static_cast<Real>(static_cast<double>(rounded[largest]) + lost);
}

template <class Real>
TapTable<Real>::TapTable(const AxisPlan& plan) {
    entries_.reserve(static_cast<std::size_t>(plan.outputs));
    weights_.reserve(static_cast<std::size_t>(plan.outputs * most_taps(plan)));
    Taps taps;
    std::vector<Real> rounded;
    const auto is_inside = [&](Index k) {
        if (plan.kernel.kind() == Kernel::Kind::mode) return false;
        const Range range = supported(plan, position(plan, k));
        return range.first >= 0 && range.end <= plan.source;
    };
    for (Index k = 0; k < plan.outputs; ++k) {
        // Outputs share their weights with the last of the same phase, if they can: all do between the edges, and need
        // not be worked out again.
        const Index twin = k - plan.step.den;
        if (twin >= 0 && is_inside(twin) && is_inside(k)) {
            const TapView<Real>& same = (*this)[twin];
            entries_.push_back({same.first + plan.step.num, same.count, same.weights});
            continue;
        }
        find_taps(plan, k, taps);
        round_weights(taps.weights, rounded);
        const Real* weights = weights_.data() + weights_.size();
        if (twin >= 0 && std::equal(rounded.begin(), rounded.end(), (*this)[twin].weights,
                                    (*this)[twin].weights + (*this)[twin].count)) {
            weights = (*this)[twin].weights;
        } else {
            weights_.insert(weights_.end(), rounded.begin(), rounded.end());  // there is room: they stay where they are
        }
        entries_.push_back({taps.first, static_cast<Index>(rounded.size()), weights});
    }
}

template <class Real>
std::int64_t TapTable<Real>::memory_bytes(const AxisPlan& plan) {
    const auto entry = static_cast<Index>(sizeof(TapView<Real>)) + most_taps(plan) * static_cast<Index>(sizeof(Real));
    return plan.outputs * entry;
}

template class TapTable<float>;
template class TapTable<double>;
template void round_weights<float>(const std::vector<double>&, std::vector<float>&);
template void round_weights<double>(const std::vector<double>&, std::vector<double>&);

}  // namespace stack2nrrd
