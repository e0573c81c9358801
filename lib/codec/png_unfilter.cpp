#include "codec/png_unfilter.hpp"

#include "core/compiler.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace stack2nrrd {

namespace {

// Eight bytes at a time, in a word; the first byte is its lowest.
using Word = std::uint64_t;

Word load(const std::byte* from) {
    Word word = 0;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(&word, from, sizeof word);
    } else {
        for (std::size_t i = 0; i < sizeof word; ++i) word |= std::to_integer<Word>(from[i]) << (8 * i);
    }
    return word;
}

void store(std::byte* to, Word word) {
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(to, &word, sizeof word);
    } else {
        for (std::size_t i = 0; i < sizeof word; ++i) to[i] = static_cast<std::byte>(word >> (8 * i));
    }
}

constexpr Word each_byte(Word byte) { return byte * 0x0101010101010101; }

/// Byte by byte, without carry from one into the next.
Word add(Word a, Word b) {
    constexpr Word top = each_byte(0x80);
    return ((a & ~top) + (b & ~top)) ^ ((a ^ b) & top);
}

/// Byte by byte, (a + b) / 2 rounded down.
Word mean(Word a, Word b) { return (a & b) + (((a ^ b) & each_byte(0xFE)) >> 1); }

/// Rows go from left to right in steps that may overlap: what is written too far is written again.
template <std::size_t step, class Undo>
void each_step(std::size_t bytes, Undo undo) {
    for (std::size_t i = 0; i < bytes; i += step) undo(i);
}

void undo_up(const std::byte* filtered, const std::byte* above, std::byte* row, std::size_t bytes) {
    each_step<8>(bytes, [&](std::size_t i) { store(row + i, add(load(filtered + i), load(above + i))); });
}

// Where pixels have one or two bytes, these wait for their neighbours on the left for a shorter time alone than in a
// word.

template <std::size_t pixel_bytes>
void undo_sub(const std::byte* filtered, std::byte* row, std::size_t bytes) {
    if constexpr (pixel_bytes <= 2) {
        std::array<std::uint8_t, pixel_bytes> left{};
        for (std::size_t i = 0; i < bytes; i += pixel_bytes) {
            for (std::size_t c = 0; c < pixel_bytes; ++c) {
                left[c] = static_cast<std::uint8_t>(left[c] + std::to_integer<unsigned>(filtered[i + c]));
                row[i + c] = static_cast<std::byte>(left[c]);
            }
        }
    } else {
        Word left = 0;
        each_step<pixel_bytes>(bytes, [&](std::size_t i) {
            left = add(load(filtered + i), left);
            store(row + i, left);
        });
    }
}

template <std::size_t pixel_bytes>
void undo_average(const std::byte* filtered, const std::byte* above, std::byte* row, std::size_t bytes) {
    if constexpr (pixel_bytes <= 2) {
        std::array<std::uint8_t, pixel_bytes> left{};
        for (std::size_t i = 0; i < bytes; i += pixel_bytes) {
            for (std::size_t c = 0; c < pixel_bytes; ++c) {
                const unsigned guess = (left[c] + std::to_integer<unsigned>(above[i + c])) >> 1;
                left[c] = static_cast<std::uint8_t>(guess + std::to_integer<unsigned>(filtered[i + c]));
                row[i + c] = static_cast<std::byte>(left[c]);
            }
        }
    } else {
        Word left = 0;
        each_step<pixel_bytes>(bytes, [&](std::size_t i) {
            left = add(load(filtered + i), mean(left, load(above + i)));
            store(row + i, left);
        });
    }
}

/// The one of `left`, `above` and `corner` that is nearest to left + above - corner, the first of those that are:
/// comparing 3 corner - above - left with the first two shows which. In noise half of all branches would go the wrong
/// way: compilers must not make one of it, and CMakeLists.txt sees to it.
int paeth(int left, int above, int corner) {
    const int turn = 3 * corner - above - left;
    const int low = left < above ? left : above;
    const int high = left < above ? above : left;
    const int nearest = high <= turn ? low : corner;
    return turn <= low ? high : nearest;
}

template <std::size_t pixel_bytes>
void undo_paeth(const std::byte* filtered, const std::byte* above, std::byte* row, std::size_t bytes) {
    std::array<int, pixel_bytes> left{};
    std::array<int, pixel_bytes> corner{};
    for (std::size_t i = 0; i < bytes; i += pixel_bytes) {
        STACK2NRRD_HINT(GCC unroll 8)
        for (std::size_t c = 0; c < pixel_bytes; ++c) {
            const int up = std::to_integer<int>(above[i + c]);
            left[c] = (paeth(left[c], up, corner[c]) + std::to_integer<int>(filtered[i + c])) & 255;
            corner[c] = up;
            row[i + c] = static_cast<std::byte>(left[c]);
        }
    }
}

template <std::size_t pixel_bytes>
bool undo(int filter, const std::byte* filtered, const std::byte* above, std::byte* row, std::size_t bytes) {
    switch (filter) {
        case 0: std::memcpy(row, filtered, bytes); return true;
        case 1: undo_sub<pixel_bytes>(filtered, row, bytes); return true;
        case 2: undo_up(filtered, above, row, bytes); return true;
        case 3: undo_average<pixel_bytes>(filtered, above, row, bytes); return true;
        case paeth_filter: undo_paeth<pixel_bytes>(filtered, above, row, bytes); return true;
        default: return false;
    }
}

}  // namespace

bool unfilter_png_row(int filter, std::size_t pixel_bytes, const std::byte* filtered, const std::byte* above,
                      std::byte* row, std::size_t bytes) {
    switch (pixel_bytes) {
        case 1: return undo<1>(filter, filtered, above, row, bytes);
        case 2: return undo<2>(filter, filtered, above, row, bytes);
        case 3: return undo<3>(filter, filtered, above, row, bytes);
        case 4: return undo<4>(filter, filtered, above, row, bytes);
        case 6: return undo<6>(filter, filtered, above, row, bytes);
        case 8: return undo<8>(filter, filtered, above, row, bytes);
        default: return false;
    }
}

void unfilter_paeth_pair(const std::byte* filtered, const std::byte* filtered_below, const std::byte* above,
                         std::byte* row, std::byte* below, std::size_t bytes) {
    // The row below is one byte behind: then what is above it is there.
    int left = 0;
    int corner = 0;
    int left_below = 0;
    int corner_below = 0;
    const auto step = [&](std::size_t i) {
        const int up = std::to_integer<int>(above[i]);
        left = (paeth(left, up, corner) + std::to_integer<int>(filtered[i])) & 255;
        corner = up;
        row[i] = static_cast<std::byte>(left);
    };
    const auto step_below = [&](std::size_t i, int up) {
        left_below = (paeth(left_below, up, corner_below) + std::to_integer<int>(filtered_below[i])) & 255;
        corner_below = up;
        below[i] = static_cast<std::byte>(left_below);
    };
    step(0);
    for (std::size_t i = 1; i < bytes; ++i) {
        step_below(i - 1, left);
        step(i);
    }
    step_below(bytes - 1, left);
}

void swap_png_samples(const std::byte* from, std::byte* to, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; i += 2) {
        std::uint16_t sample = 0;
        std::memcpy(&sample, from + i, sizeof sample);
        sample = static_cast<std::uint16_t>(sample << 8 | sample >> 8);
        std::memcpy(to + i, &sample, sizeof sample);
    }
}

}  // namespace stack2nrrd
