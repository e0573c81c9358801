#pragma once

// A volume that stack2nrrd has written, as it is on disk now.

#include "volume/nrrd_reader.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace stack2nrrd {

struct Written {
    std::string shown;  ///< the path, for messages
    NrrdVolume volume;
    std::string header;                     ///< its bytes
    std::optional<bool> header_as_written;  ///< none if it has no checksum of its own
};

/// \throws Error invalid_argument for an OME-Zarr; not_found, io; corrupt or unsupported for a header that cannot be
///         read, or samples that are fewer than it declares.
[[nodiscard]] Written read_written(const std::filesystem::path& path);

/// What a header says, taken at its word: where the spacing is unknown, directions and origin are in source samples.
[[nodiscard]] NrrdVolume at_its_word(std::string header, const std::string& name);

}  // namespace stack2nrrd
