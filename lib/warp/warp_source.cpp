#include "warp/warp_source.hpp"

#include "core/buffer.hpp"
#include "core/byte_count.hpp"

#include <algorithm>
#include <utility>

namespace stack2nrrd {

namespace {

/// Samples of a block along x and y.
constexpr Index block_edge = 16;
constexpr std::size_t slabs_kept = 2;

Index blocks_of(Index samples) { return (samples + block_edge - 1) / block_edge; }

ByteCount slab_bytes(const Warp& warp, const BrickLayout& layout, Index depth) {
    return ByteCount(warp.fine(0)) * warp.fine(1) * layout.channels * sample_bytes(layout.type) * depth;
}

}  // namespace

/// All but the samples is used under the lock.
struct WarpSource::Slab {
    Index number = -1;
    Buffer<std::byte> samples;
    int users = 0;
    std::uint64_t last_use = 0;
    bool knows_seen = false;
    std::vector<std::uint8_t> seen;  ///< cells of Inside that have a sample inside, in any slice made of the slab
    Index next = 0;                  ///< block that nobody has begun
    std::vector<Index> left;         ///< blocks that are not yet made, of each band of them along x
    std::exception_ptr failure;
};

WarpSource::WarpSource(const Warp& warp, const Geometry& reduced, const BrickStore& store, LookUp look_up, bool finite,
                       std::shared_ptr<Inside> inside, const Range& slices, Index depth)
    : warp_(warp),
      store_(store),
      look_up_(look_up),
      finite_(finite),
      mapping_(warp.geometry, warp.finer, warp.own(), warp.transform, reduced),
      inside_(std::move(inside)),
      slices_(slices),
      depth_(depth),
      image_(image_of(warp, store.layout().type, store.layout().channels)) {
    for (std::size_t i = 0; i < slabs_kept; ++i) {
        slabs_.push_back(std::make_unique<Slab>());
        slabs_.back()->samples.resize(static_cast<std::size_t>(depth) * slice_bytes());
        slabs_.back()->left.resize(static_cast<std::size_t>(blocks(1)));
        slabs_.back()->seen.resize(static_cast<std::size_t>(inside_->cells(0) * inside_->cells(1)));
    }
}

WarpSource::~WarpSource() = default;

ImageInfo WarpSource::image_of(const Warp& warp, SampleType type, int channels) {
    ImageInfo image;
    image.width = warp.fine(0);
    image.height = warp.fine(1);
    image.colour = Colour::components;
    image.components = channels;
    image.type = type;
    image.format = "NRRD";
    return image;
}

std::int64_t WarpSource::memory_bytes(const Warp& warp, const BrickLayout& layout, Index depth) {
    const ByteCount cells = ByteCount(warp.size[0] / Inside::cell + 1) * (warp.size[1] / Inside::cell + 1);
    const ByteCount bands = ByteCount(blocks_of(warp.fine(1))) * sizeof(Index);
    return (ByteCount(slabs_kept) * (slab_bytes(warp, layout, depth) + cells + bands)).value();
}

std::int64_t WarpSource::reader_bytes(const BrickLayout& layout, LookUp look_up, Index depth) {
    return block_maker_bytes(layout, look_up, block_edge * block_edge * depth);
}

std::int64_t WarpSource::reader_bytes() const { return reader_bytes(store_.layout(), look_up_, depth_); }

Range WarpSource::slices_of(Index number) const {
    return {std::max(slices_.first, number * depth_), std::min(slices_.end, (number + 1) * depth_)};
}

Index WarpSource::blocks(std::size_t axis) const { return blocks_of(warp_.fine(axis)); }

// --------------------------------------------------------------------------------------------------------- slabs

/// The slab of this number; if it is not there, in place of the one that nobody has used for longest.
WarpSource::Slab& WarpSource::begin_use(Index number) const {
    std::unique_lock lock(mutex_);
    for (;;) {
        Slab* free = nullptr;
        for (const auto& slab : slabs_) {
            if (slab->number == number && !slab->failure) {
                ++slab->users;
                slab->last_use = ++uses_;
                return *slab;
            }
            if (slab->users == 0 && (free == nullptr || slab->last_use < free->last_use)) free = slab.get();
        }
        if (free != nullptr) {
            free->number = number;
            free->users = 1;
            free->last_use = ++uses_;
            free->knows_seen = false;
            free->next = 0;
            std::fill(free->left.begin(), free->left.end(), blocks(0));
            free->failure = nullptr;
            return *free;
        }
        changed_.wait(lock);
    }
}

void WarpSource::end_use(Slab& slab) const noexcept {
    const std::lock_guard lock(mutex_);
    if (--slab.users == 0) changed_.notify_all();
}

/// What slices of the result are made of the slab, and where those are inside.
void WarpSource::find_seen(Slab& slab) const {
    {
        const std::lock_guard lock(mutex_);
        if (slab.knows_seen) return;
    }
    const Range fine = slices_of(slab.number);
    const Range slices{std::max<Index>(0, warp_.coarse(2, fine.first) - warp_.reach[2]),
                       std::min(warp_.size[2], warp_.coarse(2, fine.end - 1) + warp_.reach[2] + 1)};
    inside_->prepare(slices);
    std::vector<std::uint8_t> seen(slab.seen.size());
    for (Index k = slices.first; k < slices.end; ++k) {
        const auto slice = inside_->slice(k);
        for (std::size_t i = 0; i < seen.size(); ++i) seen[i] = static_cast<std::uint8_t>(seen[i] | slice->cells[i]);
    }
    const std::lock_guard lock(mutex_);
    if (slab.knows_seen) return;
    std::copy(seen.begin(), seen.end(), slab.seen.begin());
    slab.knows_seen = true;
}

bool WarpSource::is_seen(const Slab& slab, const SampleBox& block) const {
    std::array<Range, 2> cells;
    for (std::size_t a = 0; a < 2; ++a) {
        const Index first = std::max<Index>(0, warp_.coarse(a, block[a].first) - warp_.reach[a]);
        const Index last = std::min(warp_.size[a] - 1, warp_.coarse(a, block[a].end - 1) + warp_.reach[a]);
        cells[a] = {first / Inside::cell, last / Inside::cell + 1};
    }
    for (Index y = cells[1].first; y < cells[1].end; ++y) {
        const auto row = slab.seen.begin() + y * inside_->cells(0);
        if (std::any_of(row + cells[0].first, row + cells[0].end, [](std::uint8_t cell) { return cell != 0; })) {
            return true;
        }
    }
    return false;
}

/// Makes a block. False if there is none left.
bool WarpSource::work(Slab& slab, BlockMaker& maker) const {
    Index block = 0;
    {
        const std::lock_guard lock(mutex_);
        if (slab.failure) std::rethrow_exception(slab.failure);
        if (slab.next == blocks(0) * blocks(1)) return false;
        block = slab.next++;
    }
    try {
        make_block(slab, block, maker);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        slab.failure = std::current_exception();
        changed_.notify_all();
        throw;
    }
    const std::lock_guard lock(mutex_);
    if (--slab.left[static_cast<std::size_t>(block / blocks(0))] == 0) changed_.notify_all();
    return true;
}

void WarpSource::make_block(Slab& slab, Index block, BlockMaker& maker) const {
    const auto part = [&](Index number, std::size_t a) {
        return Range{number * block_edge, std::min(warp_.fine(a), (number + 1) * block_edge)};
    };
    const Range slices = slices_of(slab.number);
    const SampleBox box{part(block % blocks(0), 0), part(block / blocks(0), 1), slices};
    const std::size_t sample = row_bytes() / static_cast<std::size_t>(image_.width);
    const BlockTarget target{slab.samples.data() + static_cast<std::size_t>(box[1].first) * row_bytes() +
                                 static_cast<std::size_t>(box[0].first) * sample,
                             row_bytes(), slice_bytes()};
    if (is_seen(slab, box)) return maker.make(box, target);
    for (std::size_t z = 0; z < static_cast<std::size_t>(slices.size()); ++z) {
        for (std::size_t y = 0; y < static_cast<std::size_t>(box[1].size()); ++y) {
            std::byte* const row = target.samples + z * target.slice + y * target.row;
            std::fill_n(row, static_cast<std::size_t>(box[0].size()) * sample, std::byte{0});
        }
    }
}

bool WarpSource::is_made(const Slab& slab, Index band) const {
    const std::lock_guard lock(mutex_);
    return slab.left[static_cast<std::size_t>(band)] == 0;
}

void WarpSource::wait_for(Slab& slab, Index band) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return slab.left[static_cast<std::size_t>(band)] == 0 || slab.failure; });
    if (slab.failure) std::rethrow_exception(slab.failure);
}

