#include "import/slice_filter.hpp"

#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>

namespace stack2nrrd {

namespace {

bool is_float(SampleType type) { return type == SampleType::float32 || type == SampleType::float64; }

[[noreturn]] void throw_changed(const SourceFile& file) {
    throw Error(ErrorCode::changed, printable(file.path) +
                                        ": has changed since the headers were read, the same file was expected; "
                                        "start again when nothing writes to the stack");
}

}  // namespace

template <class Real>
SliceTables<Real>::SliceTables(const ImportPlan::Detail& plan)
    : x(std::make_shared<TapTable<Real>>(plan.axes[0])), y(std::make_shared<TapTable<Real>>(plan.axes[1])) {}

template <class Real>
SliceFilter<Real>::Path::Path(const ImportPlan::Detail& plan, const SliceTables<Real>& tables,
                              const typename FilterX<Real>::Emit& emit)
    : x(plan.axes[0], tables.x, static_cast<std::size_t>(plan.volume.channels), emit),
      y(plan.axes[1], tables.y, {0, plan.axes[1].outputs},
        static_cast<std::size_t>(x.needed().size() * plan.volume.channels),
        [this](Index k, const Real* row) {
            if (row != nullptr) x.add(k, row);
        }),
      rows(accumulator_group * static_cast<std::size_t>(x.needed().size() * plan.volume.channels)) {}

template <class Real>
SliceFilter<Real>::SliceFilter(const ImportPlan::Detail& plan, const SliceTables<Real>& tables)
    : plan_(plan),
      convert_(row_conversion<Real>(plan.image, plan.channel)),
      row_length_(static_cast<std::size_t>(plan.volume.channels)),
      numbers_(plan, tables, [this](Index y, const Real* row) { store(y, row, slice_->numbers); }) {
    row_length_ *= static_cast<std::size_t>(numbers_.x.needed().size());
    if (is_float(plan.image.type)) {
        nan_.emplace(plan, tables, [this](Index y, const Real* row) { store(y, row, slice_->nan); });
    }
}

template <class Real>
void SliceFilter<Real>::run(Index z, SmallSlice<Real>& slice, const std::function<void()>& pulse) {
    slice.numbers.resize(plan_.small_slice_length());
    slice.nan.clear();
    const std::int32_t file = plan_.slices[static_cast<std::size_t>(z)];
    if (file == ImportPlan::Detail::blank) {
        std::fill(slice.numbers.begin(), slice.numbers.end(), static_cast<Real>(0 - bias(plan_.image.type)));
        return;
    }
    slice_ = &slice;
    pulse_ = &pulse;
    numbers_.y.restart();
    if (nan_) nan_->y.restart();
    decode(plan_.files[static_cast<std::size_t>(file)]);
    numbers_.x.flush();
    if (nan_) nan_->x.flush();
}

template <class Real>
void SliceFilter<Real>::decode(const SourceFile& file) {
    std::optional<InputFile> input;
    try {
        input.emplace(file.path);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::not_found || error.code() == ErrorCode::corrupt) throw_changed(file);
        throw;
    }
    const auto differs = [&] {
        return input->bytes() != file.bytes || input->modified_ns() != file.modified_ns || input->id() != file.id ||
               input->changed();
    };
    if (differs()) throw_changed(file);
    try {
        codec_for(*input).decode(*input, 0, numbers_.y.needed(), *this);
    } catch (const Error& error) {
        // A file that is written to while it is read breaks in any way; that it was written to is what matters.
        if (error.code() != ErrorCode::cancelled && differs()) throw_changed(file);
        throw;
    }
    if (differs()) throw_changed(file);
    input->check();
}

template <class Real>
void SliceFilter<Real>::row(Index y, const std::byte* samples) {
    constexpr Index rows_a_pulse = 16;
    if (y % rows_a_pulse == 0) (*pulse_)();
    const std::size_t slot = static_cast<std::size_t>(y % accumulator_group) * row_length_;
    Real* numbers = numbers_.rows.data() + slot;
    Real* nan = nan_ ? nan_->rows.data() + slot : nullptr;
    const bool any_nan = convert_(samples, numbers_.x.needed(), numbers, nan);
    numbers_.y.add(y, numbers);
    if (nan_) nan_->y.add(y, any_nan ? nan : nullptr);
}

template <class Real>
void SliceFilter<Real>::store(Index y, const Real* row, std::vector<Real>& slice) {
    slice.resize(plan_.small_slice_length());  // zeros, where this is the first row with a NaN
    const auto length = static_cast<std::size_t>(plan_.axes[0].outputs * plan_.volume.channels);
    std::copy_n(row, length, slice.data() + static_cast<std::size_t>(y) * length);
}

template <class Real>
std::int64_t SliceFilter<Real>::memory_bytes(const ImportPlan::Detail& plan) {
    const auto channels = static_cast<std::size_t>(plan.volume.channels);
    const Index columns = reach(plan.axes[0], {0, plan.axes[0].outputs}).size();
    const std::size_t length = static_cast<std::size_t>(columns) * channels;
    const std::int64_t path = FilterX<Real>::memory_bytes(plan.axes[0], channels) +
                              Accumulator<Real>::memory_bytes(plan.axes[1], length) +
                              static_cast<std::int64_t>(accumulator_group * length * sizeof(Real));
    return is_float(plan.image.type) ? 2 * path : path;
}

template struct SliceTables<float>;
template struct SliceTables<double>;
template class SliceFilter<float>;
template class SliceFilter<double>;

}  // namespace stack2nrrd
