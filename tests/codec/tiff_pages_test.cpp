// TIFF files of several pages, some written by libtiff, most by hand: what is a slice, and where it stands.

#include "codec_support.hpp"
#include "handmade_tiff.hpp"
#include "support/open_tiff.hpp"

#include <catch2/catch.hpp>

#include <tiffio.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>

namespace stack2nrrd::test {

namespace {

/// The numbers of the pages that are slices; each must hold one value, which comes into `fills`.
std::vector<Index> slices(const std::string& file, std::vector<int>& fills) {
    std::vector<Index> numbers;
    fills.clear();
    for (const Page& page : pages_of(file).slices) {
        numbers.push_back(page.number);
        const Slice slice = decode_file(file, {}, page.place);
        REQUIRE(std::count(slice.samples.begin(), slice.samples.end(), slice.samples[0]) ==
                static_cast<std::ptrdiff_t>(slice.samples.size()));
        fills.push_back(std::to_integer<int>(slice.samples[0]));
        CHECK(ranges_agree(file, decode_file(file)));
    }
    return numbers;
}

}  // namespace

TEST_CASE("TIFF pages: those that are like the first full-sized one are slices", "[codec][tiff]") {
    const TemporaryFolder folder;
    HandMade tiff(GENERATE(false, true), GENERATE(false, true));
    std::vector<int> fills;
    SECTION("all alike") {
        for (std::uint8_t i = 1; i <= 4; ++i) tiff.add({.fill = i});
        const std::string file = tiff.file(folder);
        CHECK(slices(file, fills) == std::vector<Index>{0, 1, 2, 3});
        CHECK(fills == std::vector<int>{1, 2, 3, 4});
        CHECK(pages_of(file).notes.empty());
        CHECK(pages_of(file).slices[0].place == 0);
        CHECK(pages_of(file).slices[2].place == static_cast<std::int64_t>(tiff.directory(2)));
    }
    SECTION("thumbnails and masks anywhere, others behind the last slice") {
        tiff.add({.fill = 1, .width = 2, .subfile = FILETYPE_REDUCEDIMAGE});
        tiff.add({.fill = 2});
        tiff.add({.fill = 3, .width = 64, .height = 64, .subfile = FILETYPE_REDUCEDIMAGE});
        tiff.add({.fill = 4, .width = 64, .height = 64, .subfile = FILETYPE_REDUCEDIMAGE});
        tiff.add({.fill = 5, .subfile = FILETYPE_PAGE});
        tiff.add({.fill = 7, .subfile = FILETYPE_MASK});
        tiff.add({.fill = 8});
        tiff.add({.fill = 6, .bits = 16});
        tiff.add({.fill = 9, .width = 3});
        const std::string file = tiff.file(folder);
        CHECK(slices(file, fills) == std::vector<Index>{1, 4, 6});
        CHECK(fills == std::vector<int>{2, 5, 8});
        const std::vector<std::string> notes{
            "page 1 (2 x 3, reduced) is left out", "pages 3 to 4 (64 x 64, reduced) are left out",
            "page 6 (5 x 3, a mask) is left out", "page 8 (16-bit samples) is left out", "page 9 (3 x 3) is left out"};
        CHECK(pages_of(file).notes == notes);
    }
    SECTION("a small copy in front that nobody calls one") {
        tiff.add({.fill = 1, .width = 5, .height = 3});
        for (std::uint8_t i = 2; i <= 4; ++i) tiff.add({.fill = i, .width = 50, .height = 30});
        const std::string file = tiff.file(folder);
        CHECK(slices(file, fills) == std::vector<Index>{1, 2, 3});
        CHECK(pages_of(file).notes == std::vector<std::string>{"page 1 (5 x 3, a thumbnail) is left out"});
    }
    SECTION("a page in front that is no copy of the others") {
        tiff.add({.fill = 1, .width = 50, .height = 30});
        for (std::uint8_t i = 2; i <= 4; ++i) tiff.add({.fill = i});
        CHECK_THROWS_WITH(pages_of(tiff.file(folder)),
                          Catch::Contains("page 1 is 50 x 30") && Catch::Contains("the 3 pages behind it are 5 x 3"));
    }
    SECTION("only reduced ones") {
        tiff.add({.fill = 1, .subfile = FILETYPE_REDUCEDIMAGE});
        tiff.add({.fill = 2, .subfile = FILETYPE_REDUCEDIMAGE});
        CHECK(slices(tiff.file(folder), fills) == std::vector<Index>{0, 1});
    }
    SECTION("black and white may be the other way round") {
        tiff.add({.fill = 1});
        tiff.add({.fill = 2, .photometric = PHOTOMETRIC_MINISWHITE});
        CHECK(slices(tiff.file(folder), fills) == std::vector<Index>{0, 1});
        CHECK(fills == std::vector<int>{1, 253});
    }
    SECTION("more kinds than anybody reads of") {
        tiff.add({});
        for (std::uint32_t i = 0; i < 25; ++i) tiff.add({.width = 10 + i});
        const Pages pages = pages_of(tiff.file(folder));
        CHECK(pages.slices.size() == 1);
        REQUIRE(pages.notes.size() == 11);
        CHECK(pages.notes.back() == "15 more pages are left out");
    }
}

TEST_CASE("TIFF pages: directories inside of pages are no slices, and are named", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("inner.tif");
    TIFF* tiff = support::open_tiff(path_from_utf8(file), "w");
    REQUIRE(tiff != nullptr);
    constexpr std::uint32_t side = 8;
    for (int i = 0; i < 4; ++i) {  // a slice, its smaller copy, another slice, its smaller copy
        const std::uint32_t width = i % 2 == 0 ? side : side / 2;
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 1U);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
        const std::uint64_t to_be_known = 0;
        if (i % 2 == 0) TIFFSetField(tiff, TIFFTAG_SUBIFD, 1, &to_be_known);
        Bytes row(side, std::byte(i));
        REQUIRE(TIFFWriteScanline(tiff, row.data(), 0) == 1);
        REQUIRE(TIFFWriteDirectory(tiff) == 1);
    }
    TIFFClose(tiff);
    std::vector<int> fills;
    CHECK(slices(file, fills).size() == 2);
    CHECK(fills == std::vector<int>{0, 2});
    CHECK(pages_of(file).notes ==
          std::vector<std::string>{"images inside of its pages (SubIFDs, such as smaller copies) are left out"});
}

