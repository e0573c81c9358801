// BMP, read without a library: a header, a palette, and rows that usually go from bottom to top.

#include "codec/bmp_rle.hpp"
#include "codec/codec.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <limits>

namespace stack2nrrd {

namespace {

constexpr std::int64_t file_header_bytes = 14;

// Values of the compression field, of which 0 is none; with 3 and 6 (three or four) colour masks follow the header.
constexpr std::uint32_t rle8 = 1;
constexpr std::uint32_t rle4 = 2;
constexpr std::uint32_t alpha_bitfields = 6;

using Palette = std::array<PaletteColour, 256>;  // undeclared entries are black

struct Channel {
    std::uint32_t mask = 0;
    int shift = 0;
    std::uint32_t most = 0;  // largest value
};

bool has_masks(std::uint32_t compression) { return compression > rle4; }

struct BmpLayout {
    Probe probe;
    std::int64_t samples = 0;  // offset of the first stored row
    Index row_bytes = 0;       // as stored, padded to 4 bytes
    int bits = 0;
    bool top_down = false;
    bool stored = false;    // palette indices are delivered as they are
    int rle_bits = 0;       // of an index, where they are coded as run lengths; else 0
    bool masked = false;    // 16 and 32 bits: colours by masks
    bool verbatim = false;  // stored rows are delivered as they are, but for their padding
    Palette palette{};
    std::array<Channel, 3> channels{};
};

bool matches(std::span<const std::byte> head) {
    return head.size() >= 2 && head[0] == std::byte{'B'} && head[1] == std::byte{'M'};
}

/// Little-endian numbers of the header; what is beyond the end of the file is refused.
class Header {
public:
    explicit Header(InputFile& file) : file_(file) {}

