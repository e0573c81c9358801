// BMP files made byte by byte against the samples that went into them.

#include "codec_support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

namespace stack2nrrd::test {

namespace {

struct Spec {
    std::int32_t width = 21;
    std::int32_t height = 13;  // negative: top-down
    int bits = 8;
    int header = 40;
    std::uint32_t compression = 0;
    std::uint32_t colours = 0;                // in the header
    std::vector<std::array<int, 3>> palette;  // red, green, blue
    std::array<std::uint32_t, 3> masks{};

    [[nodiscard]] std::size_t row_bytes() const { return static_cast<std::size_t>(width * bits + 31) / 32 * 4; }
    [[nodiscard]] std::size_t rows() const { return static_cast<std::size_t>(std::abs(height)); }
};

/// `rows`: as stored, padded, in the order of the file.
Bytes make_bmp(const Spec& spec, const Bytes& rows) {
    Bytes body;
    put_little(body, static_cast<std::uint64_t>(spec.header), 4);
    const int wide = spec.header == 12 ? 2 : 4;
    put_little(body, static_cast<std::uint32_t>(spec.width), wide);
    put_little(body, static_cast<std::uint32_t>(spec.height), wide);
    put_little(body, 1, 2);
    put_little(body, static_cast<std::uint64_t>(spec.bits), 2);
    if (spec.header > 12) {
        put_little(body, spec.compression, 4);
        put_little(body, rows.size(), 4);
        put_little(body, 2835, 4);
        put_little(body, 2835, 4);
        put_little(body, spec.colours, 4);
        put_little(body, 0, 4);
    }
    if (spec.compression == 3) {
        for (const std::uint32_t mask : spec.masks) put_little(body, mask, 4);
    }
    if (static_cast<int>(body.size()) < spec.header) body.resize(static_cast<std::size_t>(spec.header));
    for (const auto& [red, green, blue] : spec.palette) {
        for (const int v : {blue, green, red}) body.push_back(static_cast<std::byte>(v));
        if (spec.header > 12) body.push_back(std::byte{0});
    }
    Bytes file{std::byte{'B'}, std::byte{'M'}};
    put_little(file, 14 + body.size() + rows.size(), 4);
    put_little(file, 0, 4);
    put_little(file, 14 + body.size(), 4);
    file.insert(file.end(), body.begin(), body.end());
    file.insert(file.end(), rows.begin(), rows.end());
    return file;
}

std::vector<std::array<int, 3>> make_palette(int bits, bool grey) {
    std::vector<std::array<int, 3>> palette;
    for (int i = 0; i < 1 << bits; ++i) {
        const int v = (i * 29 + 3) % 256;
        palette.push_back(grey ? std::array{v, v, v} : std::array{v, 255 - v, 7});
    }
    return palette;
}

/// What a reader must deliver.
Bytes expected_samples(const Spec& spec, const Bytes& rows, bool grey) {
    Bytes samples;
    const auto add = [&](int v) { samples.push_back(static_cast<std::byte>(v)); };
    for (std::size_t y = 0; y < spec.rows(); ++y) {
        const std::size_t stored = spec.height < 0 ? y : spec.rows() - 1 - y;
        const std::byte* row = &rows[stored * spec.row_bytes()];
        for (std::size_t x = 0; x < static_cast<std::size_t>(spec.width); ++x) {
            const std::size_t bit = x * static_cast<std::size_t>(spec.bits);
            if (spec.bits <= 8) {
                const int shift = 8 - spec.bits - static_cast<int>(bit % 8);
                const int index = std::to_integer<int>(row[bit / 8]) >> shift & ((1 << spec.bits) - 1);
                const bool known = static_cast<std::size_t>(index) < spec.palette.size();
                const auto colour = known ? spec.palette[static_cast<std::size_t>(index)] : std::array{0, 0, 0};
                add(colour[0]);
                if (grey) continue;
                add(colour[1]);
                add(colour[2]);
            } else if (spec.bits == 16) {
                const int v = std::to_integer<int>(row[2 * x]) | std::to_integer<int>(row[2 * x + 1]) << 8;
                if (spec.compression == 3) {  // 5, 6, 5
                    add((v >> 11) * 255 / 31);
                    add((v >> 5 & 63) * 255 / 63);
                    add((v & 31) * 255 / 31);
                } else {
                    for (const int shift : {10, 5, 0}) add((v >> shift & 31) * 255 / 31);
                }
            } else {
                for (const std::size_t c : {2U, 1U, 0U}) samples.push_back(row[bit / 8 + c]);
            }
        }
    }
    return samples;
}

}  // namespace

TEST_CASE("BMP: every depth, header and direction", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    for (const int bits : {1, 2, 4, 8, 16, 24, 32}) {
        for (const int header : {12, 40, 52, 56, 108, 124}) {
            for (const std::int32_t height : {13, -13}) {
                for (const bool grey : {false, true}) {
                    if (header == 12 && (height < 0 || bits == 16 || bits == 32)) continue;
                    Spec spec;
                    spec.bits = bits;
                    spec.header = header;
                    spec.height = height;
                    if (bits <= 8) spec.palette = make_palette(bits, grey);
                    const Bytes rows = noise(spec.row_bytes() * spec.rows());
                    write_bytes(file, make_bmp(spec, rows));
                    const Slice slice = decode_file(file);
                    INFO(bits << " bits, header of " << header << ", height " << height << ", grey " << grey);
                    CHECK(slice.image.colour == (bits <= 8 && grey ? Colour::grey : Colour::rgb));
                    CHECK(slice.image.height == 13);
                    CHECK((slice.samples == expected_samples(spec, rows, bits <= 8 && grey)));
                    CHECK(ranges_agree(file, slice));
                }
            }
        }
    }
}

TEST_CASE("BMP: an identity palette is grey, a short one is black beyond its end", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    Spec spec;
    for (int i = 0; i < 256; ++i) spec.palette.push_back({i, i, i});
    const Bytes rows = noise(spec.row_bytes() * spec.rows());
    write_bytes(file, make_bmp(spec, rows));
    CHECK((decode_file(file).samples == expected_samples(spec, rows, true)));
    spec.palette.resize(100);
    spec.colours = 100;
    write_bytes(file, make_bmp(spec, rows));
    CHECK((decode_file(file).samples == expected_samples(spec, rows, true)));
}

TEST_CASE("BMP: the index into a palette, of any depth", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    for (const int bits : {1, 4, 8}) {
        Spec spec;
        spec.bits = bits;
        for (int i = 0; i < 1 << bits; ++i) spec.palette.push_back({i * 7 % 256, 3, i});
        const Bytes rows = noise(spec.row_bytes() * spec.rows());
        write_bytes(file, make_bmp(spec, rows));
        // What the palette i, i, i gives is the index itself.
        Spec plain = spec;
        for (int i = 0; i < 1 << bits; ++i) plain.palette[static_cast<std::size_t>(i)] = {i, i, i};
        const Slice index = decode_file(file, {}, 0, Samples::stored);
        CHECK(index.image.colour == Colour::grey);
        CHECK((index.samples == expected_samples(plain, rows, true)));
        CHECK(ranges_agree(file, decode_file(file)));
        CHECK(probe_file(file, 0, Samples::stored).notes.empty());
        CHECK_FALSE(probe_file(file, 0, Samples::stored).bare);
        CHECK_THAT(probe_file(file).notes.at(0), Catch::Contains("--channel index"));
    }
}

TEST_CASE("BMP: stored samples that are the delivered ones are told of, and no others", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    const auto bare = [&](const Spec& spec) {
        const Bytes rows = noise(spec.row_bytes() * spec.rows());
        const Bytes bytes = make_bmp(spec, rows);
        write_bytes(file, bytes);
        const std::optional<FileSamples> told = probe_file(file).bare;
        if (told) {
            CHECK(told->bottom_up == (spec.height > 0));
            // The rows, read from there as the Probe has it, are those of the decoder.
            Bytes expected;
            for (std::size_t y = 0; y < spec.rows(); ++y) {
                const std::size_t stored = told->bottom_up ? spec.rows() - 1 - y : y;
                const auto width = static_cast<std::size_t>(spec.width);
                const std::byte* row = &bytes[static_cast<std::size_t>(told->offset) + stored * width];
                expected.insert(expected.end(), row, row + width);
            }
            CHECK((decode_file(file).samples == expected));
        }
        return told.has_value();
    };
    Spec spec;
    spec.width = 24;
    for (int i = 0; i < 256; ++i) spec.palette.push_back({i, i, i});
    for (const int header : {12, 40, 124}) {
        spec.header = header;
        for (const std::int32_t height : {13, -13, 1, -1}) {
            if (header == 12 && height < 0) continue;
            spec.height = height;
            CHECK(bare(spec));
        }
    }
    spec.height = 13;
    Spec padded = spec;
    padded.width = 25;
    CHECK_FALSE(bare(padded));
    Spec coloured = spec;
    coloured.palette[200] = {200, 200, 201};
    CHECK_FALSE(bare(coloured));
    Spec inverted = spec;
    std::reverse(inverted.palette.begin(), inverted.palette.end());
    CHECK_FALSE(bare(inverted));
    Spec shortened = spec;
    shortened.palette.pop_back();
    shortened.colours = 255;
    CHECK_FALSE(bare(shortened));
    for (const int bits : {1, 4, 16, 24, 32}) {
        Spec other;
        other.width = 32;
        other.bits = bits;
        if (bits < 8) other.palette = make_palette(bits, true);
        CHECK_FALSE(bare(other));
    }
}

TEST_CASE("BMP: colours by masks", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    Spec spec;
    spec.compression = 3;
    spec.header = GENERATE(40, 52, 124);
    spec.bits = GENERATE(16, 32);
    spec.masks = spec.bits == 16 ? std::array<std::uint32_t, 3>{0xF800, 0x07E0, 0x001F}
                                 : std::array<std::uint32_t, 3>{0xFF0000, 0xFF00, 0xFF};
    const Bytes rows = noise(spec.row_bytes() * spec.rows());
    write_bytes(file, make_bmp(spec, rows));
    CHECK((decode_file(file).samples == expected_samples(spec, rows, false)));
}

// A fuzzer saw the samples of the slice before in the place of the colour that has no mask.
TEST_CASE("BMP: a colour without a mask is dark, whatever was on the bench", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    Spec spec;
    spec.compression = 3;
    spec.bits = 16;
    spec.masks = {0xF800, 0x07E0, 0x001F};
    const Bytes rows = noise(spec.row_bytes() * spec.rows());
    Workbench bench;
    write_bytes(file, make_bmp(spec, rows));
    static_cast<void>(decode_on(bench, file));
    const std::size_t missing = GENERATE(0U, 1U, 2U);
    spec.masks[missing] = 0;
    write_bytes(file, make_bmp(spec, rows));
    const Slice slice = decode_on(bench, file);
    for (std::size_t i = missing; i < slice.samples.size(); i += 3) REQUIRE(slice.samples[i] == std::byte{0});
}

TEST_CASE("BMP: rows beyond one block of reading", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    Spec spec;
    spec.width = 1001;
    spec.height = GENERATE(700, -700);
    spec.palette = make_palette(8, true);
    const Bytes rows = noise(spec.row_bytes() * spec.rows());
    write_bytes(file, make_bmp(spec, rows));
    const Slice slice = decode_file(file);
    CHECK((slice.samples == expected_samples(spec, rows, true)));
    CHECK(ranges_agree(file, slice));
}

TEST_CASE("BMP: what is not read is refused by its name", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    struct Case {
        std::uint32_t compression;
        int bits;
        const char* words;
    };
    const auto c = GENERATE(values<Case>({{4, 24, "JPEG compression"},
                                          {5, 24, "PNG compression"},
                                          {99, 8, "an unknown compression (99)"},
                                          {0, 3, "3 bits a sample"}}));
    Spec spec;
    spec.compression = c.compression;
    spec.bits = c.bits;
    write_bytes(file, make_bmp(spec, noise(spec.row_bytes() * spec.rows())));
    ErrorCode code = ErrorCode::io;
    CHECK_THAT(refusal(file, &code), Catch::Contains(c.words));
    CHECK(code == ErrorCode::unsupported);
}

TEST_CASE("BMP: what breaks the format is corrupt", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    Spec spec;
    spec.palette = make_palette(8, true);
    Bytes bmp = make_bmp(spec, noise(spec.row_bytes() * spec.rows()));
    const auto set = [&](std::size_t offset, std::uint32_t value) {
        for (std::size_t i = 0; i < 4; ++i) bmp[offset + i] = static_cast<std::byte>(value >> (8 * i));
    };
    SECTION("samples inside the header") { set(10, 30); }
    SECTION("samples beyond the end") { set(10, 1'000'000); }
    SECTION("no width") { set(18, 0); }
    SECTION("the least height") { set(22, 0x80000000); }
    SECTION("too many rows") { set(22, 14); }
    SECTION("an absurd palette") { set(46, 0x7FFFFFFF); }
    SECTION("an unknown header") { set(14, 41); }
    write_bytes(file, bmp);
    ErrorCode code = ErrorCode::io;
    CHECK_FALSE(refusal(file, &code).empty());
    CHECK(code == ErrorCode::corrupt);
}

TEST_CASE("BMP: every beginning of a file decodes to the same or is refused", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    Spec spec;
    spec.bits = GENERATE(8, 24);
    if (spec.bits == 8) spec.palette = make_palette(8, true);
    write_bytes(file, make_bmp(spec, noise(spec.row_bytes() * spec.rows())));
    CHECK(prefixes_are_safe(file, decode_file(file)));
}

TEST_CASE("BMP: no changed byte is a crash", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    Spec spec;
    spec.bits = GENERATE(4, 8, 16, 32);
    if (spec.bits <= 8) spec.palette = make_palette(spec.bits, false);
    if (spec.bits == 16) {
        spec.compression = 3;
        spec.masks = {0xF800, 0x07E0, 0x001F};
    }
    write_bytes(file, make_bmp(spec, noise(spec.row_bytes() * spec.rows())));
    corrupt_each_byte(file);
}

TEST_CASE("files of no known format are refused", "[codec]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.tif");
    write_bytes(file, {});
    ErrorCode code = ErrorCode::io;
    CHECK_THAT(refusal(file, &code), Catch::Contains("is empty"));
    CHECK(code == ErrorCode::corrupt);
    write_bytes(file, Bytes(100, std::byte{'x'}));
    CHECK_THAT(refusal(file, &code),
               Catch::Contains("is a text file") && Catch::Contains("JPEG 2000 or BMP) was expected"));
    CHECK(code == ErrorCode::unsupported);
    write_bytes(file, Bytes(100, std::byte{1}));
    CHECK_THAT(refusal(file, &code), Catch::Contains("is not a TIFF, PNG, JPEG, JPEG 2000 or BMP file"));
    CHECK(code == ErrorCode::unsupported);
}

}  // namespace stack2nrrd::test
