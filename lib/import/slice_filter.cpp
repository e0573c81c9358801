#include "import/slice_filter.hpp"

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
SliceTables<Real>::SliceTables(const ImportPlan::Detail& plan)
    : x(std::make_shared<TapTable<Real>>(plan.axes[0])), y(std::make_shared<TapTable<Real>>(plan.axes[1])) {}

/// Columns of a batch that are converted and filtered along y at a time: they stay in the processor's first cache, and
/// begin at cache lines. Whether a row has NaN must be known before anything is added, so floating-point rows are
/// worked on as a whole.
template <class Real>
Index SliceFilter<Real>::block_columns(const ImportPlan::Detail& plan) {
    constexpr Index samples = 512;
    const Index columns = reach(plan.axes[0], {0, plan.axes[0].outputs}).size();
    if (is_float(plan.image.type)) return columns;
    return std::min(columns, std::max<Index>(1, samples / plan.volume.channels / line<Real>) * line<Real>);
}

/// From one row of a block to the next: whole cache lines, and one more, lest all rows meet in the same places of the
/// cache.
template <class Real>
std::size_t SliceFilter<Real>::block_stride(const ImportPlan::Detail& plan) {
    const Index samples = block_columns(plan) * plan.volume.channels;
    return static_cast<std::size_t>((samples / line<Real> + 1) * line<Real>);
}

template <class Real>
SliceFilter<Real>::SliceFilter(const ImportPlan::Detail& plan, const SliceTables<Real>& tables, SliceSource& source,
                               unsigned worker)
    : plan_(plan),
      source_(source),
      worker_(worker),
      convert_(row_conversion<Real>(plan.image, plan.channel)),
      x_(plan.axes[0], tables.x, static_cast<std::size_t>(plan.volume.channels),
         [this](Index y) { return slice_->numbers.data() + static_cast<std::size_t>(y) * plan_.small_row_length(); }),
      y_(plan.axes[1], tables.y, {0, plan.axes[1].outputs},
         static_cast<std::size_t>(x_.needed().size() * plan.volume.channels)),
      rows_(static_cast<std::size_t>(row_batch)),
      kept_(rows_.size() * plan.image.row_bytes()),
      block_(block_columns(plan)),
      stride_(block_stride(plan)),
      numbers_(rows_.size() * stride_),
      number_rows_(rows_.size()),
      nan_rows_(rows_.size()),
      has_nan_(rows_.size()),
      add_up_at_once_(convert_.add_up != nullptr && converts_once(plan.axes[1], *tables.y)) {
    if (!is_float(plan.image.type)) return;
    x_of_nan_.emplace(plan.axes[0], tables.x, static_cast<std::size_t>(plan.volume.channels), [this](Index y) {
        slice_->nan.resize(plan_.small_slice_length());  // zeros, where this is the first row with a NaN
        return slice_->nan.data() + static_cast<std::size_t>(y) * plan_.small_row_length();
    });
    nan_.resize(numbers_.size());
}

template <class Real>
void SliceFilter<Real>::run(Index z, SmallSlice<Real>& slice, const std::function<void()>& pulse) {
    slice.numbers.resize(plan_.small_slice_length());
    slice.nan.clear();
    if (plan_.slices[static_cast<std::size_t>(z)] == ImportPlan::Detail::blank) {
        source_.pass(z, pulse);
        std::fill(slice.numbers.begin(), slice.numbers.end(), static_cast<Real>(0 - bias(plan_.image.type)));
        return;
    }
    slice_ = &slice;
    pulse_ = &pulse;
    y_.restart();
    source_.read(worker_, z, y_.needed(), *this, pulse);
    x_.flush();
    if (x_of_nan_) x_of_nan_->flush();
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
    (*pulse_)();
    if (is_wide_integer(plan_.image.type)) look_for_wide_integers(batch);
    add_up_at_once_ ? sum_samples(batch) : sum_numbers(batch);
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
            source_.add_rounded_integers();
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
    for (Index first = needed.first; first < needed.end; first += block_) {
        const Range columns{first, std::min(needed.end, first + block_)};
        work(columns, static_cast<std::size_t>(columns.first - needed.first) * channels,
             static_cast<std::size_t>(columns.end - needed.first) * channels);
    }
}

template <class Real>
void SliceFilter<Real>::sum_numbers(Range batch) {
    const auto count = static_cast<std::size_t>(batch.size());
    each_block([&](Range columns, std::size_t begin, std::size_t end) {
        for (std::size_t i = 0; i < count; ++i) {
            Real* numbers = numbers_.data() + i * stride_;
            Real* nan = nan_.empty() ? nullptr : nan_.data() + i * stride_;
            has_nan_[i] = convert_(rows_[i], columns, numbers, nan);
            number_rows_[i] = numbers;
            nan_rows_[i] = has_nan_[i] ? nan : nullptr;
        }
        if (begin == 0) y_.begin(batch, has_nan_);
        y_.sweep(begin, end, number_rows_.data(), nan_rows_.data());
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
std::int64_t SliceFilter<Real>::memory_bytes(const ImportPlan::Detail& plan) {
    const auto channels = static_cast<std::size_t>(plan.volume.channels);
    const Index columns = reach(plan.axes[0], {0, plan.axes[0].outputs}).size();
    const std::size_t length = static_cast<std::size_t>(columns) * channels;
    const ByteCount path = ByteCount(FilterX<Real>::memory_bytes(plan.axes[0], channels)) +
                           Accumulator<Real>::memory_bytes(plan.axes[1], length, row_batch) +
                           ByteCount(row_batch) * block_stride(plan) * sizeof(Real);
    const ByteCount kept = ByteCount(row_batch) * plan.image.row_bytes();
    return (ByteCount(is_float(plan.image.type) ? 2 : 1) * path + kept).value();
}

template struct SliceTables<float>;
template struct SliceTables<double>;
template class SliceFilter<float>;
template class SliceFilter<double>;

}  // namespace stack2nrrd
