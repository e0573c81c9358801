// TIFF samples of any width: the unpackers against bits that are taken one by one, and narrow floats against their
// definition in double.

#include "tiff_support.hpp"

#include "codec/tiff_samples.hpp"
#include "support/open_tiff.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace stack2nrrd::test {

namespace {

using Spec = TiffSpec;

struct Numbers {
    std::uint32_t width = 0, height = 0, channels = 1;
    std::vector<std::int64_t> values;  // chunky

    [[nodiscard]] std::int64_t at(std::uint32_t x, std::uint32_t y, std::uint32_t c) const {
        return values[(std::size_t{y} * width + x) * channels + c];
    }
};

/// Of all values that `bits` bits have, and the ends among them.
Numbers random_numbers(const Spec& spec, bool is_signed) {
    Numbers numbers{spec.width, spec.height, spec.channels, {}};
    std::mt19937_64 random(spec.bits);
    const std::int64_t least = is_signed ? -(std::int64_t{1} << (spec.bits - 1)) : 0;
    const std::int64_t most = least + (std::int64_t{1} << spec.bits) - 1;
    for (std::size_t i = 0; i < std::size_t{spec.width} * spec.height * spec.channels; ++i) {
        numbers.values.push_back(i % 7 == 0   ? least
                                 : i % 7 == 1 ? most
                                              : least + static_cast<std::int64_t>(random() >> (64 - spec.bits)));
    }
    return numbers;
}

/// One row, bit by bit. `channel` < 0: of all channels.
Bytes packed_row(const Numbers& numbers, std::uint32_t y, int channel, int bits) {
    Bytes row;
    int used = 0;
    const auto push = [&](std::int64_t value) {
        for (int bit = bits - 1; bit >= 0; --bit, ++used) {
            if (used % 8 == 0) row.push_back(std::byte{0});
            if ((value >> bit & 1) != 0) row.back() |= std::byte{0x80} >> (used % 8);
        }
    };
    for (std::uint32_t x = 0; x < numbers.width; ++x) {
        if (channel >= 0) {
            push(numbers.at(x, y, static_cast<std::uint32_t>(channel)));
        } else {
            for (std::uint32_t c = 0; c < numbers.channels; ++c) push(numbers.at(x, y, c));
        }
    }
    return row;
}

void write_packed(const std::string& file, const Spec& spec, const Numbers& numbers) {
    std::filesystem::remove(path_from_utf8(file));
    TIFF* tiff = support::open_tiff(path_from_utf8(file), spec.mode.c_str());
    REQUIRE(tiff != nullptr);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, spec.width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, spec.height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, spec.bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, spec.format);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, spec.channels);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, spec.photometric);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, spec.compression);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, spec.planar);
    TIFFSetField(tiff, TIFFTAG_FILLORDER, spec.fill_order);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, spec.rows_per_strip);
    if (spec.palette != nullptr) {
        const std::size_t entries = std::size_t{1} << spec.bits;
        TIFFSetField(tiff, TIFFTAG_COLORMAP, spec.palette, spec.palette + entries, spec.palette + 2 * entries);
    }
    const bool separate = spec.planar == PLANARCONFIG_SEPARATE;
    for (std::uint16_t plane = 0; plane < (separate ? spec.channels : 1); ++plane) {
        for (std::uint32_t y = 0; y < spec.height; ++y) {
            Bytes row = packed_row(numbers, y, separate ? plane : -1, spec.bits);
            // libtiff takes 24 bits for bytes with an order, and would turn them around.
            const bool foreign = (spec.mode[1] == 'b') == (std::endian::native == std::endian::little);
            for (std::size_t i = 0; spec.bits == 24 && foreign && i < row.size(); i += 3) std::swap(row[i], row[i + 2]);
            REQUIRE(TIFFWriteScanline(tiff, row.data(), y, plane) == 1);
        }
    }
    REQUIRE(TIFFWriteDirectory(tiff) == 1);
    TIFFClose(tiff);
}

