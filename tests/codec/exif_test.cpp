// The orientation that Exif tells, alone, in JPEG and in PNG.

#include "codec_support.hpp"
#include "write_jpeg.hpp"

#include "codec/exif.hpp"
#include "support/write_png_image.hpp"

#include <stack2nrrd/stack.hpp>

#include <catch2/catch.hpp>

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>

namespace stack2nrrd::test {

namespace {

struct Entry {
    int tag, type, value;
};

Bytes make_exif(const std::vector<Entry>& entries, bool is_little, std::size_t directory = 8) {
    Bytes exif;
    const auto put = [&](std::uint64_t value, int size) {
        for (int i = 0; i < size; ++i)
            exif.push_back(static_cast<std::byte>(value >> (8 * (is_little ? i : size - 1 - i))));
    };
    const std::byte order{is_little ? static_cast<unsigned char>('I') : static_cast<unsigned char>('M')};
    exif = {order, order};
    put(42, 2);
    put(directory, 4);
    exif.resize(directory);
    put(entries.size(), 2);
    for (const Entry& entry : entries) {
        put(static_cast<std::uint64_t>(entry.tag), 2);
        put(static_cast<std::uint64_t>(entry.type), 2);
        put(1, 4);
        const int size = entry.type == 3 ? 2 : 4;
        put(static_cast<std::uint64_t>(entry.value), size);
        if (size == 2) put(0, 2);
    }
    put(0, 4);
    return exif;
}

Bytes jpeg_slice() {
    JpegSpec spec;
    spec.width = 9;
    spec.height = 5;
    return jpeg_bytes(spec, Bytes(45, std::byte{77}));
}

/// As the first segment of a JPEG, or somewhere behind others.
Bytes jpeg_with(const std::vector<Bytes>& segments) {
    Bytes file = jpeg_slice();
    Bytes inserted;
    for (const Bytes& segment : segments) {
        inserted.push_back(std::byte{0xFF});
        inserted.push_back(std::byte{0xE1});
        inserted.push_back(static_cast<std::byte>((segment.size() + 2) >> 8));
        inserted.push_back(static_cast<std::byte>((segment.size() + 2) & 255));
        inserted.insert(inserted.end(), segment.begin(), segment.end());
    }
    file.insert(file.begin() + 2, inserted.begin(), inserted.end());
    return file;
}

Bytes app1(const Bytes& exif) {
    Bytes bytes;
    for (const char c : {'E', 'x', 'i', 'f', '\0', '\0'}) bytes.push_back(static_cast<std::byte>(c));
    bytes.insert(bytes.end(), exif.begin(), exif.end());
    return bytes;
}

Bytes png_with(const std::string& file, const Bytes& exif) {
    png_image image{};
    image.width = 9;
    image.height = 5;
    image.format = PNG_FORMAT_GRAY;
    const Bytes samples(45, std::byte{77});
    REQUIRE(support::write_png_image(path_from_utf8(file), image, samples.data()));
    Bytes bytes = read_bytes(file);
    Bytes chunk;
    const auto put = [&](std::uint64_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) chunk.push_back(static_cast<std::byte>(value >> shift));
    };
    put(exif.size());
    for (const char c : {'e', 'X', 'I', 'f'}) chunk.push_back(static_cast<std::byte>(c));
    chunk.insert(chunk.end(), exif.begin(), exif.end());
    put(crc32(0, reinterpret_cast<const Bytef*>(chunk.data() + 4), static_cast<uInt>(chunk.size() - 4)));
    bytes.insert(bytes.begin() + 33, chunk.begin(), chunk.end());
    return bytes;
}

}  // namespace

TEST_CASE("Exif tells an orientation, in either byte order", "[codec][exif]") {
    for (const bool is_little : {false, true}) {
        for (int value = 1; value <= 8; ++value) {
            for (const int type : {3, 4}) {
                const std::vector<Entry> entries{{0x010F, 4, 5}, {0x0112, type, value}, {0x0131, 3, 7}};
                CHECK(exif_orientation(make_exif(entries, is_little)) == value);
                CHECK(exif_orientation(make_exif(entries, is_little, 300)) == value);
            }
        }
        CHECK(exif_orientation(make_exif({}, is_little)) == 1);
        CHECK(exif_orientation(make_exif({{0x010F, 3, 6}}, is_little)) == 1);
        CHECK(exif_orientation(make_exif({{0x0112, 3, 0}}, is_little)) == 1);
        CHECK(exif_orientation(make_exif({{0x0112, 3, 9}}, is_little)) == 1);
        CHECK(exif_orientation(make_exif({{0x0112, 2, 6}}, is_little)) == 1);
    }
}

