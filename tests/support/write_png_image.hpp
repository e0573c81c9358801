#pragma once

#include <png.h>

#include <filesystem>

namespace support {

/// png_image_write_to_file(), for any name: 8 bits a sample as they are, or 16.
[[nodiscard]] bool write_png_image(const std::filesystem::path& file, png_image image, const void* samples);

}  // namespace support
