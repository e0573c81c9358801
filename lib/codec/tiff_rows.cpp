#include "codec/tiff_rows.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace stack2nrrd {

namespace {

constexpr std::uint16_t reversed(std::uint16_t v) { return static_cast<std::uint16_t>(v << 8 | v >> 8); }
constexpr std::uint32_t reversed(std::uint32_t v) {
    return v << 24 | (v & 0xFF00U) << 8 | (v >> 8 & 0xFF00U) | v >> 24;
}
constexpr std::uint64_t reversed(std::uint64_t v) {
    return static_cast<std::uint64_t>(reversed(static_cast<std::uint32_t>(v))) << 32 |
           reversed(static_cast<std::uint32_t>(v >> 32));
}

template <class Word>
void swap_words(std::byte* samples, std::size_t bytes) {
    for (std::size_t i = 0; i + sizeof(Word) <= bytes; i += sizeof(Word)) {
        Word word;
        std::memcpy(&word, samples + i, sizeof word);
        word = reversed(word);
        std::memcpy(samples + i, &word, sizeof word);
    }
}

/// The sums stay in registers; libtiff's loop reads each back from memory, which takes longer.
template <class Sample, std::size_t Channels>
void add_up_row(std::byte* row, std::size_t bytes) {
    std::array<Sample, Channels> sum{};
    for (std::size_t i = 0; i + sizeof sum <= bytes; i += sizeof sum) {
        std::array<Sample, Channels> difference;
        std::memcpy(difference.data(), row + i, sizeof sum);
        for (std::size_t c = 0; c < Channels; ++c) sum[c] = static_cast<Sample>(sum[c] + difference[c]);
        std::memcpy(row + i, sum.data(), sizeof sum);
    }
}

template <class Sample>
void add_up_row(std::byte* row, std::size_t bytes, std::size_t channels) {
    switch (channels) {
        case 1: return add_up_row<Sample, 1>(row, bytes);
        case 2: return add_up_row<Sample, 2>(row, bytes);
        case 3: return add_up_row<Sample, 3>(row, bytes);
        default: return add_up_row<Sample, 4>(row, bytes);
    }
}

template <std::size_t Size>
void spread(const std::byte* plane, std::byte* row, std::size_t count, std::size_t step) {
    for (std::size_t i = 0; i < count; ++i) std::memcpy(row + i * step, plane + i * Size, Size);
}

}  // namespace

void swap_bytes(std::byte* samples, std::size_t bytes, int bits) {
    if (bits == 16) swap_words<std::uint16_t>(samples, bytes);
    if (bits == 32) swap_words<std::uint32_t>(samples, bytes);
    if (bits == 64) swap_words<std::uint64_t>(samples, bytes);
}

void add_up_differences(std::byte* samples, std::size_t rows, std::size_t row_bytes, int bits, std::size_t channels) {
    const auto add_up = bits == 8    ? add_up_row<std::uint8_t>
                        : bits == 16 ? add_up_row<std::uint16_t>
                                     : add_up_row<std::uint32_t>;
    for (std::size_t y = 0; y < rows; ++y) add_up(samples + y * row_bytes, row_bytes, channels);
}

TiffRowConverter::TiffRowConverter(const TiffLayout& layout) : layout_(layout) {
    const bool has_palette = !layout.palette.empty();
    if (layout.planes > 1 || has_palette || layout.bits < 8 || layout.inverted) {
        row_.resize(layout.probe.image.row_bytes());
    }
    if (has_palette && layout.bits < 8) indices_.resize(static_cast<std::size_t>(layout.probe.image.width));
}

std::int64_t TiffRowConverter::bytes(const TiffLayout& layout) {
    return static_cast<std::int64_t>(layout.probe.image.row_bytes() + 3 * layout.palette.size()) +
           layout.probe.image.width;
}

const std::byte* TiffRowConverter::convert(const std::byte* const* planes) {
    const std::byte* stored = layout_.planes > 1 ? interleave(planes) : planes[0];
    if (layout_.bits < 8) {
        unpack(stored);
        if (!layout_.palette.empty()) look_up(indices_.data());
        return row_.data();
    }
    if (!layout_.palette.empty()) {
        look_up(stored);
        return row_.data();
    }
    if (layout_.inverted) {
        invert(stored);
        return row_.data();
    }
    return stored;
}

const std::byte* TiffRowConverter::interleave(const std::byte* const* planes) {
    const auto size = static_cast<std::size_t>(layout_.bits / 8);
    const auto width = static_cast<std::size_t>(layout_.probe.image.width);
    const auto count = static_cast<std::size_t>(layout_.planes);
    for (std::size_t p = 0; p < count; ++p) {
        std::byte* first = row_.data() + p * size;
        switch (size) {
            case 1: spread<1>(planes[p], first, width, count * size); break;
            case 2: spread<2>(planes[p], first, width, count * size); break;
            case 4: spread<4>(planes[p], first, width, count * size); break;
            default: spread<8>(planes[p], first, width, count * size); break;
        }
    }
    return row_.data();
}

/// 1, 2 and 4-bit samples, as they are or spread over 0 to 255.
void TiffRowConverter::unpack(const std::byte* stored) {
    const auto bits = static_cast<unsigned>(layout_.bits);
    const unsigned mask = (1U << bits) - 1;
    const bool is_index = !layout_.palette.empty();
    const unsigned scale = layout_.spread ? 255 / mask : 1;
    const unsigned flip = layout_.inverted ? mask : 0;
    std::byte* out = is_index ? indices_.data() : row_.data();
    const auto width = static_cast<std::size_t>(layout_.probe.image.width);
    for (std::size_t i = 0; i < width; ++i) {
        const std::size_t bit = i * bits;
        const unsigned shift = 8 - bits - static_cast<unsigned>(bit % 8);
        const unsigned value = std::to_integer<unsigned>(stored[bit / 8]) >> shift & mask;
        out[i] = static_cast<std::byte>((value ^ flip) * scale);
    }
}

void TiffRowConverter::look_up(const std::byte* stored) {
    const auto width = static_cast<std::size_t>(layout_.probe.image.width);
    const auto channels = static_cast<std::size_t>(layout_.probe.image.channels());
    const PaletteColour* palette = layout_.palette.data();
    for (std::size_t i = 0; i < width; ++i) {
        std::uint16_t index = std::to_integer<std::uint8_t>(stored[i]);
        if (layout_.bits == 16) std::memcpy(&index, stored + 2 * i, sizeof index);
        for (std::size_t c = 0; c < channels; ++c) row_[i * channels + c] = palette[index][c];
    }
}

/// max - v of an unsigned integer is its complement, in any byte order. An extra channel is not a grey value and
/// stays as it is.
void TiffRowConverter::invert(const std::byte* stored) {
    const auto size = static_cast<std::size_t>(layout_.bits / 8);
    const std::size_t step = size * static_cast<std::size_t>(layout_.probe.image.channels());
    if (step == size) {
        for (std::size_t i = 0; i < row_.size(); ++i) row_[i] = ~stored[i];
        return;
    }
    for (std::size_t i = 0; i < row_.size(); ++i) row_[i] = i % step < size ? ~stored[i] : stored[i];
}

}  // namespace stack2nrrd
