// TIFF: the compressions beyond the usual ones, and what channels mean.

#include "tiff_support.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>

namespace stack2nrrd::test {

namespace {

using Spec = TiffSpec;

/// Smooth, so that lossy compression loses little.
Bytes smooth(const Spec& spec) {
    Bytes samples;
    for (std::uint32_t y = 0; y < spec.height; ++y) {
        for (std::uint32_t x = 0; x < spec.width; ++x) {
            for (std::uint32_t c = 0; c < spec.channels; ++c) {
                const double v = 128 + 60 * std::sin(x / 9.0 + c) + 50 * std::cos(y / 7.0 - c);
                samples.push_back(static_cast<std::byte>(static_cast<int>(v)));
            }
        }
    }
    return samples;
}

int largest_difference(const Bytes& a, const Bytes& b) {
    REQUIRE(a.size() == b.size());
    int most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        most = std::max(most, std::abs(std::to_integer<int>(a[i]) - std::to_integer<int>(b[i])));
    }
    return most;
}

Spec rgb_spec() {
    Spec spec;
    spec.channels = 3;
    spec.photometric = PHOTOMETRIC_RGB;
    return spec;
}

}  // namespace

TEST_CASE("TIFF: fax compressions, in both bit orders", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    for (const std::uint16_t compression : {std::uint16_t{COMPRESSION_CCITTRLE}, std::uint16_t{COMPRESSION_CCITTFAX3},
                                            std::uint16_t{COMPRESSION_CCITTFAX4}}) {
        for (const std::uint16_t order : {std::uint16_t{FILLORDER_MSB2LSB}, std::uint16_t{FILLORDER_LSB2MSB}}) {
            for (const std::uint16_t photometric :
                 {std::uint16_t{PHOTOMETRIC_MINISWHITE}, std::uint16_t{PHOTOMETRIC_MINISBLACK}}) {
                Spec spec;
                spec.width = 150;
                spec.bits = 1;
                spec.compression = compression;
                spec.photometric = photometric;
                spec.fill_order = order;
                Spec plain = spec;
                plain.compression = COMPRESSION_NONE;
                const Bytes stored = ramp(spec.bytes());
                write_tiff(folder.file("plain.tif"), plain, stored);
                write_tiff(file, spec, stored);
                INFO("compression " << compression << ", order " << order << ", photometric " << photometric);
                const Slice slice = decode_file(file);
                CHECK((slice.samples == decode_file(folder.file("plain.tif")).samples));
                CHECK(ranges_agree(file, slice));
            }
        }
    }
}

TEST_CASE("TIFF: lossless compressions beyond the usual ones", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    struct Case {
        std::uint16_t compression, bits, channels, predictor;
    };
    for (const Case& c :
         {Case{COMPRESSION_LZMA, 16, 1, PREDICTOR_HORIZONTAL}, Case{COMPRESSION_LZMA, 8, 3, 1},
          Case{COMPRESSION_WEBP, 8, 3, 1}, Case{COMPRESSION_LERC, 8, 1, 1}, Case{COMPRESSION_LERC, 16, 1, 1},
          Case{COMPRESSION_LERC, 8, 3, 1}, Case{COMPRESSION_ZSTD, 16, 1, PREDICTOR_HORIZONTAL}}) {
        if (TIFFIsCODECConfigured(c.compression) == 0) continue;
        for (const std::uint32_t tile : {0U, 32U}) {
            Spec spec;
            spec.bits = c.bits;
            spec.channels = c.channels;
            spec.photometric = c.channels > 2 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
            spec.compression = c.compression;
            spec.predictor = c.predictor;
            spec.tile = tile;
            const Bytes samples = ramp(spec.bytes());
            write_tiff(file, spec, samples);
            const Slice slice = decode_file(file);
            INFO("compression " << c.compression << ", " << c.channels << " channels, tile " << tile);
            CHECK((slice.samples == samples));
            CHECK(ranges_agree(file, slice));
        }
    }
}

