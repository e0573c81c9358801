#include "resample/accumulator.hpp"

#include "core/byte_count.hpp"

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
        }
        output.sum.resize(length_);
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
    each_group([&](Output& output, const Group& group) {
        loops_.add_up(output.sum.data() + begin, group.fresh, numbers + group.at, group.weights, group.count,
                      end - begin);
        if (!output.started_nan) return;
        std::array<const Real*, summing_group> shares{};
        for (std::size_t j = 0; j < group.count; ++j) {
            shares[j] = nan[group.at + j] != nullptr ? nan[group.at + j] : zeros_.data();
        }
        loops_.add_up(output.nan.data() + begin, false, shares.data(), group.weights, group.count, end - begin);
    });
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
    return (ByteCount(most_open(plan, batch)) * length * sizeof(Real)).value();
}

template class Accumulator<float>;
template class Accumulator<double>;

}  // namespace stack2nrrd
