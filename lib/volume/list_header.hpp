#pragma once

// The list of slices as a NHDR file: every line of a normal header, then `data file: LIST` and the names. Two forms:
// one that all readers of NRRD can open, for slices whose samples lie bare in their files; and one for all others,
// with an encoding that those readers refuse instead of taking a compressed file for samples.

#include "volume/nrrd_reader.hpp"

#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// One slice: small, as there may be hundreds of thousands.
struct ManifestSlice {
    std::int32_t file = -1;  ///< of a list of files; -1 for a slice that is missing
    Index page = 0;          ///< of a file that has several

    [[nodiscard]] bool missing() const noexcept { return file < 0; }
};

/// Where the samples are in each of the files, if that is the same in all: uncompressed and without gaps.
struct BareLayout {
    std::int64_t byte_skip = 0;  ///< -1: they end the file
    std::endian endian = std::endian::little;
    bool bottom_up = false;  ///< the last row of a slice is first in its file
};

struct Manifest {
    std::array<Index, 3> size{};  ///< size[2] is the number of slices, missing ones included
    SampleType type = SampleType::uint8;
    Colour colour = Colour::grey;
    int components = 1;              ///< how many, of Colour::components
    ComponentAxis component_axis{};  ///< what they are
    Geometry geometry;               ///< of rows that are counted from the top, however they are stored
    FileList files;
    std::vector<ManifestSlice> slices;                         ///< of `files`
    std::optional<BareLayout> bare;                            ///< with it, the form that all readers can open
    std::vector<std::pair<std::string, std::string>> notes{};  ///< key/values, in order
};

/// The text of `manifest` as it is to be written into `file`. Names are relative to the folder of `file` where they can
/// be, so that folder and list can be moved together.
/// \throws Error invalid_argument: a name with a line break; bare samples with missing slices or pages.
[[nodiscard]] std::string manifest_text(const Manifest& manifest, const std::filesystem::path& file);

/// The slices of a list of images, in z order: of NrrdVolume::files, where a file comes again for each of its slices.
/// \throws Error corrupt: `volume` is no such list, or its gaps, pages and names do not fit its sizes.
[[nodiscard]] std::vector<ManifestSlice> manifest_slices(const NrrdVolume& volume);

}  // namespace stack2nrrd
