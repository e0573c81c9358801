#pragma once

#include <cstddef>
#include <span>

namespace stack2nrrd {

/// Bits of a raw deflate stream (RFC 1951), counted from its first one on.
struct LastBlock {
    std::size_t first = 0;  ///< says that the block is the last one
    std::size_t end = 0;
};

/// The block with which a raw deflate stream of `bytes` ends. Nothing but reading all codes can tell where that
/// begins: zlib's inflate does, which stops between blocks. It takes a fifth of the time that compressing took.
///
/// \throws std::logic_error if `bytes` are no whole stream; std::bad_alloc.
[[nodiscard]] LastBlock find_last_block(std::span<const std::byte> bytes);

/// Makes a stream of `length` bytes, which begin `piece`, one that goes on behind a whole byte: its last block is no
/// longer the last one, and an empty one follows, as after a sync flush. Returns the new length, or 0 if the piece
/// has no room for five more bytes.
[[nodiscard]] std::size_t leave_open(std::span<std::byte> piece, std::size_t length);

}  // namespace stack2nrrd
