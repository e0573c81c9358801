// PNG files that libpng writes, or that are damaged here, against the samples that went into them.

#include "codec_support.hpp"
#include "support/system.hpp"

#include <catch2/catch.hpp>

#include <png.h>

#include <bit>
#include <cstdio>

namespace stack2nrrd::test {

namespace {

struct Spec {
    png_uint_32 width = 37;
    png_uint_32 height = 23;
    int bits = 8;
    int type = PNG_COLOR_TYPE_GRAY;
    bool interlaced = false;
    std::vector<png_color> palette;
    bool transparent = false;

    [[nodiscard]] int channels() const {
        switch (type) {
            case PNG_COLOR_TYPE_GRAY_ALPHA: return 2;
            case PNG_COLOR_TYPE_RGB: return 3;
            case PNG_COLOR_TYPE_RGB_ALPHA: return 4;
            default: return 1;
        }
    }
    [[nodiscard]] std::size_t row_bytes() const {
        return (std::size_t{width} * static_cast<std::size_t>(channels() * bits) + 7) / 8;
    }
};

/// `rows`: packed, big-endian, as PNG stores them.
void write_png(const std::string& file, const Spec& spec, Bytes rows) {
    std::filesystem::remove(path_from_utf8(file));
    FILE* stream = support::open_file(path_from_utf8(file), "wb");
    REQUIRE(stream != nullptr);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, stream);
    png_set_IHDR(png, info, spec.width, spec.height, spec.bits, spec.type,
                 spec.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (!spec.palette.empty()) png_set_PLTE(png, info, spec.palette.data(), static_cast<int>(spec.palette.size()));
    if (spec.transparent) {
        png_color_16 colour{};
        png_byte alpha = 0;
        png_set_tRNS(png, info, &alpha, 1, &colour);
    }
    std::vector<png_bytep> pointers;
    for (std::size_t y = 0; y < spec.height; ++y) {
        pointers.push_back(reinterpret_cast<png_bytep>(rows.data() + y * spec.row_bytes()));
    }
    png_set_rows(png, info, pointers.data());
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
    png_destroy_write_struct(&png, &info);
    std::fclose(stream);
}

/// What a reader must deliver for `rows`.
Bytes expected_samples(const Spec& spec, const Bytes& rows, bool grey_palette) {
    Bytes samples;
    for (std::size_t y = 0; y < spec.height; ++y) {
        const std::byte* row = &rows[y * spec.row_bytes()];
        for (std::size_t i = 0; i < std::size_t{spec.width} * static_cast<std::size_t>(spec.channels()); ++i) {
            if (spec.bits == 16) {
                const bool little = std::endian::native == std::endian::little;
                samples.push_back(row[2 * i + (little ? 1 : 0)]);
                samples.push_back(row[2 * i + (little ? 0 : 1)]);
                continue;
            }
            const std::size_t bit = i * static_cast<std::size_t>(spec.bits);
            const int shift = 8 - spec.bits - static_cast<int>(bit % 8);
            const int most = (1 << spec.bits) - 1;
            const int value = std::to_integer<int>(row[bit / 8]) >> shift & most;
            if (spec.palette.empty()) {
                samples.push_back(static_cast<std::byte>(value * (255 / most)));
            } else {
                const png_color& colour = spec.palette.at(static_cast<std::size_t>(value));
                samples.push_back(std::byte{colour.red});
                if (grey_palette) continue;
                samples.push_back(std::byte{colour.green});
                samples.push_back(std::byte{colour.blue});
            }
        }
    }
    return samples;
}

std::vector<png_color> make_palette(int bits, bool grey) {
    std::vector<png_color> palette;
    for (int i = 0; i < 1 << bits; ++i) {
        const auto v = static_cast<png_byte>(i * 31 + 5);
        palette.push_back(grey ? png_color{v, v, v} : png_color{v, static_cast<png_byte>(255 - v), 9});
    }
    return palette;
}

std::uint32_t crc(std::span<const std::byte> bytes) {
    std::uint32_t value = 0xFFFFFFFF;
    for (const std::byte b : bytes) {
        value ^= std::to_integer<std::uint32_t>(b);
        for (int i = 0; i < 8; ++i) value = (value & 1) != 0 ? value >> 1 ^ 0xEDB88320 : value >> 1;
    }
    return ~value;
}

/// The offset of the first chunk of this type.
std::size_t find_chunk(const Bytes& png, const std::string& type) {
    const auto wanted = std::as_bytes(std::span(type));
    const auto found = std::search(png.begin(), png.end(), wanted.begin(), wanted.end());
    REQUIRE(found != png.end());
    return static_cast<std::size_t>(found - png.begin()) - 4;
}

Bytes make_chunk(const std::string& type, const Bytes& content, std::uint32_t spoil = 0) {
    const auto big = [](std::uint32_t v) {
        return Bytes{std::byte(v >> 24), std::byte(v >> 16 & 255), std::byte(v >> 8 & 255), std::byte(v & 255)};
    };
    const auto name = std::as_bytes(std::span(type));
    Bytes body(name.begin(), name.end());
    body.insert(body.end(), content.begin(), content.end());
    Bytes chunk = big(static_cast<std::uint32_t>(content.size()));
    chunk.insert(chunk.end(), body.begin(), body.end());
    const Bytes check = big(crc(body) ^ spoil);
    chunk.insert(chunk.end(), check.begin(), check.end());
    return chunk;
}

void insert_before(Bytes& png, const std::string& type, const Bytes& chunk) {
    png.insert(png.begin() + static_cast<std::ptrdiff_t>(find_chunk(png, type)), chunk.begin(), chunk.end());
}

/// Recomputes the checksum of the chunk at `offset`.
void repair_crc(Bytes& png, std::size_t offset) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8 | std::to_integer<std::size_t>(png[offset + i]);
    const std::uint32_t value = crc(std::span(png).subspan(offset + 4, size + 4));
    for (std::size_t i = 0; i < 4; ++i) png[offset + 8 + size + i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

}  // namespace

TEST_CASE("PNG: every colour type, depth and interlacing", "[codec][png]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    const std::vector<std::pair<int, std::vector<int>>> kinds{{PNG_COLOR_TYPE_GRAY, {1, 2, 4, 8, 16}},
                                                              {PNG_COLOR_TYPE_GRAY_ALPHA, {8, 16}},
                                                              {PNG_COLOR_TYPE_RGB, {8, 16}},
                                                              {PNG_COLOR_TYPE_RGB_ALPHA, {8, 16}},
                                                              {PNG_COLOR_TYPE_PALETTE, {1, 2, 4, 8}}};
    for (const auto& [type, depths] : kinds) {
        for (const int bits : depths) {
            for (const bool interlaced : {false, true}) {
                for (const bool grey_palette : {false, true}) {
                    Spec spec;
                    spec.type = type;
                    spec.bits = bits;
                    spec.interlaced = interlaced;
                    const bool has_palette = type == PNG_COLOR_TYPE_PALETTE;
                    if (has_palette) spec.palette = make_palette(bits, grey_palette);
                    const Bytes rows = noise(spec.row_bytes() * spec.height);
                    write_png(file, spec, rows);
                    const Slice slice = decode_file(file);
                    INFO("type " << type << ", " << bits << " bits, interlaced " << interlaced);
                    CHECK(slice.image.type == (bits == 16 ? SampleType::uint16 : SampleType::uint8));
                    CHECK(slice.image.channels() == (has_palette && !grey_palette ? 3 : spec.channels()));
                    CHECK((slice.samples == expected_samples(spec, rows, grey_palette)));
                    CHECK(ranges_agree(file, slice));
                }
            }
        }
    }
}

TEST_CASE("PNG: transparency is left out, and said", "[codec][png]") {
    const TemporaryFolder folder;
    const std::string path = folder.file("slice.png");
    Spec spec;
    spec.transparent = true;
    const Bytes rows = noise(spec.row_bytes() * spec.height);
    write_png(path, spec, rows);
    InputFile file(path);
    CHECK(codec_for(file).probe(file, 0, Samples::shown).notes ==
          std::vector<std::string>{"transparency (tRNS) is left out"});
    CHECK((decode_file(path).samples == rows));
}

TEST_CASE("PNG: chunks that say nothing about samples do no harm, not even damaged", "[codec][png]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    const Spec spec;
    const Bytes rows = noise(spec.row_bytes() * spec.height);
    write_png(file, spec, rows);
    Bytes png = read_bytes(file);
    SECTION("a profile that cannot be unpacked") { insert_before(png, "IDAT", make_chunk("iCCP", noise(50))); }
    SECTION("a text with a wrong checksum") { insert_before(png, "IDAT", make_chunk("tEXt", noise(50), 1)); }
    SECTION("a text that cannot be unpacked, at the end") { insert_before(png, "IEND", make_chunk("zTXt", noise(50))); }
    SECTION("gamma") { insert_before(png, "IDAT", make_chunk("gAMA", Bytes(4, std::byte{1}))); }
    SECTION("bytes after the end") { png.resize(png.size() + 100); }
    SECTION("an IDAT too many") { insert_before(png, "IEND", make_chunk("IDAT", noise(20))); }
    write_bytes(file, png);
    CHECK(refusal(file).empty());
    CHECK((decode_file(file).samples == rows));
}

TEST_CASE("PNG: damage is corrupt", "[codec][png]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    Spec spec;
    spec.interlaced = GENERATE(false, true);
    write_png(file, spec, ramp(spec.row_bytes() * spec.height));
    Bytes png = read_bytes(file);
    const std::size_t data = find_chunk(png, "IDAT");
    const std::size_t end = find_chunk(png, "IEND");
    SECTION("samples with a wrong checksum") { png[data + 30] ^= std::byte{1}; }
    SECTION("samples with a wrong checksum inside, and a right one outside") {
        png[end - 5] ^= std::byte{1};  // the last byte of zlib's
        repair_crc(png, data);
    }
    SECTION("no end") { png.resize(end); }
    SECTION("an end with a wrong checksum") { png.back() ^= std::byte{1}; }
    SECTION("no samples") {
        png.erase(png.begin() + static_cast<std::ptrdiff_t>(data), png.begin() + static_cast<std::ptrdiff_t>(end));
    }
    SECTION("a critical chunk of an unknown kind") { insert_before(png, "IDAT", make_chunk("ABCD", noise(5))); }
    SECTION("too few rows") {
        png[23] = std::byte{40};
        repair_crc(png, 8);
    }
    SECTION("no rows") {
        png[23] = std::byte{0};
        repair_crc(png, 8);
    }
    write_bytes(file, png);
    ErrorCode code = ErrorCode::io;
    CHECK_FALSE(refusal(file, &code).empty());
    CHECK(code == ErrorCode::corrupt);
}

TEST_CASE("PNG: an index beyond the palette is corrupt", "[codec][png]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    Spec spec;
    spec.type = PNG_COLOR_TYPE_PALETTE;
    spec.palette = make_palette(8, true);
    spec.palette.resize(100);
    Bytes rows(spec.row_bytes() * spec.height, std::byte{99});
    write_png(file, spec, rows);
    CHECK(refusal(file).empty());
    rows[500] = std::byte{100};
    write_png(file, spec, rows);
    CHECK_THAT(refusal(file), Catch::Contains("has palette index 100, at most 99 was expected"));
}

TEST_CASE("PNG: as stored, a palette gives the index and few bits stay small numbers", "[codec][png]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    for (const int type : {PNG_COLOR_TYPE_PALETTE, PNG_COLOR_TYPE_GRAY}) {
        for (const int bits : {1, 2, 4, 8}) {
            Spec spec;
            spec.type = type;
            spec.bits = bits;
            if (type == PNG_COLOR_TYPE_PALETTE) spec.palette = make_palette(bits, false);
            const Bytes rows = noise(spec.row_bytes() * spec.height);
            write_png(file, spec, rows);
            Bytes expected;
            for (std::size_t y = 0; y < spec.height; ++y) {
                for (std::size_t x = 0; x < spec.width; ++x) {
                    const std::size_t bit = x * static_cast<std::size_t>(bits);
                    const int byte = std::to_integer<int>(rows[y * spec.row_bytes() + bit / 8]);
                    expected.push_back(
                        static_cast<std::byte>(byte >> (8 - bits - static_cast<int>(bit % 8)) & ((1 << bits) - 1)));
                }
            }
            const Slice slice = decode_file(file, {}, 0, Samples::stored);
            CHECK(slice.image.colour == Colour::grey);
            CHECK((slice.samples == expected));
            const bool has_palette = type == PNG_COLOR_TYPE_PALETTE;
            CHECK((probe_file(file).palette != 0) == has_palette);
            CHECK(probe_file(file).interpreted == (has_palette || bits < 8));
        }
    }
}

