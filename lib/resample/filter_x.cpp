#include "resample/filter_x.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd {

template <class Real>
FilterX<Real>::FilterX(const AxisPlan& plan, std::shared_ptr<const TapTable<Real>> table, std::size_t channels,
                       Place place)
    : plan_(plan),
      table_(std::move(table)),
      channels_(channels),
      place_(std::move(place)),
      needed_(reach(plan, {0, plan.outputs})) {
    if (plan_.copies()) return;
    if (Polyphase<Real>::suits(plan, channels)) {
        polyphase_.emplace(plan, table_);
        return;
    }
    kept_.resize(bundle * static_cast<std::size_t>(needed_.size()) * channels);
    side_by_side_.resize(static_cast<std::size_t>(window(plan, channels)) * channels * bundle);
    results_.resize(static_cast<std::size_t>(outputs_at_a_time) * channels * bundle);
    held_.reserve(bundle);
}

template <class Real>
Index FilterX<Real>::window(const AxisPlan& plan, std::size_t channels) {
    constexpr std::size_t samples = 256;
    const Index enough = std::max(static_cast<Index>(samples / channels), 4 * most_taps(plan));
    return std::min(enough, reach(plan, {0, plan.outputs}).size());
}

template <class Real>
void FilterX<Real>::add(Index y, const Real* row) {
    const std::size_t samples = static_cast<std::size_t>(needed_.size()) * channels_;
    if (plan_.copies()) {
        std::copy_n(row, samples, place_(y));
        return;
    }
    if (polyphase_) return loops_.put_away(polyphase_->filter(row), static_cast<std::size_t>(plan_.outputs), place_(y));
    held_.push_back({y, row});
    if (held_.size() == bundle) flush();
}

template <class Real>
void FilterX<Real>::keep() {
    const std::size_t samples = static_cast<std::size_t>(needed_.size()) * channels_;
    Real* place = kept_.data();
    for (Held& held : held_) {
        if (held.row != place) std::copy_n(held.row, samples, place);
        held.row = place;
        place += samples;
    }
}

/// Makes the samples from `first` on lie side by side, as many as there is room for.
template <class Real>
void FilterX<Real>::slide(Index first) {
    const std::size_t column = channels_ * bundle;
    const auto columns = [&](Index count) { return static_cast<std::size_t>(count) * column; };
    const Index kept = std::max<Index>(0, columns_.end - first);
    if (kept > 0) {
        const auto begin = side_by_side_.begin() + static_cast<std::ptrdiff_t>(columns(first - columns_.first));
        std::copy_n(begin, columns(kept), side_by_side_.begin());
    }
    const Index end = std::min(needed_.end, first + static_cast<Index>(side_by_side_.size() / column));

    std::array<const Real*, bundle> rows{};
    for (std::size_t r = 0; r < bundle; ++r) {
        // Rows that are not there may be anything that can be read.
        rows[r] = held_[std::min(r, held_.size() - 1)].row +
                  static_cast<std::size_t>(first + kept - needed_.first) * channels_;
    }
    loops_.lay_side_by_side(rows.data(), static_cast<std::size_t>(end - first - kept) * channels_,
                            side_by_side_.data() + columns(kept));
    columns_ = {first, end};
}

template <class Real>
void FilterX<Real>::flush() {
    if (polyphase_) loops_.settle();
    if (held_.empty()) return;
    std::array<Real*, bundle> out{};
    for (std::size_t r = 0; r < held_.size(); ++r) out[r] = place_(held_[r].y);

    columns_ = {};
    for (Index k = 0; k < plan_.outputs;) {
        const auto reaches = [&](Index output) {
            return (*table_)[output].first + (*table_)[output].count <= columns_.end;
        };
        if (!reaches(k)) slide((*table_)[k].first);
        Index end = k + 1;
        while (end < std::min(plan_.outputs, k + outputs_at_a_time) && reaches(end)) ++end;
        loops_.filter(side_by_side_.data(), columns_.first, channels_, &(*table_)[k], static_cast<std::size_t>(end - k),
                      results_.data());
        const std::size_t length = static_cast<std::size_t>(end - k) * channels_;
        if (held_.size() == bundle) {
            loops_.lay_apart(results_.data(), length, out.data());
        } else {
            for (std::size_t r = 0; r < held_.size(); ++r)
                for (std::size_t i = 0; i < length; ++i) out[r][i] = results_[i * bundle + r];
        }
        for (std::size_t r = 0; r < held_.size(); ++r) out[r] += length;
        k = end;
    }
    held_.clear();
}

template <class Real>
std::int64_t FilterX<Real>::memory_bytes(const AxisPlan& plan, std::size_t channels) {
    if (plan.copies()) return 0;
    if (Polyphase<Real>::suits(plan, channels)) return Polyphase<Real>::memory_bytes(plan);
    const Index samples = reach(plan, {0, plan.outputs}).size() + window(plan, channels) + outputs_at_a_time;
    return samples * static_cast<Index>(channels * bundle * sizeof(Real));
}

template class FilterX<float>;
template class FilterX<double>;

}  // namespace stack2nrrd
