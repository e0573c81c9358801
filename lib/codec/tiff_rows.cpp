#include "codec/tiff_rows.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

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
        case 4: return add_up_row<Sample, 4>(row, bytes);
        default: break;
    }
    for (std::size_t i = channels * sizeof(Sample); i + sizeof(Sample) <= bytes; i += sizeof(Sample)) {
        Sample left;
        Sample sum;
        std::memcpy(&left, row + i - channels * sizeof left, sizeof left);
        std::memcpy(&sum, row + i, sizeof sum);
        sum = static_cast<Sample>(sum + left);
        std::memcpy(row + i, &sum, sizeof sum);
    }
}

template <std::size_t Size>
void spread(const std::byte* plane, std::byte* row, std::size_t count, std::size_t step) {
    for (std::size_t i = 0; i < count; ++i) std::memcpy(row + i * step, plane + i * Size, Size);
}

/// The first of the channels becomes max - sample, which is its complement;
/// extra channels are no grey values and stay as they are. All are multiplied
/// by `scale`.
template <class Sample>
void change(const std::byte* in, std::byte* out, std::size_t count, std::size_t channels, Sample flip, Sample scale) {
    const auto one = [&](std::size_t i, Sample mask) {
        Sample sample;
        std::memcpy(&sample, in + i * sizeof sample, sizeof sample);
        sample = static_cast<Sample>((sample ^ mask) * scale);
        std::memcpy(out + i * sizeof sample, &sample, sizeof sample);
    };
    if (channels == 1) {
        for (std::size_t i = 0; i < count; ++i) one(i, flip);
        return;
    }
    for (std::size_t i = 0; i < count; ++i) one(i, i % channels == 0 ? flip : Sample{0});
}

/// Bytes of three, in place.
void swap_threes(std::byte* samples, std::size_t bytes) {
    for (std::size_t i = 0; i + 3 <= bytes; i += 3) std::swap(samples[i], samples[i + 2]);
}

}  // namespace

void swap_bytes(std::byte* samples, std::size_t bytes, int bits) {
    if (bits == 16) swap_words<std::uint16_t>(samples, bytes);
    if (bits == 24) swap_threes(samples, bytes);
    if (bits == 32) swap_words<std::uint32_t>(samples, bytes);
    if (bits == 64) swap_words<std::uint64_t>(samples, bytes);
}

void add_up_differences(std::byte* samples, std::size_t rows, std::size_t row_bytes, int bits, std::size_t channels) {
    const auto add_up = bits == 8    ? add_up_row<std::uint8_t>
                        : bits == 16 ? add_up_row<std::uint16_t>
                        : bits == 32 ? add_up_row<std::uint32_t>
                                     : add_up_row<std::uint64_t>;
    for (std::size_t y = 0; y < rows; ++y) add_up(samples + y * row_bytes, row_bytes, channels);
}

Workbench::Sizes<2> TiffRowConverter::room_bytes(const TiffLayout& layout) {
    const bool unpacks = layout.samples->unpack != nullptr;
    const bool picks = layout.planes == 1 && layout.channels > layout.taken;
    const bool changes =
        unpacks || layout.planes > 1 || !layout.palette.empty() || picks || layout.flip != 0 || layout.spread;
    const auto stored = static_cast<std::size_t>(layout.probe.image.width * layout.channels);
    return {unpacks ? stored * sample_bytes(layout.samples->type) : 0, changes ? layout.probe.image.row_bytes() : 0};
}

TiffRowConverter::TiffRowConverter(const TiffLayout& layout, std::span<std::byte> unpacked, std::span<std::byte> row)
    : layout_(layout),
      unpack_(layout.samples->unpack),
      sample_bytes_(sample_bytes(layout.samples->type)),
      width_(static_cast<std::size_t>(layout.probe.image.width)),
      channels_(static_cast<std::size_t>(layout.channels)),
      unpacked_(unpacked),
      row_(row) {}

const std::byte* TiffRowConverter::convert(const std::byte* const* planes) {
    if (layout_.planes > 1) return meant(interleave(planes));
    const std::byte* samples = unpacked(planes[0]);
    if (!layout_.palette.empty()) return look_up(samples);
    return meant(layout_.channels > layout_.taken ? first_channels(samples) : samples);
}

const std::byte* TiffRowConverter::unpacked(const std::byte* stored) {
    if (unpack_ == nullptr) return stored;
    unpack_(stored, width_ * channels_, static_cast<unsigned>(layout_.bits), unpacked_.data());
    return unpacked_.data();
}

const std::byte* TiffRowConverter::interleave(const std::byte* const* planes) {
    const auto count = static_cast<std::size_t>(layout_.planes);
    for (std::size_t p = 0; p < count; ++p) {
        const std::byte* samples = unpacked(planes[p]);
        std::byte* first = row_.data() + p * sample_bytes_;
        switch (sample_bytes_) {
            case 1: spread<1>(samples, first, width_, count * sample_bytes_); break;
            case 2: spread<2>(samples, first, width_, count * sample_bytes_); break;
            case 4: spread<4>(samples, first, width_, count * sample_bytes_); break;
            default: spread<8>(samples, first, width_, count * sample_bytes_); break;
        }
    }
    return row_.data();
}

const std::byte* TiffRowConverter::first_channels(const std::byte* samples) {
    const std::size_t taken = static_cast<std::size_t>(layout_.taken) * sample_bytes_;
    for (std::size_t i = 0; i < width_; ++i) {
        std::copy_n(samples + i * channels_ * sample_bytes_, taken, row_.data() + i * taken);
    }
    return row_.data();
}

const std::byte* TiffRowConverter::look_up(const std::byte* samples) {
    const auto colours = static_cast<std::size_t>(layout_.probe.image.channels());
    for (std::size_t i = 0; i < width_; ++i) {
        const std::byte* sample = samples + i * channels_ * sample_bytes_;
        std::uint16_t index = std::to_integer<std::uint8_t>(*sample);
        if (sample_bytes_ == 2) std::memcpy(&index, sample, sizeof index);
        for (std::size_t c = 0; c < colours; ++c) row_[i * colours + c] = layout_.palette[index][c];
    }
    return row_.data();
}

const std::byte* TiffRowConverter::meant(const std::byte* samples) {
    if (layout_.flip == 0 && !layout_.spread) return samples;
    const std::uint64_t most = ~std::uint64_t{0} >> (64 - layout_.bits);
    const std::uint64_t flip = layout_.flip;
    const auto channels = static_cast<std::size_t>(layout_.probe.image.channels());
    const std::size_t count = width_ * channels;
    switch (sample_bytes_) {
        case 1: {
            const auto scale = static_cast<std::uint8_t>(layout_.spread ? 255 / most : 1);
            change<std::uint8_t>(samples, row_.data(), count, channels, static_cast<std::uint8_t>(flip), scale);
            break;
        }
        case 2:
            change<std::uint16_t>(samples, row_.data(), count, channels, static_cast<std::uint16_t>(flip), 1);
            break;
        case 4:
            change<std::uint32_t>(samples, row_.data(), count, channels, static_cast<std::uint32_t>(flip), 1);
            break;
        default: change<std::uint64_t>(samples, row_.data(), count, channels, flip, 1); break;
    }
    return row_.data();
}

}  // namespace stack2nrrd
