#include "resample/filter_x.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd {

template <class Real>
FilterX<Real>::FilterX(const AxisPlan& plan, std::shared_ptr<const TapTable<Real>> table, std::size_t channels,
                       Emit emit)
    : plan_(plan),
      table_(std::move(table)),
      channels_(channels),
      emit_(std::move(emit)),
      needed_(reach(plan, {0, plan.outputs})) {
    if (plan_.copies()) return;
    side_by_side_.assign(static_cast<std::size_t>(needed_.size()) * channels * bundle, Real{0});
    rows_.resize(bundle * static_cast<std::size_t>(plan.outputs) * channels);
    held_.reserve(bundle);
}

template <class Real>
void FilterX<Real>::add(Index y, const Real* row) {
    if (plan_.copies()) {
        emit_(y, row);
        return;
    }
    Real* column = side_by_side_.data() + held_.size();
    const std::size_t samples = static_cast<std::size_t>(needed_.size()) * channels_;
    for (std::size_t i = 0; i < samples; ++i) column[i * bundle] = row[i];
    held_.push_back(y);
    if (held_.size() == bundle) flush();
}

template <class Real>
void FilterX<Real>::flush() {
    if (held_.empty()) return;
    const std::size_t row_length = static_cast<std::size_t>(plan_.outputs) * channels_;
    for (Index k = 0; k < plan_.outputs; ++k) {
        const typename TapTable<Real>::View taps = (*table_)[k];
        for (std::size_t c = 0; c < channels_; ++c) {
            const std::size_t first = static_cast<std::size_t>(taps.first - needed_.first) * channels_ + c;
            const Real* __restrict samples = side_by_side_.data() + first * bundle;
            std::array<Real, bundle> sum{};
            // Sums in groups, as in the accumulator: wide kernels then lose less to rounding.
            constexpr Index group = 4;
            for (Index t = 0; t < taps.count; t += group) {
                const Index stop = std::min(t + group, taps.count);
                std::array<Real, bundle> part{};
                for (Index i = t; i < stop; ++i) {
                    const Real w = taps.weights[i];
                    const Real* __restrict s = samples + static_cast<std::size_t>(i) * channels_ * bundle;
                    for (std::size_t r = 0; r < bundle; ++r) part[r] += w * s[r];
                }
                for (std::size_t r = 0; r < bundle; ++r) sum[r] += part[r];
            }
            Real* out = rows_.data() + static_cast<std::size_t>(k) * channels_ + c;
            for (std::size_t r = 0; r < bundle; ++r) out[r * row_length] = sum[r];
        }
    }
    for (std::size_t r = 0; r < held_.size(); ++r) emit_(held_[r], rows_.data() + r * row_length);
    held_.clear();
}

template <class Real>
std::int64_t FilterX<Real>::memory_bytes(const AxisPlan& plan, std::size_t channels) {
    if (plan.copies()) return 0;
    const Index samples = reach(plan, {0, plan.outputs}).size() + plan.outputs;
    return samples * static_cast<Index>(channels * bundle * sizeof(Real));
}

template class FilterX<float>;
template class FilterX<double>;

}  // namespace stack2nrrd
