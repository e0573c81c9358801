#include "sink/last_block.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

namespace stack2nrrd {

namespace {

class Inflate {
public:
    Inflate() {
        constexpr int raw_window = -15;  // negative: without any wrapper
        if (::inflateInit2(&stream_, raw_window) != Z_OK) throw std::bad_alloc();
    }
    Inflate(const Inflate&) = delete;
    Inflate& operator=(const Inflate&) = delete;
    ~Inflate() { ::inflateEnd(&stream_); }

    z_stream* operator->() { return &stream_; }
    z_stream* get() { return &stream_; }

private:
    z_stream stream_{};
};

}  // namespace

LastBlock find_last_block(std::span<const std::byte> bytes) {
    std::vector<Bytef> unpacked(std::size_t{64} << 10);  // nobody wants it
    Inflate inflate;
    inflate->next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    inflate->avail_in = static_cast<uInt>(bytes.size());
    LastBlock block;
    for (;;) {
        inflate->next_out = unpacked.data();
        inflate->avail_out = static_cast<uInt>(unpacked.size());
        if (::inflate(inflate.get(), Z_BLOCK) != Z_OK) throw std::logic_error("a deflate stream without an end");
        // What zlib.h says of data_type after Z_BLOCK.
        const auto state = static_cast<unsigned>(inflate->data_type);
        const bool between_blocks = (state & 128) != 0;
        const bool in_last = (state & 64) != 0;
        const std::size_t unused_bits = state & 7;
        if (!between_blocks) continue;
        const std::size_t here = 8 * (bytes.size() - inflate->avail_in) - unused_bits;
        if (in_last) {
            block.end = here;
            return block;
        }
        block.first = here;
    }
}

std::size_t leave_open(std::span<std::byte> piece, std::size_t length) {
    constexpr std::array<std::byte, 4> no_bytes{std::byte{0}, std::byte{0}, std::byte{0xff}, std::byte{0xff}};
    if (piece.size() - length < 1 + no_bytes.size()) return 0;
    const LastBlock block = find_last_block(piece.first(length));
    piece[block.first / 8] &= ~(std::byte{1} << (block.first % 8));
    // The header of a stored block, three bits of zero, and more of them up to the next byte; then no length, twice.
    piece[length] = std::byte{0};
    piece[block.end / 8] &= static_cast<std::byte>((1U << (block.end % 8)) - 1);
    const std::size_t header_end = (block.end + 3 + 7) / 8;
    std::copy(no_bytes.begin(), no_bytes.end(), piece.begin() + static_cast<std::ptrdiff_t>(header_end));
    return header_end + no_bytes.size();
}

}  // namespace stack2nrrd
