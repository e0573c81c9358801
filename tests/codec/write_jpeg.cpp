#include "write_jpeg.hpp"

#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

namespace stack2nrrd::test {

Bytes jpeg_bytes(const JpegSpec& spec, const Bytes& samples) {
    jpeg_compress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&jpeg, &memory, &size);
    jpeg.image_width = static_cast<JDIMENSION>(spec.width);
    jpeg.image_height = static_cast<JDIMENSION>(spec.height);
    jpeg.input_components = spec.channels;
    jpeg.in_color_space = spec.channels == 1   ? JCS_GRAYSCALE
                          : spec.channels == 3 ? JCS_RGB
                          : spec.channels == 4 ? JCS_CMYK
                                               : JCS_UNKNOWN;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 85, TRUE);
    if (spec.progressive) jpeg_simple_progression(&jpeg);
    if (spec.arithmetic) jpeg.arith_code = TRUE;
    if (!spec.subsampled) jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
    jpeg.restart_interval = static_cast<unsigned>(spec.restart);
    jpeg_start_compress(&jpeg, TRUE);
    const std::size_t row_bytes = static_cast<std::size_t>(spec.width * spec.channels);
    for (std::size_t y = 0; y < static_cast<std::size_t>(spec.height); ++y) {
        Bytes row(samples.begin() + static_cast<std::ptrdiff_t>(y * row_bytes),
                  samples.begin() + static_cast<std::ptrdiff_t>((y + 1) * row_bytes));
        auto* pointer = reinterpret_cast<JSAMPROW>(row.data());
        jpeg_write_scanlines(&jpeg, &pointer, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    const auto bytes = std::as_bytes(std::span(memory, size));
    Bytes file(bytes.begin(), bytes.end());
    std::free(memory);
    return file;
}

void write_jpeg(const std::string& file, const JpegSpec& spec, const Bytes& samples) {
    write_bytes(file, jpeg_bytes(spec, samples));
}

Bytes jpeg_picture(const JpegSpec& spec) {
    Bytes samples;
    for (int y = 0; y < spec.height; ++y) {
        for (int x = 0; x < spec.width; ++x) {
            for (int c = 0; c < spec.channels; ++c) {
                samples.push_back(static_cast<std::byte>((x * (3 + c) + y * (5 - c) + x * y / 20) % 256));
            }
        }
    }
    return samples;
}

}  // namespace stack2nrrd::test
