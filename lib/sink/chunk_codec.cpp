#include "sink/chunk_codec.hpp"

#include "core/crc32.hpp"
#include "sink/block_deflater.hpp"

#include <stack2nrrd/error.hpp>

#if defined(STACK2NRRD_HAVE_ZSTD)
#define ZSTD_STATIC_LINKING_ONLY  // for the size of a context
#include <zstd.h>
#include <zstd_errors.h>
#endif

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>

namespace stack2nrrd {

namespace {

/// Deflate; no flags, no time, nothing about the level; made on a Unix: the same wherever it is made.
constexpr std::array<unsigned char, 10> gzip_head{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
constexpr std::size_t gzip_tail_bytes = 8;
/// What a stored block of deflate (RFC 1951, 3.2.4) begins with.
constexpr std::size_t stored_head_bytes = 5;

/// What ends at `at` begins there next.
class Pen {
public:
    explicit Pen(std::span<std::byte> to) : to_(to) {}
    void put(std::span<const std::byte> bytes) {
        std::memcpy(to_.data() + at_, bytes.data(), bytes.size());
        at_ += bytes.size();
    }
    void put(std::uint32_t number, unsigned bytes) {
        for (unsigned i = 0; i < bytes; ++i) to_[at_++] = static_cast<std::byte>((number >> (8 * i)) & 0xffU);
    }
    void skip(std::size_t bytes) { at_ += bytes; }
    [[nodiscard]] std::span<std::byte> rest() const { return to_.subspan(at_); }
    [[nodiscard]] std::size_t at() const noexcept { return at_; }

private:
    std::span<std::byte> to_;
    std::size_t at_ = 0;
};

/// The first bytes are stored as they are, so that there is something before the block for BlockDeflater to look at:
/// without it, it would leave the block to zlib, which takes several times as long.
std::size_t gzip(BlockDeflater& deflater, std::span<const std::byte> chunk, std::span<std::byte> packed) {
    const std::size_t stored = std::min(chunk.size(), BlockDeflater::before_bytes);
    const bool is_all = stored == chunk.size();
    Pen pen(packed);
    pen.put(std::as_bytes(std::span(gzip_head)));
    pen.put(is_all ? 1 : 0, 1);  // is it the last one; of kind 0
    pen.put(static_cast<std::uint32_t>(stored), 2);
    pen.put(~static_cast<std::uint32_t>(stored), 2);
    pen.put(chunk.first(stored));
    if (!is_all) pen.skip(deflater.deflate(chunk.first(stored), chunk.subspan(stored), true, pen.rest()));
    pen.put(crc32_behind(0, chunk), 4);
    pen.put(static_cast<std::uint32_t>(chunk.size()), 4);
    return pen.at();
}

}  // namespace

#if defined(STACK2NRRD_HAVE_ZSTD)

namespace {

class Zstd {
public:
    explicit Zstd(int level) : level_(level), context_(::ZSTD_createCCtx()) {
        if (context_ == nullptr) throw std::bad_alloc();
    }
    Zstd(const Zstd&) = delete;
    Zstd& operator=(const Zstd&) = delete;
    ~Zstd() { ::ZSTD_freeCCtx(context_); }

    std::size_t pack(std::span<const std::byte> chunk, std::span<std::byte> packed) {
        const std::size_t made =
            ::ZSTD_compressCCtx(context_, packed.data(), packed.size(), chunk.data(), chunk.size(), level_);
        if (::ZSTD_isError(made) == 0) return made;
        if (::ZSTD_getErrorCode(made) == ZSTD_error_memory_allocation) throw std::bad_alloc();
        throw std::logic_error(std::string("zstd: ") + ::ZSTD_getErrorName(made));
    }

private:
    int level_;
    ZSTD_CCtx* context_;
};

std::int64_t zstd_memory(int level) noexcept { return static_cast<std::int64_t>(::ZSTD_estimateCCtxSize(level)); }
std::size_t zstd_most(std::size_t bytes) noexcept { return ::ZSTD_compressBound(bytes); }
constexpr bool has_zstd = true;

}  // namespace

#else

namespace {

class Zstd {
public:
    explicit Zstd(int) {
        throw Error(ErrorCode::unsupported,
                    "--encoding: zstd is not built in, it was expected to be; give gzip or raw, or build with libzstd");
    }
    std::size_t pack(std::span<const std::byte>, std::span<std::byte>) { return 0; }
};

std::int64_t zstd_memory(int) noexcept { return 0; }
std::size_t zstd_most(std::size_t bytes) noexcept { return bytes; }
constexpr bool has_zstd = false;

}  // namespace

#endif

struct ChunkCodec::State {
    State(Encoding encoding, int level) {
        if (encoding == Encoding::gzip) deflater.emplace(level);
        if (encoding == Encoding::zstd) zstd.emplace(level);
    }
    std::optional<BlockDeflater> deflater;
    std::optional<Zstd> zstd;
};

ChunkCodec::ChunkCodec(Encoding encoding, int level) : state_(std::make_unique<State>(encoding, level)) {}
ChunkCodec::ChunkCodec(ChunkCodec&&) noexcept = default;
ChunkCodec::~ChunkCodec() = default;

std::size_t ChunkCodec::pack(std::span<const std::byte> chunk, std::span<std::byte> packed) {
    if (state_->deflater) return gzip(*state_->deflater, chunk, packed);
    if (state_->zstd) return state_->zstd->pack(chunk, packed);
    std::memcpy(packed.data(), chunk.data(), chunk.size());
    return chunk.size();
}

std::size_t ChunkCodec::most_bytes(Encoding encoding, std::size_t chunk_bytes) noexcept {
    switch (encoding) {
        case Encoding::gzip:
            return gzip_head.size() + stored_head_bytes + BlockDeflater::most_bytes(chunk_bytes) + gzip_tail_bytes;
        case Encoding::zstd: return zstd_most(chunk_bytes);
        case Encoding::raw: break;
    }
    return chunk_bytes;
}

std::int64_t ChunkCodec::memory_bytes(Encoding encoding, int level) noexcept {
    if (encoding == Encoding::gzip) return BlockDeflater::memory_bytes;
    return encoding == Encoding::zstd ? zstd_memory(level) : 0;
}

bool ChunkCodec::has(Encoding encoding) noexcept { return encoding != Encoding::zstd || has_zstd; }

}  // namespace stack2nrrd