TEST_CASE("TIFF pages: chains that do not end well are refused", "[codec][tiff]") {
    const TemporaryFolder folder;
    HandMade tiff(GENERATE(false, true), GENERATE(false, true));
    tiff.add({.fill = 1});
    tiff.add({.fill = 2});
    std::string why;
    SECTION("at the first page") {
        tiff.link_to(tiff.directory(0));
        why = "where it begins to repeat itself";
    }
    SECTION("at the same page") {
        tiff.link_to(tiff.directory(1));
        why = "where it begins to repeat itself";
    }
    SECTION("beyond the end") {
        tiff.link_to(tiff.bytes().size());
        why = "the next one would be beyond the end of the file";
    }
    SECTION("far beyond the end") {
        tiff.link_to(0xFFFFFFF0U);
        why = "the next one would be beyond the end of the file";
    }
    SECTION("in the middle of nothing") {
        tiff.link_to(static_cast<std::size_t>(tiff.bytes().size()));
        tiff.bytes().insert(tiff.bytes().end(), 100, std::byte{0});
        why = "the next one is damaged";
    }
    SECTION("cut off") {
        tiff.add({.fill = 3});
        tiff.bytes().resize(tiff.bytes().size() - 30);
        why = "the next one is damaged";
    }
    CHECK_THROWS_WITH(pages_of(tiff.file(folder)), Catch::Contains("its list of pages goes on behind page 2") &&
                                                       Catch::Contains(why) && Catch::Contains("copy it again"));
}

