#include "codec/zlib_unpacker.hpp"

#include "core/vector_state.hpp"

#include <algorithm>
#include <limits>
#include <new>

#if defined(STACK2NRRD_HAVE_LIBDEFLATE)
#include <libdeflate.h>
#endif

#if defined(STACK2NRRD_HAVE_ISAL)

#include <isa-l/igzip_lib.h>

namespace stack2nrrd {

struct ZlibUnpacker::Stream : inflate_state {
    Stream() {
        isal_inflate_init(this);
        crc_flag = ISAL_ZLIB;
    }
    State go() {
        const int result = isal_inflate(this);
        restore_vector_state();
        if (result != ISAL_DECOMP_OK) return State::damaged;
        return block_state == ISAL_BLOCK_FINISH ? State::finished : State::going;
    }
};

std::int64_t ZlibUnpacker::memory_bytes() { return 0; }

bool prefers_whole(int bits) { return unpacks_whole() && bits == 16; }

}  // namespace stack2nrrd

#else

#include <zlib.h>

namespace stack2nrrd {

struct ZlibUnpacker::Stream : z_stream {
    Stream() : z_stream{} {
        if (inflateInit(this) != Z_OK) throw std::bad_alloc();
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() { inflateEnd(this); }
    State go() {
        const int result = inflate(this, Z_NO_FLUSH);
        if (result == Z_STREAM_END) return State::finished;
        return result == Z_OK || result == Z_BUF_ERROR ? State::going : State::damaged;
    }
};

std::int64_t ZlibUnpacker::memory_bytes() { return std::int64_t{64} << 10; }

bool prefers_whole(int) { return unpacks_whole(); }

}  // namespace stack2nrrd

#endif

namespace stack2nrrd {

ZlibUnpacker::ZlibUnpacker(std::span<std::byte> room) : stream_(new (room.data()) Stream) {}
ZlibUnpacker::~ZlibUnpacker() = default;

std::size_t ZlibUnpacker::room_bytes() { return sizeof(Stream); }

void ZlibUnpacker::Destroy::operator()(Stream* stream) const noexcept { stream->~Stream(); }

ZlibUnpacker::State ZlibUnpacker::run(Piece& piece) {
    constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
    const std::size_t in = std::min(piece.available_in, most);
    const std::size_t out = std::min(piece.available_out, most);
    // Neither library writes to its input.
    stream_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(piece.next_in));
    stream_->avail_in = static_cast<std::uint32_t>(in);
    stream_->next_out = reinterpret_cast<std::uint8_t*>(piece.next_out);
    stream_->avail_out = static_cast<std::uint32_t>(out);
    const State state = stream_->go();
    // ISA-L reads ahead, and gives back more than it got this time if the stream ended in the piece before.
    const bool ended_before = stream_->avail_in > in;
    const std::size_t taken = ended_before ? 0 : in - stream_->avail_in;
    const std::size_t made = out - stream_->avail_out;
    piece.next_in += taken;
    piece.available_in -= taken;
    piece.next_out += made;
    piece.available_out -= made;
    return ended_before ? State::damaged : state;
}

#if defined(STACK2NRRD_HAVE_LIBDEFLATE)

bool unpacks_whole() { return true; }

bool unpack_whole(std::span<const std::byte> packed, std::span<std::byte> unpacked) {
    struct Free {
        void operator()(libdeflate_decompressor* unpacker) const { libdeflate_free_decompressor(unpacker); }
    };
    const std::unique_ptr<libdeflate_decompressor, Free> unpacker(libdeflate_alloc_decompressor());
    if (unpacker == nullptr) throw std::bad_alloc();
    std::size_t taken = 0;  // that as much as there is room for is made, goes without asking where nobody asks
    return libdeflate_zlib_decompress_ex(unpacker.get(), packed.data(), packed.size(), unpacked.data(), unpacked.size(),
                                         &taken, nullptr) == LIBDEFLATE_SUCCESS &&
           taken == packed.size();
}

#else

bool unpacks_whole() { return false; }
bool unpack_whole(std::span<const std::byte>, std::span<std::byte>) { return false; }

#endif

}  // namespace stack2nrrd
