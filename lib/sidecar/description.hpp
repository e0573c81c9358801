#pragma once

// The text in the ImageDescription of a TIFF, and what becomes of it together with the density tags that TIFF, PNG,
// JPEG and BMP have in common. Pure functions on text.

#include "sidecar/units.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// The text that ImageJ writes. ImageJ leaves out what is 1.
struct ImageJDescription {
    std::string version;  ///< "1.53c"
    Index images = 1;     ///< slices in the file, all together
    Index channels = 1, slices = 1, frames = 1;
    bool hyperstack = false;
    std::optional<double> spacing;  ///< z, in `unit`s, as written; may be nonsense
    std::string unit;               ///< as written, in UTF-8
    std::string y_unit, z_unit;     ///< the same where these axes have units of their own; else that of x
    std::vector<std::string> doubts;
};

/// Nothing if the text does not begin with "ImageJ=".
[[nodiscard]] std::optional<ImageJDescription> parse_imagej(std::string_view text);

/// The text that tifffile writes, and what saves with it: {"shape": [2, 8, 6, 7], "axes": "CZYX"}.
struct TifffileDescription {
    std::vector<Index> shape;  ///< of all pages together, what varies slowest first
    std::string axes;          ///< a letter for each of `shape`; empty if there is none
};

/// Nothing if the text is not that of tifffile, or has a shape that cannot be.
[[nodiscard]] std::optional<TifffileDescription> parse_tifffile(std::string_view text);

/// One <TiffData>: where slices lie. What OME assumes for absent fields: `ifd` 0, and `plane_count` 1 if `ifd` is
/// there, else all pages.
struct OmeTiffData {
    std::optional<Index> ifd;
    Index first_z = 0, first_c = 0, first_t = 0;
    std::optional<Index> plane_count;
    std::optional<std::size_t> file;  ///< into OmeDescription::files, if it names one
};

/// One of the files that an OME-XML text names; either may be empty.
struct OmeFile {
    std::string name;  ///< in UTF-8; a renamed file keeps its old name there
    std::string uuid;  ///< "urn:uuid:..."

    friend bool operator==(const OmeFile&, const OmeFile&) = default;
};

/// One <Image> of an OME-XML text.
struct OmeDescription {
    Index width = 0, height = 0;                 ///< SizeX, SizeY; 0 if unknown
    Index slices = 1, channels = 1, frames = 1;  ///< SizeZ, SizeC (the samples of all channels), SizeT
    std::string dimension_order;  ///< "XYZCT": the third letter varies fastest from page to page; empty if unknown
    std::string type;             ///< "uint16", as written
    std::array<std::optional<double>, 3> spacing_mm;
    Index samples_per_pixel = 1;  ///< of the first channel
    std::optional<bool> big_endian;
    std::vector<OmeTiffData> tiff_data;  ///< at most a million
    std::vector<OmeFile> files;          ///< in which slices are, in the order in which the text names them
    std::string uuid;                    ///< of the file that has the text
    std::string metadata_file;           ///< the text only says that this other file has the metadata
    Index further_images = 0;            ///< <Image>s besides this one
    std::vector<std::string> doubts;
};

/// Its first image, or the first one that is `wanted`, if there is such a one. Nothing if the root element is not
/// <OME>, or if it describes no image.
[[nodiscard]] std::optional<OmeDescription> parse_ome(
    std::string_view xml, const std::function<bool(const OmeDescription& image)>& wanted = {});

enum class DensityUnit { none, inch, centimetre, metre };

/// Samples per unit, as TIFF (XResolution ...), PNG (pHYs), JPEG (JFIF) and BMP (pels per metre) give it. In TIFF an
/// absent ResolutionUnit means inch.
struct Density {
    std::optional<double> x, y;
    DensityUnit unit = DensityUnit::none;
};

struct FoundSpacing {
    std::array<std::optional<double>, 3> mm;
    std::string source;               ///< "ImageJ", "OME", "resolution"; empty if there is none
    std::vector<std::string> doubts;  ///< without the file's name, ready to follow "<file>: "
};

/// Density alone. 72 and 96 per inch, however rounded, are what programs write that know nothing: no spacing.
[[nodiscard]] FoundSpacing spacing_from(const Density& density);

/// ImageJ writes samples per its own unit into the density tags.
[[nodiscard]] FoundSpacing spacing_from(const ImageJDescription& imagej, const Density& density);

/// OME's own sizes; from the density only if it has none for x and y.
[[nodiscard]] FoundSpacing spacing_from(const OmeDescription& ome, const Density& density);

/// The right one of these for a description that may be anything.
[[nodiscard]] FoundSpacing spacing_from(std::string_view description, const Density& density);

}  // namespace stack2nrrd