std::int64_t value_at(const Slice& slice, std::size_t i) {
    const auto as = [&](auto sample) {
        std::memcpy(&sample, slice.samples.data() + i * sizeof sample, sizeof sample);
        return static_cast<std::int64_t>(sample);
    };
    switch (slice.image.type) {
        case SampleType::uint8: return as(std::uint8_t{});
        case SampleType::int8: return as(std::int8_t{});
        case SampleType::uint16: return as(std::uint16_t{});
        case SampleType::int16: return as(std::int16_t{});
        case SampleType::uint32: return as(std::uint32_t{});
        case SampleType::int32: return as(std::int32_t{});
        default: FAIL("another type"); return 0;
    }
}

SampleType expected_type(int bits, bool is_signed) {
    if (bits <= 8) return is_signed ? SampleType::int8 : SampleType::uint8;
    if (bits <= 16) return is_signed ? SampleType::int16 : SampleType::uint16;
    return is_signed ? SampleType::int32 : SampleType::uint32;
}

/// A float by its definition.
double defined(std::uint32_t bits, int exponent_bits, int fraction_bits) {
    const auto most = (1 << exponent_bits) - 1;
    const int exponent = static_cast<int>(bits >> fraction_bits) & most;
    const double fraction = (bits & ((1U << fraction_bits) - 1)) / std::pow(2.0, fraction_bits);
    const double sign = (bits >> (exponent_bits + fraction_bits) & 1U) != 0 ? -1 : 1;
    if (exponent == most) return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : std::nan("");
    if (exponent == 0) return sign * fraction * std::pow(2.0, 1 - most / 2);
    return sign * (1 + fraction) * std::pow(2.0, exponent - most / 2);
}

bool same(float made, double truth) {
    if (std::isnan(truth)) return std::isnan(made);
    return static_cast<double>(made) == truth && std::signbit(made) == std::signbit(truth);
}

}  // namespace

TEST_CASE("TIFF: integers of every width, as stored", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    for (int bits = 1; bits <= 32; ++bits) {
        for (const bool is_signed : {false, true}) {
            for (const std::uint16_t channels : {std::uint16_t{1}, std::uint16_t{3}}) {
                for (const int way : {0, 1, 2, 3, 4}) {
                    if (channels == 1 && way == 1) continue;
                    if (bits == 8 || bits == 16 || bits == 32) continue;  // these have a byte order, and tests
                    Spec spec;
                    spec.bits = static_cast<std::uint16_t>(bits);
                    spec.format = is_signed ? SAMPLEFORMAT_INT : SAMPLEFORMAT_UINT;
                    spec.channels = channels;
                    spec.photometric = channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
                    if (way == 1) spec.planar = PLANARCONFIG_SEPARATE;
                    if (way == 2) spec.compression = COMPRESSION_LZW;
                    if (way == 3) spec.fill_order = FILLORDER_LSB2MSB;
                    if (way == 2 || way == 4) spec.mode = "wb";
                    const Numbers numbers = random_numbers(spec, is_signed);
                    write_packed(file, spec, numbers);
                    const Slice slice = decode_file(file, {}, 0, Samples::stored);
                    INFO(bits << " bits, signed " << is_signed << ", " << channels << " channels, way " << way);
                    REQUIRE(slice.image.type == expected_type(bits, is_signed));
                    std::size_t wrong = 0;
                    for (std::size_t i = 0; i < numbers.values.size(); ++i) {
                        wrong += value_at(slice, i) == numbers.values[i] ? 0 : 1;
                    }
                    CHECK(wrong == 0);
                    const Slice shown = decode_file(file);
                    const bool spread = !is_signed && (bits == 1 || bits == 2 || bits == 4);
                    const std::int64_t scale = spread ? 255 / ((1 << bits) - 1) : 1;
                    for (std::size_t i = 0; i < numbers.values.size(); ++i) {
                        wrong += value_at(shown, i) == scale * numbers.values[i] ? 0 : 1;
                    }
                    CHECK(wrong == 0);
                    CHECK(ranges_agree(file, shown));
                    CHECK_FALSE(probe_file(file).bare);
                }
            }
        }
    }
}

