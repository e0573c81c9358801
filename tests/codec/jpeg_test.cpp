// JPEG files that libjpeg writes, decoded by our codec and by the plainest use of libjpeg.

#include "write_jpeg.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

namespace stack2nrrd::test {

namespace {

using Spec = JpegSpec;

Bytes plain_decode(const std::string& file) {
    const Bytes bytes = read_bytes(file);
    jpeg_decompress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<unsigned long>(bytes.size()));
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    const std::size_t row_bytes = std::size_t{jpeg.output_width} * static_cast<std::size_t>(jpeg.output_components);
    Bytes samples(row_bytes * jpeg.output_height);
    while (jpeg.output_scanline < jpeg.output_height) {
        auto* row = reinterpret_cast<JSAMPROW>(samples.data() + jpeg.output_scanline * row_bytes);
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    return samples;
}

/// The offset of the marker FF `code`.
std::size_t find_marker(const Bytes& jpeg, int code) {
    for (std::size_t i = 0; i + 1 < jpeg.size(); ++i) {
        if (jpeg[i] == std::byte{0xFF} && jpeg[i + 1] == static_cast<std::byte>(code)) return i;
    }
    FAIL("no marker");
    return 0;
}

}  // namespace

TEST_CASE("JPEG: grey and colour, baseline and progressive", "[codec][jpeg]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jpg");
    for (const int channels : {1, 3}) {
        for (const bool progressive : {false, true}) {
            for (const bool subsampled : {false, true}) {
                for (const int restart : {0, 3}) {
                    for (const bool arithmetic : {false, true}) {
                        Spec spec;
                        spec.channels = channels;
                        spec.progressive = progressive;
                        spec.subsampled = subsampled;
                        spec.restart = restart;
                        spec.arithmetic = arithmetic;
                        write_jpeg(file, spec, jpeg_picture(spec));
                        const Slice slice = decode_file(file);
                        CHECK(slice.image.width == spec.width);
                        CHECK(slice.image.height == spec.height);
                        CHECK(slice.image.channels() == channels);
                        CHECK(slice.image.type == SampleType::uint8);
                        CHECK((slice.samples == plain_decode(file)));
                        CHECK(ranges_agree(file, slice));
                    }
                }
            }
        }
    }
}

#if defined(LIBJPEG_TURBO_VERSION_NUMBER) && LIBJPEG_TURBO_VERSION_NUMBER >= 3000000
TEST_CASE("JPEG: 12 bits, and without loss every depth from 2 to 16 bits", "[codec][jpeg]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jpg");
    constexpr int width = 53;
    constexpr int height = 31;
    for (const int channels : {1, 3}) {
        for (int bits = 2; bits <= 16; ++bits) {
            for (const bool is_lossless : {true, false}) {
                if (!is_lossless && bits != 12) continue;
                INFO(channels << " channels, " << bits << " bits, lossless " << is_lossless);
                jpeg_compress_struct jpeg{};
                jpeg_error_mgr errors{};
                jpeg.err = jpeg_std_error(&errors);
                jpeg_create_compress(&jpeg);
                unsigned char* memory = nullptr;
                unsigned long size = 0;
                jpeg_mem_dest(&jpeg, &memory, &size);
                jpeg.image_width = width;
                jpeg.image_height = height;
                jpeg.input_components = channels;
                jpeg.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
                jpeg.data_precision = bits;
                jpeg_set_defaults(&jpeg);
                if (is_lossless) jpeg_enable_lossless(&jpeg, 1 + bits % 7, 0);
                jpeg_start_compress(&jpeg, TRUE);
                std::vector<unsigned short> samples;
                for (int i = 0; i < width * height * channels; ++i) {
                    samples.push_back(static_cast<unsigned short>((i * 7919 + i / 3) & ((1 << bits) - 1)));
                    if (!is_lossless) samples.back() = static_cast<unsigned short>(i % 4096);
                }
                for (int y = 0; y < height; ++y) {
                    unsigned short* row = &samples[static_cast<std::size_t>(y * width * channels)];
                    std::vector<JSAMPLE> narrow(row, row + width * channels);
                    JSAMPROW narrow_row = narrow.data();
                    auto* row_12 = reinterpret_cast<J12SAMPROW>(row);
                    J16SAMPROW row_16 = row;
                    if (bits <= 8) jpeg_write_scanlines(&jpeg, &narrow_row, 1);
                    if (bits > 8 && bits <= 12) jpeg12_write_scanlines(&jpeg, &row_12, 1);
                    if (bits > 12) jpeg16_write_scanlines(&jpeg, &row_16, 1);
                }
                jpeg_finish_compress(&jpeg);
                jpeg_destroy_compress(&jpeg);
                write_bytes(file, std::as_bytes(std::span(memory, size)));
                std::free(memory);

                const Slice slice = decode_file(file);
                CHECK(slice.image.type == (bits > 8 ? SampleType::uint16 : SampleType::uint8));
                CHECK(slice.image.channels() == channels);
                CHECK(ranges_agree(file, slice));
                if (!is_lossless) continue;
                Bytes expected;
                for (const unsigned short v : samples) put_little(expected, v, bits > 8 ? 2 : 1);
                CHECK((slice.samples == expected));
            }
        }
    }
}
#endif

TEST_CASE("JPEG: what is not read is refused by its name", "[codec][jpeg]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jpg");
    ErrorCode code = ErrorCode::io;
    Spec spec;
