#include "resample/accumulator.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stack2nrrd {

template <class Real>
Accumulator<Real>::Accumulator(const AxisPlan& plan, std::shared_ptr<const TapTable<Real>> table, Range outputs,
                               std::size_t length)
    : plan_(plan), table_(std::move(table)), outputs_(outputs), length_(length), needed_(reach(plan, outputs)) {
    restart();
}

template <class Real>
void Accumulator<Real>::restart() {
    next_output_ = outputs_.first;
    finished_.clear();
    while (!open_.empty()) {
        recycle(std::move(open_.front()));
        open_.pop_front();
    }
}

template <class Real>
void Accumulator<Real>::recycle(Output output) {
    output.started_nan = false;
    spare_.push_back(std::move(output));
}

template <class Real>
void Accumulator<Real>::begin(Range batch, const std::vector<bool>& has_nan) {
    batch_ = batch;
    open_outputs();
    for (Output& output : open_) {
        look_for_nan(output, has_nan);
        if (output.end() > batch.end) continue;
        finished_.push_back({output.k, output.sum.data(), output.started_nan ? output.nan.data() : nullptr});
    }
}

/// Opens the outputs that begin before the batch ends.
template <class Real>
void Accumulator<Real>::open_outputs() {
    for (; next_output_ < outputs_.end; ++next_output_) {
        TapView<Real> taps;
        if (table_ != nullptr) {
            taps = (*table_)[next_output_];
        } else {
            find_taps(plan_, next_output_, taps_);
            taps.first = taps_.first;
            taps.count = taps_.end() - taps_.first;
        }
        if (taps.first >= batch_.end) return;

        Output output;
        if (!spare_.empty()) {
            output = std::move(spare_.back());
            spare_.pop_back();
        } else {
            output.sum.resize(length_);
        }
        if (table_ == nullptr) {
            round_weights(taps_.weights, output.own_weights);
            taps.weights = output.own_weights.data();
        }
        output.k = next_output_;
        output.taps = taps;
        open_.push_back(std::move(output));
    }
}

/// Makes room for the share of NaN of an output when its first comes.
template <class Real>
void Accumulator<Real>::look_for_nan(Output& output, const std::vector<bool>& has_nan) {
    if (output.started_nan) return;
    for (Index i = std::max(output.taps.first, batch_.first); i < std::min(output.end(), batch_.end); ++i) {
        if (!has_nan[static_cast<std::size_t>(i - batch_.first)]) continue;
        output.nan.assign(length_, Real{0});
        output.started_nan = true;
        zeros_.resize(length_);
        return;
    }
}

template <class Real>
void Accumulator<Real>::sweep(std::size_t begin, std::size_t end, const Real* const* numbers, const Real* const* nan) {
    for (Output& output : open_) {
        const Range part{std::max(output.taps.first, batch_.first), std::min(output.end(), batch_.end)};
        for (Index i = part.first; i < part.end;) {
            const Index cut = std::min(part.end, (i / accumulator_group + 1) * accumulator_group);
            const auto at = static_cast<std::size_t>(i - batch_.first);
            const auto count = static_cast<std::size_t>(cut - i);
            const Real* weights = output.taps.weights + (i - output.taps.first);
            loops_.add_up(output.sum.data() + begin, i == output.taps.first, numbers + at, weights, count, end - begin);
            if (output.started_nan) add_up_nan(output.nan.data() + begin, nan + at, weights, count, end - begin);
            i = cut;
        }
    }
}

template <class Real>
void Accumulator<Real>::add_up_nan(Real* sum, const Real* const* nan, const Real* weights, std::size_t count,
                                   std::size_t length) const {
    std::array<const Real*, summing_group> items{};
    for (std::size_t j = 0; j < count; ++j) items[j] = nan[j] != nullptr ? nan[j] : zeros_.data();
    loops_.add_up(sum, false, items.data(), weights, count, length);
}

template <class Real>
void Accumulator<Real>::end() {
    for (std::size_t done = finished_.size(); done > 0; --done) {
        recycle(std::move(open_.front()));
        open_.pop_front();
    }
    finished_.clear();
}

template <class Real>
std::int64_t Accumulator<Real>::memory_bytes(const AxisPlan& plan, std::size_t length, Index batch) {
    return most_open(plan, batch) * static_cast<std::int64_t>(length * sizeof(Real));
}

template class Accumulator<float>;
template class Accumulator<double>;

}  // namespace stack2nrrd