    [[nodiscard]] std::uint32_t number(std::int64_t offset, std::size_t size) const {
        std::array<unsigned char, 4> bytes{};
        if (file_.read_at(offset, bytes.data(), size) != size) {
            refuse(
                file_, ErrorCode::corrupt,
                "is a damaged BMP, it ends inside its header and samples were expected; copy it again from its source");
        }
        std::uint32_t value = 0;
        for (std::size_t i = size; i-- > 0;) value = value << 8 | bytes[i];
        return value;
    }
    [[nodiscard]] std::uint32_t u16(std::int64_t offset) const { return number(offset, 2); }
    [[nodiscard]] std::uint32_t u32(std::int64_t offset) const { return number(offset, 4); }
    [[nodiscard]] std::int64_t i32(std::int64_t offset) const { return static_cast<std::int32_t>(u32(offset)); }

private:
    InputFile& file_;
};

[[noreturn]] void unsupported(const InputFile& file, const std::string& feature) {
    refuse(file, ErrorCode::unsupported,
           "is a BMP with " + feature + ", which is not supported; re-save it uncompressed with 8, 24 or 32 bits");
}

[[noreturn]] void damaged(const InputFile& file, const std::string& what) {
    refuse(file, ErrorCode::corrupt, "is a damaged BMP, " + what + "; copy it again from its source");
}

void check_coding(const InputFile& file, std::uint32_t compression, std::uint32_t bits, bool os2) {
    constexpr std::array<const char*, 7> names{"", "", "", "", "JPEG", "PNG", ""};
    constexpr std::array<const char*, 7> os2_names{"", "", "", "Huffman", "RLE24", "unknown", "unknown"};
    if (compression >= names.size()) unsupported(file, "an unknown compression (" + std::to_string(compression) + ")");
    const std::string name = os2 ? os2_names[compression] : names[compression];
    if (!name.empty()) unsupported(file, name + " compression");
    const bool known = bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
    if (!known) unsupported(file, std::to_string(bits) + " bits a sample");
    const std::uint32_t run_bits = compression == rle8 ? 8 : 4;
    if ((compression == rle8 || compression == rle4) && bits != run_bits) {
        damaged(file, "it declares run lengths of " + std::to_string(run_bits) + "-bit samples, but " +
                          std::to_string(bits) + " bits");
    }
    if (has_masks(compression) && bits != 16 && bits != 32) {
        damaged(file, "it declares colour masks for " + std::to_string(bits) + " bits, 16 or 32 were expected");
    }
}

Channel channel(const InputFile& file, std::uint32_t mask) {
    if (mask == 0) return {};
    const int shift = std::countr_zero(mask);
    const std::uint32_t most = mask >> shift;
    if ((most & (most + 1)) != 0) damaged(file, "a colour mask has holes and one run of bits was expected");
    return {mask, shift, most};
}

void read_masks(const InputFile& file, const Header& header, std::uint32_t compression, BmpLayout& layout) {
    std::array<std::uint32_t, 3> masks{0x7C00, 0x03E0, 0x001F};  // 16 bits without masks: 5 each
    if (has_masks(compression)) {
        // Right behind a header of 40 bytes, and in the same place inside of longer ones.
        for (std::size_t c = 0; c < 3; ++c) masks[c] = header.u32(file_header_bytes + 40 + 4 * static_cast<Index>(c));
    }
    if (compression == alpha_bitfields || (has_masks(compression) && header.u32(file_header_bytes) >= 56)) {
        if (header.u32(file_header_bytes + 40 + 12) != 0) {
            layout.probe.notes.emplace_back("transparency (an alpha mask) is left out");
        }
    }
    for (std::size_t c = 0; c < 3; ++c) layout.channels[c] = channel(file, masks[c]);
    layout.masked = true;
}

/// Returns the end of the palette.
std::int64_t read_palette(InputFile& file, std::int64_t start, std::size_t entry_bytes, std::uint32_t declared,
                          Samples samples, BmpLayout& layout) {
    const std::uint32_t most = 1U << layout.bits;
    std::uint32_t count = declared == 0 ? most : declared;
    if (count > 4096) {
        damaged(file, "its palette has " + std::to_string(count) + " colours, at most " + std::to_string(most) +
                          " were expected");
    }
    // A palette may be cut short by the samples: headers of OS/2 cannot say how many colours there are.
    const std::int64_t room = (layout.samples - start) / static_cast<std::int64_t>(entry_bytes);
    if (declared == 0) count = static_cast<std::uint32_t>(std::clamp<std::int64_t>(room, 0, most));
    std::array<std::byte, 4 * 256> bytes{};
    const std::size_t used = std::min(count, most);
    if (file.read_at(start, bytes.data(), used * entry_bytes) != used * entry_bytes) {
        damaged(file, "it ends inside its palette and samples were expected");
    }
    for (std::size_t i = 0; i < used; ++i) {
        const std::byte* entry = &bytes[i * entry_bytes];
        layout.palette[i] = {entry[2], entry[1], entry[0]};
    }
    // Entries that are not declared are black, but they do not make a grey palette one of colours.
    set_palette(layout.probe, std::span(layout.palette).first(most), samples);
    layout.stored = samples == Samples::stored;
    layout.verbatim = layout.bits == 8 && (layout.stored || !layout.probe.interpreted);
    return start + static_cast<std::int64_t>(count) * static_cast<std::int64_t>(entry_bytes);
}

/// For `wanted` rows: as many as are read at a time, or all indices, and one as it is delivered.
Workbench::Sizes<2> rooms(const BmpLayout& layout, Index wanted) {
    const ImageInfo& image = layout.probe.image;
    const Index stored = layout.rle_bits != 0 ? image.width * image.height
                                              : std::min(rows_to_read(layout.row_bytes), wanted) * layout.row_bytes;
    return {static_cast<std::size_t>(stored), layout.verbatim ? 0 : image.row_bytes()};
}

BmpLayout read_layout(InputFile& file, Samples samples) {
    const Header header(file);
    BmpLayout layout;
    ImageInfo& image = layout.probe.image;
    image.format = "BMP";
    layout.samples = header.u32(10);
    const std::int64_t size = header.u32(14);
    const bool os2 = size == 12;
    // The second header of OS/2 may be cut short; what it leaves out is 0. With 40 bytes it is that of Windows.
    const bool os2_2 = size == 64 || (size >= 16 && size < 40 && size % 2 == 0) || size == 42 || size == 46;
    if (!os2 && !os2_2 && size != 40 && size != 52 && size != 56 && size != 108 && size != 124) {
        damaged(file,
                "its header has " + std::to_string(size) + " bytes, 12, 16, 40, 52, 56, 64, 108 or 124 were expected");
    }
    const auto field = [&](std::int64_t offset) {
        return os2 || offset + 4 > file_header_bytes + size ? 0 : header.u32(offset);
    };
    image.width = os2 ? header.u16(18) : header.i32(18);
    image.height = os2 ? header.u16(20) : header.i32(22);
    layout.top_down = image.height < 0;
    image.height = std::abs(image.height);  // no overflow: 32 bits in 64
    if (image.height == std::int64_t{1} << 31) damaged(file, "its height is -2147483648 and a size was expected");
    const std::uint32_t bits = os2 ? header.u16(24) : header.u16(28);
    const std::uint32_t compression = field(30);
    check_coding(file, compression, bits, os2 || os2_2);
    layout.bits = static_cast<int>(bits);
    image.colour = Colour::rgb;
    const bool has_runs = compression == rle8 || compression == rle4;
    if (has_runs && layout.top_down) unsupported(file, "run lengths from top to bottom");
    // Run lengths may leave out whatever is index 0.
    check_declared_size(file, image, layout.bits, has_runs ? std::numeric_limits<double>::infinity() : 1);
    layout.row_bytes = (image.width * layout.bits + 31) / 32 * 4;

    std::int64_t end = file_header_bytes + size;
    if (has_masks(compression) && size == 40) end += compression == alpha_bitfields ? 16 : 12;
    if (bits == 16 || has_masks(compression)) read_masks(file, header, compression, layout);
    if (bits <= 8) end = read_palette(file, end, os2 ? 3 : 4, field(46), samples, layout);
    if (layout.samples < end) {
        damaged(file, "its samples begin at byte " + std::to_string(layout.samples) + ", at least " +
                          std::to_string(end) + " (the end of its header) was expected");
    }
    if (has_runs) {
        layout.rle_bits = layout.bits;
        layout.bits = 8;
        layout.row_bytes = image.width;
    }
    // Some writers leave out the padding of the last row.
    const std::int64_t needed = layout.row_bytes * (image.height - 1) + (image.width * layout.bits + 7) / 8;
    if (!has_runs && needed > file.bytes() - layout.samples) {
        damaged(file, "it ends at byte " + std::to_string(file.bytes()) + ", at least " +
                          std::to_string(layout.samples + needed) + " were expected");
    }
    layout.probe.density = {density_or_none(static_cast<std::int32_t>(field(38))),
                            density_or_none(static_cast<std::int32_t>(field(42))), FileDensity::Unit::metre};
    layout.probe.bench_bytes = Workbench::bytes_of(rooms(layout, image.height));
    layout.probe.decoder_bytes = layout.probe.bench_bytes + static_cast<std::int64_t>(2 * sizeof(BmpLayout));
    return layout;
}

/// One delivered row from one stored row.
class RowConverter {
public:
    RowConverter(const BmpLayout& layout, std::span<std::byte> row) : layout_(layout), row_(row) {}

