#pragma once

// A zlib stream (RFC 1950) unpacked piece by piece: by ISA-L where it is there, which takes two thirds of zlib's time
// for noise of 16 bits and less than half for 8; by zlib else. ISA-L takes some codes that zlib refuses, those that
// leave words unused; the stream's checksum must be right in any case. Or unpacked as a whole, by libdeflate.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace stack2nrrd {

class ZlibUnpacker {
public:
    enum class State : std::uint8_t { going, finished, damaged };

    struct Piece {
        const std::byte* next_in = nullptr;
        std::size_t available_in = 0;
        std::byte* next_out = nullptr;
        std::size_t available_out = 0;
    };

    /// `room`: of room_bytes() bytes, at a multiple of the largest fundamental alignment; its state is there.
    explicit ZlibUnpacker(std::span<std::byte> room);
    ~ZlibUnpacker();
    ZlibUnpacker(const ZlibUnpacker&) = delete;
    ZlibUnpacker& operator=(const ZlibUnpacker&) = delete;

    /// Goes on until there is no more input or no more room, and moves the piece's ends. `finished`: the stream has
    /// ended, and its checksum is right. What was unpacked before damage is there. `damaged`, too: the stream has ended
    /// before this piece.
    [[nodiscard]] State run(Piece& piece);

    [[nodiscard]] static std::size_t room_bytes();
    /// Upper bound of what it holds besides.
    [[nodiscard]] static std::int64_t memory_bytes();

private:
    struct Stream;
    struct Destroy {
        void operator()(Stream* stream) const noexcept;
    };
    std::unique_ptr<Stream, Destroy> stream_;
};

/// Is unpack_whole() there?
[[nodiscard]] bool unpacks_whole();

/// Is it the faster way to samples of so many bits? libdeflate takes three quarters of ISA-L's time for noise of 16
/// bits, and a third more than ISA-L for 8.
[[nodiscard]] bool prefers_whole(int bits);

/// Fills `unpacked`. False if the stream is damaged, or longer or shorter, or if bytes follow it. libdeflate, too,
/// takes some codes that zlib refuses: that of a length which there is not.
[[nodiscard]] bool unpack_whole(std::span<const std::byte> packed, std::span<std::byte> unpacked);

}  // namespace stack2nrrd
