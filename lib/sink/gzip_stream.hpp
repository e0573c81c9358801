#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace stack2nrrd {

/// How many threads compress where `threads` are asked for; 0 = one a core. Eight keep up with any disk; more would
/// only take memory.
[[nodiscard]] unsigned compressing_threads(unsigned threads) noexcept;

/// Compresses a stream of bytes into one gzip member (RFC 1952). (Several members would be legal, and some readers of
/// NRRD would refuse them.) The stream is cut into blocks at fixed places, and several threads compress them; the bytes
/// that come out depend neither on the threads, nor on how the stream was handed over, nor on time.
class GzipStream {
public:
    using Write = std::function<void(std::span<const std::byte>)>;

    /// `level`: 1 to 9. `threads`: that may compress, the calling one included. `write` is called on the calling
    /// thread only.
    GzipStream(int level, unsigned threads, Write write);
    GzipStream(const GzipStream&) = delete;
    GzipStream& operator=(const GzipStream&) = delete;
    ~GzipStream();

    void write(std::span<const std::byte> bytes);
    void finish();

    static constexpr std::size_t block_bytes = std::size_t{512} << 10;
    [[nodiscard]] static std::int64_t memory_bytes(unsigned threads) noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace stack2nrrd
