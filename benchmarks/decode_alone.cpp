// How long it takes to decode a stack and nothing else: the least that any import of compressed slices must spend.
// Calls libtiff, libpng and libjpeg the plain way, on whole slices.
//
//     stack2nrrd_decode_alone THREADS FILE...

#include <cstdio>  // jpeglib.h needs it and does not say so

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

void decode_tiff(const std::string& file, std::vector<unsigned char>& samples) {
    TIFF* tiff = TIFFOpen(file.c_str(), "r");
    if (tiff == nullptr) throw std::runtime_error(file);
    const auto decode = TIFFIsTiled(tiff) != 0 ? TIFFReadEncodedTile : TIFFReadEncodedStrip;
    const std::uint32_t blocks = TIFFIsTiled(tiff) != 0 ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
    samples.resize(static_cast<std::size_t>(TIFFIsTiled(tiff) != 0 ? TIFFTileSize(tiff) : TIFFStripSize(tiff)));
    for (std::uint32_t b = 0; b < blocks; ++b) decode(tiff, b, samples.data(), static_cast<tmsize_t>(samples.size()));
    TIFFClose(tiff);
}

void decode_png(const std::string& file, std::vector<unsigned char>& samples) {
    FILE* stream = std::fopen(file.c_str(), "rb");
    if (stream == nullptr) throw std::runtime_error(file);
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, stream);
    png_read_info(png, info);
    if (png_get_bit_depth(png, info) == 16) png_set_swap(png);
    const std::size_t row = png_get_rowbytes(png, info);
    samples.resize(row * png_get_image_height(png, info));
    for (png_uint_32 y = 0; y < png_get_image_height(png, info); ++y) png_read_row(png, &samples[y * row], nullptr);
    png_destroy_read_struct(&png, &info, nullptr);
    std::fclose(stream);
}

void decode_jpeg(const std::string& file, std::vector<unsigned char>& samples) {
    FILE* stream = std::fopen(file.c_str(), "rb");
    if (stream == nullptr) throw std::runtime_error(file);
    jpeg_decompress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_stdio_src(&jpeg, stream);
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    samples.resize(static_cast<std::size_t>(jpeg.output_width) * static_cast<std::size_t>(jpeg.output_components));
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = samples.data();
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_destroy_decompress(&jpeg);
    std::fclose(stream);
}

void decode(const std::string& file, std::vector<unsigned char>& samples) {
    if (file.ends_with(".png"))
        decode_png(file, samples);
    else if (file.ends_with(".jpg"))
        decode_jpeg(file, samples);
    else
        decode_tiff(file, samples);
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> files(argv + 2, argv + argc);
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < std::atoi(argv[1]); ++t) {
        threads.emplace_back([&] {
            std::vector<unsigned char> samples;
            for (std::size_t i = next++; i < files.size(); i = next++) decode(files[i], samples);
        });
    }
    for (std::thread& thread : threads) thread.join();
}
