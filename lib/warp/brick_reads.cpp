#include "warp/brick_reads.hpp"

#include "warp/mapping.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace stack2nrrd {

namespace {

/// The bricks that a slab of the finer grid is made of.
class Touched {
public:
    Touched(const Warp& warp, const Geometry& reduced, const BrickLayout& bricks)
        : warp_(warp),
          bricks_(bricks),
          mapping_(warp.geometry, warp.finer, warp.own(), warp.transform, reduced),
          is_touched_(static_cast<std::size_t>(bricks.bricks().value())) {}

    /// In their order.
    std::vector<std::int64_t> of(const Range& slab) {
        std::fill(is_touched_.begin(), is_touched_.end(), 0);
        for (Index y = 0; y < warp_.fine(1); y += step_of(1)) {
            for (Index x = 0; x < warp_.fine(0); x += step_of(0)) mark(x, y, slab);
        }
        std::vector<std::int64_t> bricks;
        for (std::size_t i = 0; i < is_touched_.size(); ++i) {
            if (is_touched_[i] != 0) bricks.push_back(static_cast<std::int64_t>(i));
        }
        return bricks;
    }

private:
    /// Of the places that are asked for: those of a block, or farther apart on a large grid.
    [[nodiscard]] Index step_of(std::size_t axis) const {
        constexpr Index block = 16;
        constexpr Index most = 128;
        return std::max(block, warp_.fine(axis) / most);
    }

    /// What lies between the corners of a block, and as far beyond as samples are looked up.
    void mark(Index x, Index y, const Range& slab) {
        std::array<Range, 3> samples;
        for (std::size_t corner = 0; corner < 8; ++corner) {
            const auto end = [&](Index first, std::size_t axis) {
                return std::min(first + step_of(axis), warp_.fine(axis)) - 1;
            };
            const Index i = (corner & 1U) == 0 ? x : end(x, 0);
            const Index j = (corner & 2U) == 0 ? y : end(y, 1);
            const Index k = (corner & 4U) == 0 ? slab.first : slab.end - 1;
            mapping_.apply({Range{i, i + 1}, {j, j + 1}, {k, k + 1}}, places_, points_);
            for (std::size_t a = 0; a < 3; ++a) {
                constexpr double beyond = 3;
                const auto size = static_cast<double>(bricks_.size[a]);
                const double place = places_[a][0];
                if (!(std::abs(place) < 1e15)) return;  // nowhere
                const auto first = static_cast<Index>(std::clamp(place - beyond, 0.0, size - 1));
                const auto last = static_cast<Index>(std::clamp(place + beyond, 0.0, size - 1));
                samples[a] = corner == 0 ? Range{first, last + 1}
                                         : Range{std::min(samples[a].first, first), std::max(samples[a].end, last + 1)};
            }
        }
        const Index edge = bricks_.edge;
        for (Index c = samples[2].first / edge; c * edge < samples[2].end; ++c) {
            for (Index b = samples[1].first / edge; b * edge < samples[1].end; ++b) {
                for (Index a = samples[0].first / edge; a * edge < samples[0].end; ++a) {
                    is_touched_[static_cast<std::size_t>((c * bricks_.along(1) + b) * bricks_.along(0) + a)] = 1;
                }
            }
        }
    }

    const Warp& warp_;
    const BrickLayout& bricks_;
    Mapping mapping_;
    std::vector<char> is_touched_;
    Places places_;
    std::vector<Vector3> points_;
};

}  // namespace

double brick_reads(const Warp& warp, const Geometry& reduced, const BrickLayout& bricks, const Range& slices,
                   Index depth, Index cached) {
    constexpr Index most_sampled = 16;
    const Index slabs = (slices.size() + depth - 1) / depth;
    const Index sampled = std::min(slabs, most_sampled);
    Touched touched(warp, reduced, bricks);
    const auto bricks_of = [&](Index n) {
        const Index first = slices.first + n * depth;
        return touched.of({first, std::min(first + depth, slices.end)});
    };
    double reads = 0;
    for (Index i = 0; i < sampled; ++i) {
        const Index n = i * slabs / sampled;
        const std::vector<std::int64_t> own = bricks_of(n);
        std::vector<std::int64_t> fresh = own;
        if (n > 0 && static_cast<Index>(own.size()) <= cached) {
            const std::vector<std::int64_t> before = bricks_of(n - 1);
            fresh.clear();
            std::set_difference(own.begin(), own.end(), before.begin(), before.end(), std::back_inserter(fresh));
        }
        // The first slab stands for itself alone, where others are sampled as well.
        const double weight =
            n == 0 || sampled == slabs ? 1 : static_cast<double>(slabs - 1) / static_cast<double>(sampled - 1);
        reads += weight * static_cast<double>(fresh.size());
    }
    return reads;
}

}  // namespace stack2nrrd
