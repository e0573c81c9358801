// JPEG 2000 files that are damaged, or made to cost much: refused in time, and never a crash.

#include "write_jpeg2000.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

namespace stack2nrrd::test {

TEST_CASE("JPEG 2000: what its codestream lacks is damage, what it can do without is not", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.j2k");
    J2kSpec spec;
    spec.tile = {32, 32};
    const J2kPlanes samples = j2k_samples(spec);
    const Bytes whole = make_j2k(spec, samples);
    const Bytes expected = interleaved(samples, 8);
    const std::size_t last = whole.size() - 2;
    SECTION("without its end, all tiles are there") {
        CHECK((decode_bytes(file, Bytes(whole.begin(), whole.end() - 2)).samples == expected));
    }
    SECTION("the last tile may leave its length open") {
        std::size_t sot = 0;
        for (std::size_t at = find_marker(whole, 0x90); at < last;) {
            sot = at;
            const auto size = [&](int i) {
                return std::to_integer<std::size_t>(whole[at + 6 + static_cast<std::size_t>(i)]);
            };
            at += size(0) << 24 | size(1) << 16 | size(2) << 8 | size(3);
        }
        Bytes bytes = whole;
        set_big(bytes, sot + 6, 0, 4);
        CHECK((decode_bytes(file, bytes).samples == expected));
        bytes.resize(bytes.size() - 2);
        CHECK_THAT(refusal_of(file, bytes, ErrorCode::corrupt), Catch::Contains("its end is missing"));
    }
    SECTION("a tile less") {
        const std::size_t first = find_marker(whole, 0x90);
        const std::size_t second = find_marker(whole, 0x90, first + 2);
        Bytes bytes = whole;
        bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(first),
                    bytes.begin() + static_cast<std::ptrdiff_t>(second));
        CHECK_THAT(refusal_of(file, bytes, ErrorCode::corrupt), Catch::Contains("tile 0 of 4 is not complete"));
    }
    SECTION("tiles in another order") {
        const std::size_t first = find_marker(whole, 0x90);
        const std::size_t second = find_marker(whole, 0x90, first + 2);
        Bytes bytes = whole;
        std::rotate(bytes.begin() + static_cast<std::ptrdiff_t>(first),
                    bytes.begin() + static_cast<std::ptrdiff_t>(second), bytes.end() - 2);
        CHECK((decode_bytes(file, bytes).samples == expected));
    }
    SECTION("boxes that contradict it") {
        J2kSpec other = spec;
        other.width = 60;
        CHECK_THAT(refusal_of(file, jp2_file(other, enumerated_colour(17), whole), ErrorCode::corrupt),
                   Catch::Contains("its boxes declare 60 x 43 x 1 samples and its codestream 61 x 43 x 1"));
    }
}

TEST_CASE("JPEG 2000: bombs are refused before they cost anything", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.j2k");
    const J2kSpec spec;
    const Bytes good = make_j2k(spec, j2k_samples(spec));
    const std::size_t cod = find_marker(good, 0x52);
    const auto start = std::chrono::steady_clock::now();
    SECTION("size") {
        Bytes bytes = good;
        set_big(bytes, siz_width, 900'000, 4);
        set_big(bytes, siz_height, 900'000, 4);
        set_big(bytes, siz_tile_width, 900'000, 4);
        set_big(bytes, siz_tile_height, 900'000, 4);
        CHECK_THAT(refusal_of(file, bytes, ErrorCode::limit), Catch::Contains("900000 x 900000"));
    }
    SECTION("tiles of one sample") {
        Bytes bytes = good;
        set_big(bytes, siz_tile_width, 1, 4);
        set_big(bytes, siz_tile_height, 1, 4);
        CHECK_THAT(refusal_of(file, bytes, ErrorCode::corrupt), Catch::Contains("of 2623 is not complete"));
        set_big(bytes, siz_width, 1'000'000, 4);
        set_big(bytes, siz_height, 1'000'000, 4);
        CHECK_THAT(refusal_of(file, bytes, ErrorCode::corrupt), Catch::Contains("at most 65535"));
    }
    SECTION("far out on the grid") {
        Bytes bytes = good;
        set_big(bytes, siz_offset_x, 0xFFFFFF00, 4);
        set_big(bytes, siz_width, 0xFFFFFFF0, 4);
        set_big(bytes, siz_tile_width, 0xFFFFFFFF, 4);
        CHECK_THAT(refusal_of(file, bytes, ErrorCode::limit), Catch::Contains("places its samples up to 4294967280"));
    }
    SECTION("layers") {
        Bytes bytes = good;
        set_big(bytes, cod + 6, 65535, 2);
        bytes[cod + 9] = std::byte{32};
        CHECK_THAT(refusal_of(file, bytes, ErrorCode::limit), Catch::Contains("packets a tile"));
    }
    SECTION("blocks of a few samples on a slice that is hardly there") {
        Bytes bytes = good;
        for (const std::size_t at : {siz_width, siz_height, siz_tile_width, siz_tile_height})
            set_big(bytes, at, 11'000, 4);
        set_big(bytes, cod + 10, 0, 2);
        CHECK_THAT(refusal_of(file, bytes, ErrorCode::limit), Catch::Contains("less was expected"));
    }
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

TEST_CASE("JPEG 2000: every beginning of a file decodes to the same or is refused", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jp2");
    J2kSpec spec;
    spec.width = 33;
    spec.height = 21;
    spec.components = GENERATE(1, 3);
    spec.tile = GENERATE(std::array{0, 0}, std::array{16, 16});
    spec.has_boxes = GENERATE(false, true);
    const Slice slice = decode_bytes(file, make_j2k(spec, j2k_samples(spec)));
    CHECK(prefixes_are_safe(file, slice));
}

TEST_CASE("JPEG 2000: no changed byte is a crash", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jp2");
    J2kSpec spec;
    spec.width = 19;
    spec.height = 17;
    spec.components = GENERATE(1, 3);
    spec.mixes_colour = spec.components == 3;
    spec.has_boxes = GENERATE(false, true);
    spec.tile = GENERATE(std::array{0, 0}, std::array{16, 16});
    write_bytes(file, make_j2k(spec, j2k_samples(spec)));
    corrupt_each_byte(file);
}

}  // namespace stack2nrrd::test
