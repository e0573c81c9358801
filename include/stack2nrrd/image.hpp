#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/geometry.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// The sample types that can be read, filtered and written. Names are those of NRRD where it has them.
enum class SampleType : std::uint8_t { uint8, int8, uint16, int16, uint32, int32, float32, float64 };

/// Bytes of one sample of `type`.
[[nodiscard]] STACK2NRRD_EXPORT std::size_t sample_bytes(SampleType type) noexcept;

/// "uint8" … "float64".
[[nodiscard]] STACK2NRRD_EXPORT std::string_view sample_type_name(SampleType type) noexcept;

/// The reverse of sample_type_name().
/// \throws Error invalid_argument for any other text.
[[nodiscard]] STACK2NRRD_EXPORT SampleType parse_sample_type(std::string_view name);

/// What the channels of a slice mean. The number of channels follows from it: 1, 2, 3, 4.
enum class Colour : std::uint8_t { grey, grey_alpha, rgb, rgba };

[[nodiscard]] constexpr int channel_count(Colour colour) noexcept { return static_cast<int>(colour) + 1; }
[[nodiscard]] STACK2NRRD_EXPORT std::string_view colour_name(Colour colour) noexcept;

/// What the header of one slice says, in the form in which its samples are delivered: rows from top to bottom,
/// channels interleaved, native byte order, palettes expanded.
struct ImageInfo {
    Index width = 0;   ///< samples a row
    Index height = 0;  ///< rows
    Colour colour = Colour::grey;
    SampleType type = SampleType::uint8;
    std::string format;  ///< "TIFF", "PNG", "JPEG", "BMP"

    [[nodiscard]] int channels() const noexcept { return channel_count(colour); }
    [[nodiscard]] std::size_t row_bytes() const noexcept {
        return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels()) * sample_bytes(type);
    }
};

}  // namespace stack2nrrd
