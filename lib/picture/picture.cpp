#include "picture/picture.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>
#include <string_view>

namespace stack2nrrd {

void fill(Picture& picture, Index left, Index top, Index width, Index height, std::uint8_t grey) {
    for (Index y = top; y < top + height; ++y) {
        std::fill_n(picture.row(y) + left * picture.colours, width * picture.colours, grey);
    }
}

void put(Picture& picture, Index left, Index top, const Picture& part) {
    for (Index y = 0; y < part.height; ++y) {
        std::copy_n(part.row(y), part.width * part.colours, picture.row(top + y) + left * picture.colours);
    }
}

namespace {

constexpr std::size_t chunk_ends = 12;  // length, type and checksum

/// At the most; zlib's own bound is that of its default strategy.
constexpr std::int64_t deflated_bound(std::int64_t bytes) { return bytes + bytes / 8 + bytes / 64 + 64; }

std::int64_t filtered_bytes(Index width, Index height, int colours) { return (width * colours + 1) * height; }

void put_number(std::byte* to, std::uint32_t number) {
    for (int i = 0; i < 4; ++i) to[i] = static_cast<std::byte>(number >> (24 - 8 * i) & 0xFF);
}

/// A chunk whose data are behind 8 bytes that are left free, with as many at its end as there must be.
void finish_chunk(std::byte* chunk, std::string_view type, std::size_t bytes) {
    put_number(chunk, static_cast<std::uint32_t>(bytes));
    std::transform(type.begin(), type.end(), chunk + 4, [](char c) { return static_cast<std::byte>(c); });
    const auto* const summed = reinterpret_cast<const Bytef*>(chunk + 4);
    put_number(chunk + 8 + bytes, static_cast<std::uint32_t>(crc32(0, summed, static_cast<uInt>(bytes + 4))));
}

/// How far differences are from 0, up or down.
unsigned distance(const std::vector<std::uint8_t>& row) {
    unsigned sum = 0;
    for (std::size_t i = 1; i < row.size(); ++i) sum += std::min<unsigned>(row[i], 256U - row[i]);
    return sum;
}

/// A row as PNG stores it: the number of a filter, and differences, to the left or above, whichever are smaller.
void filter_row(const Picture& picture, Index y, std::vector<std::uint8_t>& row, std::vector<std::uint8_t>& other) {
    const std::uint8_t* const dots = picture.row(y);
    const std::uint8_t* const before = picture.row(std::max<Index>(y - 1, 0));
    const auto step = static_cast<std::size_t>(picture.colours);
    row[0] = 1;
    std::copy_n(dots, step, row.begin() + 1);
    for (std::size_t i = step; i + 1 < row.size(); ++i)
        row[i + 1] = static_cast<std::uint8_t>(dots[i] - dots[i - step]);
    if (y == 0) return;
    other[0] = 2;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) other[i + 1] = static_cast<std::uint8_t>(dots[i] - before[i]);
    if (distance(other) < distance(row)) row.swap(other);
}

/// Ends zlib's stream in any case.
struct Deflater {
    z_stream stream{};
    Deflater() {
        // Runs alone: a third of the time, and differences have few other matches.
        if (deflateInit2(&stream, 1, Z_DEFLATED, 15, 8, Z_RLE) != Z_OK) throw std::bad_alloc();
    }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;
    ~Deflater() { deflateEnd(&stream); }
};

/// What is behind `to`, where there is room for all of it. Its length.
std::size_t deflate_rows(const Picture& picture, std::byte* to, std::size_t room) {
    Deflater deflater;
    z_stream& stream = deflater.stream;
    const auto bytes = static_cast<std::size_t>(picture.width * picture.colours + 1);
    std::vector<std::uint8_t> row(bytes);
    std::vector<std::uint8_t> other(bytes);
    stream.next_out = reinterpret_cast<Bytef*>(to);
    stream.avail_out = static_cast<uInt>(room);
    for (Index y = 0; y < picture.height; ++y) {
        filter_row(picture, y, row, other);
        stream.next_in = row.data();
        stream.avail_in = static_cast<uInt>(bytes);
        (void)deflate(&stream, y + 1 == picture.height ? Z_FINISH : Z_NO_FLUSH);
    }
    return room - stream.avail_out;
}

}  // namespace

std::vector<std::byte> png_of(const Picture& picture) {
    constexpr std::array<std::uint8_t, 8> signature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    constexpr std::size_t header_bytes = 13;
    const auto room =
        static_cast<std::size_t>(deflated_bound(filtered_bytes(picture.width, picture.height, picture.colours)));
    std::vector<std::byte> png(signature.size() + header_bytes + room + 3 * chunk_ends);
    std::transform(signature.begin(), signature.end(), png.begin(), [](std::uint8_t b) { return std::byte{b}; });
    std::byte* at = png.data() + signature.size();
    put_number(at + 8, static_cast<std::uint32_t>(picture.width));
    put_number(at + 12, static_cast<std::uint32_t>(picture.height));
    at[16] = std::byte{8};  // bits
    at[17] = std::byte{picture.colours == 3 ? std::uint8_t{2} : std::uint8_t{0}};
    finish_chunk(at, "IHDR", header_bytes);
    at += header_bytes + chunk_ends;
    const std::size_t packed = deflate_rows(picture, at + 8, room);
    finish_chunk(at, "IDAT", packed);
    at += packed + chunk_ends;
    finish_chunk(at, "IEND", 0);
    png.resize(static_cast<std::size_t>(at - png.data()) + chunk_ends);
    return png;
}

std::int64_t png_bytes(Index width, Index height, int colours) {
    constexpr std::int64_t compressor = 320 << 10;
    return compressor + deflated_bound(filtered_bytes(width, height, colours)) + 2 * (width * colours + 1);
}

}  // namespace stack2nrrd
