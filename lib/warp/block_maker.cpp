#include "warp/block_maker.hpp"

#include "core/buffer.hpp"
#include "core/sample_types.hpp"
#include "loops/loops.hpp"
#include "warp/lanczos_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace stack2nrrd {

namespace {

std::size_t as_size(Index count) { return static_cast<std::size_t>(count); }

/// Part of a block.
using Part = std::array<Range, 3>;

Index count_of(const Part& part) { return part[0].size() * part[1].size() * part[2].size(); }

/// What both ways of looking up have in common: a part of the block whose samples are all near to each other is read
/// as one box of the store; where they are not, as in folds, or where a field is wild, it is cut in two.
class PartByPart : public BlockMaker {
public:
    PartByPart(const Mapping& mapping, const BrickStore& store) : mapping_(mapping), store_(store) {}

    void make(const SampleBox& block, const BlockTarget& target) final {
        mapping_.apply(block, indices_, points_);
        block_ = block;
        target_ = target;
        for (auto& places : first_) places.resize(indices_[0].size());
        whole_ = locate(indices_);
        make_part({Range{0, block[0].size()}, {0, block[1].size()}, {0, block[2].size()}});
    }

protected:
    using Ranges = std::array<PointRange, 3>;

    /// Of the samples of the store, on each axis, that one is made of: how many are before the one that first() says,
    /// how many there are, and how many more of a row are read with them.
    struct Extent {
        Index before = 0;
        Index taps = 1;
        Index more = 0;
    };

    /// Sets first() of all samples, and what else it needs of the places. Returns the lowest and highest on each axis.
    virtual Ranges locate(const Places& indices) = 0;
    [[nodiscard]] virtual Extent extent() const = 0;
    /// Makes a part, whose samples are all made of those of `box`.
    virtual void make_of(const Part& part, const SampleBox& box) = 0;
    /// Is there room for the box? There is always for what one sample is made of.
    [[nodiscard]] virtual bool fits(const SampleBox& box) const = 0;

    [[nodiscard]] const BrickStore& store() const { return store_; }
    /// On each axis, for each sample of the block, the sample of the store that it is at, or just beyond.
    [[nodiscard]] std::vector<std::int32_t>& first(std::size_t axis) { return first_[axis]; }
    /// Of a row of the block.
    [[nodiscard]] std::size_t place(Index y, Index z) const {
        return as_size((z * block_[1].size() + y) * block_[0].size());
    }
    [[nodiscard]] std::byte* target(Index x, Index y, Index z, std::size_t sample) const {
        return target_.samples + as_size(z) * target_.slice + as_size(y) * target_.row + as_size(x) * sample;
    }
    [[nodiscard]] bool is_whole(const Part& part) const {
        return count_of(part) == static_cast<Index>(indices_[0].size());
    }

private:
    void make_part(const Part& part) {
        SampleBox box;
        const Extent more = extent();
        for (std::size_t a = 0; a < 3; ++a) {
            const auto [low, high] = is_whole(part) ? whole_[a] : range_of(first_[a], part);
            box[a] = {low - more.before, high - more.before + more.taps + (a == 0 ? more.more : 0)};
        }
        if (fits(box) || count_of(part) == 1) return make_of(part, box);
        const auto longest = static_cast<std::size_t>(
            std::max_element(part.begin(), part.end(),
                             [](const Range& a, const Range& b) { return a.size() < b.size(); }) -
            part.begin());
        Part half = part;
        half[longest].end = part[longest].first + part[longest].size() / 2;
        make_part(half);
        half[longest] = {half[longest].end, part[longest].end};
        make_part(half);
    }

    [[nodiscard]] PointRange range_of(const std::vector<std::int32_t>& places, const Part& part) const {
        PointRange range{std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min()};
        for (Index z = part[2].first; z < part[2].end; ++z) {
            for (Index y = part[1].first; y < part[1].end; ++y) {
                const std::int32_t* const row = places.data() + place(y, z);
                const auto [low, high] = std::minmax_element(row + part[0].first, row + part[0].end);
                range = {std::min(range.low, *low), std::max(range.high, *high)};
            }
        }
        return range;
    }