TEST_CASE("TIFF: MinIsWhite of every width is inverted within its range", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    for (const int bits : {1, 3, 7, 10, 12, 14, 15, 20, 24, 31}) {
        Spec spec;
        spec.bits = static_cast<std::uint16_t>(bits);
        spec.photometric = PHOTOMETRIC_MINISWHITE;
        const Numbers numbers = random_numbers(spec, false);
        write_packed(file, spec, numbers);
        const Slice shown = decode_file(file);
        const std::int64_t most = (std::int64_t{1} << bits) - 1;
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < numbers.values.size(); ++i) {
            wrong += value_at(shown, i) == (most - numbers.values[i]) * (bits == 1 ? 255 : 1) ? 0 : 1;
        }
        INFO(bits << " bits");
        CHECK(wrong == 0);
    }
}

TEST_CASE("TIFF: palettes of odd widths", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    for (const int bits : {3, 5, 11}) {
        std::vector<std::uint16_t> palette(std::size_t{3} << bits);
        for (std::size_t i = 0; i < palette.size(); ++i) palette[i] = static_cast<std::uint16_t>(i * 7919 % 65536);
        Spec spec;
        spec.width = 32;
        spec.bits = static_cast<std::uint16_t>(bits);
        spec.photometric = PHOTOMETRIC_PALETTE;
        spec.palette = palette.data();
        const Numbers numbers = random_numbers(spec, false);
        write_packed(file, spec, numbers);
        const Slice index = decode_file(file, {}, 0, Samples::stored);
        const Slice shown = decode_file(file);
        REQUIRE(shown.image.colour == Colour::rgb);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < numbers.values.size(); ++i) {
            wrong += value_at(index, i) == numbers.values[i] ? 0 : 1;
            for (std::size_t c = 0; c < 3; ++c) {
                const std::size_t entry = (c << bits) + static_cast<std::size_t>(numbers.values[i]);
                wrong += shown.samples[3 * i + c] == static_cast<std::byte>(palette[entry] >> 8) ? 0 : 1;
            }
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("TIFF: every half, and floats of 24 bits, are exact", "[codec][tiff]") {
    std::size_t wrong = 0;
    for (std::uint32_t bits = 0; bits < 65536; ++bits) {
        wrong += same(float_of_half(static_cast<std::uint16_t>(bits)), defined(bits, 5, 10)) ? 0 : 1;
    }
    for (std::uint32_t bits = 0; bits < 1U << 24; bits += 37) {
        wrong += same(float_of_24_bits(bits), defined(bits, 7, 16)) ? 0 : 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("TIFF: narrow floats, in every layout", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    for (const int bits : {16, 24}) {
        for (const bool big : {false, true}) {
            for (const int way : {0, 1, 2, 3}) {
                Spec spec;
                spec.bits = static_cast<std::uint16_t>(bits);
                spec.format = SAMPLEFORMAT_IEEEFP;
                spec.mode = big ? "wb" : "wl";
                if (way == 1) spec.compression = COMPRESSION_LZW;
                if (way == 2) spec.tile = 16;
                // libtiff 4.5 writes this predictor wrongly in a foreign byte order (it reads it well).
                if (way == 3 && big) continue;
                if (way == 3) {
                    spec.compression = COMPRESSION_ADOBE_DEFLATE;
                    spec.predictor = PREDICTOR_FLOATINGPOINT;
                }
                const Bytes stored = noise(spec.bytes());
                write_tiff(file, spec, stored);
                const Slice slice = decode_file(file);
                REQUIRE(slice.image.type == SampleType::float32);
                std::size_t wrong = 0;
                for (std::size_t i = 0; i < std::size_t{spec.width} * spec.height; ++i) {
                    const std::size_t size = static_cast<std::size_t>(bits) / 8;
                    std::uint32_t pattern = 0;
                    for (std::size_t b = 0; b < size; ++b) {
                        const std::size_t at = std::endian::native == std::endian::little ? size - 1 - b : b;
                        pattern = pattern << 8 | std::to_integer<std::uint32_t>(stored[i * size + at]);
                    }
                    float made = 0;
                    std::memcpy(&made, slice.samples.data() + 4 * i, 4);
                    wrong += same(made, bits == 16 ? defined(pattern, 5, 10) : defined(pattern, 7, 16)) ? 0 : 1;
                }
                INFO(bits << " bits, big endian " << big << ", way " << way);
                CHECK(wrong == 0);
                CHECK(ranges_agree(file, slice));
            }
        }
    }
}

}  // namespace stack2nrrd::test