TEST_CASE("TIFF: JPEG, grey, RGB and YCbCr", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    for (const std::uint16_t photometric :
         {std::uint16_t{PHOTOMETRIC_MINISBLACK}, std::uint16_t{PHOTOMETRIC_RGB}, std::uint16_t{PHOTOMETRIC_YCBCR}}) {
        for (const std::uint32_t tile : {0U, 32U}) {
            Spec spec;
            spec.width = 64;
            spec.height = 48;
            spec.rows_per_strip = 16;
            spec.channels = photometric == PHOTOMETRIC_MINISBLACK ? 1 : 3;
            spec.photometric = photometric;
            spec.compression = COMPRESSION_JPEG;
            spec.tile = tile;
            const Bytes samples = smooth(spec);
            write_tiff(file, spec, samples);
            const Slice slice = decode_file(file);
            INFO("photometric " << photometric << ", tile " << tile);
            CHECK(slice.image.colour == (spec.channels == 1 ? Colour::grey : Colour::rgb));
            CHECK(largest_difference(slice.samples, samples) < 30);
            CHECK(ranges_agree(file, slice));
            CHECK(prefixes_are_safe(file, slice));
        }
    }
}

TEST_CASE("TIFF: damage inside of JPEG and fax blocks is no picture", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    Spec spec;
    spec.width = 64;
    spec.height = 64;
    spec.rows_per_strip = 64;
    SECTION("JPEG") { spec.compression = COMPRESSION_JPEG; }
    SECTION("fax") {
        spec.compression = COMPRESSION_CCITTFAX3;
        spec.bits = 1;
    }
    write_tiff(file, spec, noise(spec.bytes()));
    REQUIRE(refusal(file).empty());
    Bytes bytes = read_bytes(file);
    // The samples come first. A JPEG that ends early, and codes that no fax has.
    const auto middle = bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2);
    if (spec.compression == COMPRESSION_JPEG) {
        middle[0] = std::byte{0xFF};
        middle[1] = std::byte{0xD9};
    } else {
        std::fill(middle - 100, middle, std::byte{0});
    }
    write_bytes(file, bytes);
    CHECK_THAT(refusal(file), Catch::Contains("is a damaged TIFF"));
}

TEST_CASE("TIFF: YCbCr that is not compressed becomes RGB by its definition", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    for (const std::uint16_t planar : {std::uint16_t{PLANARCONFIG_CONTIG}, std::uint16_t{PLANARCONFIG_SEPARATE}}) {
        Spec spec = rgb_spec();
        spec.photometric = PHOTOMETRIC_YCBCR;
        spec.planar = planar;
        spec.width = 40;
        spec.ycbcr_whole = true;
        const Bytes stored = noise(spec.bytes());
        write_tiff(file, spec, stored);
        const Slice slice = decode_file(file);
        REQUIRE(slice.image.colour == Colour::rgb);
        int wrong = 0;
        for (std::size_t i = 0; i < stored.size(); i += 3) {
            const double y = std::to_integer<int>(stored[i]);
            const double cb = std::to_integer<int>(stored[i + 1]) - 128;
            const double cr = std::to_integer<int>(stored[i + 2]) - 128;
            const std::array<double, 3> rgb{y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb};
            for (std::size_t c = 0; c < 3; ++c) {
                const double truth = std::clamp(rgb[c], 0.0, 255.0);
                wrong += std::abs(std::to_integer<int>(slice.samples[i + c]) - truth) > 1 ? 1 : 0;
            }
        }
        CHECK(wrong == 0);
        CHECK(ranges_agree(file, slice));
    }
}