TEST_CASE("TIFF pages: one page that is unlike those around it is refused, wherever it is", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::vector<std::pair<HandPage, std::string>> odd_ones{
        {{.width = 4}, "4 x 3"}, {{.height = 8}, "5 x 8"}, {{.bits = 16}, "of 16 bits"}};
    for (const auto& [odd, text] : odd_ones) {
        for (std::size_t at = 1; at < 5; ++at) {
            CAPTURE(at, text);
            HandMade tiff(false, false);
            for (std::size_t i = 0; i < 6; ++i) tiff.add(i == at ? odd : HandPage{});
            CHECK_THROWS_WITH(pages_of(tiff.file(folder)),
                              Catch::Contains("page " + std::to_string(at + 1) + " of 6 is ") && Catch::Contains(text));
        }
    }
}

TEST_CASE("TIFF pages: what is left of a file that broke off anywhere is refused, or is all of it", "[codec][tiff]") {
    const TemporaryFolder folder;
    const bool big = GENERATE(false, true);
    HandMade tiff(GENERATE(false, true), big);
    SECTION("a directory for each page") {
        for (std::uint8_t i = 1; i <= 4; ++i) tiff.add({.fill = i});
    }
    SECTION("with words of ImageJ's") {
        tiff.add({.fill = 1, .description = "ImageJ=1.53c\nimages=3\nslices=3\n"});
        for (std::uint8_t i = 2; i <= 3; ++i) tiff.add({.fill = i});
    }
    SECTION("ImageJ's way beyond 4 GiB") {
        tiff.add({.fill = 9, .description = "ImageJ=1.53c\nslices=2\nframes=2\n"});
        tiff.point_to(tiff.bytes().size());
        for (std::uint8_t i = 0; i < 4; ++i) tiff.bytes().insert(tiff.bytes().end(), 15, std::byte{i});
    }
    const auto read = [&](const std::string& file) {
        Bytes all;
        for (const Page& page : pages_of(file).slices) {
            const Bytes one = decode_file(file, {}, page.place).samples;
            all.insert(all.end(), one.begin(), one.end());
        }
        return all;
    };
    const Bytes bytes = tiff.bytes();
    const Bytes whole = read(tiff.file(folder));
    REQUIRE(whole.size() >= 3 * 15);
    std::size_t refused = 0;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        tiff.bytes() = Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        const std::string file = tiff.file(folder);
        try {
            const Bytes left = read(file);
            if (left != whole)
                FAIL("of " << bytes.size() << " bytes " << size << " give " << left.size() << " samples");
        } catch (const Error&) {
            ++refused;
        }
    }
    CHECK(refused > bytes.size() / 2);
}

TEST_CASE("TIFF pages: 65535 of them are found within seconds", "[codec][tiff]") {
    const TemporaryFolder folder;
    HandMade tiff(false, false);
    for (int i = 0; i < 65535; ++i) tiff.add({.fill = static_cast<std::uint8_t>(i % 251)});
    const std::string file = tiff.file(folder);
    const auto start = std::chrono::steady_clock::now();
    const Pages pages = pages_of(file);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    CHECK(took.count() < 10);
    REQUIRE(pages.slices.size() == 65535);
    const auto again = std::chrono::steady_clock::now();
    for (Index i = 65000; i < 65100; ++i) {
        const Slice slice = decode_file(file, {}, pages.slices[static_cast<std::size_t>(i)].place);
        CHECK(std::to_integer<int>(slice.samples[0]) == i % 251);
    }
    const std::chrono::duration<double> opened = std::chrono::steady_clock::now() - again;
    CHECK(opened.count() < 20 * took.count());  // a walk for each would take a hundred times as long
}

