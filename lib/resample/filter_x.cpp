#include "resample/filter_x.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd {

namespace {

/// Adds w0·sample0 + … of `Count` neighbouring samples, for all rows of the bundle.
template <int Count, class Real, std::size_t Bundle>
void add_taps(std::array<Real, Bundle>& sum, const Real* __restrict samples, std::size_t stride,
              const Real* __restrict w) {
    for (std::size_t r = 0; r < Bundle; ++r) {
        Real t = w[0] * samples[r];
        if constexpr (Count > 1) t += w[1] * samples[stride + r];
        if constexpr (Count > 2) t += w[2] * samples[2 * stride + r];
        if constexpr (Count > 3) t += w[3] * samples[3 * stride + r];
        sum[r] += t;
    }
}

}  // namespace

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
            const Real* samples = side_by_side_.data() + first * bundle;
            std::array<Real, bundle> sum{};
            // Sums in groups, as in the accumulator: wide kernels then lose less to rounding.
            const std::size_t stride = channels_ * bundle;
            const Real* w = taps.weights;
            Index left = taps.count;
            for (; left >= 4; left -= 4, w += 4, samples += 4 * stride) add_taps<4>(sum, samples, stride, w);
            if (left == 3) add_taps<3>(sum, samples, stride, w);
            if (left == 2) add_taps<2>(sum, samples, stride, w);
            if (left == 1) add_taps<1>(sum, samples, stride, w);
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
