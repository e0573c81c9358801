#include "corpus_tiff.hpp"

#include "codec/tiff_directory.hpp"
#include "core/sample_types.hpp"
#include "support/open_tiff.hpp"

#include <catch2/catch.hpp>

#include <tiffio.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace stack2nrrd::test {

namespace {

Indexed indexed_tiff(const std::string& file, int bits, int page) {
    TIFFSetWarningHandler(nullptr);
    TIFF* tiff = support::open_tiff(path_from_utf8(file), "rm");
    REQUIRE(tiff != nullptr);
    REQUIRE(TIFFSetDirectory(tiff, static_cast<std::uint16_t>(page)) == 1);
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::array<std::uint16_t*, 3> map{};
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    REQUIRE(TIFFGetField(tiff, TIFFTAG_COLORMAP, &map[0], &map[1], &map[2]) == 1);
    Indexed result;
    bool wide = false;
    for (int i = 0; i < 1 << bits; ++i) {
        result.palette.push_back({map[0][i], map[1][i], map[2][i]});
        for (const int v : result.palette.back()) wide = wide || v > 255;
    }
    for (auto& colour : result.palette) {
        for (int& v : colour) v = wide ? v / 256 : v;
    }
    const bool tiled = TIFFIsTiled(tiff) != 0;
    Bytes row(static_cast<std::size_t>(tiled ? TIFFTileRowSize(tiff) : TIFFScanlineSize(tiff)));
    Bytes tile(tiled ? static_cast<std::size_t>(TIFFTileSize(tiff)) : 0);
    std::uint32_t tile_width = width;
    std::uint32_t tile_height = 1;
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tile_height);
    for (std::uint32_t y = 0; y < height; ++y) {
        if (!tiled) REQUIRE(TIFFReadScanline(tiff, row.data(), y, 0) == 1);
        for (std::uint32_t x = 0; x < width; ++x) {
            if (tiled && x % tile_width == 0) {
                REQUIRE(TIFFReadTile(tiff, tile.data(), x, y, 0, 0) > 0);
                std::copy_n(tile.data() + y % tile_height * row.size(), row.size(), row.data());
            }
            std::uint16_t channels = 1;
            TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &channels);
            const std::uint32_t bit = x % tile_width * channels * static_cast<std::uint32_t>(bits);
            if (channels > 1) {
                REQUIRE(bits == 8);
                for (std::uint32_t c = 0; c < channels; ++c) result.all.push_back(row[bit / 8 + c]);
            }
            if (bits == 16) {
                result.indices.push_back(row[bit / 8]);
                result.indices.push_back(row[bit / 8 + 1]);
            } else {
                int value = 0;
                for (std::uint32_t i = bit; i < bit + static_cast<std::uint32_t>(bits); ++i) {
                    value = value << 1 | (std::to_integer<int>(row[i / 8]) >> (7 - i % 8) & 1);
                }
                result.indices.push_back(static_cast<std::byte>(value));
            }
        }
    }
    TIFFClose(tiff);
    return result;
}

double sample_of(const Slice& slice, std::size_t i) {
    return with_sample_type(slice.image.type, [&](auto sample) {
        std::memcpy(&sample, slice.samples.data() + i * sizeof sample, sizeof sample);
        return static_cast<double>(sample);
    });
}

/// What is shown follows from what is stored: MinIsWhite within the range of the bits, few bits spread.
bool follows(const Slice& shown, const Slice& stored, int bits, bool inverted) {
    const std::size_t samples = stored.samples.size() / sample_bytes(stored.image.type);
    const double most = std::ldexp(1.0, bits) - 1;
    const double scale = bits == 1 || bits == 2 || bits == 4 ? 255 / most : 1;
    const auto channels = static_cast<std::size_t>(stored.image.channels());
    for (std::size_t i = 0; i < samples; ++i) {
        const double v = sample_of(stored, i);
        const double truth = (inverted && i % channels == 0 ? most - v : v) * scale;
        if (sample_of(shown, i) != truth && !std::isnan(truth)) return false;
    }
    return true;
}