TEST_CASE("Exif that is cut short or damaged tells nothing, or what it still holds", "[codec][exif]") {
    const Bytes exif = make_exif({{0x010F, 4, 5}, {0x0112, 3, 6}}, true);
    for (std::size_t size = 0; size <= exif.size(); ++size) {
        const int value = exif_orientation(std::span(exif).first(size));
        CHECK((value == 1 || value == 6));
    }
    for (std::size_t i = 0; i < exif.size(); ++i) {
        for (const int v : {0, 1, 0x7F, 0x80, 0xFF}) {
            Bytes changed = exif;
            changed[i] = static_cast<std::byte>(v);
            const int value = exif_orientation(changed);
            CHECK((value >= 1 && value <= 8));
        }
    }
}

TEST_CASE("JPEG: the orientation of its first Exif is told, and the samples are as stored", "[codec][exif][jpeg]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jpg");
    write_bytes(file, jpeg_slice());
    const Slice plain = decode_file(file);
    CHECK(probe_file(file).orientation == 1);
    const Bytes six = app1(make_exif({{0x0112, 3, 6}}, false));
    const Bytes three = app1(make_exif({{0x0112, 3, 3}}, true));
    const Bytes other(70, std::byte{'h'});  // as XMP
    const auto orientation = [&](const std::vector<Bytes>& segments) {
        write_bytes(file, jpeg_with(segments));
        CHECK((decode_file(file).samples == plain.samples));
        return probe_file(file).orientation;
    };
    CHECK(orientation({six}) == 6);
    CHECK(orientation({other, three}) == 3);
    CHECK(orientation({six, three}) == 6);
    CHECK(orientation({other, {}, app1({})}) == 1);
    Bytes longest = six;
    longest.resize(65533);
    CHECK(orientation({longest}) == 6);
    Bytes cut = jpeg_with({six});
    for (std::size_t size = 2; size < 60; ++size) {
        write_bytes(file, std::span(cut).first(size));
        CHECK_FALSE(refusal(file).empty());
    }
}

TEST_CASE("PNG: the orientation of its eXIf chunk is told, and the samples are as stored", "[codec][exif][png]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    const auto orientation = [&](const Bytes& exif) {
        write_bytes(file, png_with(file, exif));
        CHECK((decode_file(file).samples == Bytes(45, std::byte{77})));
        return probe_file(file).orientation;
    };
    CHECK(orientation(make_exif({{0x0112, 3, 6}}, false)) == 6);
    CHECK(orientation(make_exif({{0x0112, 3, 8}}, true)) == 8);
    CHECK(orientation(make_exif({}, true)) == 1);
    CHECK(orientation(Bytes(20, std::byte{'x'})) == 1);
    CHECK(orientation({}) == 1);
}

TEST_CASE("slices whose Exif tells different orientations are no stack", "[codec][exif]") {
    const TemporaryFolder folder;
    const auto write = [&](int number, int value) {
        write_bytes(folder.file("s_" + std::to_string(number) + ".jpg"),
                    jpeg_with({app1(make_exif({{0x0112, 3, value}}, true))}));
    };
    for (int i = 0; i < 4; ++i) write(i, 6);
    const std::string path = std::filesystem::path(folder.file("s_0.jpg")).parent_path().string();
    const auto problem = [&](bool fatal) {
        std::string text;
        for (const Problem& p : find_stack(path).problems) {
            if (p.fatal == fatal && p.text.find("orientation") != std::string::npos) text = p.text;
        }
        return text;
    };
    CHECK_THAT(problem(false), Catch::Contains("orientation 6 is not applied"));
    CHECK(problem(true).empty());
    write(2, 1);
    CHECK_THAT(problem(true), Catch::Contains("s_2.jpg"));
}

}  // namespace stack2nrrd::test
