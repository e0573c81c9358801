#pragma once

// The kernel mode: values are counted, over all three axes at once, and nothing is computed from them. Where each
// output is in a single cell, that sample is taken.

#include "resample/axis_plan.hpp"

#include <stack2nrrd/image.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace stack2nrrd {

/// How the slices lie in memory that values are counted in: the part of the source that is wanted, channels
/// interleaved, then x, then y. And what makes which output.
struct ModeLayout {
    SampleType type = SampleType::uint8;
    std::size_t channels = 1;
    Range columns;               ///< of the source
    Range rows;                  ///< of the source
    std::vector<Cells> outputs;  ///< along x
    double most_cells = 1;       ///< under one output, over all axes

    [[nodiscard]] std::size_t row_bytes() const noexcept {
        return static_cast<std::size_t>(columns.size()) * channels * sample_bytes(type);
    }
    [[nodiscard]] std::size_t slice_bytes() const noexcept {
        return static_cast<std::size_t>(rows.size()) * row_bytes();
    }
};

/// Makes rows of modes. For one thread at a time.
class ModeFilter {
public:
    virtual ~ModeFilter() = default;

    /// The output row over the slices `z` and the rows `y`: `slices` holds slices z.first … z.end − 1. `samples`:
    /// outputs × channels, of the layout's type. NaN is not counted, unless there is nothing else.
    virtual void row(const std::vector<std::byte>* const* slices, const Cells& z, const Cells& y,
                     std::byte* samples) = 0;
};

/// `layout` must outlive the filter.
[[nodiscard]] std::unique_ptr<ModeFilter> mode_filter(const ModeLayout& layout);

[[nodiscard]] std::int64_t mode_filter_bytes(SampleType type, double most_cells);

}  // namespace stack2nrrd
