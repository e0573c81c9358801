#pragma once

// A reduced volume as it is seen on the finer grid of a warp: a source, slice by slice.

#include "warp/block_maker.hpp"
#include "warp/brick_store.hpp"
#include "warp/inside.hpp"
#include "warp/mapping.hpp"
#include "warp/warp.hpp"

#include <stack2nrrd/source.hpp>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

namespace stack2nrrd {

/// Its slices are made by slabs of `depth` of them, block by block, by all readers that want one of them: blocks of
/// several slices need less of the store for each sample than those of one. Slices should be read nearly in order, no
/// more than `depth` apart: two slabs are kept, and made again when they are asked for again. The samples are the same
/// for any order, depth, and number of readers, and for any bricks.
///
/// Blocks that no sample of the result is made of that is inside (see Inside, Warp::reach) are zero.
class WarpSource final : public Source {
public:
    /// `store`: where the samples lie that `reduced` places. `finite`: see block_maker(). `slices`: those of the finer
    /// grid that will be read. Warp and store must outlive the source.
    WarpSource(const Warp& warp, const Geometry& reduced, const BrickStore& store, LookUp look_up, bool finite,
               std::shared_ptr<Inside> inside, const Range& slices, Index depth);

    ~WarpSource() override;

    [[nodiscard]] ImageInfo image() const override { return image_; }
    [[nodiscard]] Index slices() const override { return warp_.fine(2); }
    [[nodiscard]] std::int64_t reader_bytes() const override;
    [[nodiscard]] std::unique_ptr<SliceReader> reader() const override;

    /// What comes of reducing the finer grid: its image.
    [[nodiscard]] static ImageInfo image_of(const Warp& warp, SampleType type, int channels);
    /// What the source takes, without readers and store, and what a reader does.
    [[nodiscard]] static std::int64_t memory_bytes(const Warp& warp, const BrickLayout& layout, Index depth);
    [[nodiscard]] static std::int64_t reader_bytes(const BrickLayout& layout, LookUp look_up, Index depth);

private:
    class Reader;
    struct Slab;
    class Use;

    [[nodiscard]] Slab& begin_use(Index number) const;
    void end_use(Slab& slab) const noexcept;
    void find_seen(Slab& slab) const;
    [[nodiscard]] bool is_seen(const Slab& slab, const SampleBox& block) const;
    [[nodiscard]] bool work(Slab& slab, BlockMaker& maker) const;
    void make_block(Slab& slab, Index block, BlockMaker& maker) const;
    [[nodiscard]] bool is_made(const Slab& slab, Index band) const;
    void wait_for(Slab& slab, Index band) const;
    [[nodiscard]] Range slices_of(Index number) const;
    [[nodiscard]] Index blocks(std::size_t axis) const;
    [[nodiscard]] std::size_t row_bytes() const { return image_.row_bytes(); }
    [[nodiscard]] std::size_t slice_bytes() const { return row_bytes() * static_cast<std::size_t>(image_.height); }

    const Warp& warp_;
    const BrickStore& store_;
    LookUp look_up_;
    bool finite_;
    Mapping mapping_;
    std::shared_ptr<Inside> inside_;
    Range slices_;
    Index depth_;
    ImageInfo image_;

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<std::unique_ptr<Slab>> slabs_;
    mutable std::uint64_t uses_ = 0;
};

}  // namespace stack2nrrd