    const Mapping& mapping_;
    const BrickStore& store_;
    SampleBox block_;
    BlockTarget target_;
    Ranges whole_;  ///< of the whole block
    Places indices_;
    std::vector<Vector3> points_;
    std::array<std::vector<std::int32_t>, 3> first_;
};

/// How far outside of the volume everything looks the same, in samples.
constexpr double sight = 4;

/// All of an axis of `size` samples, and what is in sight of it.
template <class Real>
PointAxis<Real> in_sight(Index size) {
    PointAxis<Real> axis;
    axis.low = -sight;
    axis.high = static_cast<double>(size - 1) + sight;
    return axis;
}

// ------------------------------------------------------------------------------------------------------- numbers

/// How large things are.
template <class Real>
struct NumbersLayout {
    Index most_in_box;  ///< samples of one channel
    std::int64_t box;   ///< numbers of all

    explicit NumbersLayout(const BrickLayout& layout) {
        constexpr Index enough = 1 << 16;
        constexpr Index least = point_row * taps * taps;
        most_in_box = std::max(least, enough / layout.channels);
        box = most_in_box * layout.channels;
    }

    [[nodiscard]] std::int64_t bytes(Index most) const {
        const ByteCount sample = 5 * sizeof(Real) + 7 * sizeof(std::int32_t) + Mapping::bytes_of_sample;
        return (ByteCount(box) * 3 * sizeof(Real) + ByteCount(most) * sample).value();
    }
};

template <class Real>
class Numbers final : public PartByPart {
public:
    Numbers(const Mapping& mapping, const BrickStore& store, const NumbersLayout<Real>& layout, Index most, bool finite)
        : PartByPart(mapping, store),
          finite_only_(finite),
          most_in_box_(layout.most_in_box),
          channels_(as_size(store.layout().channels)),
          box_(as_size(layout.box)),
          at_(as_size(most)),
          results_(as_size(most)) {
        for (auto& cells : cell_) cells.resize(as_size(most));
        for (auto& within : within_) within.resize(as_size(most));
    }

private:
    [[nodiscard]] Extent extent() const override { return {taps_before, taps, Index{point_lanes} - taps}; }
    [[nodiscard]] bool fits(const SampleBox& box) const override {
        return box[0].size() <= point_row && point_row * box[1].size() * box[2].size() <= most_in_box_;
    }

    Ranges locate(const Places& indices) override {
        Ranges ranges;
        for (std::size_t a = 0; a < 3; ++a) {
            PointAxis<Real> axis = in_sight<Real>(store().layout().size[a]);
            axis.cells = table_cells<Real>;
            axis.below = first(a).data();
            axis.cell = cell_[a].data();
            axis.within = within_[a].data();
            ranges[a] = point_loops<Real>().locate(indices[a].data(), indices[a].size(), axis);
        }
        return ranges;
    }

    void make_of(const Part& part, const SampleBox& box) override {
        slice_ = point_row * box[1].size();
        const std::size_t length = as_size(slice_ * box[2].size());
        store().copy(box, {reinterpret_cast<std::byte*>(box_.data()), point_row * sizeof(Real),
                           as_size(slice_) * sizeof(Real), length * sizeof(Real)});
        each_run(part, [&](std::size_t begin, std::size_t count) {
            constexpr auto row = static_cast<std::int32_t>(point_row);
            const auto slice = static_cast<std::int32_t>(slice_);
            std::array<std::int32_t, 3> origin{};
            for (std::size_t a = 0; a < 3; ++a) origin[a] = static_cast<std::int32_t>(box[a].first) + taps_before;
            const std::int32_t* const x = first(0).data();
            const std::int32_t* const y = first(1).data();
            const std::int32_t* const z = first(2).data();
            std::int32_t* const at = at_.data();
            for (std::size_t i = begin; i < begin + count; ++i) {
                at[i] = (z[i] - origin[2]) * slice + (y[i] - origin[1]) * row + (x[i] - origin[0]);
            }
        });
        for (std::size_t c = 0; c < channels_; ++c) {
            const Real* const samples = box_.data() + c * length;
            if (finite_only_ || are_finite(samples, box)) {
                interpolate(part, samples, results_.data());
            } else {
                interpolate_between_others(part, samples, length);
            }
            hand_on(part, c);
        }
    }

    /// Calls work(first, count) for samples of the part that follow each other in the block.
    template <class Work>
    void each_run(const Part& part, Work work) const {
        if (is_whole(part)) return work(std::size_t{0}, as_size(count_of(part)));
        for (Index z = part[2].first; z < part[2].end; ++z) {
            for (Index y = part[1].first; y < part[1].end; ++y) {
                work(place(y, z) + as_size(part[0].first), as_size(part[0].size()));
            }
        }
    }

