#include "resample/few_cells.hpp"

#include <algorithm>
#include <cstring>

namespace stack2nrrd {

template <class Sample>
FewCells<Sample>::FewCells(const ModeLayout& layout) : layout_(layout) {
    const std::vector<Cells>& outputs = layout.outputs;
    if (layout.channels > 1 || outputs.size() < 2) return;
    const std::size_t middle = outputs.size() / 2;
    const Index first = outputs[middle].first;
    step_ = first - outputs[middle - 1].first;
    cells_ = outputs[middle].end - first;
    if (step_ < 1 || step_ > static_cast<Index>(most_phases) || cells_ < step_ || cells_ > step_ + 2) return;
    const auto is_alike = [&](Index k) {
        const Cells& x = outputs[static_cast<std::size_t>(k)];
        return x.first - first == (k - static_cast<Index>(middle)) * step_ && x.end - x.first == cells_ &&
               x.count() == cells_;
    };
    outputs_ = {static_cast<Index>(middle), static_cast<Index>(middle)};
    while (outputs_.first > 0 && is_alike(outputs_.first - 1)) --outputs_.first;
    while (outputs_.end < static_cast<Index>(outputs.size()) && is_alike(outputs_.end)) ++outputs_.end;
}

template <class Sample>
Range FewCells<Sample>::row(const std::vector<std::byte>* const* slices, const Cells& z, const Cells& y,
                            std::byte* samples) {
    if (outputs_.empty() || (z.end - z.first) * (y.end - y.first) * cells_ > most_cells ||
        z.count() * y.count() * cells_ > most_times) {
        return {};
    }
    for (Index first = outputs_.first; first < outputs_.end; first += chunk) {
        const Range part{first, std::min(first + chunk, outputs_.end)};
        const std::size_t items = deal(slices, z, y, part);
        const auto length = static_cast<std::size_t>(part.size());
        loops_.find_modes(items_.data(), times_.data(), items, length, modes_.data());
        std::memcpy(samples + static_cast<std::size_t>(first) * sizeof(Sample), modes_.data(), length * sizeof(Sample));
    }
    return outputs_;
}

/// Deals what lies under `outputs` out: one row of items for each cell of an output. Returns how many.
template <class Sample>
std::size_t FewCells<Sample>::deal(const std::vector<std::byte>* const* slices, const Cells& z, const Cells& y,
                                   Range outputs) {
    const auto step = static_cast<std::size_t>(step_);
    const auto length = static_cast<std::size_t>((outputs.size() - 1) * step_ + cells_);
    const Index column = layout_.outputs[static_cast<std::size_t>(outputs.first)].first - layout_.columns.first;
    std::size_t items = 0;
    Sample* phase = dealt_.data();
    for (Index k = z.first; k < z.end; ++k) {
        const std::byte* const slice = slices[k - z.first]->data() + static_cast<std::size_t>(column) * sizeof(Sample);
        for (Index j = y.first; j < y.end; ++j) {
            std::array<Sample*, most_phases> phases{};
            for (std::size_t p = 0; p < step; ++p, phase += dealt_row) phases[p] = phase;
            loops_.deal(slice + static_cast<std::size_t>(j - layout_.rows.first) * layout_.row_bytes(), length, step,
                        phases.data());
            for (std::size_t i = 0; i < static_cast<std::size_t>(cells_); ++i, ++items) {
                items_[items] = phases[i % step] + i / step;
                times_[items] = static_cast<Sample>(z.times(k) * y.times(j));
            }
        }
    }
    return items;
}

template class FewCells<std::uint8_t>;
template class FewCells<std::uint16_t>;

}  // namespace stack2nrrd
