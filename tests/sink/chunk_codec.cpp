#include "sink/chunk_codec.hpp"
#include "sink/block_deflater.hpp"
#include "sink/chunk_packer.hpp"

#include "support/catch.hpp"
#include "support/volume_reader.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <random>
#include <span>
#include <vector>

namespace {

using stack2nrrd::BlockDeflater;
using stack2nrrd::ChunkCodec;
using stack2nrrd::ChunkPacker;
using stack2nrrd::Encoding;
using Bytes = std::vector<std::byte>;

/// 16-bit samples with noise in their lower bits.
Bytes noisy(std::size_t count, unsigned seed = 3) {
    std::mt19937 random(seed);
    Bytes bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i % 2 == 0 ? random() : 7 + i / 4096);
    return bytes;
}

Bytes packed(ChunkCodec& codec, Encoding encoding, std::span<const std::byte> chunk) {
    Bytes bytes(ChunkCodec::most_bytes(encoding, chunk.size()));
    bytes.resize(codec.pack(chunk, bytes));
    return bytes;
}

}  // namespace

TEST_CASE("a chunk of any length is one gzip member", "[sink]") {
    const Bytes all = noisy(200'000);
    for (const int level : {1, 2, 6, 9}) {
        ChunkCodec codec(Encoding::gzip, level);
        for (const std::size_t count : {1, 31, 32, 33, 34, 64, 1000, 65'536, 200'000}) {
            CAPTURE(level, count);
            const Bytes chunk(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
            const Bytes gzip = packed(codec, Encoding::gzip, chunk);
            CHECK((support::inflate_one_member(gzip) == chunk));
            CHECK(gzip.size() <= count + count / 100 + 100);
        }
    }
}

TEST_CASE("a chunk does not depend on where it lies, or on what was packed before it", "[sink]") {
    // ISA-L 2.30 begins a stream without history with a hash that is left over from an address.
    const Bytes chunk = noisy(3000);
    Bytes room(chunk.size() + 4096);
    for (const int level : {1, 4, 6}) {
        ChunkCodec first(Encoding::gzip, level);
        const Bytes expected = packed(first, Encoding::gzip, chunk);
        int others = 0;
        for (std::size_t i = 0; i < 4000; ++i) {
            const auto place = std::span(room).subspan((i * 13) % 4096, chunk.size());
            std::copy(chunk.begin(), chunk.end(), place.begin());
            if (i % 50 != 0) {
                if (packed(first, Encoding::gzip, place) != expected) ++others;
            } else {
                ChunkCodec another(Encoding::gzip, level);
                (void)packed(another, Encoding::gzip, noisy(500, static_cast<unsigned>(i)));
                if (packed(another, Encoding::gzip, place) != expected) ++others;
            }
        }
        CAPTURE(level);
        CHECK(others == 0);
    }
}

TEST_CASE("all of a chunk but its first bytes has something before it", "[sink]") {
    // Without it, BlockDeflater leaves the chunk to zlib, which takes several times as long.
    const Bytes chunk = noisy(100'000);
    const auto before = std::span(chunk).first(BlockDeflater::before_bytes);
    ChunkCodec codec(Encoding::gzip, 1);
    const Bytes gzip = packed(codec, Encoding::gzip, chunk);
    Bytes piece(BlockDeflater::most_bytes(chunk.size()));
    piece.resize(BlockDeflater(1).deflate(before, std::span(chunk).subspan(before.size()), true, piece));
    const std::size_t ends = 10 + 5 + before.size();
    REQUIRE(gzip.size() == ends + piece.size() + 8);
    CHECK(std::equal(piece.begin(), piece.end(), gzip.begin() + static_cast<std::ptrdiff_t>(ends)));
}

TEST_CASE("chunks come packed in order, the same from any number of threads", "[sink]") {
    const auto gather = [](std::size_t i, std::span<std::byte> bytes) {
        const Bytes chunk = noisy(bytes.size(), static_cast<unsigned>(i));
        std::copy(chunk.begin(), chunk.end(), bytes.begin());
    };
    std::vector<Bytes> expected;
    for (const unsigned threads : {1U, 2U, 5U}) {
        ChunkPacker packer(Encoding::gzip, 1, threads, 10'000);
        for (int round = 0; round < 3; ++round) {
            for (const std::size_t count : {1, 2, 40}) {
                std::vector<Bytes> got;
                packer.pack(count, 9'999, gather, [&](std::size_t i, std::span<const std::byte> chunk) {
                    CHECK(i == got.size());
                    got.emplace_back(chunk.begin(), chunk.end());
                });
                REQUIRE(got.size() == count);
                if (expected.size() < count) expected = got;
                CHECK(std::equal(got.begin(), got.end(), expected.begin()));
            }
        }
    }
}

TEST_CASE("what fails while chunks are packed comes to the caller, and the threads go on to the next", "[sink]") {
    struct Failure {};
    for (const unsigned threads : {1U, 3U}) {
        ChunkPacker packer(Encoding::raw, 1, threads, 8);
        for (int round = 0; round < 50; ++round) {
            const bool in_gather = round % 2 == 0;
            std::size_t taken = 0;
            const auto run = [&](bool fails) {
                packer.pack(
                    30, 8,
                    [&](std::size_t i, std::span<std::byte>) {
                        if (fails && in_gather && i == 11) throw Failure{};
                    },
                    [&](std::size_t i, std::span<const std::byte>) {
                        if (fails && !in_gather && i == 11) throw Failure{};
                        ++taken;
                    });
            };
            CHECK_THROWS_AS(run(true), Failure);
            CHECK(taken == 11);
            taken = 0;
            run(false);
            CHECK(taken == 30);
        }
    }
}
