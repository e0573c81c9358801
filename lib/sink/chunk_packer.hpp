#pragma once

#include <stack2nrrd/sink.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace stack2nrrd {

/// Packs many chunks of one size on several threads. What comes out does not depend on how many there are.
class ChunkPacker {
public:
    /// Puts chunk `i` into `bytes`. Called on any thread, and on several at a time.
    using Gather = std::function<void(std::size_t i, std::span<std::byte> bytes)>;
    /// Takes chunk `i` packed, in order. Called on the calling thread.
    using Take = std::function<void(std::size_t i, std::span<const std::byte> packed)>;

    /// `threads`: that pack, the calling one included. `most_bytes`: of a chunk.
    ChunkPacker(Encoding encoding, int level, unsigned threads, std::size_t most_bytes);
    ChunkPacker(const ChunkPacker&) = delete;
    ChunkPacker& operator=(const ChunkPacker&) = delete;
    ~ChunkPacker();

    /// Packs chunks 0 to count - 1, of `chunk_bytes` each. Returns when all have been taken.
    void pack(std::size_t count, std::size_t chunk_bytes, const Gather& gather, const Take& take);

    [[nodiscard]] static std::int64_t memory_bytes(Encoding encoding, int level, unsigned threads,
                                                   std::int64_t chunk_bytes) noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace stack2nrrd
