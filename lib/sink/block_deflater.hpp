#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace stack2nrrd {

/// Compresses blocks of bytes, each by itself, into pieces of one raw deflate stream (RFC 1951): every piece ends at a
/// whole byte, so that pieces can be made side by side and laid one behind the other. For one thread at a time.
///
/// What a block becomes depends on the block, the few bytes before it, the level and the libraries: builds with ISA-L
/// or libdeflate and without them differ. ISA-L makes the same bytes on all x86-64 processors with SSE 4.2 (the level
/// that AVX-512 changes is not used).
class BlockDeflater {
public:
    /// `level`: 1 to 5 are ISA-L, 7 to 9 zlib. At 6, each block goes to the fastest of ISA-L, libdeflate and zlib that
    /// makes strips of it at most 1 % longer than zlib; to zlib where a sample shows too little. The first block, and
    /// all without ISA-L, are zlib.
    explicit BlockDeflater(int level);
    BlockDeflater(BlockDeflater&&) noexcept;
    BlockDeflater& operator=(BlockDeflater&&) = delete;
    ~BlockDeflater();

    /// How many bytes before a block are looked at.
    static constexpr std::size_t before_bytes = 32;

    /// Writes the piece for `block` into `piece`, of at least most_bytes(block.size()), and returns its length. After
    /// the `last` one, the stream ends. `before`: the before_bytes that come before the block in the stream; none for
    /// the first block.
    std::size_t deflate(std::span<const std::byte> before, std::span<const std::byte> block, bool last,
                        std::span<std::byte> piece);

    [[nodiscard]] static constexpr std::size_t most_bytes(std::size_t block_bytes) noexcept {
        return block_bytes + block_bytes / 64 + 1024;
    }

    static constexpr std::int64_t memory_bytes = std::int64_t{1536} << 10;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace stack2nrrd
