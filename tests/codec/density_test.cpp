// Densities that PNG, JPEG and BMP files tell. Those of TIFF are in tiff_pages_test.cpp.

#include "codec_support.hpp"
#include "support/system.hpp"

#include <catch2/catch.hpp>

#include <png.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include <jpeglib.h>

namespace stack2nrrd::test {

namespace {

constexpr std::size_t side = 8;

void write_png(const std::string& file, png_uint_32 x, png_uint_32 y, int unit) {
    FILE* stream = support::open_file(path_from_utf8(file), "wb");
    REQUIRE(stream != nullptr);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, stream);
    png_set_IHDR(png, info, side, side, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(png, info, x, y, unit);
    png_set_gAMA(png, info, 1.0);
    png_write_info(png, info);
    const std::array<png_byte, side> row{1, 2, 3};
    for (std::size_t i = 0; i < side; ++i) png_write_row(png, row.data());
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    std::fclose(stream);
}

void write_jpeg(const std::string& file, UINT8 unit, UINT16 x, UINT16 y, bool jfif = true) {
    FILE* stream = support::open_file(path_from_utf8(file), "wb");
    REQUIRE(stream != nullptr);
    jpeg_error_mgr errors{};
    jpeg_compress_struct jpeg{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, stream);
    jpeg.image_width = side;
    jpeg.image_height = side;
    jpeg.input_components = 1;
    jpeg.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg.density_unit = unit;
    jpeg.X_density = x;
    jpeg.Y_density = y;
    jpeg.write_JFIF_header = jfif ? TRUE : FALSE;
    jpeg_start_compress(&jpeg, TRUE);
    std::array<JSAMPLE, side> samples{};
    JSAMPROW row = samples.data();
    for (std::size_t i = 0; i < side; ++i) jpeg_write_scanlines(&jpeg, &row, 1);
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    std::fclose(stream);
}

void write_bmp(const std::string& file, std::int32_t x, std::int32_t y) {
    Bytes bytes{std::byte{'B'}, std::byte{'M'}};
    put_little(bytes, 54 + 3 * side * side, 4);
    put_little(bytes, 0, 4);
    put_little(bytes, 54, 4);
    put_little(bytes, 40, 4);
    put_little(bytes, side, 4);
    put_little(bytes, side, 4);
    put_little(bytes, 1, 2);
    put_little(bytes, 24, 2);
    put_little(bytes, 0, 4);
    put_little(bytes, 0, 4);
    put_little(bytes, static_cast<std::uint32_t>(x), 4);
    put_little(bytes, static_cast<std::uint32_t>(y), 4);
    put_little(bytes, 0, 8);
    bytes.resize(54 + 3 * side * side);
    write_bytes(file, bytes);
}

bool tells(const std::string& file, std::optional<double> x, std::optional<double> y, FileDensity::Unit unit) {
    const FileDensity density = probe_file(file).density;
    return density.x == x && density.y == y && density.unit == unit;
}

}  // namespace

TEST_CASE("PNG: the density", "[codec][png]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    write_png(file, 50511, 25000, PNG_RESOLUTION_METER);
    CHECK(tells(file, 50511, 25000, FileDensity::Unit::metre));
    write_png(file, 3, 4, PNG_RESOLUTION_UNKNOWN);
    CHECK(tells(file, 3, 4, FileDensity::Unit::none));
    // A damaged chunk is as good as none: the samples do not depend on it.
    Bytes bytes = read_bytes(file);
    const std::array<std::byte, 4> name{std::byte{'p'}, std::byte{'H'}, std::byte{'Y'}, std::byte{'s'}};
    auto chunk = std::search(bytes.begin(), bytes.end(), name.begin(), name.end());
    REQUIRE(chunk != bytes.end());
    chunk[5] ^= std::byte{1};
    write_bytes(file, bytes);
    CHECK(tells(file, std::nullopt, std::nullopt, FileDensity::Unit::none));
    CHECK(decode_file(file).samples.size() == side * side);
}

TEST_CASE("JPEG: the density", "[codec][jpeg]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jpg");
    write_jpeg(file, 1, 1200, 600);
    CHECK(tells(file, 1200, 600, FileDensity::Unit::inch));
    write_jpeg(file, 2, 1200, 0);
    CHECK(tells(file, 1200, std::nullopt, FileDensity::Unit::centimetre));
    write_jpeg(file, 0, 1, 1);
    CHECK(tells(file, 1, 1, FileDensity::Unit::none));
    write_jpeg(file, 1, 1200, 600, false);
    CHECK(tells(file, std::nullopt, std::nullopt, FileDensity::Unit::none));
}

TEST_CASE("BMP: the density", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    write_bmp(file, 50511, 2835);
    CHECK(tells(file, 50511, 2835, FileDensity::Unit::metre));
    write_bmp(file, 0, 0);
    CHECK(tells(file, std::nullopt, std::nullopt, FileDensity::Unit::metre));
}

TEST_CASE("formats without pages have one slice", "[codec]") {
    const TemporaryFolder folder;
    write_png(folder.file("slice.png"), 1, 1, PNG_RESOLUTION_METER);
    write_jpeg(folder.file("slice.jpg"), 0, 1, 1);
    write_bmp(folder.file("slice.bmp"), 0, 0);
    for (const char* name : {"slice.png", "slice.jpg", "slice.bmp"}) {
        const std::string file = folder.file(name);
        const Pages pages = pages_of(file);
        REQUIRE(pages.slices.size() == 1);
        CHECK(pages.slices[0].place == 0);
        CHECK(pages.notes.empty());
        CHECK_THROWS_WITH(probe_file(file, 1), Catch::Contains("has a single slice"));
        CHECK_THROWS_WITH(decode_file(file, {}, -100), Catch::Contains("has a single slice"));
    }
}

}  // namespace stack2nrrd::test
