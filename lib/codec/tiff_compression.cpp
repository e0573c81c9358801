#include "codec/tiff_compression.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace stack2nrrd {

namespace {

constexpr std::uint16_t jpeg_2000 = 34712;

constexpr std::int64_t kibibyte = 1024;
constexpr std::int64_t mebibyte = 1024 * kibibyte;

// LZW: 3838 ever longer strings in 12-bit codes, repeated without a reset, stay
// below 2600. PackBits: 128 bytes in 2. Zstandard: a block of 128 KiB in 4
// bytes, and a window of 128 MiB. Fax: a row that is like the one above takes a
// bit, and a row has at most 125 000 bytes. JPEG: no strict bound; a blank
// slice stays far below this. It holds rows of blocks, or all coefficients of a
// progressive block, for which libtiff sets a limit. WebP and LERC: a blank
// slice takes a header. PixarLog: deflate of two bytes for each sample of up to
// four.
constexpr double any_ratio = 1e9;
constexpr double fax_ratio = 1e6;
constexpr TiffCompression schemes[] = {
    {COMPRESSION_NONE, "no", 1},
    {COMPRESSION_LZW, "LZW", 2600},
    {COMPRESSION_ADOBE_DEFLATE, "deflate", 1040},
    {COMPRESSION_DEFLATE, "deflate", 1040},
    {COMPRESSION_PACKBITS, "PackBits", 65},
    {COMPRESSION_ZSTD, "Zstandard", 33000, 0, 129 * mebibyte},
    {COMPRESSION_CCITTRLE, "CCITT modified Huffman", fax_ratio, 1, 4 * mebibyte},
    {COMPRESSION_CCITTRLEW, "CCITT modified Huffman in words", 0},
    {COMPRESSION_CCITTFAX3, "CCITT fax group 3", fax_ratio, 1, 4 * mebibyte},
    {COMPRESSION_CCITTFAX4, "CCITT fax group 4", fax_ratio, 1, 4 * mebibyte},
    {COMPRESSION_OJPEG, "old-style JPEG", 5000, 8, 32 * mebibyte},
    {COMPRESSION_JPEG, "JPEG", 5000, 8, 32 * mebibyte},
    {COMPRESSION_T85, "T.85 JBIG", 0},
    {COMPRESSION_T43, "T.43 JBIG", 0},
    {COMPRESSION_JBIG, "JBIG", 0},
    {COMPRESSION_NEXT, "NeXT", 100000, 2},
    {COMPRESSION_THUNDERSCAN, "ThunderScan", 65, 4},
    {COMPRESSION_PIXARLOG, "PixarLog", 2080, 0, 2 * mebibyte, 2},
    {COMPRESSION_SGILOG, "SGI LogLuv", 0},
    {COMPRESSION_SGILOG24, "SGI LogLuv", 0},
    {COMPRESSION_LERC, "LERC", any_ratio, 0, 4 * mebibyte, 4},
    {COMPRESSION_LZMA, "LZMA", 20000, 0, mebibyte},
    {COMPRESSION_WEBP, "WebP", any_ratio, 8, 4 * mebibyte, 6},
    {COMPRESSION_JXL, "JPEG XL", 0},
    {jpeg_2000, "JPEG 2000", 0},
    {33003, "JPEG 2000", 0},
    {33005, "JPEG 2000", 0},
};

/// A number of 7 bits a byte, the lowest first, as .xz files have them. Moves
/// `at` behind it.
std::uint64_t xz_number(std::span<const unsigned char> bytes, std::size_t& at) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; at < bytes.size() && shift < 63; shift += 7) {
        const unsigned char byte = bytes[at++];
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0) break;
    }
    return value;
}

/// The window that the first block of an .xz stream asks for; 0 if it is none.
std::uint64_t xz_window(std::span<const unsigned char> bytes) {
    constexpr std::size_t stream_header = 12;
    constexpr std::uint64_t lzma2 = 0x21;
    if (bytes.size() < stream_header + 8 || bytes[0] != 0xFD || bytes[1] != '7') return 0;
    const unsigned flags = bytes[stream_header + 1];
    std::size_t at = stream_header + 2;
    if ((flags & 0x40U) != 0) (void)xz_number(bytes, at);  // compressed size
    if ((flags & 0x80U) != 0) (void)xz_number(bytes, at);  // uncompressed size
    for (unsigned filter = 0; filter <= (flags & 3U) && at + 2 < bytes.size(); ++filter) {
        const std::uint64_t id = xz_number(bytes, at);
        const std::uint64_t properties = xz_number(bytes, at);
        if (id == lzma2 && at < bytes.size()) {
            const unsigned code = bytes[at] & 0x3FU;
            return code >= 40 ? UINT32_MAX : std::uint64_t{2 | (code & 1U)} << (code / 2 + 11);
        }
        at += std::min<std::uint64_t>(properties, bytes.size());
    }
    return 0;
}

}  // namespace

const TiffCompression& tiff_compression(const TiffHandle& tiff) {
    const auto id = tiff.tag_or_default<std::uint16_t>(TIFFTAG_COMPRESSION);
    const auto* scheme =
        std::find_if(std::begin(schemes), std::end(schemes), [&](const TiffCompression& s) { return s.id == id; });
    const bool known = scheme != std::end(schemes);
    if (known && scheme->max_ratio > 0 && TIFFIsCODECConfigured(id) != 0) return *scheme;
    const std::string name = known ? std::string(scheme->name) + " compression" : "an unknown compression";
    refuse_tiff(tiff.file(), name + " (" + std::to_string(id) + ")",
                "re-save it uncompressed, LZW, deflate or PackBits");
}

std::int64_t lzma_window(const TiffHandle& tiff, std::uint32_t blocks) {
    constexpr std::uint64_t usual = std::uint64_t{64} << 20;  // xz -9
    std::uint64_t most = 0;
    for (std::uint32_t i = 0; i < blocks; ++i) {
        std::array<unsigned char, 64> head{};
        const auto place = static_cast<std::int64_t>(TIFFGetStrileOffset(tiff.get(), i));
        const std::size_t got = tiff.file().read_at(place, head.data(), head.size());
        const std::uint64_t window = xz_window(std::span(head).first(got));
        if (window > usual) {
            refuse(tiff.file(), ErrorCode::limit,
                   "is a TIFF whose LZMA compression asks for " + bytes_text(static_cast<std::int64_t>(window)) +
                       " of memory, at most " + bytes_text(static_cast<std::int64_t>(usual)) +
                       " were expected; re-save it uncompressed, LZW, deflate or "
                       "PackBits");
        }
        most = std::max(most, window);
    }
    tiff.file().check();
    return static_cast<std::int64_t>(most);
}

}  // namespace stack2nrrd