TEST_CASE("TIFF: 64-bit integers and their differences", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    for (const std::uint16_t format : {std::uint16_t{SAMPLEFORMAT_UINT}, std::uint16_t{SAMPLEFORMAT_INT}}) {
        for (const char* mode : {"wl", "wb"}) {
            for (const bool packed : {false, true}) {
                Spec spec;
                spec.bits = 64;
                spec.format = format;
                spec.mode = mode;
                spec.compression = packed ? COMPRESSION_LZW : COMPRESSION_NONE;
                spec.predictor = packed ? PREDICTOR_HORIZONTAL : PREDICTOR_NONE;
                const Bytes samples = noise(spec.bytes());
                write_tiff(file, spec, samples);
                const Slice slice = decode_file(file);
                CHECK(slice.image.type == (format == SAMPLEFORMAT_UINT ? SampleType::uint64 : SampleType::int64));
                CHECK((slice.samples == samples));
            }
        }
    }
}

TEST_CASE("TIFF: channels that are no colour are components, and one is to be chosen", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    struct Case {
        std::uint16_t photometric, channels;
        std::vector<std::uint16_t> extra;
        Colour colour;
        bool choice, note;
    };
    const std::uint16_t unsaid = EXTRASAMPLE_UNSPECIFIED;
    const std::uint16_t alpha = EXTRASAMPLE_UNASSALPHA;
    const std::uint16_t associated = EXTRASAMPLE_ASSOCALPHA;
    for (const Case& c :
         {Case{PHOTOMETRIC_SEPARATED, 4, {}, Colour::components, true, false},
          Case{PHOTOMETRIC_SEPARATED, 5, {unsaid}, Colour::components, true, false},
          Case{PHOTOMETRIC_MINISBLACK, 2, {alpha}, Colour::grey_alpha, false, false},
          Case{PHOTOMETRIC_MINISBLACK, 2, {associated}, Colour::grey_alpha, false, true},
          Case{PHOTOMETRIC_MINISBLACK, 2, {unsaid}, Colour::components, true, false},
          Case{PHOTOMETRIC_MINISBLACK, 7, std::vector<std::uint16_t>(6, unsaid), Colour::components, true, false},
          Case{PHOTOMETRIC_RGB, 4, {alpha}, Colour::rgba, false, false},
          Case{PHOTOMETRIC_RGB, 4, {associated}, Colour::rgba, false, true},
          Case{PHOTOMETRIC_RGB, 4, {unsaid}, Colour::rgba, false, true},
          Case{PHOTOMETRIC_RGB, 6, {alpha, unsaid, unsaid}, Colour::components, true, false}}) {
        for (const std::uint16_t bits : {std::uint16_t{8}, std::uint16_t{16}}) {
            for (const int way : {0, 1, 2, 3}) {
                Spec spec;
                spec.bits = bits;
                spec.channels = c.channels;
                spec.photometric = c.photometric;
                spec.extra = c.extra;
                if (way % 2 == 1) spec.planar = PLANARCONFIG_SEPARATE;
                if (way >= 2) {
                    spec.compression = COMPRESSION_LZW;
                    spec.predictor = PREDICTOR_HORIZONTAL;
                }
                const Bytes samples = noise(spec.bytes());
                write_tiff(file, spec, samples);
                const Slice slice = decode_file(file);
                INFO("photometric " << c.photometric << ", " << c.channels << " channels, way " << way);
                CHECK(slice.image.colour == c.colour);
                CHECK(slice.image.channels() == c.channels);
                CHECK((slice.samples == samples));
                CHECK(probe_file(file).choice.empty() != c.choice);
                CHECK(probe_file(file).notes.empty() != c.note);
            }
        }
    }
}

