#pragma once

// Modes of few cells, of samples of 8 and 16 bits: whole vectors of outputs at once, by comparing every sample under
// an output with every other. Labels come in runs, but under the small factors that most ask for it would take longer
// to find out where they end.

#include "loops/loops.hpp"
#include "resample/mode.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace stack2nrrd {

/// For one thread at a time.
template <class Sample>
class FewCells {
public:
    /// `layout` must outlive it.
    explicit FewCells(const ModeLayout& layout);

    /// As ModeFilter::row(), but it makes only the outputs that it returns: none where there are too many cells.
    Range row(const std::vector<std::byte>* const* slices, const Cells& z, const Cells& y, std::byte* samples);

private:
    /// Pairs grow with the square: with more of them, vectors of 16 bytes take longer than counting.
    static constexpr Index most_cells = 64 / sizeof(Sample);
    /// Counts are samples.
    static constexpr Index most_times = 255;
    /// Outputs that are made together, so that what lies under them stays in the processor's first cache.
    static constexpr Index chunk = 256;
    /// And what may be read behind them.
    static constexpr std::size_t dealt_row = static_cast<std::size_t>(chunk) + most_vector_bytes / sizeof(Sample);

    std::size_t deal(const std::vector<std::byte>* const* slices, const Cells& z, const Cells& y, Range outputs);

    const ModeLayout& layout_;
    const SampleLoops<Sample>& loops_ = sample_loops<Sample>();
    Range outputs_;  ///< `step_` samples apart, `cells_` under each
    Index step_ = 1;
    Index cells_ = 1;
    std::array<Sample, most_cells * dealt_row> dealt_{};
    std::array<Sample, static_cast<std::size_t>(chunk)> modes_{};
    std::array<const Sample*, most_cells> items_{};
    std::array<Sample, most_cells> times_{};
};

}  // namespace stack2nrrd