    void interpolate(const Part& part, const Real* samples, Real* results) const {
        each_run(part, [&](std::size_t first, std::size_t count) {
            PointPlaces<Real> places{at_.data() + first, {}, {}};
            for (std::size_t a = 0; a < 3; ++a) {
                places.cell[a] = cell_[a].data() + first;
                places.within[a] = within_[a].data() + first;
            }
            point_loops<Real>().interpolate(samples, slice_, places, count, lanczos_table<Real>().data(),
                                            results + first);
        });
    }

    /// What is between the rows of the box is of no account.
    static bool are_finite(const Real* samples, const SampleBox& box) {
        const std::size_t width = as_size(box[0].size());
        int others = 0;
        for (Index rows = box[1].size() * box[2].size(); rows > 0; --rows, samples += point_row) {
            for (std::size_t i = 0; i < width; ++i) others |= samples[i] - samples[i] == 0 ? 0 : 1;
        }
        return others == 0;
    }

    /// What is no number counts as 0, and its share of the weight as what is missing.
    void interpolate_between_others(const Part& part, const Real* samples, std::size_t length) {
        finite_.assign(samples, samples + length);
        missing_.assign(length, 0);
        shares_.resize(results_.size());
        bool has_infinite = false;
        for (std::size_t i = 0; i < length; ++i) {
            if (samples[i] - samples[i] == 0) continue;
            finite_[i] = 0;
            missing_[i] = std::isnan(samples[i]) ? Real{1} : Real{0};
            has_infinite = has_infinite || !std::isnan(samples[i]);
        }
        interpolate(part, finite_.data(), results_.data());
        interpolate(part, missing_.data(), shares_.data());
        each_run(part, [&](std::size_t first, std::size_t count) {
            for (std::size_t i = first; i < first + count; ++i) {
                if (has_infinite) add_infinite(samples + at_[i], i);
                if (shares_[i] == 0) continue;
                constexpr double least_weight = 0.25 - 1e-9;
                const double left = 1 - static_cast<double>(shares_[i]);
                results_[i] = left < least_weight ? std::numeric_limits<Real>::quiet_NaN()
                                                  : static_cast<Real>(static_cast<double>(results_[i]) / left);
            }
        });
    }

    /// Adds the infinite samples that have a weight.
    void add_infinite(const Real* samples, std::size_t i) {
        std::array<std::array<Real, taps>, 3> weights{};
        for (std::size_t a = 0; a < 3; ++a) {
            const Real* const at = lanczos_table<Real>().data() + as_size(cell_[a][i]) * 3 * point_lanes;
            const Real within = within_[a][i];
            for (std::size_t n = 0; n < taps; ++n) {
                weights[a][n] = at[n] + within * (at[n + point_lanes] + within * at[n + 2 * point_lanes]);
            }
        }
        for (std::size_t z = 0; z < taps; ++z) {
            for (std::size_t y = 0; y < taps; ++y) {
                for (std::size_t x = 0; x < taps; ++x) {
                    const Real sample = samples[static_cast<Index>(z) * slice_ + static_cast<Index>(y) * point_row +
                                                static_cast<Index>(x)];
                    const Real weight = weights[2][z] * weights[1][y] * weights[0][x];
                    if (std::isinf(sample) && weight != 0) results_[i] += weight > 0 ? sample : -sample;
                }
            }
        }
    }

    void hand_on(const Part& part, std::size_t channel) const {
        const std::size_t sample = channels_ * sizeof(Real);
        for (Index z = part[2].first; z < part[2].end; ++z) {
            for (Index y = part[1].first; y < part[1].end; ++y) {
                const Real* const from = results_.data() + place(y, z) + part[0].first;
                std::byte* const to = target(part[0].first, y, z, sample) + channel * sizeof(Real);
                const std::size_t count = as_size(part[0].size());
                if (channels_ == 1) {
                    constexpr std::size_t often = 16;  // then there is no call
                    count == often ? std::memcpy(to, from, often * sizeof(Real))
                                   : std::memcpy(to, from, count * sizeof(Real));
                    continue;
                }
                for (std::size_t i = 0; i < count; ++i) std::memcpy(to + i * sample, from + i, sizeof(Real));
            }
        }
    }

