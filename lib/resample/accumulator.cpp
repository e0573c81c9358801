#include "resample/accumulator.hpp"

#include <algorithm>

namespace stack2nrrd {

namespace {

/// The samples that one step of the loops works on: few enough that a group of items and the sums stay in the first
/// level cache.
constexpr std::size_t block = 512;

/// sum += w0·item0 + … for `Count` items; `Fresh` sums begin at nothing. The order of additions is part of the result.
template <int Count, bool Fresh, class Real>
void add_items(Real* __restrict sum, const Real* const* items, const Real* w, std::size_t begin, std::size_t end) {
    const Real* __restrict a = items[0];
    const Real* __restrict b = items[Count > 1 ? 1 : 0];
    const Real* __restrict c = items[Count > 2 ? 2 : 0];
    const Real* __restrict d = items[Count > 3 ? 3 : 0];
    for (std::size_t x = begin; x < end; ++x) {
        Real t = w[0] * a[x];
        if constexpr (Count > 1) t += w[1] * b[x];
        if constexpr (Count > 2) t += w[2] * c[x];
        if constexpr (Count > 3) t += w[3] * d[x];
        sum[x] = Fresh ? t : sum[x] + t;
    }
}

template <class Real>
void add_items(bool fresh, std::size_t count, Real* sum, const Real* const* items, const Real* w, std::size_t begin,
               std::size_t end) {
    using Loop = void (*)(Real*, const Real* const*, const Real*, std::size_t, std::size_t);
    static constexpr std::array<std::array<Loop, 4>, 2> loops{{
        {add_items<1, false, Real>, add_items<2, false, Real>, add_items<3, false, Real>, add_items<4, false, Real>},
        {add_items<1, true, Real>, add_items<2, true, Real>, add_items<3, true, Real>, add_items<4, true, Real>},
    }};
    loops[fresh ? 1 : 0][count - 1](sum, items, w, begin, end);
}

}  // namespace

template <class Real>
Accumulator<Real>::Accumulator(const AxisPlan& plan, std::shared_ptr<const TapTable<Real>> table, Range outputs,
                               std::size_t length, Emit emit)
    : plan_(plan),
      table_(std::move(table)),
      outputs_(outputs),
      length_(length),
      emit_(std::move(emit)),
      needed_(reach(plan, outputs)) {
    restart();
}

template <class Real>
void Accumulator<Real>::restart() {
    next_output_ = outputs_.first;
    group_begin_ = needed_.first;
    while (!open_.empty()) {
        spare_.push_back(std::move(open_.front()));
        open_.pop_front();
    }
}

template <class Real>
void Accumulator<Real>::add(Index i, const Real* item) {
    group_[static_cast<std::size_t>(i - group_begin_)] = item;
    const Index end = i + 1;
    if (end % accumulator_group != 0 && end != needed_.end) return;
    open_outputs(end);
    add_group(end);
    group_begin_ = end;
    close_outputs(end);
}

/// Opens the outputs that begin before source sample `end`.
template <class Real>
void Accumulator<Real>::open_outputs(Index end) {
    for (; next_output_ < outputs_.end; ++next_output_) {
        typename TapTable<Real>::View taps;
        if (table_ != nullptr) {
            taps = (*table_)[next_output_];
        } else {
            find_taps(plan_, next_output_, taps_);
            taps.first = taps_.first;
            taps.count = taps_.end() - taps_.first;
        }
        if (taps.first >= end) return;

        Output output;
        if (!spare_.empty()) {
            output = std::move(spare_.back());
            spare_.pop_back();
        }
        output.k = next_output_;
        output.first = taps.first;
        output.end = taps.first + taps.count;
        output.started = false;
        if (table_ == nullptr) round_weights(taps_.weights, output.own_weights);
        output.weights = table_ != nullptr ? taps.weights : output.own_weights.data();
        open_.push_back(std::move(output));
    }
}

/// Adds the items of the group, [group_begin_, end), to all open outputs.
template <class Real>
void Accumulator<Real>::add_group(Index end) {
    for (std::size_t begin = 0; begin < length_; begin += block) {
        const std::size_t stop = std::min(begin + block, length_);
        for (Output& output : open_) {
            // Runs of items that are there; missing ones count as zeros.
            Index i = std::max(output.first, group_begin_);
            const Index last = std::min(output.end, end);
            bool fresh = !output.started;
            while (i < last) {
                const auto slot = static_cast<std::size_t>(i - group_begin_);
                std::size_t count = 0;
                while (i < last && group_[slot + count] != nullptr) {
                    ++count;
                    ++i;
                }
                if (count > 0) {
                    if (output.sum == nullptr) output.sum = std::make_unique_for_overwrite<Real[]>(length_);
                    add_items(fresh, count, output.sum.get(), &group_[slot],
                              output.weights + (i - output.first) - count, begin, stop);
                    fresh = false;
                }
                if (i < last) ++i;
            }
            if (stop == length_) output.started = output.started || !fresh;
        }
    }
}

/// Hands on the outputs that need nothing from source sample `end` on.
template <class Real>
void Accumulator<Real>::close_outputs(Index end) {
    while (!open_.empty() && open_.front().end <= end) {
        Output& output = open_.front();
        emit_(output.k, output.started ? output.sum.get() : nullptr);
        spare_.push_back(std::move(output));
        open_.pop_front();
    }
}

template <class Real>
std::int64_t Accumulator<Real>::memory_bytes(const AxisPlan& plan, std::size_t length) {
    return most_open(plan, accumulator_group) * static_cast<std::int64_t>(length * sizeof(Real));
}

template class Accumulator<float>;
template class Accumulator<double>;

}  // namespace stack2nrrd
