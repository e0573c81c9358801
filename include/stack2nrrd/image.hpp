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

/// The sample types that can be read, filtered and written. Integers of 64 bits are copied exactly, and filtered as
/// float64, which holds 53 of their bits. There may be more types in later versions.
enum class SampleType : std::uint8_t { uint8, int8, uint16, int16, uint32, int32, float32, float64, int64, uint64 };

/// Bytes of one sample of `type`.
[[nodiscard]] STACK2NRRD_EXPORT std::size_t sample_bytes(SampleType type) noexcept;

/// "uint8" … "uint64".
[[nodiscard]] STACK2NRRD_EXPORT std::string_view sample_type_name(SampleType type) noexcept;

/// The reverse of sample_type_name().
/// \throws Error invalid_argument for any other text.
[[nodiscard]] STACK2NRRD_EXPORT SampleType parse_sample_type(std::string_view name);

/// What the channels of a slice mean. Colours have 1, 2, 3 and 4 channels. Components are channels that are no colour,
/// such as those of a vector, in any number up to most_channels.
enum class Colour : std::uint8_t { grey, grey_alpha, rgb, rgba, components };

/// The number of channels of `colour`; `components` if it is no colour.
[[nodiscard]] constexpr int channel_count(Colour colour, int components = 1) noexcept {
    return colour == Colour::components ? components : static_cast<int>(colour) + 1;
}

/// "grey", "grey with alpha", "RGB", "RGBA", "components".
[[nodiscard]] STACK2NRRD_EXPORT std::string_view colour_name(Colour colour) noexcept;

/// The same with the number of components: "7 components".
[[nodiscard]] STACK2NRRD_EXPORT std::string colour_text(Colour colour, int channels);

/// The most channels that a sample may have.
inline constexpr int most_channels = 4096;

/// The axis of components in the header of a NRRD volume. The header of the result says the same.
struct ComponentAxis {
    std::string kind = "vector";  ///< as NRRD has it: "vector", "list", …; "???" where the header leaves it open
    std::string label{};          ///< the label of the axis; empty if it has none
    std::size_t place = 0;        ///< the number of the axis in the file: 0 if it is the fastest
    /// `measurement frame`, a vector for each component, in LPS. Empty if the header has none.
    std::optional<std::array<Vector3, 3>> measurement_frame{};
};

/// Size and type of the samples of one slice, as they are delivered: rows from top to bottom, samples from left to
/// right, channels interleaved, native byte order, palettes expanded.
struct ImageInfo {
    Index width = 0;   ///< samples a row
    Index height = 0;  ///< rows
    Colour colour = Colour::grey;
    SampleType type = SampleType::uint8;
    std::string format;  ///< "TIFF", "PNG", "JPEG", "JPEG 2000", "BMP", "NRRD"
    int components = 1;  ///< the number of channels of Colour::components; without meaning for colours

    [[nodiscard]] int channels() const noexcept { return channel_count(colour, components); }
    [[nodiscard]] std::size_t row_bytes() const noexcept {
        return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels()) * sample_bytes(type);
    }
};

}  // namespace stack2nrrd
