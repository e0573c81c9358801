#pragma once

// From samples as a TIFF stores them, of any width, to samples of the types
// that codecs deliver. Pure functions.

#include <stack2nrrd/image.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stack2nrrd {

/// What becomes of samples of one SampleFormat and of some widths.
struct TiffSamples {
    std::uint16_t format;  ///< SAMPLEFORMAT_...
    int least_bits, most_bits;
    SampleType type;  ///< in which they are delivered
    /// From `count` samples of `bits` bits, as libtiff delivers them, to
    /// delivered ones. Null if they are the same.
    void (*unpack)(const std::byte* stored, std::size_t count, unsigned bits, std::byte* out);
};

/// Null for what is not read: complex numbers, and integers or floats of other
/// widths.
[[nodiscard]] const TiffSamples* tiff_samples(std::uint16_t format, int bits);

/// Half a float, with all its infinities and NaN; exact.
[[nodiscard]] float float_of_half(std::uint16_t half);

/// A float of 24 bits, as Adobe defines it for TIFF: sign, 7 bits of exponent,
/// 16 of fraction; exact.
[[nodiscard]] float float_of_24_bits(std::uint32_t bits);

}  // namespace stack2nrrd