TEST_CASE("TIFF pages: ImageJ's slices without directories", "[codec][tiff]") {
    const TemporaryFolder folder;
    HandMade tiff(GENERATE(false, true), GENERATE(false, true));
    std::vector<int> fills;
    const auto with = [&](const std::string& text, std::uint8_t planes) {
        tiff.add({.fill = 9, .description = text});
        Bytes& bytes = tiff.bytes();
        const std::size_t start = bytes.size();
        for (std::uint8_t i = 0; i < planes; ++i) bytes.insert(bytes.end(), 15, std::byte{i});
        return start;
    };
    SECTION("all there") {
        const std::size_t planes = with("ImageJ=1.53c\nimages=4\nslices=4\n", 4);
        tiff.point_to(planes);
        const std::string file = tiff.file(folder);
        CHECK(slices(file, fills) == std::vector<Index>{0, 1, 2, 3});
        CHECK(fills == std::vector<int>{0, 1, 2, 3});
        const Pages pages = pages_of(file);
        CHECK(pages.notes.empty());
        const std::int64_t third = -static_cast<std::int64_t>(planes) - 30;
        CHECK(pages.slices[2].place == third);
        CHECK(probe_file(file, third).image.width == 5);
        CHECK(decode_file(file, {1, 3}, third).samples == Bytes(10, std::byte{2}));
        CHECK_THROWS_WITH(decode_file(file, {}, third - 16), Catch::Contains("has no room for a slice of 15 bytes"));
    }
    SECTION("a stack of which one slice is left") {
        tiff.point_to(with("ImageJ=1.53c\nimages=4\nslices=4\n", 1));
        CHECK_THROWS_WITH(pages_of(tiff.file(folder)), Catch::Contains("holds 1 slice, 4 were expected"));
    }
    SECTION("the directory stands where slices would") {
        with("ImageJ=1.53c\nimages=4\n", 8);
        const std::string file = tiff.file(folder);
        CHECK(slices(file, fills) == std::vector<Index>{0});
        REQUIRE(pages_of(file).notes.size() == 1);
        CHECK_THAT(pages_of(file).notes[0], Catch::StartsWith("ImageJ's text says that there are 4 slices"));
    }
    SECTION("a large stack that was cut off") {
        tiff.point_to(with("ImageJ=1.53c\nimages=400000000\n", 3));
        CHECK_THROWS_WITH(pages_of(tiff.file(folder)), Catch::Contains("holds 3 slices, 400000000 were expected"));
    }
    SECTION("tifffile's, where it was told to write one directory") {
        tiff.point_to(with(R"({"truncated": true, "shape": [2, 2, 3, 5]})", 4));
        CHECK(slices(tiff.file(folder), fills) == std::vector<Index>{0, 1, 2, 3});
        CHECK(fills == std::vector<int>{0, 1, 2, 3});
    }
    SECTION("tifffile's, cut off") {
        tiff.point_to(with(R"({"shape": [4, 3, 5], "truncated": true})", 3));
        CHECK_THROWS_WITH(pages_of(tiff.file(folder)), Catch::Contains("4 were expected from tifffile's text"));
    }
    SECTION("tifffile's, where it was not told to, or of another picture") {
        const auto* const text = GENERATE(R"({"shape": [4, 3, 5]})", R"({"truncated": true, "shape": [4, 4, 5]})",
                                          R"({"truncated": true, "shape": [)", R"({"truncated": true})",
                                          R"({"truncated": false, "shape": [4, 3, 5]})");
        tiff.point_to(with(text, 4));
        CHECK(slices(tiff.file(folder), fills) == std::vector<Index>{0});
    }
    SECTION("other words") {
        tiff.point_to(with("images=4\n", 4));
        CHECK(slices(tiff.file(folder), fills) == std::vector<Index>{0});
    }
    SECTION("directories go before words") {
        const std::size_t planes = with("ImageJ=1.53c\nimages=4\n", 4);
        tiff.point_to(planes);
        tiff.add({.fill = 77});
        CHECK(slices(tiff.file(folder), fills) == std::vector<Index>{0, 1});
        CHECK(fills == std::vector<int>{0, 77});
    }
}

