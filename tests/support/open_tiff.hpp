#pragma once

#include <tiffio.h>

#include <filesystem>

namespace support {

/// TIFFOpen(), for any name.
[[nodiscard]] TIFF* open_tiff(const std::filesystem::path& file, const char* mode);

}  // namespace support