    const std::byte* convert(const std::byte* stored) {
        if (layout_.verbatim) return stored;
        if (layout_.bits <= 8) {
            indices(stored);
        } else if (layout_.masked) {
            masked(stored);
        } else {
            bytes(stored);
        }
        return row_.data();
    }

private:
    [[nodiscard]] std::size_t width() const { return static_cast<std::size_t>(layout_.probe.image.width); }

    void indices(const std::byte* stored) {
        const auto bits = static_cast<std::size_t>(layout_.bits);
        const auto channels = static_cast<std::size_t>(layout_.probe.image.channels());
        const std::size_t mask = (std::size_t{1} << bits) - 1;
        for (std::size_t x = 0; x < width(); ++x) {
            const std::size_t bit = x * bits;
            const std::size_t index = std::to_integer<std::size_t>(stored[bit / 8]) >> (8 - bits - bit % 8) & mask;
            if (layout_.stored) {
                row_[x] = static_cast<std::byte>(index);
                continue;
            }
            for (std::size_t c = 0; c < channels; ++c) row_[x * channels + c] = layout_.palette[index][c];
        }
    }

    /// 24 and 32 bits: blue, green, red, and a byte of padding.
    void bytes(const std::byte* stored) {
        const auto step = static_cast<std::size_t>(layout_.bits / 8);
        for (std::size_t x = 0; x < width(); ++x) {
            for (std::size_t c = 0; c < 3; ++c) row_[3 * x + c] = stored[step * x + 2 - c];
        }
    }

