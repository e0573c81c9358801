#include "resample/mode.hpp"

#include "core/byte_count.hpp"
#include "core/sample_types.hpp"
#include "resample/few_cells.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace stack2nrrd {

namespace {

/// The most different values that one output can cover.
template <class Sample>
std::size_t most_values(double cells) {
    constexpr double values = sizeof(Sample) == 1 ? 256 : sizeof(Sample) == 2 ? 65536 : 4294967296.0;
    return static_cast<std::size_t>(std::min(cells, values));
}

/// What FewCells is for.
template <class Sample>
constexpr bool is_small = std::is_same_v<Sample, std::uint8_t> || std::is_same_v<Sample, std::uint16_t>;

/// In its place for all other types.
struct Nothing {
    explicit Nothing(const ModeLayout& /*layout*/) {}
};

template <class Sample>
using FewCellsOf = std::conditional_t<is_small<Sample>, FewCells<Sample>, Nothing>;

/// How often each value came: an open-addressing table. Labels come in runs, so a run is counted before it is looked
/// up.
template <class Sample>
class Counter {
public:
    explicit Counter(std::size_t most) : slots_(slots_for(most)), shift_(64 - std::countr_zero(slots_.size())) {
        used_.reserve(most);
    }

    static std::size_t slots_for(std::size_t most) { return std::bit_ceil(2 * most + 1); }

    static std::int64_t memory_bytes(std::size_t most) {
        return (ByteCount(slots_for(most)) * sizeof(Slot) + ByteCount(most) * sizeof(std::size_t)).value();
    }

    void add(Sample value, Index times) {
        if constexpr (std::is_floating_point_v<Sample>) {
            if (std::isnan(value)) return;
        }
        if (run_ > 0 && value == last_) {
            run_ += times;
            return;
        }
        enter();
        last_ = value;
        run_ = times;
    }

    /// The most frequent value, the lowest of several; `otherwise` if there was none. The counter is then empty.
    Sample take(Sample otherwise) {
        if (used_.empty()) {
            const Sample only = run_ > 0 ? last_ : otherwise;
            run_ = 0;
            return only;
        }
        enter();
        run_ = 0;
        Slot best = slots_[used_.front()];
        for (const std::size_t at : used_) {
            const Slot slot = slots_[at];
            if (slot.count > best.count || (slot.count == best.count && slot.value < best.value)) best = slot;
            slots_[at].count = 0;
        }
        used_.clear();
        return best.value;
    }

private:
    struct Slot {
        Sample value{};
        Index count = 0;  ///< 0: nothing is here
    };

    void enter() {
        if (run_ == 0) return;
        std::uint64_t bits = 0;
        const Sample plain = last_ == Sample{0} ? Sample{0} : last_;  // the two zeros of floats are one value
        std::memcpy(&bits, &plain, sizeof(Sample));
        // Multiplicative hashing: Knuth, The Art of Computer Programming 3, section 6.4.
        std::size_t at = (bits * 0x9E3779B97F4A7C15U) >> shift_;
        while (slots_[at].count > 0 && !(slots_[at].value == last_)) at = (at + 1) & (slots_.size() - 1);
        if (slots_[at].count == 0) {
            slots_[at].value = last_;
            used_.push_back(at);
        }
        slots_[at].count += run_;
    }

    std::vector<Slot> slots_;  ///< a power of two of them, less than half of them used
    int shift_;
    std::vector<std::size_t> used_;
    Sample last_{};
    Index run_ = 0;  ///< how often `last_` came in a row, not yet entered
};

template <class Sample>
class TypedFilter final : public ModeFilter {
public:
    explicit TypedFilter(const ModeLayout& layout)
        : layout_(layout), counter_(most_values<Sample>(layout.most_cells)), few_(layout) {}

    void row(const std::vector<std::byte>* const* slices, const Cells& z, const Cells& y, std::byte* samples) override {
        Range made;
        if constexpr (is_small<Sample>) made = few_.row(slices, z, y, samples);
        count(slices, z, y, {0, made.first}, samples);
        count(slices, z, y, {made.end, static_cast<Index>(layout_.outputs.size())}, samples);
    }

private:
    void count(const std::vector<std::byte>* const* slices, const Cells& z, const Cells& y, Range outputs,
               std::byte* samples) {
        samples += static_cast<std::size_t>(outputs.first) * layout_.channels * sizeof(Sample);
        for (Index x = outputs.first; x < outputs.end; ++x) {
            for (std::size_t channel = 0; channel < layout_.channels; ++channel, samples += sizeof(Sample)) {
                const Sample sample = mode(slices, z, y, layout_.outputs[static_cast<std::size_t>(x)], channel);
                std::memcpy(samples, &sample, sizeof(Sample));
            }
        }
    }

    Sample mode(const std::vector<std::byte>* const* slices, const Cells& z, const Cells& y, const Cells& x,
                std::size_t channel) {
        const std::size_t stride = layout_.channels * sizeof(Sample);
        const std::size_t column = static_cast<std::size_t>(x.first - layout_.columns.first) * stride;
        const std::size_t offset = column + channel * sizeof(Sample);
        Sample sample{};
        for (Index k = z.first; k < z.end; ++k) {
            const std::byte* const slice = slices[k - z.first]->data();
            for (Index j = y.first; j < y.end; ++j) {
                const Index weight = z.times(k) * y.times(j);
                const std::byte* at =
                    slice + static_cast<std::size_t>(j - layout_.rows.first) * layout_.row_bytes() + offset;
                for (Index i = x.first; i < x.end; ++i, at += stride) {
                    std::memcpy(&sample, at, sizeof(Sample));
                    counter_.add(sample, weight);
                    if (i == x.first && x.before > 0) counter_.add(sample, weight * x.before);
                }
                if (x.after > 0) counter_.add(sample, weight * x.after);
            }
        }
        return counter_.take(sample);  // if all were NaN, the last of them
    }

    const ModeLayout& layout_;
    Counter<Sample> counter_;
    FewCellsOf<Sample> few_;
};

}  // namespace

std::unique_ptr<ModeFilter> mode_filter(const ModeLayout& layout) {
    return with_sample_type(layout.type, [&](auto sample) -> std::unique_ptr<ModeFilter> {
        return std::make_unique<TypedFilter<decltype(sample)>>(layout);
    });
}

std::int64_t mode_filter_bytes(SampleType type, double most_cells) {
    return with_sample_type(type, [&](auto sample) {
        using Sample = decltype(sample);
        return Counter<Sample>::memory_bytes(most_values<Sample>(most_cells)) +
               static_cast<std::int64_t>(sizeof(FewCellsOf<Sample>));
    });
}

}  // namespace stack2nrrd
