#pragma once

// Deflate (RFC 1951), as a stream of which only the last 32 KiB are held. It takes and refuses exactly what zlib's
// inflate() does, which no other fast one does; tests/codec/inflate_test.cpp holds it to that.

#include <array>
#include <cstddef>
#include <cstdint>

namespace stack2nrrd {

class Inflater {
public:
    enum class Stop { input, room, end, damage };

    /// What is to be unpacked.
    struct Input {
        const std::byte* next = nullptr;
        const std::byte* end = nullptr;
        bool last = false;  ///< nothing follows
    };
    static constexpr std::ptrdiff_t least_input = 1024;

    /// Where it goes. What stands before `next` must stay there as far back as 32 KiB, or to where it all began.
    struct Output {
        std::byte* begin = nullptr;
        std::byte* next = nullptr;
        std::byte* end = nullptr;
    };
    static constexpr std::ptrdiff_t history = 32768;
    static constexpr std::ptrdiff_t least_room = 320;

    /// Unpacks until it stops for more input (unless `last`, it takes `least_input` or more), for more room (it takes
    /// `least_room` or more), at the end of the stream, or for good at damage. Bytes between output.next and
    /// output.end may be overwritten.
    [[nodiscard]] Stop run(Input& input, Output& output);

private:
    static constexpr unsigned literal_bits = 11;
    static constexpr unsigned distance_bits = 8;
    static constexpr unsigned longest_code = 15;
    // A longer code has a table of its own behind the first one, all of one size. Such tables hold two codes or more.
    static constexpr std::size_t literal_entries =
        (1U << literal_bits) + 288 / 2 * (1U << (longest_code - literal_bits));
    static constexpr std::size_t distance_entries =
        (1U << distance_bits) + 32 / 2 * (1U << (longest_code - distance_bits));

    enum class State { header, stored, codes, end, damage };

    struct Bits;
    [[nodiscard]] State read_header(Bits& bits);
    [[nodiscard]] bool read_codes(Bits& bits);
    [[nodiscard]] bool make_tables(const std::uint8_t* lengths, unsigned literals, unsigned distances);
    template <bool careful>
    [[nodiscard]] State unpack(Bits& bits, Output& output) const;

    State state_ = State::header;
    bool final_ = false;
    std::uint32_t stored_ = 0;  // bytes left of a stored block
    std::uint64_t bits_ = 0;    // what the last run left of a byte
    unsigned count_ = 0;
    std::array<std::uint32_t, literal_entries> literals_{};
    std::array<std::uint32_t, distance_entries> distances_{};
};

}  // namespace stack2nrrd
