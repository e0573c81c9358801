#include "resample/polyphase.hpp"

#include <algorithm>
#include <utility>

namespace stack2nrrd {

namespace {

/// Room for a phase: whole cache lines, and one more, lest all phases meet in the same places of the cache.
template <class Real>
std::size_t phase_length(const AxisPlan& plan) {
    constexpr std::size_t line = cache_line / sizeof(Real);
    const Index samples = reach(plan, {0, plan.outputs}).size() / plan.step.num + 1;
    return (static_cast<std::size_t>(samples) / line + 2) * line;
}

/// One output, summed in the order of the loops. `samples` begin with the first that has a weight.
template <class Real>
Real sum_of(const Real* samples, const TapView<Real>& taps) {
    const auto count = static_cast<std::size_t>(taps.count);
    Real total = 0;
    for (std::size_t j = 0; j < count;) {
        const bool first = j == 0;
        const std::size_t end = std::min(j + summing_group, count);
        Real group = taps.weights[j] * samples[j];
        for (++j; j < end; ++j) group += taps.weights[j] * samples[j];
        total = first ? group : total + group;
    }
    return total;
}

}  // namespace

template <class Real>
bool Polyphase<Real>::suits(const AxisPlan& plan, std::size_t channels) {
    return channels == 1 && plan.step.den == 1 && plan.step.num > 1 && plan.step.num <= static_cast<Index>(most_phases);
}

template <class Real>
Polyphase<Real>::Polyphase(const AxisPlan& plan, std::shared_ptr<const TapTable<Real>> table)
    : table_(std::move(table)),
      needed_(reach(plan, {0, plan.outputs})),
      step_(static_cast<std::size_t>(plan.step.num)),
      samples_(step_ * phase_length<Real>(plan)),
      outputs_(static_cast<std::size_t>(plan.outputs)) {
    for (std::size_t p = 0; p < step_; ++p) phases_[p] = samples_.data() + p * phase_length<Real>(plan);
    for (Index k = 0; k < plan.outputs; ++k) {
        const bool same = k > 0 && (*table_)[k].weights == (*table_)[k - 1].weights;
        if (!same) runs_.push_back({k, k});
        runs_.back().end = k + 1;
    }
}

template <class Real>
const Real* Polyphase<Real>::filter(const Real* row) {
    Real* outputs = outputs_.data();
    loops_.deal(row, static_cast<std::size_t>(needed_.size()), step_, phases_.data());
    std::array<const Real*, summing_group> items{};
    for (const Run& run : runs_) {
        const TapView<Real>& taps = (*table_)[run.first];
        if (run.end - run.first == 1) {  // at an edge
            outputs[run.first] = sum_of(row + (taps.first - needed_.first), taps);
            continue;
        }
        const auto count = static_cast<std::size_t>(taps.count);
        auto sample = static_cast<std::size_t>(taps.first - needed_.first);
        for (std::size_t j = 0; j < count; j += summing_group) {
            const std::size_t group = std::min(summing_group, count - j);
            for (std::size_t i = 0; i < group; ++i, ++sample) items[i] = phases_[sample % step_] + sample / step_;
            loops_.add_up(outputs + run.first, j == 0, items.data(), taps.weights + j, group,
                          static_cast<std::size_t>(run.end - run.first));
        }
    }
    return outputs;
}

template <class Real>
std::int64_t Polyphase<Real>::memory_bytes(const AxisPlan& plan) {
    const std::size_t samples =
        static_cast<std::size_t>(plan.step.num) * phase_length<Real>(plan) + static_cast<std::size_t>(plan.outputs);
    const auto edges = 2 * static_cast<std::size_t>(most_taps(plan)) + 1;
    return static_cast<std::int64_t>(samples * sizeof(Real) + edges * sizeof(Run));
}

template class Polyphase<float>;
template class Polyphase<double>;

}  // namespace stack2nrrd
