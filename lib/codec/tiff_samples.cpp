#include "codec/tiff_samples.hpp"

#include <tiffio.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>
#include <type_traits>

namespace stack2nrrd {

namespace {

template <class Sample>
void put(std::byte* out, std::size_t i, Sample sample) {
    std::memcpy(out + i * sizeof sample, &sample, sizeof sample);
}

/// The three bytes at `stored` as a number. libtiff has brought them into
/// native order.
std::uint32_t three_bytes(const std::byte* stored) {
    const auto byte = [&](std::size_t i) { return std::to_integer<std::uint32_t>(stored[i]); };
    if constexpr (std::endian::native == std::endian::little) return byte(0) | byte(1) << 8 | byte(2) << 16;
    return byte(0) << 16 | byte(1) << 8 | byte(2);
}

/// The sign of a number of `bits` bits is carried to the front of a signed
/// Sample.
template <class Sample>
Sample extended(std::uint32_t value, unsigned bits) {
    if constexpr (std::is_signed_v<Sample>) {
        const std::uint32_t sign = std::uint32_t{1} << (bits - 1);
        return static_cast<Sample>(static_cast<std::int64_t>(value ^ sign) - static_cast<std::int64_t>(sign));
    }
    return static_cast<Sample>(value);
}

/// Samples that follow each other bit by bit, the most significant one first,
/// whatever the file's byte order.
template <class Sample>
void unpack_bits(const std::byte* stored, std::size_t count, unsigned bits, std::byte* out) {
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    std::uint64_t held = 0;
    unsigned held_bits = 0;
    for (std::size_t i = 0; i < count; ++i) {
        for (; held_bits < bits; held_bits += 8) held = held << 8 | std::to_integer<std::uint64_t>(*stored++);
        held_bits -= bits;
        put(out, i, extended<Sample>(static_cast<std::uint32_t>(held >> held_bits & mask), bits));
    }
}

void unpack_half(const std::byte* stored, std::size_t count, unsigned, std::byte* out) {
    for (std::size_t i = 0; i < count; ++i) {
        std::uint16_t half = 0;
        std::memcpy(&half, stored + 2 * i, sizeof half);
        put(out, i, float_of_half(half));
    }
}

void unpack_float_24(const std::byte* stored, std::size_t count, unsigned, std::byte* out) {
    for (std::size_t i = 0; i < count; ++i) put(out, i, float_of_24_bits(three_bytes(stored + 3 * i)));
}

/// A float by its parts. float32 holds all numbers of these narrower kinds,
/// their denormal ones as normal ones.
float float_of(std::uint32_t sign, std::uint32_t exponent, std::uint32_t fraction, int exponent_bits,
               int fraction_bits) {
    const int to_front = 23 - fraction_bits;
    const std::uint32_t most = (1U << exponent_bits) - 1;
    const std::uint32_t bias = most / 2;
    if (exponent == 0) {
        const float magnitude = std::ldexp(static_cast<float>(fraction), 1 - static_cast<int>(bias) - fraction_bits);
        return sign != 0 ? -magnitude : magnitude;
    }
    const std::uint32_t wide = exponent == most ? 255 : exponent - bias + 127;
    return std::bit_cast<float>(sign << 31 | wide << 23 | fraction << to_front);
}

constexpr std::uint16_t uint = SAMPLEFORMAT_UINT;
constexpr std::uint16_t sint = SAMPLEFORMAT_INT;
constexpr std::uint16_t real = SAMPLEFORMAT_IEEEFP;

constexpr TiffSamples kinds[] = {
    {uint, 8, 8, SampleType::uint8, nullptr},
    {uint, 16, 16, SampleType::uint16, nullptr},
    {uint, 32, 32, SampleType::uint32, nullptr},
    {uint, 64, 64, SampleType::uint64, nullptr},
    {sint, 8, 8, SampleType::int8, nullptr},
    {sint, 16, 16, SampleType::int16, nullptr},
    {sint, 32, 32, SampleType::int32, nullptr},
    {sint, 64, 64, SampleType::int64, nullptr},
    {real, 32, 32, SampleType::float32, nullptr},
    {real, 64, 64, SampleType::float64, nullptr},
    {uint, 1, 7, SampleType::uint8, unpack_bits<std::uint8_t>},
    {uint, 9, 15, SampleType::uint16, unpack_bits<std::uint16_t>},
    {uint, 17, 31, SampleType::uint32, unpack_bits<std::uint32_t>},
    {sint, 1, 7, SampleType::int8, unpack_bits<std::int8_t>},
    {sint, 9, 15, SampleType::int16, unpack_bits<std::int16_t>},
    {sint, 17, 31, SampleType::int32, unpack_bits<std::int32_t>},
    {real, 16, 16, SampleType::float32, unpack_half},
    {real, 24, 24, SampleType::float32, unpack_float_24},
};

}  // namespace

const TiffSamples* tiff_samples(std::uint16_t format, int bits) {
    if (format == SAMPLEFORMAT_VOID) format = SAMPLEFORMAT_UINT;
    const auto* kind = std::find_if(std::begin(kinds), std::end(kinds), [&](const TiffSamples& k) {
        return k.format == format && k.least_bits <= bits && bits <= k.most_bits;
    });
    return kind == std::end(kinds) ? nullptr : kind;
}

float float_of_half(std::uint16_t half) { return float_of(half >> 15U, half >> 10U & 0x1FU, half & 0x3FFU, 5, 10); }

float float_of_24_bits(std::uint32_t bits) {
    return float_of(bits >> 23 & 1U, bits >> 16 & 0x7FU, bits & 0xFFFFU, 7, 16);
}

}  // namespace stack2nrrd
