#pragma once

// What the channels of a TIFF mean, and what becomes of them.

#include "codec/tiff_handle.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stack2nrrd {

/// The tags that say what samples are, with the defaults of the TIFF
/// specification.
struct TiffTags {
    std::uint32_t width = 0, height = 0;
    std::uint16_t bits = 1, format = SAMPLEFORMAT_UINT, channels = 1, planar = PLANARCONFIG_CONTIG, compression = 1;
    std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
    bool photometric_known = true;
    std::vector<std::uint16_t> extra;  ///< EXTRASAMPLE_... of the last channels
};

[[nodiscard]] TiffTags read_tiff_tags(const TiffHandle& tiff);

struct TiffColour {
    Colour colour = Colour::grey;  ///< of what is delivered; that of a palette
                                   ///< follows from its entries
    int taken = 1;                 ///< how many of the stored channels are delivered: the first ones
    bool converted = false;        ///< libtiff must convert it: whole blocks become RGB of 8 bits
    std::string choice{};          ///< see Probe::choice
    std::vector<std::string> notes{};
};

/// \throws Error unsupported.
[[nodiscard]] TiffColour tiff_colour(const TiffHandle& tiff, const TiffTags& tags);

/// libtiff's own conversion to RGB of 8 bits. Rows are as they are stored, whatever the orientation.
class TiffConversion {
public:
    /// \throws Error unsupported if libtiff cannot convert what is stored.
    explicit TiffConversion(const TiffHandle& tiff);
    TiffConversion(const TiffConversion&) = delete;
    TiffConversion& operator=(const TiffConversion&) = delete;
    ~TiffConversion() { TIFFRGBAImageEnd(&image_); }

    /// Fills `colours`, which TIFFGetR() and its like take apart. False if libtiff reported damage.
    [[nodiscard]] bool rows(Range rows, Index width, std::uint32_t* colours);

private:
    TIFFRGBAImage image_{};
};

}  // namespace stack2nrrd