TEST_CASE("PNG: absurd sizes are a limit", "[codec][png]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    const Spec spec;
    write_png(file, spec, ramp(spec.row_bytes() * spec.height));
    Bytes png = read_bytes(file);
    png[17] = std::byte{0xFF};
    repair_crc(png, 8);
    write_bytes(file, png);
    ErrorCode code = ErrorCode::io;
    CHECK_THAT(refusal(file, &code), Catch::Contains("16711717 x 23"));
    CHECK(code == ErrorCode::limit);
}

TEST_CASE("PNG: every beginning of a file decodes to the same or is refused", "[codec][png]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    Spec spec;
    spec.bits = 16;
    spec.interlaced = GENERATE(false, true);
    write_png(file, spec, ramp(spec.row_bytes() * spec.height));
    CHECK(prefixes_are_safe(file, decode_file(file)));
}

TEST_CASE("PNG: no changed byte is a crash", "[codec][png]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    Spec spec;
    spec.type = GENERATE(PNG_COLOR_TYPE_PALETTE, PNG_COLOR_TYPE_RGB);
    if (spec.type == PNG_COLOR_TYPE_PALETTE) spec.palette = make_palette(8, false);
    spec.interlaced = GENERATE(false, true);
    spec.width = 11;
    write_png(file, spec, ramp(spec.row_bytes() * spec.height));
    corrupt_each_byte(file);
}

}  // namespace stack2nrrd::test
