#include "making/slice_filter.hpp"

#include "core/byte_count.hpp"
#include "core/sample_types.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace stack2nrrd {

namespace {

/// Numbers in a cache line.
template <class Real>
constexpr Index line = cache_line / sizeof(Real);

/// Is a sample needed by hardly more than one output? Where it is by two, it is better converted before.
template <class Real>
bool converts_once(const AxisPlan& y, const TapTable<Real>& table) {
    return 2 * table[y.outputs / 2].count * y.step.den <= 3 * y.step.num;
}

}  // namespace

template <class Real>
SliceTables<Real>::SliceTables(const MakingPlan& plan)
    : x(std::make_shared<TapTable<Real>>(plan.axes[0])), y(std::make_shared<TapTable<Real>>(plan.axes[1])) {}

template <class Real>
std::int64_t SliceTables<Real>::bytes(const MakingPlan& plan) {
    return (ByteCount(TapTable<Real>::memory_bytes(plan.axes[0])) + TapTable<Real>::memory_bytes(plan.axes[1])).value();
}

/// The columns of a block are converted and filtered along y at a time: they stay in the processor's first cache, and
/// begin at cache lines. Whether a row has NaN must be known before anything is added, so floating-point rows are
/// worked on as a whole. From one row of a block to the next it is whole cache lines, and one more, lest all rows meet
/// in the same places of the cache.
template <class Real>
SliceFilter<Real>::Layout::Layout(const MakingPlan& plan)
    : channels(static_cast<std::size_t>(plan.volume.channels)),
      columns(reach(plan.axes[0], {0, plan.axes[0].outputs})),
      kept(static_cast<std::size_t>(row_batch) * plan.image.row_bytes()),
      block(columns.size()),
      may_have_nan(is_float(plan.image.type)) {
    constexpr Index samples = 256;
    if (!may_have_nan) {
        block = std::min(block, std::max<Index>(1, samples / plan.volume.channels / line<Real>) * line<Real>);
    }
    stride = static_cast<std::size_t>((block * plan.volume.channels / line<Real> + 1) * line<Real>);
    numbers = static_cast<std::size_t>(row_batch) * stride;
}

template <class Real>
SliceFilter<Real>::SliceFilter(const MakingPlan& plan, const SliceTables<Real>& tables, Ring<SmallSlice<Real>>& ring,
                               std::atomic<bool>& rounded_integers)
    : plan_(plan),
      layout_(plan),
      ring_(ring),
      rounded_integers_(rounded_integers),
      convert_(row_conversion<Real>(plan.image, plan.channel)),
      x_(plan.axes[0], tables.x, layout_.channels,
         [this](Index y) { return slice_->numbers.data() + static_cast<std::size_t>(y) * plan_.small_row_length(); }),
      y_(plan.axes[1], tables.y, {0, plan.axes[1].outputs},
         static_cast<std::size_t>(layout_.columns.size()) * layout_.channels),
      rows_(static_cast<std::size_t>(row_batch)),
      kept_(layout_.kept),
      numbers_(layout_.numbers),
      number_rows_(rows_.size()),
      nan_rows_(rows_.size()),
      has_nan_(rows_.size()),
      add_up_at_once_(convert_.add_up != nullptr && converts_once(plan.axes[1], *tables.y)),
      filters_{this} {
    if (!layout_.may_have_nan) return;
    x_of_nan_.emplace(plan.axes[0], tables.x, layout_.channels, [this](Index y) {
        slice_->nan.resize(plan_.small_slice_length());  // zeros, where this is the first row with a NaN
        return slice_->nan.data() + static_cast<std::size_t>(y) * plan_.small_row_length();
    });
    nan_.resize(layout_.numbers);
}

/// Rows are converted once for all factors of a pyramid.
template <class Real>
bool SliceFilter<Real>::lead(SliceWorker& other) {
    auto* const filter = dynamic_cast<SliceFilter*>(&other);
    if (filter == nullptr || add_up_at_once_ || filter->add_up_at_once_) return false;
    if (filter->plan_.channel != plan_.channel || filter->x_.needed() != x_.needed()) return false;
    filters_.push_back(filter);
    return true;
}

template <class Real>
void SliceFilter<Real>::begin(Index z) {
    slice_ = &ring_[z];
    slice_->nan.clear();
    y_.restart();
}

template <class Real>
void SliceFilter<Real>::end() {
    x_.flush();
    if (x_of_nan_) x_of_nan_->flush();
}

template <class Real>
void SliceFilter<Real>::blank(Index z) {
    SmallSlice<Real>& slice = ring_[z];
    slice.nan.clear();
    std::fill(slice.numbers.begin(), slice.numbers.end(), static_cast<Real>(0 - bias(plan_.image.type)));
}

/// Rows that make up a whole batch are taken where they are, others are kept until it is complete.
template <class Real>
void SliceFilter<Real>::rows(Index y, Index count, const std::byte* samples) {
    const std::size_t row_bytes = plan_.image.row_bytes();
    for (const Index last = y + count; y < last;) {
        const Index begin = std::max(y_.needed().first, y / row_batch * row_batch);
        const Index end = y_.batch_end(y, row_batch);
        const Index taken = std::min(end, last) - y;
        const bool keep = taken < end - begin;
        const auto bytes = static_cast<std::size_t>(taken) * row_bytes;
        const std::byte* rows = samples;
        if (keep) {
            rows = kept_.data() + static_cast<std::size_t>(y - begin) * row_bytes;
            std::memcpy(kept_.data() + static_cast<std::size_t>(y - begin) * row_bytes, samples, bytes);
        }
        for (Index i = 0; i < taken; ++i) {
            rows_[static_cast<std::size_t>(y - begin + i)] = rows + static_cast<std::size_t>(i) * row_bytes;
        }
        y += taken;
        samples += bytes;
        if (y == end) filter({begin, end});
    }
}

