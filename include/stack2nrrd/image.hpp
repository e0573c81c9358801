#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/geometry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// The sample types that can be read, filtered and written. Names are those of NRRD where it has them. Integers of 64
/// bits are copied exactly, and filtered as float64, which holds 53 of their bits.
enum class SampleType : std::uint8_t { uint8, int8, uint16, int16, uint32, int32, float32, float64, int64, uint64 };

/// Bytes of one sample of `type`.
[[nodiscard]] STACK2NRRD_EXPORT std::size_t sample_bytes(SampleType type) noexcept;

/// "uint8" … "uint64".
[[nodiscard]] STACK2NRRD_EXPORT std::string_view sample_type_name(SampleType type) noexcept;

/// The reverse of sample_type_name().
/// \throws Error invalid_argument for any other text.
[[nodiscard]] STACK2NRRD_EXPORT SampleType parse_sample_type(std::string_view name);

/// What the channels of a slice mean. Of colours the number of channels follows from it: 1, 2, 3, 4. Components are
/// channels that are no colour, such as those of a vector, in any number.
enum class Colour : std::uint8_t { grey, grey_alpha, rgb, rgba, components };

/// How many channels `colour` has, of which there are `components` if it is no colour.
[[nodiscard]] constexpr int channel_count(Colour colour, int components = 1) noexcept {
    return colour == Colour::components ? components : static_cast<int>(colour) + 1;
}

/// "grey", "grey with alpha", "RGB", "RGBA", "components".
[[nodiscard]] STACK2NRRD_EXPORT std::string_view colour_name(Colour colour) noexcept;

/// The same with the number of components: "7 components".
[[nodiscard]] STACK2NRRD_EXPORT std::string colour_text(Colour colour, int channels);

/// The most channels that a sample may have.
inline constexpr int most_channels = 4096;

/// What the header of a NRRD volume says of the axis of its components; a copy of the volume says the same.
struct ComponentAxis {
    std::string kind = "vector";  ///< as NRRD has it: "vector", "list", …; "???" where the header leaves it open
    std::string label{};          ///< of the axis; empty if there is none
    std::size_t place = 0;        ///< of the axis in the file: 0 if it is the fastest
    /// `measurement frame`, a vector for each component, in LPS. Nothing if the header has none.
    std::optional<std::array<Vector3, 3>> measurement_frame{};
};

/// What the header of one slice says, in the form in which its samples are delivered: rows from top to bottom,
/// channels interleaved, native byte order, palettes expanded.
struct ImageInfo {
    Index width = 0;   ///< samples a row
    Index height = 0;  ///< rows
    Colour colour = Colour::grey;
    SampleType type = SampleType::uint8;
    std::string format;  ///< "TIFF", "PNG", "JPEG", "JPEG 2000", "BMP", "NRRD"
    int components = 1;  ///< how many channels there are, of Colour::components; of no meaning elsewhere

    [[nodiscard]] int channels() const noexcept { return channel_count(colour, components); }
    [[nodiscard]] std::size_t row_bytes() const noexcept {
        return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels()) * sample_bytes(type);
    }
};

}  // namespace stack2nrrd