/// RGB by the definition of ITU-R BT.601 or the coefficients of the file; for samples with a colour each.
bool is_rgb_of(const Slice& rgb, const std::string& file, const std::string& hash) {
    TIFF* tiff = support::open_tiff(path_from_utf8(file), "rm");
    REQUIRE(tiff != nullptr);
    float* luma = nullptr;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_YCBCRCOEFFICIENTS, &luma);
    const std::array<double, 3> k{luma[0], luma[1], luma[2]};
    std::uint16_t planar = PLANARCONFIG_CONTIG;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    const std::size_t positions = rgb.samples.size() / 3;
    Bytes stored;
    for (std::uint32_t strip = 0; strip < TIFFNumberOfStrips(tiff); ++strip) {
        Bytes part(static_cast<std::size_t>(TIFFStripSize(tiff)));
        const tmsize_t got = TIFFReadEncodedStrip(tiff, strip, part.data(), -1);
        REQUIRE(got > 0);
        stored.insert(stored.end(), part.begin(), part.begin() + got);
    }
    TIFFClose(tiff);
    REQUIRE(stored.size() == rgb.samples.size());
    Bytes chunky(stored.size());
    const bool apart = planar == PLANARCONFIG_SEPARATE;
    for (std::size_t i = 0; i < positions; ++i) {
        for (std::size_t c = 0; c < 3; ++c) chunky[3 * i + c] = apart ? stored[c * positions + i] : stored[3 * i + c];
    }
    if (!hash.empty() && sha256_24(chunky) != hash) return false;
    for (std::size_t i = 0; i < positions; ++i) {
        const auto at = [&](std::size_t c) { return std::to_integer<int>(chunky[3 * i + c]); };
        const double r = at(0) + (2 - 2 * k[0]) * (at(2) - 128);
        const double b = at(0) + (2 - 2 * k[2]) * (at(1) - 128);
        const std::array<double, 3> truth{r, (at(0) - k[0] * r - k[2] * b) / k[1], b};
        for (std::size_t c = 0; c < 3; ++c) {
            const double made = std::to_integer<int>(rgb.samples[3 * i + c]);
            if (std::fabs(made - std::clamp(truth[c], 0.0, 255.0)) > 1) return false;
        }
    }
    return true;
}

/// The half that a float was made of.
std::uint16_t half_of(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = bits >> 16 & 0x8000U;
    const std::uint32_t exponent = bits >> 23 & 0xFFU;
    const std::uint32_t fraction = bits & 0x7FFFFFU;
    if (exponent == 255) return static_cast<std::uint16_t>(sign | 0x7C00U | fraction >> 13);
    if (exponent > 112) return static_cast<std::uint16_t>(sign | (exponent - 112) << 10 | fraction >> 13);
    return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(std::ldexp(std::fabs(value), 24)));
}

}  // namespace

bool equals(const Slice& slice, const Indexed& indexed, const std::string& hash, bool wide_index) {
    if (sha256_24(indexed.all.empty() ? indexed.indices : indexed.all) != hash) return false;
    const auto channels = static_cast<std::size_t>(slice.image.channels());
    const std::size_t step = wide_index ? 2 : 1;
    Bytes expected;
    for (std::size_t i = 0; i < indexed.indices.size(); i += step) {
        auto index = std::to_integer<std::size_t>(indexed.indices[i]);
        if (wide_index) index |= std::to_integer<std::size_t>(indexed.indices[i + 1]) << 8;
        for (std::size_t c = 0; c < channels; ++c) {
            expected.push_back(static_cast<std::byte>(indexed.palette.at(index).at(c)));
        }
        // One channel only where nothing is lost.
        const auto& colour = indexed.palette.at(index);
        if (channels == 1 && (colour[0] != colour[1] || colour[1] != colour[2])) return false;
    }
    return slice.samples == expected;
}

std::int64_t offset_of_page(const std::string& path, std::size_t page) {
    InputFile file(path);
    TiffDirectory directory(file);
    std::uint64_t offset = directory.first();
    for (std::size_t i = 0; i < page; ++i) {
        REQUIRE(directory.read(offset));
        offset = directory.next();
    }
    return static_cast<std::int64_t>(offset);
}

Bytes halves(const Bytes& floats) {
    Bytes bytes;
    for (std::size_t i = 0; i < floats.size(); i += 4) {
        float value = 0;
        std::memcpy(&value, &floats[i], sizeof value);
        const std::uint16_t half = half_of(value);
        bytes.push_back(static_cast<std::byte>(half));
        bytes.push_back(static_cast<std::byte>(half >> 8));
    }
    return bytes;
}

bool check_tiff(const std::string& file, const Record& record, const Slice& slice) {
    const std::string& hash = record.at("sha256_24");
    const int bits = std::stoi(record.at("bps"));
    const std::string& photometric = record.at("photometric");
    const std::int64_t place = offset_of_page(file, std::stoul(record.at("page")));
    if (photometric == "6") return is_rgb_of(slice, file, hash);
    const Slice stored = decode_file(file, {}, place, Samples::stored);
    if (photometric == "3") {
        const Indexed indexed = indexed_tiff(file, bits, std::stoi(record.at("page")));
        return stored.samples == indexed.indices && equals(slice, indexed, hash, bits == 16);
    }
    const bool is_half = bits == 16 && record.at("sampleformat") == "3";
    if (sha256_24(is_half ? halves(stored.samples) : stored.samples) != hash) return false;
    // "0" stands in the table, too, where a file does not say it; floats are never inverted.
    return follows(slice, stored, bits, photometric == "0" && slice.image.type != SampleType::float32);
}

}  // namespace stack2nrrd::test
