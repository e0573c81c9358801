#include "cli/slices.hpp"

#include "core/file.hpp"
#include "support/catch.hpp"
#include "support/open_tiff.hpp"
#include "support/system.hpp"
#include "support/write_png_image.hpp"

#include <tiffio.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <system_error>

namespace cli_test {

Folder::Folder() {
    static int count = 0;
    path_ = fs::canonical(fs::temp_directory_path()) /
            ("stack2nrrd_cli_" + std::to_string(support::process_id()) + "_" + std::to_string(count++));
    fs::create_directory(path_);
    fs::permissions(path_, fs::perms(0755));
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path Folder::operator/(const std::string& utf8) const { return path_ / stack2nrrd::path_from_utf8(utf8); }

void write_file(const fs::path& file, const Bytes& bytes) {
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    stream.close();
    REQUIRE(stream);
}

Bytes read_file(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

Bytes noise(std::size_t bytes, std::uint32_t seed) {
    Bytes text(bytes, '\0');
    std::uint32_t state = seed * 2654435761U + 12345U;
    for (char& c : text) {
        state = state * 1664525U + 1013904223U;
        c = static_cast<char>(state >> 24);
    }
    return text;
}

namespace {

void put(Bytes& bytes, std::uint64_t number, int size) {
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xFF);
}

}  // namespace

Bytes tiff(int width, int height, const Bytes& samples, int bits, int channels, int kind) {
    REQUIRE(samples.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                                  static_cast<std::size_t>(bits / 8 * channels));
    struct Entry {
        int tag, type;
        std::uint64_t number;
    };
    constexpr int word = 3, number = 4;
    const auto w = static_cast<std::uint64_t>(width), h = static_cast<std::uint64_t>(height);
    const std::array<Entry, 10> entries{{{256, number, w},
                                         {257, number, h},
                                         {258, word, static_cast<std::uint64_t>(bits)},
                                         {259, word, 1},
                                         {262, word, channels == 1 ? 1U : 2U},
                                         {273, number, 8},
                                         {277, word, static_cast<std::uint64_t>(channels)},
                                         {278, number, h},
                                         {279, number, samples.size()},
                                         {339, word, static_cast<std::uint64_t>(kind)}}};
    Bytes file{"II*\0", 4};
    const std::size_t padding = samples.size() % 2;
    put(file, 8 + samples.size() + padding, 4);
    file += samples + Bytes(padding, '\0');
    put(file, entries.size(), 2);
    for (const Entry& entry : entries) {
        put(file, static_cast<std::uint64_t>(entry.tag), 2);
        put(file, static_cast<std::uint64_t>(entry.type), 2);
        // More than one channel has one count of bits each; libtiff takes a single one for all.
        put(file, 1, 4);
        put(file, entry.number, 4);
    }
    put(file, 0, 4);
    return file;
}

Bytes bmp(int width, int height, const Bytes& samples) {
    const auto w = static_cast<std::size_t>(width);
    const std::size_t row = (w + 3) / 4 * 4;
    Bytes file = "BM";
    const std::uint64_t start = 14 + 40 + 1024;
    put(file, start + row * static_cast<std::size_t>(height), 4);
    put(file, 0, 4);
    put(file, start, 4);
    put(file, 40, 4);
    put(file, w, 4);
    put(file, static_cast<std::uint64_t>(height), 4);
    put(file, 1, 2);
    put(file, 8, 2);
    for (int i = 0; i < 6; ++i) put(file, 0, 4);
    for (std::uint64_t i = 0; i < 256; ++i) put(file, i * 0x010101U, 4);
    for (int y = height; y-- > 0;) {
        file += samples.substr(static_cast<std::size_t>(y) * w, w) + Bytes(row - w, '\0');
    }
    return file;
}

void write_tiled_tiff(const fs::path& file, int width, int height, const Bytes& samples) {
    constexpr int side = 64;
    const std::unique_ptr<TIFF, void (*)(TIFF*)> out(support::open_tiff(file, "w"), TIFFClose);
    REQUIRE(out);
    TIFFSetField(out.get(), TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(out.get(), TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(out.get(), TIFFTAG_BITSPERSAMPLE, 16);
    TIFFSetField(out.get(), TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(out.get(), TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(out.get(), TIFFTAG_COMPRESSION, COMPRESSION_LZW);
    TIFFSetField(out.get(), TIFFTAG_TILEWIDTH, side);
    TIFFSetField(out.get(), TIFFTAG_TILELENGTH, side);
    for (int y = 0; y < height; y += side) {
        for (int x = 0; x < width; x += side) {
            Bytes tile(2 * side * side, '\0');
            for (int row = 0; row < side && y + row < height; ++row) {
                const auto count = static_cast<std::size_t>(2 * std::min(side, width - x));
                tile.replace(static_cast<std::size_t>(2 * side * row), count, samples,
                             static_cast<std::size_t>(2 * ((y + row) * width + x)), count);
            }
            REQUIRE(TIFFWriteTile(out.get(), tile.data(), static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y),
                                  0, 0) > 0);
        }
    }
}

void write_png(const fs::path& file, int width, int height, const Bytes& samples, int bits) {
    png_image image{};
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = bits == 16 ? PNG_FORMAT_LINEAR_Y : PNG_FORMAT_GRAY;
    image.flags = PNG_IMAGE_FLAG_FAST;
    REQUIRE(support::write_png_image(file, image, samples.data()));
}

std::string slice_name(int i) {
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "slice_%03d.tif", i);
    return name.data();
}

void write_stack(const fs::path& folder, int count, int width, int height) {
    fs::create_directories(folder);
    for (int i = 0; i < count; ++i) {
        const Bytes samples = noise(static_cast<std::size_t>(2 * width * height), static_cast<std::uint32_t>(i));
        write_file(folder / slice_name(i), tiff(width, height, samples));
    }
}

Bytes samples_of(const fs::path& nrrd) {
    const Bytes all = read_file(nrrd);
    CAPTURE(nrrd.string());
    REQUIRE(all.starts_with("NRRD000"));
    const std::size_t end = all.find("\n\n");
    REQUIRE(end != Bytes::npos);
    std::size_t expected = 1;
    std::istringstream header(all.substr(0, end));
    for (std::string line; std::getline(header, line);) {
        if (line.starts_with("sizes: ")) {
            std::istringstream sizes(line.substr(7));
            for (std::size_t size = 0; sizes >> size;) expected *= size;
        }
        if (line.starts_with("type: ")) {
            const bool two = line.find("16") != std::string::npos || line.find("short") != std::string::npos;
            const bool eight = line.find("double") != std::string::npos;
            const bool four = line.find("float") != std::string::npos || line.find("32") != std::string::npos ||
                              line.ends_with("int");
            expected *= two ? 2 : eight ? 8 : four ? 4 : 1;
        }
    }
    CHECK(all.size() - end - 2 == expected);
    return all.substr(end + 2);
}

void write_list(const fs::path& list, const std::vector<fs::path>& files, int times) {
    std::ofstream stream(list, std::ios::binary);
    for (int i = 0; i < times; ++i) {
        for (const fs::path& file : files) stream << file.string() << '\n';
    }
    stream.close();
    REQUIRE(stream);
}

}  // namespace cli_test