TEST_CASE("TIFF: damage of tags that samples do not need does no harm", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    Spec spec;
    spec.software = "a writer";
    const Bytes samples = ramp(spec.bytes());
    write_tiff(file, spec, samples);
    const Bytes sound = read_bytes(file);
    const auto number = [&](std::size_t offset, std::size_t size) {
        std::uint32_t v = 0;
        for (std::size_t i = size; i-- > 0;) v = v << 8 | std::to_integer<std::uint32_t>(sound.at(offset + i));
        return v;
    };
    const std::size_t directory = number(4, 4);
    const Probe probe_of_sound = probe_file(file);
    int harmless = 0;
    for (std::size_t i = 0; i < number(directory, 2); ++i) {
        const std::size_t entry = directory + 2 + 12 * i;
        const std::uint32_t tag = number(entry, 2);
        const bool needed = tag != TIFFTAG_SOFTWARE && tag != TIFFTAG_ORIENTATION && tag != TIFFTAG_XRESOLUTION &&
                            tag != TIFFTAG_YRESOLUTION && tag != TIFFTAG_RESOLUTIONUNIT;
        if (needed) continue;
        ++harmless;
        for (const int fault : {0, 1, 2, 3}) {
            Bytes bad = sound;
            if (fault == 0)
                std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(entry + 4), 4, std::byte{0});  // count
            if (fault == 1)
                std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(entry + 8), 4, std::byte{0xFF});  // place
            if (fault == 2) bad[entry + 2] = std::byte{12};                                             // type
            if (fault == 3)
                std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(entry + 4), 3, std::byte{0xFF});  // count
            write_bytes(file, bad);
            INFO("tag " << tag << ", fault " << fault << ": " << refusal(file));
            CHECK((refusal(file).empty() && decode_file(file).samples == samples));
            if (fault != 3) continue;
            // A fuzzer found that libtiff reads a mebibyte before it gives such a value up.
            CHECK(probe_file(file).decoder_bytes >= probe_of_sound.decoder_bytes + (1 << 20));
        }
    }
    CHECK(harmless >= 2);
}

TEST_CASE("TIFF: a value that is no data by GDAL's words is told", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    Spec spec;
    spec.software = "-9999 ";
    const Bytes samples = ramp(spec.bytes());
    write_tiff(file, spec, samples);
    CHECK(probe_file(file).notes.empty());
    Bytes bytes = read_bytes(file);
    const auto number = [&](std::size_t at, std::size_t size) {
        std::uint32_t v = 0;
        for (std::size_t i = size; i-- > 0;) v = v << 8 | std::to_integer<std::uint32_t>(bytes.at(at + i));
        return v;
    };
    const std::size_t directory = number(4, 4);
    for (std::size_t entry = directory + 2; entry < directory + 2 + 12 * number(directory, 2); entry += 12) {
        if (number(entry, 2) != TIFFTAG_SOFTWARE) continue;
        bytes[entry] = std::byte{0x81};  // 42113
        bytes[entry + 1] = std::byte{0xA4};
    }
    write_bytes(file, bytes);
    REQUIRE(probe_file(file).notes.size() == 1);
    CHECK_THAT(probe_file(file).notes[0], Catch::Contains("-9999") && Catch::Contains("no data"));
    CHECK(decode_file(file).samples == samples);
}

TEST_CASE("TIFF: LZMA that asks for a large window is a limit", "[codec][tiff]") {
    if (TIFFIsCODECConfigured(COMPRESSION_LZMA) == 0) return;
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    Spec spec;
    spec.compression = COMPRESSION_LZMA;
    spec.rows_per_strip = 100;
    write_tiff(file, spec, ramp(spec.bytes()));
    CHECK(refusal(file).empty());
    // The header of the only block is behind that of the stream; its last filter is LZMA2 with one byte of properties.
    Bytes bytes = read_bytes(file);
    const std::array<std::byte, 2> lzma2{std::byte{0x21}, std::byte{0x01}};
    const auto found = std::search(bytes.begin() + 8, bytes.end(), lzma2.begin(), lzma2.end());
    REQUIRE(found < bytes.end() - 2);
    found[2] = std::byte{40};
    write_bytes(file, bytes);
    ErrorCode code = ErrorCode::io;
    CHECK_THAT(refusal(file, &code), Catch::Contains("LZMA"));
    CHECK(code == ErrorCode::limit);
}

