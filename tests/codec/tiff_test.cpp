// TIFF files that libtiff writes, or that are damaged here, against the samples that went into them.

#include "tiff_support.hpp"

#include <catch2/catch.hpp>

#include <tiffio.h>

#include <array>
#include <cstring>

namespace stack2nrrd::test {

namespace {

using Spec = TiffSpec;

struct Type {
    std::uint16_t bits;
    std::uint16_t format;
    SampleType type;
};

constexpr std::array<Type, 8> types{{{8, SAMPLEFORMAT_UINT, SampleType::uint8},
                                     {8, SAMPLEFORMAT_INT, SampleType::int8},
                                     {16, SAMPLEFORMAT_UINT, SampleType::uint16},
                                     {16, SAMPLEFORMAT_INT, SampleType::int16},
                                     {32, SAMPLEFORMAT_UINT, SampleType::uint32},
                                     {32, SAMPLEFORMAT_INT, SampleType::int32},
                                     {32, SAMPLEFORMAT_IEEEFP, SampleType::float32},
                                     {64, SAMPLEFORMAT_IEEEFP, SampleType::float64}}};

/// Writes, decodes, compares; whole and in parts.
void check_round_trip(const TemporaryFolder& folder, const Spec& spec, SampleType type) {
    const Bytes samples = ramp(spec.bytes());
    const std::string file = folder.file("slice.tif");
    write_tiff(file, spec, samples);
    const Slice slice = decode_file(file);
    INFO(spec.bits << " bits, format " << spec.format << ", " << spec.channels << " channels, compression "
                   << spec.compression << ", planar " << spec.planar << ", tile " << spec.tile << ", rows "
                   << spec.rows_per_strip << ", mode " << spec.mode);
    REQUIRE(slice.image.width == spec.width);
    REQUIRE(slice.image.height == spec.height);
    REQUIRE(slice.image.type == type);
    REQUIRE(slice.image.channels() == spec.channels);
    REQUIRE((slice.samples == samples));  // the second parentheses keep a million samples out of the report
    REQUIRE(ranges_agree(file, slice));
}

void set_channels(Spec& spec, std::uint16_t channels) {
    spec.channels = channels;
    spec.photometric = channels < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB;
}

}  // namespace

TEST_CASE("TIFF: every sample type in every byte order, layout and compression", "[codec][tiff]") {
    const TemporaryFolder folder;
    for (const Type& type : types) {
        for (const char* mode : {"wl", "wb", "wl8", "wb8"}) {
            for (const std::uint16_t channels : {std::uint16_t{1}, std::uint16_t{3}}) {
                for (const int layout : {0, 1, 2, 3}) {
                    for (const int coding : {0, 1, 2}) {
                        Spec spec;
                        set_channels(spec, channels);
                        spec.bits = type.bits;
                        spec.format = type.format;
                        spec.mode = mode;
                        spec.tile = layout == 3 ? 16 : 0;
                        spec.rows_per_strip =
                            std::array<std::uint32_t, 4>{1, 7, 1000, 1}[static_cast<std::size_t>(layout)];
                        const bool is_float = type.format == SAMPLEFORMAT_IEEEFP;
                        if (coding == 1) spec.compression = COMPRESSION_LZW;
                        if (coding == 2) {
                            spec.compression = COMPRESSION_ADOBE_DEFLATE;
                            spec.predictor = is_float ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL;
                            // libtiff 4.5 writes this predictor wrongly in a foreign byte order (it reads it well).
                            if (is_float && mode[1] == 'b') spec.predictor = PREDICTOR_NONE;
                        }
                        check_round_trip(folder, spec, type.type);
                        if (channels == 1) continue;
                        spec.planar = PLANARCONFIG_SEPARATE;
                        check_round_trip(folder, spec, type.type);
                    }
                }
            }
        }
    }
}

TEST_CASE("TIFF: alpha, the other compressions, and both bit orders", "[codec][tiff]") {
    const TemporaryFolder folder;
    for (const std::uint16_t compression : {std::uint16_t{COMPRESSION_NONE}, std::uint16_t{COMPRESSION_PACKBITS},
                                            std::uint16_t{COMPRESSION_DEFLATE}, std::uint16_t{COMPRESSION_ZSTD}}) {
        if (TIFFIsCODECConfigured(compression) == 0) continue;
        for (const std::uint16_t channels : {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{4}}) {
            for (const std::uint16_t planar : {std::uint16_t{1}, std::uint16_t{2}}) {
                for (const std::uint32_t tile : {0U, 32U}) {
                    Spec spec;
                    set_channels(spec, channels);
                    spec.bits = 16;
                    spec.compression = compression;
                    spec.planar = planar;
                    spec.tile = tile;
                    check_round_trip(folder, spec, SampleType::uint16);
                    spec.fill_order = FILLORDER_LSB2MSB;
                    check_round_trip(folder, spec, SampleType::uint16);
                }
            }
        }
    }
}

TEST_CASE("TIFF: sizes of one sample, one row and one column", "[codec][tiff]") {
    const TemporaryFolder folder;
    for (const auto& [width, height] : {std::pair{1U, 1U}, std::pair{1U, 50U}, std::pair{301U, 1U}}) {
        for (const std::uint16_t compression : {std::uint16_t{COMPRESSION_NONE}, std::uint16_t{COMPRESSION_LZW}}) {
            Spec spec;
            spec.width = width;
            spec.height = height;
            spec.bits = 16;
            spec.compression = compression;
            check_round_trip(folder, spec, SampleType::uint16);
        }
    }
}

TEST_CASE("TIFF: rows beyond one block of reading", "[codec][tiff]") {
    const TemporaryFolder folder;
    Spec spec;
    spec.width = 700;
    spec.height = 600;
    spec.bits = 16;
    spec.mode = GENERATE(values<std::string>({"wl", "wb"}));
    spec.rows_per_strip = GENERATE(5U, 100000U);
    set_channels(spec, 3);
    spec.planar = GENERATE(values<std::uint16_t>({PLANARCONFIG_CONTIG, PLANARCONFIG_SEPARATE}));
    check_round_trip(folder, spec, SampleType::uint16);
}

TEST_CASE("TIFF: strips that are too large to be decoded whole", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    Spec spec;
    spec.width = 4200;
    spec.height = 4100;  // 17 MB a plane
    spec.rows_per_strip = 100000;
    spec.compression = COMPRESSION_ADOBE_DEFLATE;
    set_channels(spec, 2);
    spec.planar = GENERATE(values<std::uint16_t>({PLANARCONFIG_CONTIG, PLANARCONFIG_SEPARATE}));
    Bytes samples(spec.bytes());
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::byte>(i / 100 ^ i / 8400);
    write_tiff(file, spec, samples);
    const auto row = static_cast<std::ptrdiff_t>(spec.row_bytes());
    CHECK((decode_file(file).samples == samples));
    CHECK(
        (decode_file(file, {2000, 2100}).samples == Bytes(samples.begin() + 2000 * row, samples.begin() + 2100 * row)));
}

// Some writers fill up the last strip of a slice. A fuzzer saw that libtiff, where it unpacks with libdeflate, then
// leaves out the end of the rows that are wanted, in which the strip before was still to be seen.
TEST_CASE("TIFF: a last strip that holds more rows than the slice is read to its end", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    TiffSpec spec;
    spec.width = 50;
    spec.height = 28;
    spec.bits = GENERATE(std::uint16_t{8}, std::uint16_t{16}, std::uint16_t{32});
    spec.compression = static_cast<std::uint16_t>(GENERATE(COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE));
    spec.predictor =
        static_cast<std::uint16_t>(GENERATE(PREDICTOR_NONE, PREDICTOR_HORIZONTAL, PREDICTOR_FLOATINGPOINT));
    if (spec.predictor == PREDICTOR_FLOATINGPOINT) {
        if (spec.bits != 32) return;
        spec.format = SAMPLEFORMAT_IEEEFP;
    }
    // As runs that go beyond the last row that is wanted, and as bytes that are stored as they are.
    const Bytes samples = GENERATE(0, 1) == 0 ? Bytes(spec.bytes(), std::byte{0x37}) : noise(spec.bytes());
    write_tiff(file, spec, samples);
    for (const std::uint32_t height : {27U, 23U, 22U, 9U, 1U}) {
        patch(file, TIFFTAG_IMAGELENGTH, height);
        const auto wanted = static_cast<std::ptrdiff_t>(spec.row_bytes() * height);
        CHECK((decode_file(file).samples == Bytes(samples.begin(), samples.begin() + wanted)));
    }
}

TEST_CASE("TIFF: bits are spread over 0 to 255, and MinIsWhite is inverted", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    for (const int bits : {1, 2, 4, 8, 16, 32}) {
        for (const bool white : {false, true}) {
            for (const std::uint32_t tile : {0U, 16U}) {
                Spec spec;
                spec.bits = static_cast<std::uint16_t>(bits);
                spec.photometric = white ? PHOTOMETRIC_MINISWHITE : PHOTOMETRIC_MINISBLACK;
                spec.compression = tile > 0 ? COMPRESSION_LZW : COMPRESSION_NONE;
                spec.tile = tile;
                const Bytes stored = noise(spec.bytes());
                write_tiff(file, spec, stored);
                const Slice slice = decode_file(file);
                const Slice as_stored = decode_file(file, {}, 0, Samples::stored);
                Bytes expected;
                Bytes unpacked;
                for (std::size_t y = 0; y < spec.height && bits < 8; ++y) {
                    for (std::size_t x = 0; x < spec.width; ++x) {
                        const std::size_t bit = x * static_cast<std::size_t>(bits);
                        const int shift = 8 - bits - static_cast<int>(bit % 8);
                        const int most = (1 << bits) - 1;
                        const int v = std::to_integer<int>(stored[y * spec.row_bytes() + bit / 8]) >> shift & most;
                        expected.push_back(static_cast<std::byte>((white ? most - v : v) * 255 / most));
                        unpacked.push_back(static_cast<std::byte>(v));
                    }
                }
                if (bits >= 8) {
                    expected = stored;
                    if (white) {
                        for (std::byte& b : expected) b = ~b;
                    }
                }
                INFO(bits << " bits, white " << white << ", tile " << tile);
                CHECK((slice.samples == expected));
                CHECK((as_stored.samples == (bits < 8 ? unpacked : stored)));
                CHECK(probe_file(file).least_is_white == white);
                CHECK(probe_file(file).interpreted == (white || bits < 8));
                CHECK(ranges_agree(file, slice));
            }
        }
    }
}

TEST_CASE("TIFF: MinIsWhite leaves alpha alone", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    Spec spec;
    set_channels(spec, 2);
    spec.photometric = PHOTOMETRIC_MINISWHITE;
    const Bytes stored = noise(spec.bytes());
    write_tiff(file, spec, stored);
    Bytes expected = stored;
    for (std::size_t i = 0; i < expected.size(); i += 2) expected[i] = ~expected[i];
    CHECK(decode_file(file).samples == expected);
}

TEST_CASE("TIFF: palettes are expanded, to grey if they are grey", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    for (const int bits : {1, 2, 4, 8, 16}) {
        for (const bool grey : {false, true}) {
            for (const int scale : {1, 256, 257}) {  // 8-bit entries, as some writers make them, and 16-bit ones
                const std::size_t entries = std::size_t{1} << bits;
                std::vector<std::uint16_t> palette(3 * entries);
                for (std::size_t i = 0; i < entries; ++i) {
                    for (std::size_t c = 0; c < 3; ++c) {
                        const std::size_t v = (i * 37 + (grey ? 0 : c * 50) + 200) % 256;
                        palette[c * entries + i] = static_cast<std::uint16_t>(v * static_cast<std::size_t>(scale));
                    }
                }
                Spec spec;
                spec.bits = static_cast<std::uint16_t>(bits);
                spec.photometric = PHOTOMETRIC_PALETTE;
                spec.palette = palette.data();
                const Bytes stored = noise(spec.bytes());
                write_tiff(file, spec, stored);
                const Slice slice = decode_file(file);
                CHECK(slice.image.colour == (grey ? Colour::grey : Colour::rgb));
                CHECK(slice.image.type == SampleType::uint8);
                const Slice stored_slice = decode_file(file, {}, 0, Samples::stored);
                CHECK(stored_slice.image.colour == Colour::grey);
                CHECK(stored_slice.image.type == (bits == 16 ? SampleType::uint16 : SampleType::uint8));
                CHECK(probe_file(file).notes.size() == (grey ? 0U : 1U));
                CHECK(probe_file(file, 0, Samples::stored).notes.empty());
                CHECK_FALSE(probe_file(file, 0, Samples::stored).bare);
                Bytes expected;
                Bytes indices;
                for (std::size_t y = 0; y < spec.height; ++y) {
                    for (std::size_t x = 0; x < spec.width; ++x) {
                        const std::byte* row = &stored[y * spec.row_bytes()];
                        std::size_t index = 0;
                        if (bits == 16) {
                            std::uint16_t wide = 0;
                            std::memcpy(&wide, row + 2 * x, 2);
                            index = wide;
                        } else {
                            const std::size_t bit = x * static_cast<std::size_t>(bits);
                            index = std::to_integer<std::size_t>(row[bit / 8]) >>
                                        (8 - static_cast<std::size_t>(bits) - bit % 8) &
                                    (entries - 1);
                        }
                        indices.push_back(static_cast<std::byte>(index));
                        if (bits == 16) indices.push_back(static_cast<std::byte>(index >> 8));
                        for (std::size_t c = 0; c < (grey ? 1U : 3U); ++c) {
                            expected.push_back(static_cast<std::byte>(palette[c * entries + index] / scale));
                        }
                    }
                }
                CHECK((slice.samples == expected));
                CHECK((stored_slice.samples == indices));
            }
        }
    }
}

TEST_CASE("TIFF: what is not read is refused by its name", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    struct Case {
        std::uint16_t tag;
        std::uint32_t value;
        const char* words;
    };
    const auto c =
        GENERATE(values<Case>({{TIFFTAG_COMPRESSION, 34712, "JPEG 2000 compression (34712)"},
                               {TIFFTAG_COMPRESSION, 34676, "SGI LogLuv compression (34676)"},
                               {TIFFTAG_COMPRESSION, 34661, "JBIG compression (34661)"},
                               {TIFFTAG_COMPRESSION, 32771, "CCITT modified Huffman in words compression (32771)"},
                               {TIFFTAG_COMPRESSION, 4242, "an unknown compression (4242)"},
                               {TIFFTAG_COMPRESSION, 4, "8-bit unsigned integer samples in CCITT fax"},
                               {TIFFTAG_BITSPERSAMPLE, 40, "40-bit unsigned integer samples"},
                               {TIFFTAG_SAMPLEFORMAT, 3, "8-bit floating point samples"},
                               {TIFFTAG_SAMPLEFORMAT, 5, "complex integer samples"},
                               {TIFFTAG_SAMPLEFORMAT, 6, "complex floating point samples"},
                               {TIFFTAG_PHOTOMETRIC, 4, "a transparency mask"},
                               {TIFFTAG_PHOTOMETRIC, 8, "CIE L*a*b* colour"},
                               {TIFFTAG_PHOTOMETRIC, 99, "unknown colour"},
                               {TIFFTAG_PHOTOMETRIC, 2, "RGB colour in 1 channel"}}));
    write_tiff(file, Spec{}, ramp(Spec{}.bytes()));
    patch(file, c.tag, c.value);
    ErrorCode code = ErrorCode::io;
    CHECK_THAT(refusal(file, &code), Catch::Contains(c.words) && Catch::StartsWith(file + ": is a TIFF with "));
    CHECK(code == ErrorCode::unsupported);
}

TEST_CASE("TIFF: what breaks the format is corrupt", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    Spec spec;
    spec.rows_per_strip = spec.height;
    write_tiff(file, spec, ramp(spec.bytes()));
    ErrorCode code = ErrorCode::io;
    SECTION("no palette") { patch(file, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_PALETTE); }
    SECTION("no rows in a strip") { patch(file, TIFFTAG_ROWSPERSTRIP, 0); }
    SECTION("no rows") { patch(file, TIFFTAG_IMAGELENGTH, 0); }
    SECTION("a strip beyond the end") { patch(file, TIFFTAG_STRIPOFFSETS, 1'000'000); }
    SECTION("a strip that is too short") { patch(file, TIFFTAG_STRIPBYTECOUNTS, 100); }
    SECTION("samples that are not there") { patch(file, TIFFTAG_IMAGELENGTH, 900'000); }
    CHECK_FALSE(refusal(file, &code).empty());
    CHECK(code == ErrorCode::corrupt);
}

TEST_CASE("TIFF: the orientation is told and not applied", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string path = folder.file("slice.tif");
    const Spec spec;
    const Bytes samples = ramp(spec.bytes());
    write_tiff(path, spec, samples);
    patch(path, TIFFTAG_ORIENTATION, 3);
    CHECK(probe_file(path).orientation == 3);
    CHECK(decode_file(path).samples == samples);
    for (const std::uint32_t none : {0U, 9U, 60000U}) {
        patch(path, TIFFTAG_ORIENTATION, none);
        CHECK(probe_file(path).orientation == 1);
    }
}

TEST_CASE("TIFF: every beginning of a file decodes to the same or is refused", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    Spec spec;
    spec.bits = 16;
    spec.compression = GENERATE(
        values<std::uint16_t>({COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_PACKBITS}));
    spec.tile = GENERATE(0U, 16U);
    write_tiff(file, spec, ramp(spec.bytes()));
    CHECK(prefixes_are_safe(file, decode_file(file)));
}

TEST_CASE("TIFF: no changed byte is a crash", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    Spec spec;
    spec.width = 20;
    spec.height = 12;
    set_channels(spec, 3);
    spec.compression = GENERATE(values<std::uint16_t>({COMPRESSION_NONE, COMPRESSION_LZW}));
    spec.planar = GENERATE(values<std::uint16_t>({PLANARCONFIG_CONTIG, PLANARCONFIG_SEPARATE}));
    spec.mode = GENERATE(values<std::string>({"wl", "wb8"}));
    spec.tile = GENERATE(0U, 16U);
    write_tiff(file, spec, ramp(spec.bytes()));
    corrupt_each_byte(file);
}

TEST_CASE("TIFF: more rows than there are cannot be had", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    write_tiff(file, Spec{}, ramp(Spec{}.bytes()));
    CHECK_THROWS_WITH(decode_file(file, {20, 24}), Catch::Contains("has 23 rows, 24 were expected"));
}

}  // namespace stack2nrrd::test