// ------------------------------------------------------------------------------------------------------- readers

class WarpSource::Use {
public:
    Use(const WarpSource& source, Index number) : source_(source), slab_(source.begin_use(number)) {}
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() { source_.end_use(slab_); }

    [[nodiscard]] Slab& slab() const noexcept { return slab_; }

private:
    const WarpSource& source_;
    Slab& slab_;
};

class WarpSource::Reader final : public SliceReader {
public:
    explicit Reader(const WarpSource& source)
        : source_(source),
          maker_(block_maker(source.mapping_, source.store_, source.look_up_, block_edge * block_edge * source.depth_,
                             source.finite_)) {}

    void read(Index z, Range rows, RowSink& sink) override {
        const Use use(source_, z / source_.depth_);
        Slab& slab = use.slab();
        source_.find_seen(slab);
        const std::byte* const slice =
            slab.samples.data() +
            static_cast<std::size_t>(z - source_.slices_of(slab.number).first) * source_.slice_bytes();
        for (Index band = rows.first / block_edge; band * block_edge < rows.end; ++band) {
            while (!source_.is_made(slab, band)) {
                if (!source_.work(slab, *maker_)) source_.wait_for(slab, band);
            }
            const Range part{std::max(rows.first, band * block_edge), std::min(rows.end, (band + 1) * block_edge)};
            sink.rows(part.first, part.size(), slice + static_cast<std::size_t>(part.first) * source_.row_bytes());
        }
    }

private:
    const WarpSource& source_;
    std::unique_ptr<BlockMaker> maker_;
};

std::unique_ptr<SliceReader> WarpSource::reader() const { return std::make_unique<Reader>(*this); }

}  // namespace stack2nrrd
