#include "sink/block_deflater.hpp"

#include "core/vector_state.hpp"
#include "sink/last_block.hpp"

#include <zlib.h>
#if defined(STACK2NRRD_HAVE_LIBDEFLATE)
#include <libdeflate.h>
#endif
#if defined(STACK2NRRD_HAVE_ISAL)
#include <isa-l/igzip_lib.h>
#endif

#include <algorithm>
#include <new>
#include <optional>
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

#if defined(STACK2NRRD_HAVE_LIBDEFLATE)

/// At its level 5, smooth samples become about as small as by zlib's level 6, in a third of the time; labels do not.
class Libdeflate {
public:
    Libdeflate() : compressor_(::libdeflate_alloc_compressor(5)) {
        if (!compressor_) throw std::bad_alloc();
    }

    /// 0 if the piece is too short.
    std::size_t deflate(std::span<const std::byte> block, bool last, std::span<std::byte> piece) {
        const std::size_t made =
            ::libdeflate_deflate_compress(compressor_.get(), block.data(), block.size(), piece.data(), piece.size());
        return last || made == 0 ? made : leave_open(piece, made);
    }

private:
    struct Free {
        void operator()(libdeflate_compressor* compressor) const { ::libdeflate_free_compressor(compressor); }
    };
    std::unique_ptr<libdeflate_compressor, Free> compressor_;
};

#else

/// Zlib does it.
class Libdeflate {
public:
    std::size_t deflate(std::span<const std::byte> /*block*/, bool /*last*/, std::span<std::byte> /*piece*/) {
        return 0;
    }
};

#endif

/// Strips from all over a block, which are tried in its place. A single one is often the same place of each slice, such
/// as the air at its border.
class Sample {
public:
    Stretch of(const Stretch& whole) {
        const std::size_t stride = whole.block.size() / strips;
        if (stride < 2 * strip_bytes) return whole;
        for (std::size_t i = 0; i < strips; ++i) {
            const auto strip = whole.block.subspan(i * stride + (stride - strip_bytes) / 2, strip_bytes);
            std::copy(strip.begin(), strip.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(i * strip_bytes));
        }
        return {whole.before, bytes_};
    }

private:
    static constexpr std::size_t strips = 8;
    static constexpr std::size_t strip_bytes = 2048;
    std::vector<std::byte> bytes_ = std::vector<std::byte>(strips * strip_bytes);
};

#endif

}  // namespace

#if defined(STACK2NRRD_HAVE_ISAL)

struct BlockDeflater::State {
    explicit State(int level) : choose(level == 6), quick_first(level <= 6), quick(level == 1 ? 1 : 2), zlib(level) {
        if (choose) small.emplace();
    }

    /// The fastest that makes the sample at most 1 % longer than zlib does. Noise is as long by all, and ISA-L takes a
    /// tenth of the time; most smooth samples are as long by libdeflate, which takes a third. 0: this is for zlib.
    std::size_t deflate_by_choice(const Stretch& whole, bool last, std::span<std::byte> piece) {
        const Stretch sample = strips.of(whole);
        const std::size_t by_quick = quick.deflate(sample.before, sample.block, true, piece);
        // Where there is much to find, a sample does not show how much, and zlib is not slow.
        if (by_quick * 4 < sample.block.size()) return 0;
        const std::size_t by_zlib = zlib.deflate(sample.block, true, piece);
        if (by_zlib * 100 >= by_quick * 99) return quick.deflate(whole.before, whole.block, last, piece);
        const std::size_t by_small = small->deflate(sample.block, true, piece);
        return by_zlib * 100 >= by_small * 99 ? small->deflate(whole.block, last, piece) : 0;
    }

    std::size_t deflate(const Stretch& whole, bool last, std::span<std::byte> piece) {
        std::size_t made = 0;
        if (quick_first && !whole.before.empty()) {
            made =
                choose ? deflate_by_choice(whole, last, piece) : quick.deflate(whole.before, whole.block, last, piece);
        }
        return made > 0 ? made : zlib.deflate(whole.block, last, piece);
    }

    bool choose;
    bool quick_first;
    Sample strips;
    IsaL quick;
    std::optional<Libdeflate> small;
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
