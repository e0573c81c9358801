#include "sink/block_deflater.hpp"

#include "core/vector_state.hpp"

#include <zlib.h>
#if defined(STACK2NRRD_HAVE_ISAL)
#include <isa-l/igzip_lib.h>
#endif

#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

class Zlib {
public:
    explicit Zlib(int level) {
        constexpr int raw_window = -15;  // negative: without any wrapper
        if (::deflateInit2(&stream_, level, Z_DEFLATED, raw_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    Zlib(const Zlib&) = delete;
    Zlib& operator=(const Zlib&) = delete;
    ~Zlib() { ::deflateEnd(&stream_); }

    std::size_t deflate(std::span<const std::byte> block, bool last, std::span<std::byte> piece) {
        ::deflateReset(&stream_);
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(block.data()));
        stream_.avail_in = static_cast<uInt>(block.size());
        stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream_.avail_out = static_cast<uInt>(piece.size());
        const int status = ::deflate(&stream_, last ? Z_FINISH : Z_SYNC_FLUSH);
        if (status != (last ? Z_STREAM_END : Z_OK) || stream_.avail_out == 0) {
            throw std::logic_error("zlib: a block did not fit into its piece");
        }
        return piece.size() - stream_.avail_out;
    }

private:
    z_stream stream_{};
};

/// A block, and what comes before it.
struct Stretch {
    std::span<const std::byte> before;
    std::span<const std::byte> block;
};

#if defined(STACK2NRRD_HAVE_ISAL)

class IsaL {
public:
    explicit IsaL(int level)
        : level_(static_cast<std::uint32_t>(level)),
          tables_(level == 1 ? ISAL_DEF_LVL1_DEFAULT : ISAL_DEF_LVL2_DEFAULT),
          stream_(std::make_unique<isal_zstream>()) {}

    /// 0 if the piece is too short: nowhere is it said how long one can get. `before`: bytes that come before, at least
    /// one. A stream without any begins with a hash that ISA-L 2.30 has not computed, but left over from an address:
    /// one block in some thousands then came out a byte longer or shorter, from run to run.
    std::size_t deflate(std::span<const std::byte> before, std::span<const std::byte> block, bool last,
                        std::span<std::byte> piece) {
        ::isal_deflate_init(stream_.get());
        stream_->level = level_;
        stream_->level_buf = tables_.data();
        stream_->level_buf_size = static_cast<std::uint32_t>(tables_.size());
        ::isal_deflate_set_dict(stream_.get(), reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(before.data())),
                                static_cast<std::uint32_t>(before.size()));
        stream_->flush = SYNC_FLUSH;
        stream_->end_of_stream = last ? 1 : 0;
        stream_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(block.data()));
        stream_->avail_in = static_cast<std::uint32_t>(block.size());
        stream_->next_out = reinterpret_cast<std::uint8_t*>(piece.data());
        stream_->avail_out = static_cast<std::uint32_t>(piece.size());
        const int result = ::isal_deflate(stream_.get());
        restore_vector_state();
        if (result != COMP_OK || stream_->avail_in > 0 || stream_->avail_out == 0) {
            return 0;
        }
        return piece.size() - stream_->avail_out;
    }

private:
    std::uint32_t level_;
    std::vector<std::uint8_t> tables_;
    std::unique_ptr<isal_zstream> stream_;
};

/// A part of a block that is tried in its place.
Stretch sample_of(const Stretch& whole) {
    constexpr std::size_t sample_bytes = std::size_t{16} << 10;
    if (whole.block.size() <= sample_bytes + 2 * BlockDeflater::before_bytes) return whole;
    const std::size_t begin = (whole.block.size() - sample_bytes) / 2;
    return {whole.block.subspan(begin - BlockDeflater::before_bytes, BlockDeflater::before_bytes),
            whole.block.subspan(begin, sample_bytes)};
}

#endif

}  // namespace

#if defined(STACK2NRRD_HAVE_ISAL)

struct BlockDeflater::State {
    explicit State(int level) : choose(level == 6), quick_first(level <= 6), quick(level == 1 ? 1 : 2), zlib(level) {}

    /// Noise is as long by either, and ISA-L takes a tenth of the time. Smooth samples and labels are not.
    bool is_for_zlib(const Stretch& whole, std::span<std::byte> piece) {
        if (!quick_first || whole.before.empty()) return true;
        if (!choose) return false;
        const Stretch sample = sample_of(whole);
        const std::size_t by_quick = quick.deflate(sample.before, sample.block, true, piece);
        // Where there is much to find, a sample does not show how much, and zlib is not slow.
        if (by_quick * 4 < sample.block.size()) return true;
        return zlib.deflate(sample.block, true, piece) * 100 < by_quick * 99;
    }

    std::size_t deflate(const Stretch& whole, bool last, std::span<std::byte> piece) {
        const std::size_t made = is_for_zlib(whole, piece) ? 0 : quick.deflate(whole.before, whole.block, last, piece);
        return made > 0 ? made : zlib.deflate(whole.block, last, piece);
    }

    bool choose;
    bool quick_first;
    IsaL quick;
    Zlib zlib;
};

#else

struct BlockDeflater::State {
    explicit State(int level) : zlib(level) {}

    std::size_t deflate(const Stretch& whole, bool last, std::span<std::byte> piece) {
        return zlib.deflate(whole.block, last, piece);
    }

    Zlib zlib;
};

#endif

BlockDeflater::BlockDeflater(int level) : state_(std::make_unique<State>(level)) {}
BlockDeflater::BlockDeflater(BlockDeflater&&) noexcept = default;
BlockDeflater::~BlockDeflater() = default;

std::size_t BlockDeflater::deflate(std::span<const std::byte> before, std::span<const std::byte> block, bool last,
                                   std::span<std::byte> piece) {
    return state_->deflate({before, block}, last, piece);
}

}  // namespace stack2nrrd
