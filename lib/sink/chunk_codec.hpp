#pragma once

#include <stack2nrrd/sink.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace stack2nrrd {

/// Packs chunks of bytes, each by itself, into what a reader unpacks without knowing the others: the bytes as they are,
/// one gzip member (RFC 1952) or one frame of zstd (RFC 8878). For one thread at a time. The result depends on the
/// chunk, the level and the library alone.
class ChunkCodec {
public:
    /// \throws Error unsupported for zstd where the library was built without it.
    ChunkCodec(Encoding encoding, int level);
    ChunkCodec(ChunkCodec&&) noexcept;
    ChunkCodec& operator=(ChunkCodec&&) = delete;
    ~ChunkCodec();

    /// Packs `chunk` into `packed`, of at least most_bytes(chunk.size()), and returns the length.
    std::size_t pack(std::span<const std::byte> chunk, std::span<std::byte> packed);

    [[nodiscard]] static std::size_t most_bytes(Encoding encoding, std::size_t chunk_bytes) noexcept;
    [[nodiscard]] static std::int64_t memory_bytes(Encoding encoding, int level) noexcept;
    /// Was the library built with it?
    [[nodiscard]] static bool has(Encoding encoding) noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace stack2nrrd
