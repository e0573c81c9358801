#include "picture/picture.hpp"

#include "core/byte_count.hpp"

#include <png.h>

#include <algorithm>
#include <new>

namespace stack2nrrd {

void fill(Picture& picture, Index left, Index top, Index width, Index height, std::uint8_t grey) {
    for (Index y = top; y < top + height; ++y) {
        std::fill_n(picture.row(y) + left * picture.colours, width * picture.colours, grey);
    }
}

void put(Picture& picture, Index left, Index top, const Picture& part) {
    for (Index y = 0; y < part.height; ++y) {
        std::copy_n(part.row(y), part.width * part.colours, picture.row(top + y) + left * picture.colours);
    }
}

namespace {

png_image described(Index width, Index height, int colours) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = colours == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    image.flags = PNG_IMAGE_FLAG_FAST;  // a quarter longer, in a third of the time
    return image;
}

}  // namespace

std::vector<std::byte> png_of(const Picture& picture) {
    png_image image = described(picture.width, picture.height, picture.colours);
    png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::vector<std::byte> png(bytes);
    if (png_image_write_to_memory(&image, png.data(), &bytes, 0, picture.bytes.data(), 0, nullptr) == 0) {
        throw std::bad_alloc();
    }
    png.resize(bytes);
    return png;
}

std::int64_t png_bytes(Index width, Index height, int colours) {
    constexpr std::int64_t compressor = 512 << 10;  // zlib's tables, libpng's rows
    const png_image image = described(width, height, colours);
    return (ByteCount(compressor) + PNG_IMAGE_PNG_SIZE_MAX(image)).value();
}

}  // namespace stack2nrrd