TEST_CASE("TIFF pages: MetaMorph's planes follow each other without directories", "[codec][tiff]") {
    const TemporaryFolder folder;
    HandMade tiff(false, false);
    tiff.add({.fill = 1, .description = "four planes"});
    // Its UIC2 tag: four values, two longs each.
    const std::size_t entry = tiff.directory(0) + 2 + 6 * 12;
    const std::array<std::uint8_t, 8> words{0x5D, 0x83, TIFF_RATIONAL, 0, 4, 0, 0, 0};
    for (std::size_t i = 0; i < words.size(); ++i) tiff.bytes()[entry + i] = std::byte{words[i]};
    CHECK_THROWS_WITH(pages_of(tiff.file(folder)), Catch::Contains("MetaMorph (STK)"));  // the directory is among them

    tiff.point_to(tiff.bytes().size());
    for (std::uint8_t i = 5; i < 9; ++i) tiff.bytes().insert(tiff.bytes().end(), 15, std::byte{i});
    const std::string file = tiff.file(folder);
    const Pages pages = pages_of(file);
    REQUIRE(pages.slices.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(pages.slices[i].number == static_cast<Index>(i));
        CHECK(decode_file(file, {}, pages.slices[i].place).samples == Bytes(15, std::byte(5 + i)));
    }
    tiff.bytes().pop_back();
    CHECK_THROWS_WITH(pages_of(tiff.file(folder)), Catch::Contains("holds 3 slices, 4 were expected"));
}

TEST_CASE("TIFF pages: ImageJ's slices beyond 4 GiB", "[codec][tiff]") {
    const TemporaryFolder folder;
    constexpr Index side = 1000;
    constexpr Index images = 4400;
    HandMade tiff(true, false);
    tiff.add({.fill = 1, .width = side, .height = side, .description = "ImageJ=1.53c\nimages=4400\nslices=4400\n"});
    const std::int64_t start = static_cast<std::int64_t>(tiff.bytes().size());
    tiff.point_to(static_cast<std::size_t>(start));
    const std::string file = tiff.file(folder);
    std::filesystem::resize_file(path_from_utf8(file), static_cast<std::uintmax_t>(start + images * side * side - 1));
    std::ofstream(path_from_utf8(file), std::ios::binary | std::ios::app) << '\x7F';  // few blocks are really there
    const Pages pages = pages_of(file);
    CHECK(pages.notes.empty());
    REQUIRE(pages.slices.size() == images);
    CHECK(pages.slices.back().place == -(start + (images - 1) * side * side));
    const Bytes last = decode_file(file, {side - 1, side}, pages.slices.back().place).samples;
    CHECK(last.front() == std::byte{0});
    CHECK(last.back() == std::byte{0x7F});
    std::filesystem::resize_file(path_from_utf8(file), static_cast<std::uintmax_t>(start + images * side * side - 1));
    CHECK_THROWS_WITH(pages_of(file), Catch::Contains("holds 4399 slices, 4400 were expected"));
}

TEST_CASE("TIFF pages: no beginning of a file and no changed byte is a crash", "[codec][tiff]") {
    const TemporaryFolder folder;
    const bool big = GENERATE(false, true);
    HandMade tiff(big, big);
    tiff.add({.fill = 1, .description = "ImageJ=1.53c\nimages=3\n"});
    if (big) {
        tiff.add({.fill = 2});
    } else {
        tiff.point_to(tiff.bytes().size());
        tiff.bytes().insert(tiff.bytes().end(), 45, std::byte{3});
    }
    const std::string file = tiff.file(folder);
    const std::size_t slices = pages_of(file).slices.size();
    CHECK(slices == (big ? 2 : 3));
    const Bytes bytes = read_bytes(file);
    const auto visit = [&](std::span<const std::byte> changed) {
        write_bytes(file, changed);
        try {
            for (const Page& page : pages_of(file).slices) (void)decode_file(file, {}, page.place);
        } catch (const Error&) {
        }
    };
    for (std::size_t size = 0; size < bytes.size(); ++size) visit(std::span(bytes).first(size));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (const auto flip : {std::byte{0x01}, std::byte{0x80}, std::byte{0xFF}}) {
            Bytes changed = bytes;
            changed[i] ^= flip;
            visit(changed);
        }
    }
}