#if !defined(LIBJPEG_TURBO_VERSION_NUMBER) || LIBJPEG_TURBO_VERSION_NUMBER < 3000000
    SECTION("12 bits") {
        write_jpeg(file, spec, jpeg_picture(spec));
        Bytes jpeg = read_bytes(file);
        jpeg[find_marker(jpeg, 0xC0) + 4] = std::byte{12};
        write_bytes(file, jpeg);
        CHECK_THAT(refusal(file, &code), Catch::Contains("is a JPEG with 12-bit samples"));
    }
    SECTION("lossless") {
        write_jpeg(file, spec, jpeg_picture(spec));
        Bytes jpeg = read_bytes(file);
        jpeg[find_marker(jpeg, 0xC0) + 1] = std::byte{0xC3};
        write_bytes(file, jpeg);
        CHECK_THAT(refusal(file, &code), Catch::Contains("is a JPEG with lossless"));
    }
#endif
    SECTION("hierarchical") {
        write_jpeg(file, spec, jpeg_picture(spec));
        Bytes jpeg = read_bytes(file);
        jpeg[find_marker(jpeg, 0xC0) + 1] = std::byte{0xC5};
        write_bytes(file, jpeg);
        CHECK_THAT(refusal(file, &code), Catch::Contains("hierarchical or other rare coding"));
    }
    CHECK(code == ErrorCode::unsupported);
}

TEST_CASE("JPEG: inks, and channels of unknown colour, are components", "[codec][jpeg]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jpg");
    Spec spec;
    spec.channels = GENERATE(2, 4);
    spec.progressive = GENERATE(false, true);
    write_jpeg(file, spec, jpeg_picture(spec));
    const Slice slice = decode_file(file);
    CHECK(slice.image.colour == Colour::components);
    CHECK(slice.image.channels() == spec.channels);
    CHECK((slice.samples == plain_decode(file)));
    CHECK(ranges_agree(file, slice));
    CHECK_THAT(probe_file(file).choice,
               Catch::Contains(spec.channels == 4 ? "CMYK colour in 4 channels" : "2 channels of unknown colour"));
    CHECK(probe_file(file).notes.size() == (spec.channels == 4 ? 1 : 0));  // libjpeg writes Adobe's marker
    CHECK(prefixes_are_safe(file, slice));
}

TEST_CASE("JPEG: surplus bytes between segments do no harm, missing ones do", "[codec][jpeg]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jpg");
    const Spec spec;
    write_jpeg(file, spec, jpeg_picture(spec));
    const Slice slice = decode_file(file);
    Bytes jpeg = read_bytes(file);
    SECTION("surplus") {
        const Bytes surplus(5, std::byte{0});
        const auto place = jpeg.begin() + static_cast<std::ptrdiff_t>(find_marker(jpeg, 0xDB));
        jpeg.insert(place, surplus.begin(), surplus.end());
        write_bytes(file, jpeg);
        CHECK((decode_file(file).samples == slice.samples));
    }
    SECTION("missing") {
        jpeg.erase(jpeg.end() - 2, jpeg.end());
        write_bytes(file, jpeg);
        CHECK_THAT(refusal(file), Catch::Contains("is a damaged JPEG"));
        // What comes before the damage can be had.
        const Slice part = decode_file(file, {0, 8});
        CHECK(std::equal(part.samples.begin(), part.samples.end(), slice.samples.begin()));
    }
}

TEST_CASE("JPEG: a bomb of scans is a limit", "[codec][jpeg]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jpg");
    Spec spec;
    spec.progressive = true;
    write_jpeg(file, spec, jpeg_picture(spec));
    Bytes jpeg = read_bytes(file);
    // The first scan once more, a thousand times.
    const std::size_t first = find_marker(jpeg, 0xDA);
    const Bytes behind(jpeg.begin() + static_cast<std::ptrdiff_t>(first) + 2, jpeg.end());
    const std::size_t scan = std::min(find_marker(behind, 0xC4), find_marker(behind, 0xDA)) + 2;
    const Bytes copy(jpeg.begin() + static_cast<std::ptrdiff_t>(first),
                     jpeg.begin() + static_cast<std::ptrdiff_t>(first + scan));
    Bytes bomb(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(first));
    for (int i = 0; i < 1000; ++i) bomb.insert(bomb.end(), copy.begin(), copy.end());
    bomb.insert(bomb.end(), jpeg.begin() + static_cast<std::ptrdiff_t>(first + scan), jpeg.end());
    write_bytes(file, bomb);
    ErrorCode code = ErrorCode::io;
    CHECK_THAT(refusal(file, &code), Catch::Contains("more than 500 scans"));
    CHECK(code == ErrorCode::limit);
}

TEST_CASE("JPEG: every beginning of a file decodes to the same or is refused", "[codec][jpeg]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jpg");
    Spec spec;
    spec.channels = GENERATE(1, 3);
    spec.progressive = GENERATE(false, true);
    write_jpeg(file, spec, jpeg_picture(spec));
    CHECK(prefixes_are_safe(file, decode_file(file)));
}

TEST_CASE("JPEG: no changed byte is a crash", "[codec][jpeg]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jpg");
    Spec spec;
    spec.width = 19;
    spec.height = 17;
    spec.channels = GENERATE(1, 3);
    spec.progressive = GENERATE(false, true);
    write_jpeg(file, spec, jpeg_picture(spec));
    corrupt_each_byte(file);
}

}  // namespace stack2nrrd::test
