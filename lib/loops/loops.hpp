#pragma once

// The innermost loops: samples to numbers, sums of weighted numbers, numbers to samples. They are written once and
// compiled for several instruction sets; the widest that the processor has is taken. All sets make the same bytes:
// every output is summed in the same order whatever is beside it, and products are rounded before they are added.

#include "loops/processor.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace stack2nrrd {

/// Samples are summed in groups of this many: ((a + b) + c) + d, and the groups one after the other. That keeps
/// rounding errors small for wide kernels.
inline constexpr std::size_t summing_group = 4;

/// A row can be dealt out to so many phases.
inline constexpr std::size_t most_phases = 4;

/// Rows that are filtered along x together: one cache line.
template <class Real>
inline constexpr std::size_t bundle_rows = 64 / sizeof(Real);

/// The source samples first, first + 1, … of one output, and their weights.
template <class Real>
struct TapView {
    std::int64_t first = 0;
    std::int64_t count = 0;
    const Real* weights = nullptr;
};

template <class Real>
struct Loops {
    /// sum[i] += Σ weights[j]·items[j][i] for j < count ≤ summing_group and i < length; `fresh` sums begin with it, and
    /// may be anything before. `sum` overlaps with no item.
    void (*add_up)(Real* sum, bool fresh, const Real* const* items, const Real* weights, std::size_t count,
                   std::size_t length);

    /// phases[p][i] = row[i·count + p] wherever row has a sample, of which there are `length`; 1 < count ≤ most_phases.
    void (*deal)(const Real* row, std::size_t length, std::size_t count, Real* const* phases);

    /// Copies to where nobody will read soon: past the caches, if the processor can. Another thread may read it after
    /// settle(), which is for all copies of the calling thread.
    void (*put_away)(const Real* from, std::size_t length, Real* to);
    void (*settle)();

    /// Lays bundle_rows rows side by side: columns[i·bundle_rows + r] = rows[r][i] for i < length.
    void (*lay_side_by_side)(const Real* const* rows, std::size_t length, Real* columns);

    /// The outputs taps[0 … outputs) of rows that lie side by side, `channels` interleaved; so do the results.
    /// `columns` begins with source sample `first`.
    void (*filter)(const Real* columns, std::int64_t first, std::size_t channels, const TapView<Real>* taps,
                   std::size_t outputs, Real* results);

    /// Undoes lay_side_by_side.
    void (*lay_apart)(const Real* columns, std::size_t length, Real* const* rows);
};

template <class Real>
[[nodiscard]] const Loops<Real>& loops(InstructionSet set = instruction_set()) noexcept;

/// How many numbers were rounded to what is below and above the range of a type, and became its ends.
struct Clipped {
    std::int64_t low = 0;
    std::int64_t high = 0;
};

/// For uint8_t and uint16_t.
template <class Sample>
struct SampleLoops {
    /// numbers[i] = samples[i] - middle; samples need not be aligned.
    void (*to_numbers)(const std::byte* samples, std::size_t count, float middle, float* numbers);

    /// sum[i] += Σ weights[j]·(rows[j][i] - middle), as Loops::add_up does it with numbers; rows need not be aligned.
    void (*add_up)(float* sum, bool fresh, const std::byte* const* rows, float middle, const float* weights,
                   std::size_t count, std::size_t length);

    /// samples[i] = floor(numbers[i] + offset + 1/2), or what is nearest to it in the type's range; |offset| < 2^20,
    /// count < 2^31.
    Clipped (*round_off)(const float* numbers, std::size_t count, std::int32_t offset, Sample* samples);

    /// Loops::deal for samples, which need not be aligned; 1 <= count <= most_phases.
    void (*deal)(const std::byte* row, std::size_t length, std::size_t count, Sample* const* phases);

    /// modes[i] = the most frequent of items[j][i] for j < count, each of which counts times[j] times, 255 in all at
    /// most; the lowest of several. `length` is rounded up to whole vectors, which all items and `modes` must have.
    void (*find_modes)(const Sample* const* items, const Sample* times, std::size_t count, std::size_t length,
                       Sample* modes);
};

/// The longest vector.
inline constexpr std::size_t most_vector_bytes = 64;

template <class Sample>
[[nodiscard]] const SampleLoops<Sample>& sample_loops(InstructionSet set = instruction_set()) noexcept;

/// Where samples are that are made of 6 x 6 x 6 others in a box of samples, and by what weights. On each axis these are
/// polynomials of degree 2 in `within`, from -1/2 to 1/2, that a table has for each of its cells.
template <class Real>
struct PointPlaces {
    const std::int32_t* at = nullptr;  ///< samples from the box's first to the first of the 216
    std::array<const std::int32_t*, 3> cell{};
    std::array<const Real*, 3> within{};
};

/// Where samples are on one axis.
template <class Real>
struct PointAxis {
    double low = 0;                 ///< places below it are taken for it, and NaN; above -8
    double high = 0;                ///< and what is above this for this
    std::int32_t cells = 1;         ///< of the table, from one sample to the next
    std::int32_t* below = nullptr;  ///< floor of each place
    std::int32_t* cell = nullptr;
    Real* within = nullptr;
};

/// Six weights, and two of zero, so that they fill whole vectors.
inline constexpr std::size_t point_lanes = 8;

/// Samples from one row of a box to the next. As a constant it needs no register, and no sums of its own: that took a
/// sixth of the time.
inline constexpr std::int64_t point_row = 48;

/// The lowest and the highest floor of some places.
struct PointRange {
    std::int32_t low = 0;
    std::int32_t high = 0;
};

template <class Real>
struct PointLoops {
    /// `count` > 0.
    PointRange (*locate)(const double* places, std::size_t count, const PointAxis<Real>& axis);

    /// results[i] = Σ z·y·x weights · samples at place i, for i < count. Rows of the box are point_row samples apart,
    /// slices `slice`; the two samples behind each six of a row are read as well, and must be finite. `table`: cells ×
    /// 3 coefficients, the constant first × point_lanes, aligned to a cache line.
    void (*interpolate)(const Real* box, std::int64_t slice, const PointPlaces<Real>& places, std::size_t count,
                        const Real* table, Real* results);
};

template <class Real>
[[nodiscard]] const PointLoops<Real>& point_loops(InstructionSet set = instruction_set()) noexcept;

/// The loops of one instruction set.
struct LoopTable {
    Loops<float> single;
    Loops<double> twice;
    PointLoops<float> single_points;
    PointLoops<double> twice_points;
    SampleLoops<std::uint8_t> bytes;
    SampleLoops<std::uint16_t> words;
};
extern const LoopTable baseline_loops;
extern const LoopTable avx2_loops;
extern const LoopTable avx512_loops;

}  // namespace stack2nrrd