TEST_CASE("TIFF pages: libtiff's own, each with another compression", "[codec][tiff]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("pages.tif");
    const std::vector<std::uint16_t> compressions{COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE,
                                                  COMPRESSION_PACKBITS};
    constexpr std::uint32_t width = 300;
    constexpr std::uint32_t height = 200;
    TIFFSetWarningHandler(nullptr);
    TIFF* tiff = support::open_tiff(path_from_utf8(file), GENERATE("wl", "wb", "wl8", "wb8"));
    REQUIRE(tiff != nullptr);
    std::vector<Bytes> written;
    for (std::uint32_t page = 0; page < 8; ++page) {
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 16);
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 3);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
        TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, page % 3 == 0 ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
        TIFFSetField(tiff, TIFFTAG_COMPRESSION, compressions[page % 4]);
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 50 * (page % 4 + 1));
        written.push_back(noise(std::size_t{width} * height * 6, page));
        for (std::uint16_t plane = 0; plane < (page % 3 == 0 ? 3 : 1); ++plane) {
            for (std::uint32_t y = 0; y < height; ++y) {
                Bytes row;
                for (std::size_t i = 0; i < std::size_t{width} * 6; ++i) {
                    if (page % 3 == 0 && i / 2 % 3 != plane) continue;
                    row.push_back(written.back()[y * std::size_t{width} * 6 + i]);
                }
                REQUIRE(TIFFWriteScanline(tiff, row.data(), y, plane) == 1);
            }
        }
        REQUIRE(TIFFWriteDirectory(tiff) == 1);
    }
    TIFFClose(tiff);
    const Pages pages = pages_of(file);
    REQUIRE(pages.slices.size() == 8);
    CHECK(pages.notes.empty());
    for (std::size_t page = 0; page < 8; ++page) {
        CHECK((decode_file(file, {}, pages.slices[page].place).samples == written[page]));
        const Bytes part = decode_file(file, {77, 130}, pages.slices[page].place).samples;
        CHECK(std::equal(part.begin(), part.end(), written[page].begin() + 77 * width * 6));
    }
    CHECK_THROWS_WITH(decode_file(file, {}, 1'000'000'000), Catch::Contains("make the list of slices again"));
    CHECK_FALSE([&] {
        try {
            (void)decode_file(file, {}, pages.slices[1].place + 1);  // where no directory stands
            return true;
        } catch (const Error&) {
            return false;
        }
    }());
}

TEST_CASE("TIFF: densities are exact, and the description is the file's", "[codec][tiff]") {
    const TemporaryFolder folder;
    HandMade tiff(GENERATE(false, true), GENERATE(false, true));
    tiff.add({.description = "ImageJ=1.53c\nunit=\xB5m\n"});
    tiff.add({.description = std::string(most_description_bytes + 5, 'x')});
    const std::string file = tiff.file(folder);
    const Probe probe = probe_file(file);
    CHECK(probe.density.x == 1'000'000.0 / 3);
    CHECK_FALSE(probe.density.y);
    CHECK(probe.density.unit == FileDensity::Unit::centimetre);
    CHECK(probe.description == "ImageJ=1.53c\nunit=\xB5m\n");
    CHECK(probe.notes.empty());
    const Probe second = probe_file(file, pages_of(file).slices[1].place);
    const bool cut = second.description == std::string(most_description_bytes, 'x');
    CHECK(cut);
    CHECK(second.decoder_bytes >= static_cast<std::int64_t>(2 * most_description_bytes));
    CHECK(second.notes == std::vector<std::string>{"only the first 16.0 MiB of its description are read"});
}

}  // namespace stack2nrrd::test
