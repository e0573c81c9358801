// Streams that were whole are left open, and others follow: zlib decodes what all of them were.

#include "sink/last_block.hpp"

#include "support/catch.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <set>
#include <span>
#include <stdexcept>
#include <vector>

namespace {

using stack2nrrd::find_last_block;
using stack2nrrd::LastBlock;
using stack2nrrd::leave_open;
using Bytes = std::vector<std::byte>;

/// How zlib is told to make blocks of all kinds.
struct Way {
    int level;
    int memory;  ///< 1: blocks of 127 symbols
    int strategy;
};

const std::vector<Way> ways{{0, 8, Z_DEFAULT_STRATEGY},
                            {6, 8, Z_DEFAULT_STRATEGY},
                            {6, 1, Z_DEFAULT_STRATEGY},
                            {1, 1, Z_FIXED},
                            {9, 8, Z_FIXED},
                            {6, 2, Z_HUFFMAN_ONLY}};

Bytes deflated(const Bytes& bytes, const Way& way) {
    Bytes out(bytes.size() * 2 + 1000);
    z_stream stream{};
    REQUIRE(::deflateInit2(&stream, way.level, Z_DEFLATED, -15, way.memory, way.strategy) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

/// What comes out of one stream that ends with the last of `bytes`.
Bytes inflated(const Bytes& bytes, std::size_t count) {
    Bytes out(count + 1);
    z_stream stream{};
    REQUIRE(::inflateInit2(&stream, -15) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(::inflate(&stream, Z_FINISH) == Z_STREAM_END);
    REQUIRE(stream.avail_in == 0);
    out.resize(stream.total_out);
    ::inflateEnd(&stream);
    return out;
}

/// Letters, of which `different` occur, with what was there before here and there.
Bytes text(std::mt19937& random, std::size_t count, unsigned different) {
    Bytes bytes;
    while (bytes.size() < count) {
        if (bytes.size() > 20 && random() % 4 == 0) {
            const std::size_t from = random() % (bytes.size() - 10);
            for (std::size_t i = 0; i < 10 && bytes.size() < count; ++i) bytes.push_back(bytes[from + i]);
        } else {
            bytes.push_back(static_cast<std::byte>(random() % different));
        }
    }
    return bytes;
}

bool bit(const Bytes& bytes, std::size_t i) { return (bytes[i / 8] >> (i % 8) & std::byte{1}) != std::byte{0}; }

}  // namespace

TEST_CASE("a deflate stream is left open, and goes on", "[sink]") {
    std::mt19937 random(3);
    std::set<std::size_t> ends;  // in their last byte
    std::set<unsigned> kinds;    // of last blocks: stored, fixed, dynamic
    std::size_t single_blocks = 0;
    std::size_t streams = 0;
    for (const Way& way : ways) {
        for (int turn = 0; turn < 250; ++turn) {
            const std::size_t count = turn < 100 ? static_cast<std::size_t>(turn) : random() % 200'000;
            const Bytes first = text(random, count, 1 + random() % 256);
            const Bytes second = text(random, random() % 500, 40);
            Bytes piece = deflated(first, way);
            const std::size_t length = piece.size();
            CAPTURE(way.level, way.memory, way.strategy, count);

            const LastBlock block = find_last_block(piece);
            REQUIRE(bit(piece, block.first));
            REQUIRE(block.first < block.end);
            REQUIRE((block.end + 7) / 8 == length);
            ends.insert(block.end % 8);
            kinds.insert(bit(piece, block.first + 1) + 2U * bit(piece, block.first + 2));
            single_blocks += block.first == 0 ? 1 : 0;
            ++streams;

            // What is behind the last bit means nothing.
            if (turn % 2 == 0) {
                for (std::size_t i = block.end; i < 8 * length; ++i) piece[i / 8] |= std::byte{1} << (i % 8);
            }
            REQUIRE(leave_open(std::span(piece).first(length), length) == 0);
            piece.resize(length + 4);
            REQUIRE(leave_open(piece, length) == 0);
            piece.resize(length + 5, std::byte{0xff});
            const std::size_t open = leave_open(piece, length);
            REQUIRE(open >= length + 4);
            REQUIRE(open <= length + 5);
            piece.resize(open);
            const Bytes rest = deflated(second, ways[random() % ways.size()]);
            piece.insert(piece.end(), rest.begin(), rest.end());
            Bytes all = first;
            all.insert(all.end(), second.begin(), second.end());
            REQUIRE((inflated(piece, all.size()) == all));
        }
    }
    CHECK(ends.size() == 8);
    CHECK((kinds == std::set<unsigned>{0, 1, 2}));
    CHECK(single_blocks > 0);
    CHECK(single_blocks < streams);
}

TEST_CASE("what breaks off has no last block", "[sink]") {
    std::mt19937 random(4);
    const Bytes stream = deflated(text(random, 3000, 50), {6, 1, Z_DEFAULT_STRATEGY});
    for (std::size_t length = 0; length < stream.size(); ++length) {
        CHECK_THROWS_AS(find_last_block(std::span(stream).first(length)), std::logic_error);
    }
    CHECK_NOTHROW(find_last_block(stream));
}
