// BMP files with run lengths, written in every way that there is, against the indices that went into them.

#include "codec_support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

namespace stack2nrrd::test {

namespace {

/// Grey entries, so that samples tell their index: 16 i for 4 bits, i for 8.
Bytes make_bmp(int bits, int width, int height, const Bytes& runs, int header = 40) {
    Bytes body;
    put_little(body, static_cast<std::uint64_t>(header), 4);
    put_little(body, static_cast<std::uint32_t>(width), 4);
    put_little(body, static_cast<std::uint32_t>(height), 4);
    put_little(body, 1, 2);
    put_little(body, static_cast<std::uint64_t>(bits), 2);
    put_little(body, bits == 8 ? 1 : 2, 4);
    put_little(body, runs.size(), 4);
    body.resize(static_cast<std::size_t>(header));
    for (int i = 0; i < 1 << bits; ++i) {
        for (int c = 0; c < 3; ++c) body.push_back(static_cast<std::byte>(bits == 8 ? i : 16 * i));
        body.push_back(std::byte{0});
    }
    Bytes file{std::byte{'B'}, std::byte{'M'}};
    put_little(file, 14 + body.size() + runs.size(), 4);
    put_little(file, 0, 4);
    put_little(file, 14 + body.size(), 4);
    file.insert(file.end(), body.begin(), body.end());
    file.insert(file.end(), runs.begin(), runs.end());
    return file;
}

void put(Bytes& bytes, std::initializer_list<int> values) {
    for (const int v : values) bytes.push_back(static_cast<std::byte>(v));
}

/// Runs of chance lengths and kinds over `indices` (bottom row first), where zeros may be skipped.
Bytes make_runs(int bits, int width, int height, const std::vector<int>& indices, std::mt19937& random) {
    Bytes runs;
    for (int y = 0; y < height; ++y) {
        const int* row = &indices[static_cast<std::size_t>(y * width)];
        for (int x = 0; x < width;) {
            const int left = std::min(width - x, 255);
            const int wanted = std::min<int>(1 + static_cast<int>(random() % 9), left);
            const auto alike = [&](int i) { return row[x + i] == row[x + (bits == 4 ? i % 2 : 0)]; };
            int equal = 0;
            while (equal < left && alike(equal)) ++equal;
            int zeros = 0;
            while (zeros < left && row[x + zeros] == 0) ++zeros;
            if (zeros > 0 && random() % 2 == 0) {
                put(runs, {0, 2, zeros, 0});
                x += zeros;
            } else if (wanted >= 3 && (equal < 3 || random() % 3 == 0)) {
                put(runs, {0, wanted});
                int bytes = 0;
                for (int i = 0; i < wanted; i += bits == 8 ? 1 : 2, ++bytes) {
                    const int second = i + 1 < wanted ? row[x + i + 1] : 0;
                    put(runs, {bits == 8 ? row[x + i] : row[x + i] << 4 | second});
                }
                if (bytes % 2 != 0) put(runs, {0});
                x += wanted;
            } else {
                const int second = equal > 1 ? row[x + 1] : 0;
                put(runs, {equal, bits == 8 ? row[x] : row[x] << 4 | second});
                x += equal;
            }
        }
        if (y + 1 < height) put(runs, {0, 0});
    }
    put(runs, {0, 1});
    return runs;
}

Bytes expected(int bits, int width, int height, const std::vector<int>& indices) {
    Bytes samples;
    for (int y = height; y-- > 0;) {
        for (int x = 0; x < width; ++x) {
            const int index = indices[static_cast<std::size_t>(y * width + x)];
            samples.push_back(static_cast<std::byte>(bits == 8 ? index : 16 * index));
        }
    }
    return samples;
}

}  // namespace

TEST_CASE("BMP: run lengths of every kind", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    std::mt19937 random(3);
    for (const int bits : {4, 8}) {
        for (int trial = 0; trial < 200; ++trial) {
            const int width = 1 + static_cast<int>(random() % 300);
            const int height = 1 + static_cast<int>(random() % 7);
            std::vector<int> indices;
            while (static_cast<int>(indices.size()) < width * height) {
                const int value = static_cast<int>(random() % (1U << bits)) * static_cast<int>(random() % 3 != 0);
                for (std::size_t i = 0, n = 1 + random() % 20; i < n; ++i) indices.push_back(value);
            }
            indices.resize(static_cast<std::size_t>(width * height));
            write_bytes(file, make_bmp(bits, width, height, make_runs(bits, width, height, indices, random),
                                       trial % 2 == 0 ? 40 : 64));
            const Slice slice = decode_file(file);
            CHECK(slice.image.colour == Colour::grey);
            CHECK_FALSE(probe_file(file).bare);
            Bytes stored = expected(bits, width, height, indices);
            if (bits == 4) std::for_each(stored.begin(), stored.end(), [](std::byte& b) { b >>= 4; });
            CHECK((decode_file(file, {}, 0, Samples::stored).samples == stored));
            REQUIRE((slice.samples == expected(bits, width, height, indices)));
            if (trial == 0) CHECK(ranges_agree(file, slice));
        }
    }
}

TEST_CASE("BMP: what run lengths skip is index 0, what they say too much of a row is cut", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    const auto samples = [&](std::initializer_list<int> runs) {
        Bytes bytes;
        put(bytes, runs);
        write_bytes(file, make_bmp(8, 4, 2, bytes));
        return decode_file(file).samples;
    };
    const auto rows = [](std::initializer_list<int> values) {
        Bytes bytes;
        put(bytes, values);
        return bytes;
    };
    CHECK((samples({2, 7, 0, 0, 1, 9, 0, 1}) == rows({9, 0, 0, 0, 7, 7, 0, 0})));
    CHECK((samples({1, 7, 0, 2, 1, 1, 1, 9, 0, 1}) == rows({0, 0, 9, 0, 7, 0, 0, 0})));
    CHECK((samples({0, 1}) == Bytes(8)));
    CHECK((samples({9, 7, 0, 0, 4, 9, 0, 1}) == rows({9, 9, 9, 9, 7, 7, 7, 7})));
    CHECK((samples({4, 7, 0, 0, 4, 9}) == rows({9, 9, 9, 9, 7, 7, 7, 7})));  // no end, but nothing is missing
}

TEST_CASE("BMP: run lengths that contradict the header are damage", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    const auto sentence = [&](std::initializer_list<int> runs) {
        Bytes bytes;
        put(bytes, runs);
        write_bytes(file, make_bmp(8, 4, 2, bytes));
        ErrorCode code = ErrorCode::io;
        const std::string text = refusal(file, &code);
        CHECK(code == ErrorCode::corrupt);
        return text;
    };
    CHECK_THAT(sentence({4, 7, 0, 0, 4, 9, 0, 0, 1, 9, 0, 1}), Catch::Contains("beyond its last row"));
    CHECK_THAT(sentence({0, 2, 5, 0}), Catch::Contains("leave the slice"));
    CHECK_THAT(sentence({0, 2, 0, 3}), Catch::Contains("leave the slice"));
    CHECK_THAT(sentence({4, 7, 0, 0, 3, 9}), Catch::Contains("ends inside its run lengths"));
    CHECK_THAT(sentence({4, 7, 0, 0, 0, 4, 9}), Catch::Contains("ends inside its run lengths"));
    CHECK_THAT(sentence({4}), Catch::Contains("ends inside its run lengths"));
}

TEST_CASE("BMP: every beginning of a file with run lengths decodes to the same or is refused", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    const int bits = GENERATE(4, 8);
    std::mt19937 random(5);
    std::vector<int> indices(60);
    for (int& index : indices) index = static_cast<int>(random() % 3);
    write_bytes(file, make_bmp(bits, 12, 5, make_runs(bits, 12, 5, indices, random)));
    CHECK(prefixes_are_safe(file, decode_file(file)));
    corrupt_each_byte(file);
}

TEST_CASE("BMP: the second header of OS/2, whole and cut short", "[codec][bmp]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.bmp");
    const int header = GENERATE(16, 20, 24, 36, 64);
    Bytes body;
    put_little(body, static_cast<std::uint64_t>(header), 4);
    put_little(body, 4, 4);
    put_little(body, 2, 4);
    put_little(body, 1, 2);
    put_little(body, 8, 2);
    body.resize(static_cast<std::size_t>(header));
    for (int i = 0; i < 256; ++i) put(body, {i, i, i, 0});
    Bytes bmp{std::byte{'B'}, std::byte{'M'}};
    put_little(bmp, 0, 8);
    put_little(bmp, 14 + body.size(), 4);
    bmp.insert(bmp.end(), body.begin(), body.end());
    put(bmp, {1, 2, 3, 4, 5, 6, 7, 8});
    write_bytes(file, bmp);
    Bytes rows;
    put(rows, {5, 6, 7, 8, 1, 2, 3, 4});
    CHECK((decode_file(file).samples == rows));
}

}  // namespace stack2nrrd::test