    void masked(const std::byte* stored) {
        const auto step = static_cast<std::size_t>(layout_.bits / 8);
        for (std::size_t x = 0; x < width(); ++x) {
            std::uint32_t value = 0;
            for (std::size_t i = step; i-- > 0;)
                value = value << 8 | std::to_integer<std::uint32_t>(stored[step * x + i]);
            for (std::size_t c = 0; c < 3; ++c) {
                const Channel& channel = layout_.channels[c];
                const std::uint64_t part = (value & channel.mask) >> channel.shift;
                // As Pillow and netpbm do. A colour without a mask is dark.
                row_[3 * x + c] = static_cast<std::byte>(channel.most == 0 ? 0 : part * 255 / channel.most);
            }
        }
    }

    const BmpLayout& layout_;
    std::span<std::byte> row_;
};

Probe probe(InputFile& file, std::int64_t place, Samples samples) {
    check_single_page(file, place);
    BmpLayout layout = read_layout(file, samples);
    const bool padded = layout.row_bytes != static_cast<Index>(layout.probe.image.row_bytes());
    if (layout.verbatim && !layout.probe.interpreted && !padded && layout.rle_bits == 0) {
        layout.probe.bare = FileSamples{layout.samples, std::endian::native, !layout.top_down};
    }
    return layout.probe;
}

void decode(InputFile& file, std::int64_t place, Samples samples, Range rows, Workbench& bench, RowSink& sink) {
    check_single_page(file, place);
    const BmpLayout layout = read_layout(file, samples);
    const Range wanted = wanted_rows(file, layout.probe.image, rows);
    const Index height = layout.probe.image.height;
    const auto [stored_rows, row] = bench.lay_out(rooms(layout, wanted.size()));
    RowConverter converter(layout, row);
    if (layout.rle_bits != 0) {
        const Index width = layout.probe.image.width;
        std::fill(stored_rows.begin(), stored_rows.end(), std::byte{0});  // for what run lengths skip
        undo_bmp_rle(file, layout.samples, layout.rle_bits, width, height, stored_rows);
        for (Index y = wanted.first; y < wanted.end; ++y) {
            sink.row(y, converter.convert(stored_rows.data() + (height - 1 - y) * width));
        }
        return;
    }
    const Index at_a_time = rows_to_read(layout.row_bytes);
    const Index packed_row = (layout.probe.image.width * layout.bits + 7) / 8;
    for (Index y = wanted.first; y < wanted.end; y += at_a_time) {
        const Index count = std::min(at_a_time, wanted.end - y);
        const Index stored_first = layout.top_down ? y : height - y - count;  // the file's own numbering
        const auto got =
            static_cast<Index>(file.read_at(layout.samples + stored_first * layout.row_bytes, stored_rows.data(),
                                            static_cast<std::size_t>(count * layout.row_bytes)));
        if (got < (count - 1) * layout.row_bytes + packed_row)
            damaged(file, "it ends too early and more rows were expected");
        for (Index i = 0; i < count; ++i) {
            const Index stored = layout.top_down ? i : count - 1 - i;
            sink.row(y + i, converter.convert(stored_rows.data() + stored * layout.row_bytes));
        }
    }
}

}  // namespace

const Codec bmp_codec{"BMP", matches, single_page, probe, decode};

}  // namespace stack2nrrd
