#include "support/write_png_image.hpp"

#include "support/system.hpp"

#include <memory>

namespace support {

bool write_png_image(const std::filesystem::path& file, png_image image, const void* samples) {
    image.version = PNG_IMAGE_VERSION;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(open_file(file, "wb"), &std::fclose);
    return stream && png_image_write_to_stdio(&image, stream.get(), 0, samples, 0, nullptr) != 0;
}

}  // namespace support
