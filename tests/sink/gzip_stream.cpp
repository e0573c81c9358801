#include "sink/gzip_stream.hpp"
#include "sink/block_deflater.hpp"

#include "support/catch.hpp"
#include "support/volume_reader.hpp"

#include <stack2nrrd/error.hpp>

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <vector>

#if defined(STACK2NRRD_HAVE_TEEM)
#include <teem/nrrd.h>

#include <fstream>
#include <memory>

#include "support/temp_folder.hpp"
#endif

namespace {

using stack2nrrd::GzipStream;
using Bytes = std::vector<std::byte>;

constexpr std::size_t block = GzipStream::block_bytes;

Bytes compressed(const Bytes& bytes, int level, unsigned threads, std::size_t at_once = std::size_t{1} << 30) {
    Bytes result;
    GzipStream gzip(level, threads, [&](auto part) { result.insert(result.end(), part.begin(), part.end()); });
    for (std::size_t i = 0; i < bytes.size(); i += at_once) {
        gzip.write(std::span(bytes).subspan(i, std::min(at_once, bytes.size() - i)));
    }
    gzip.finish();
    return result;
}

Bytes noise(std::size_t count) {
    std::mt19937 random(7);
    Bytes bytes(count);
    for (std::byte& b : bytes) b = static_cast<std::byte>(random());
    return bytes;
}

/// 16-bit samples with noise in their lower bits.
Bytes noisy(std::size_t count) {
    Bytes bytes = noise(count);
    for (std::size_t i = 1; i < count; i += 2) bytes[i] = static_cast<std::byte>(100 + 20 * std::sin(1e-3 * double(i)));
    return bytes;
}

/// 8-bit samples that wander slowly, like those of a smoothed scan.
Bytes smooth(std::size_t count) {
    std::mt19937 random(9);
    Bytes bytes(count);
    for (std::size_t i = 0; i < count; ++i) {
        const double x = double(i % 700), y = double(i / 700);
        bytes[i] = static_cast<std::byte>(128 + 60 * std::sin(0.02 * x) * std::cos(0.03 * y) + double(random() % 2));
    }
    return bytes;
}

/// Few values in large regions.
Bytes labels(std::size_t count) {
    Bytes bytes(count);
    for (std::size_t i = 0; i < count; ++i) {
        const double x = double(i % 500), y = double(i / 500);
        bytes[i] = static_cast<std::byte>((std::sin(0.05 * x + 1e-3 * y) + std::cos(0.07 * y) > 0.3) + (x > y));
    }
    return bytes;
}

Bytes joined(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// Bit by bit, as RFC 1952 has it.
std::uint32_t slow_crc(const Bytes& bytes) {
    std::uint32_t crc = 0xffffffffU;
    for (const std::byte b : bytes) {
        crc ^= static_cast<std::uint32_t>(b);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
    }
    return ~crc;
}

std::uint32_t number_at(const Bytes& bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (unsigned i = 0; i < 4; ++i) number |= static_cast<std::uint32_t>(bytes[at + i]) << (8 * i);
    return number;
}

/// What zlib makes of all bytes at once.
std::size_t size_by_zlib(const Bytes& bytes) {
    uLongf size = ::compressBound(static_cast<uLong>(bytes.size()));
    Bytes out(size);
    REQUIRE(::compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                        static_cast<uLong>(bytes.size()), 6) == Z_OK);
    return size;
}

Bytes raw_by_zlib(const Bytes& bytes, int level) {
    Bytes out(bytes.size() * 2 + 1000);
    z_stream stream{};
    REQUIRE(::deflateInit2(&stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

/// What comes out of a raw deflate stream behind `before`; less than `count` bytes if it breaks off.
Bytes raw_inflated(const Bytes& piece, std::span<const std::byte> before, std::size_t count) {
    Bytes out(count + 1);
    z_stream stream{};
    REQUIRE(::inflateInit2(&stream, -15) == Z_OK);
    if (!before.empty()) {
        const auto* dictionary = reinterpret_cast<const Bytef*>(before.data());
        REQUIRE(::inflateSetDictionary(&stream, dictionary, static_cast<uInt>(before.size())) == Z_OK);
    }
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    (void)::inflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    ::inflateEnd(&stream);
    return out;
}

}  // namespace

TEST_CASE("gzip: every length becomes one member, with the right ends", "[sink]") {
    const Bytes all = joined(joined(noisy(block), labels(block)), smooth(block));
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, block - 1, block, block + 1,
                                    2 * block, 2 * block + 40'000, 3 * block}) {
        const Bytes bytes(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
        const std::uint32_t crc = slow_crc(bytes);
        for (const int level : {1, 2, 6, 7}) {
            CAPTURE(count, level);
            const Bytes gzip = compressed(bytes, level, 3);
            CHECK((support::inflate_one_member(gzip) == bytes));
            REQUIRE(gzip.size() >= 20);
            CHECK(number_at(gzip, 0) == 0x00088b1fU);
            CHECK(number_at(gzip, 4) == 0);  // no time
            CHECK(number_at(gzip, gzip.size() - 8) == crc);
            CHECK(number_at(gzip, gzip.size() - 4) == count);
        }
    }
}

TEST_CASE("gzip: the bytes depend neither on threads nor on how they come", "[sink]") {
    const Bytes bytes = joined(joined(labels(3 * block), noisy(3 * block)), smooth(2 * block + 77));
    for (const int level : {1, 4, 6, 7}) {
        const Bytes first = compressed(bytes, level, 1);
        CHECK((support::inflate_one_member(first) == bytes));
        for (const unsigned threads : {2U, 5U}) {
            for (const std::size_t at_once : {std::size_t{999}, block, 3 * block + 1}) {
                CAPTURE(level, threads, at_once);
                CHECK((compressed(bytes, level, threads, at_once) == first));
            }
        }
    }
}

TEST_CASE("gzip: ISA-L compresses no block without what comes before it", "[sink]") {
    // Streams that ISA-L 2.30 begins without history depend on an address: see BlockDeflater.
    using stack2nrrd::BlockDeflater;
    const Bytes all = noise(block);
    const auto before = std::span(all).first(BlockDeflater::before_bytes);
    Bytes bytes(before.begin(), before.end());  // what comes before comes again at once
    bytes = joined(bytes, labels(5000));
    const auto deflated = [&](int level, std::span<const std::byte> first) {
        Bytes piece(BlockDeflater::most_bytes(bytes.size()));
        piece.resize(BlockDeflater(level).deflate(first, bytes, true, piece));
        return piece;
    };
    for (const int level : {1, 4}) {
        CAPTURE(level);
        const Bytes zlib = raw_by_zlib(bytes, level);
        CHECK((deflated(level, {}) == zlib));
        const Bytes behind = deflated(level, before);
        CHECK((raw_inflated(behind, before, bytes.size()) == bytes));
        if (behind == zlib) {
            std::fprintf(stderr, "SKIPPED: the library is built without ISA-L\n");
            continue;
        }
        CHECK((raw_inflated(behind, {}, bytes.size()) != bytes));  // it refers to what comes before
    }
}

TEST_CASE("gzip: what cannot be compressed grows by little", "[sink]") {
    const Bytes bytes = noise(3 * block + 5);
    for (const int level : {1, 2, 6, 9}) {
        CAPTURE(level);
        const Bytes gzip = compressed(bytes, level, 2);
        CHECK((support::inflate_one_member(gzip) == bytes));
        CHECK(gzip.size() < bytes.size() + bytes.size() / 100);
    }
}

TEST_CASE("gzip: the usual level is as small as zlib's, whatever the samples", "[sink]") {
    constexpr std::size_t count = 4 * block;
    for (const Bytes& bytes : {noisy(count), smooth(count), labels(count)}) {
        const auto by_zlib = static_cast<double>(size_by_zlib(bytes));
        CHECK(static_cast<double>(compressed(bytes, 6, 2).size()) <= 1.015 * by_zlib + 100);
        CHECK(static_cast<double>(compressed(bytes, 9, 2).size()) <= 1.01 * by_zlib);
    }
}

TEST_CASE("gzip: a failure to write comes to the caller, whatever the threads do", "[sink]") {
    const Bytes bytes = smooth(9 * block);
    for (const unsigned threads : {1U, 2U, 5U}) {
        for (const int good : {0, 1, 4}) {
            CAPTURE(threads, good);
            int writes = 0;
            const auto run = [&] {
                GzipStream gzip(7, threads, [&](auto) {
                    if (writes++ >= good) throw stack2nrrd::Error(stack2nrrd::ErrorCode::io, "full");
                });
                gzip.write(bytes);
                gzip.finish();
            };
            CHECK_THROWS_AS(run(), stack2nrrd::Error);
            CHECK(writes == good + 1);
        }
        GzipStream abandoned(7, threads, [](auto) {});
        abandoned.write(bytes);
    }
}

#if defined(STACK2NRRD_HAVE_TEEM)

TEST_CASE("gzip: Teem reads what many blocks became", "[sink]") {
    const support::TempFolder folder;
    const Bytes bytes = joined(joined(labels(block), noisy(block)), smooth(block));
    for (const int level : {1, 6, 9}) {
        const Bytes gzip = compressed(bytes, level, 2);
        {
            std::ofstream file(folder / "v.nrrd", std::ios::binary);
            file << "NRRD0004\ntype: uint8\ndimension: 1\nsizes: " << bytes.size() << "\nencoding: gzip\n\n";
            file.write(reinterpret_cast<const char*>(gzip.data()), static_cast<std::streamsize>(gzip.size()));
        }
        const std::unique_ptr<Nrrd, decltype(&nrrdNuke)> nrrd(nrrdNew(), &nrrdNuke);
        REQUIRE(nrrdLoad(nrrd.get(), (folder / "v.nrrd").string().c_str(), nullptr) == 0);
        REQUIRE(nrrdElementNumber(nrrd.get()) == bytes.size());
        CHECK(std::equal(bytes.begin(), bytes.end(), static_cast<const std::byte*>(nrrd->data)));
    }
}

#endif