template <class Real>
void SliceFilter<Real>::filter(Range batch) {
    if (is_wide_integer(plan_.image.type)) look_for_wide_integers(batch);
    add_up_at_once_ ? sum_samples(batch) : sum_numbers(batch);
    for (SliceFilter* filter : filters_) filter->filter_x();
}

/// What y has finished.
template <class Real>
void SliceFilter<Real>::filter_x() {
    for (const auto& output : y_.finished()) {
        x_.add(output.k, output.numbers);
        if (output.nan != nullptr) x_of_nan_->add(output.k, output.nan);
    }
    if (x_of_nan_) x_of_nan_->keep();
    // The outputs of a batch are whole bundles but for the slice's first and last, or x waits for more.
    const Rational step = plan_.axes[1].step;
    const bool whole_bundles = row_batch * step.den % (step.num * Index{FilterX<Real>::bundle}) == 0;
    whole_bundles ? x_.flush() : x_.keep();
    y_.end();
}

/// Does filtering begin with a sample that its number does not equal?
template <class Real>
void SliceFilter<Real>::look_for_wide_integers(Range batch) {
    const auto stride = static_cast<std::size_t>(plan_.image.channels());
    const bool one = static_cast<int>(plan_.channel) >= 0;  // of all channels
    const Range columns = x_.needed();
    const std::size_t first =
        static_cast<std::size_t>(columns.first) * stride + (one ? static_cast<std::size_t>(plan_.channel) : 0);
    const auto width = static_cast<std::size_t>(columns.size());
    for (std::size_t i = 0; i < static_cast<std::size_t>(batch.size()); ++i) {
        const std::byte* const samples = rows_[i] + first * sample_bytes(plan_.image.type);
        if (beyond_double(plan_.image.type, samples, one ? width : width * stride, one ? stride : 1)) {
            for (SliceFilter* filter : filters_) filter->rounded_integers_ = true;
            return;
        }
    }
}

/// Calls work(columns, begin, end) for one block after another; `begin` and `end` are places in the sums of y.
template <class Real>
template <class Work>
void SliceFilter<Real>::each_block(Work work) {
    const auto channels = static_cast<std::size_t>(plan_.volume.channels);
    const Range needed = x_.needed();
    for (Index first = needed.first; first < needed.end; first += layout_.block) {
        const Range columns{first, std::min(needed.end, first + layout_.block)};
        work(columns, static_cast<std::size_t>(columns.first - needed.first) * channels,
             static_cast<std::size_t>(columns.end - needed.first) * channels);
    }
}

template <class Real>
void SliceFilter<Real>::sum_numbers(Range batch) {
    const auto count = static_cast<std::size_t>(batch.size());
    each_block([&](Range columns, std::size_t begin, std::size_t end) {
        for (std::size_t i = 0; i < count; ++i) {
            Real* numbers = numbers_.data() + i * layout_.stride;
            Real* nan = nan_.empty() ? nullptr : nan_.data() + i * layout_.stride;
            has_nan_[i] = convert_(rows_[i], columns, numbers, nan);
            number_rows_[i] = numbers;
            nan_rows_[i] = has_nan_[i] ? nan : nullptr;
        }
        for (SliceFilter* filter : filters_) {
            if (begin == 0) filter->y_.begin(batch, has_nan_);
            filter->y_.sweep(begin, end, number_rows_.data(), nan_rows_.data());
        }
    });
}

template <class Real>
void SliceFilter<Real>::sum_samples(Range batch) {
    const std::size_t column_bytes = plan_.image.row_bytes() / static_cast<std::size_t>(plan_.image.width);
    std::array<const std::byte*, row_batch> rows{};
    y_.begin(batch, has_nan_);
    each_block([&](Range columns, std::size_t begin, std::size_t end) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(batch.size()); ++i) {
            rows[i] = rows_[i] + static_cast<std::size_t>(columns.first) * column_bytes;
        }
        y_.sweep(begin, end, rows.data(), convert_.add_up);
    });
}

template <class Real>
std::int64_t SliceFilter<Real>::bytes(const MakingPlan& plan) {
    const Layout layout(plan);
    const std::size_t length = static_cast<std::size_t>(layout.columns.size()) * layout.channels;
    const ByteCount path = ByteCount(FilterX<Real>::memory_bytes(plan.axes[0], layout.channels)) +
                           Accumulator<Real>::memory_bytes(plan.axes[1], length, row_batch) +
                           ByteCount(layout.numbers) * sizeof(Real);
    return (ByteCount(layout.may_have_nan ? 2 : 1) * path + layout.kept).value();
}

template struct SliceTables<float>;
template struct SliceTables<double>;
template class SliceFilter<float>;
template class SliceFilter<double>;

}  // namespace stack2nrrd