    bool finite_only_;
    Index most_in_box_;
    std::size_t channels_;
    Buffer<Real> box_;
    Buffer<Real> finite_;           ///< the same with 0 for what is none
    Buffer<Real> missing_;          ///< 1 where it is NaN
    Index slice_ = 0;               ///< numbers of a slice of the box
    std::vector<std::int32_t> at_;  ///< see PointPlaces, as are the next two
    std::array<std::vector<std::int32_t>, 3> cell_;
    std::array<std::vector<Real>, 3> within_;
    std::vector<Real> results_;
    std::vector<Real> shares_;  ///< of the weight, that fell on NaN
};

// ------------------------------------------------------------------------------------------------------- nearest

class Nearest final : public PartByPart {
public:
    /// Samples of a box.
    static constexpr Index most_in_box = 1 << 15;

    Nearest(const Mapping& mapping, const BrickStore& store)
        : PartByPart(mapping, store),
          sample_(sample_bytes(store.layout().type)),
          channels_(as_size(store.layout().channels)),
          box_(as_size(most_in_box) * channels_ * sample_) {}

private:
    [[nodiscard]] Extent extent() const override { return {}; }
    [[nodiscard]] bool fits(const SampleBox& box) const override { return count_of(box) <= most_in_box; }

    Ranges locate(const Places& indices) override {
        Ranges ranges;
        for (std::size_t a = 0; a < 3; ++a) {
            const auto last = static_cast<std::int32_t>(store().layout().size[a] - 1);
            for (std::size_t i = 0; i < indices[a].size(); ++i) {
                const double place = indices[a][i];
                // Only what is not below 0 is rounded down; NaN is taken for what is.
                const double beyond = (place > 0 ? std::min(place, static_cast<double>(last)) : 0) + 0.5;
                first(a)[i] = std::min(static_cast<std::int32_t>(beyond), last);
            }
            const auto [low, high] = std::minmax_element(first(a).begin(), first(a).end());
            ranges[a] = {*low, *high};
        }
        return ranges;
    }

    void make_of(const Part& part, const SampleBox& box) override {
        const Index row = box[0].size();
        const Index slice = row * box[1].size();
        const std::size_t length = as_size(slice * box[2].size()) * sample_;
        store().copy(box, {box_.data(), as_size(row) * sample_, as_size(slice) * sample_, length});
        for (Index z = part[2].first; z < part[2].end; ++z) {
            for (Index y = part[1].first; y < part[1].end; ++y) {
                std::byte* to = target(part[0].first, y, z, channels_ * sample_);
                for (Index x = part[0].first; x < part[0].end; ++x) {
                    const std::size_t i = place(y, z) + as_size(x);
                    const Index at = (first(2)[i] - box[2].first) * slice + (first(1)[i] - box[1].first) * row +
                                     first(0)[i] - box[0].first;
                    for (std::size_t c = 0; c < channels_; ++c, to += sample_) {
                        std::memcpy(to, box_.data() + c * length + as_size(at) * sample_, sample_);
                    }
                }
            }
        }
    }

    std::size_t sample_;
    std::size_t channels_;
    std::vector<std::byte> box_;
};

}  // namespace

std::unique_ptr<BlockMaker> block_maker(const Mapping& mapping, const BrickStore& store, LookUp look_up, Index most,
                                        bool finite) {
    if (look_up == LookUp::nearest) return std::make_unique<Nearest>(mapping, store);
    if (store.layout().type == SampleType::float32) {
        return std::make_unique<Numbers<float>>(mapping, store, NumbersLayout<float>(store.layout()), most, finite);
    }
    return std::make_unique<Numbers<double>>(mapping, store, NumbersLayout<double>(store.layout()), most, finite);
}

std::int64_t block_maker_bytes(const BrickLayout& layout, LookUp look_up, Index most) {
    if (look_up == LookUp::nearest) {
        return (ByteCount(Nearest::most_in_box) * layout.channels * sample_bytes(layout.type) +
                ByteCount(most) * (Mapping::bytes_of_sample + 3 * sizeof(std::int32_t)))
            .value();
    }
    return layout.type == SampleType::float32 ? NumbersLayout<float>(layout).bytes(most)
                                              : NumbersLayout<double>(layout).bytes(most);
}

}  // namespace stack2nrrd