TEST_CASE("TIFF: ImageJ's calibration, where it gives the values of an integer type", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    struct Case {
        std::uint16_t bits;
        const char* words;
        SampleType type;
        double offset, slope;
        const char* note;  // null: none
    };
    for (const Case& c : {
             Case{16, "cf=0\nc0=-32768.0\nc1=1.0\n", SampleType::int16, -32768, 1, "is applied"},
             Case{16, "c0=-32768\r\nc1=1\r\ncf=0\r\nvunit=Gray Value\r\n", SampleType::int16, -32768, 1, "is applied"},
             Case{8, "cf=0\nc0=-128\nc1=1\n", SampleType::int8, -128, 1, "is applied"},
             Case{8, "cf=0\nc0=255\nc1=-1\n", SampleType::uint8, 255, -1, "is applied"},
             Case{16, "cf=0\nc0=32767\nc1=-1\n", SampleType::int16, 32767, -1, "is applied"},
             Case{16, "cf=0\nc0=0\nc1=1\n", SampleType::uint16, 0, 1, nullptr},
             Case{16, "cf=20\n", SampleType::uint16, 0, 1, nullptr},
             Case{16, "unit=um\n", SampleType::uint16, 0, 1, nullptr},
             Case{16, "cf=0\nc0=-1024\nc1=1\n", SampleType::uint16, 0, 1, "(-1024 + 1 x sample) is not applied"},
             Case{16, "cf=0\nc0=0\nc1=0.5\n", SampleType::uint16, 0, 1, "is not applied"},
             Case{8, "cf=3\nc0=1\nc1=2\nc2=3\n", SampleType::uint8, 0, 1, "(function 3) is not applied"},
         }) {
        for (const int way : {0, 1, 2}) {
            Spec spec;
            spec.bits = c.bits;
            const std::string description = "ImageJ=1.54f\n" + std::string(c.words);
            spec.description = description.c_str();
            if (way == 1) spec.compression = COMPRESSION_LZW;
            if (way == 2) spec.mode = "wb";
            const Bytes stored = noise(spec.bytes());
            write_tiff(file, spec, stored);
            INFO(c.words << ", way " << way);
            for (const Samples samples : {Samples::shown, Samples::stored}) {  // labels, too, are values
                const Slice slice = decode_file(file, {}, 0, samples);
                REQUIRE(slice.image.type == c.type);
                const auto number = [&](const Bytes& bytes, std::size_t i, bool with_sign) {
                    const std::size_t size = c.bits / 8U;
                    std::uint16_t bits = std::to_integer<std::uint16_t>(bytes[i * size]);
                    if (size == 2) std::memcpy(&bits, &bytes[2 * i], 2);
                    if (!with_sign) return static_cast<double>(bits);
                    return static_cast<double>(size == 2 ? static_cast<std::int16_t>(bits)
                                                         : static_cast<std::int8_t>(bits));
                };
                const bool with_sign = c.type == SampleType::int8 || c.type == SampleType::int16;
                std::size_t wrong = 0;
                for (std::size_t i = 0; i < std::size_t{spec.width} * spec.height; ++i) {
                    const double truth = c.offset + c.slope * number(stored, i, false);
                    wrong += number(slice.samples, i, with_sign) == truth ? 0 : 1;
                }
                CHECK(wrong == 0);
            }
            const Probe probe = probe_file(file);
            const bool changes = c.offset != 0 || c.slope != 1;
            CHECK(probe.bare.has_value() == (!changes && way != 1));
            CHECK(probe.notes.empty() == (c.note == nullptr));
            if (c.note != nullptr) CHECK_THAT(probe.notes.at(0), Catch::Contains(c.note));
        }
    }
}

}  // namespace stack2nrrd::test
