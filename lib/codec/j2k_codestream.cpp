#include "codec/j2k_codestream.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace stack2nrrd {

namespace {

enum Marker : std::uint32_t {
    soc = 0xFF4F,
    cap = 0xFF50,
    siz = 0xFF51,
    cod = 0xFF52,
    coc = 0xFF53,
    qcd = 0xFF5C,
    qcc = 0xFF5D,
    rgn = 0xFF5E,
    poc = 0xFF5F,
    ppm = 0xFF60,
    ppt = 0xFF61,
    sec = 0xFF65,
    sot = 0xFF90,
    sod = 0xFF93,
    eoc = 0xFFD9,
};

constexpr std::int64_t part_head_bytes = 12;         // SOT
constexpr std::int64_t most_header_bytes = 1 << 24;  // packed headers of packets are the one thing that may be long
constexpr std::int64_t most_tiles = 65535;
constexpr std::int64_t longest_grid = std::numeric_limits<std::int32_t>::max();  // OpenJPEG counts in int

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
std::int64_t ceil_shift(std::int64_t a, int by) {
    return by > 40 ? (a > 0 ? 1 : 0) : (a + (std::int64_t{1} << by) - 1) >> by;
}

[[noreturn]] void damaged(const InputFile& file, const std::string& what) {
    refuse(file, ErrorCode::corrupt, "is a damaged JPEG 2000 file, " + what + "; copy it again from its source");
}

[[noreturn]] void unsupported(const InputFile& file, const std::string& feature) {
    refuse(file, ErrorCode::unsupported,
           "is a JPEG 2000 file with " + feature + ", which is not supported; re-save it as plain JPEG 2000 or TIFF");
}

void put_big(std::vector<std::byte>& bytes, std::uint64_t value, int size) {
    while (size-- > 0) bytes.push_back(static_cast<std::byte>(value >> (8 * size)));
}

/// Big-endian numbers of a stretch of the file. It is read in pieces; headers are short.
class Reader {
public:
    Reader(InputFile& file, std::int64_t position, std::int64_t end) : file_(file), position_(position), end_(end) {}

    [[nodiscard]] std::int64_t position() const noexcept { return position_; }
    [[nodiscard]] std::int64_t left() const noexcept { return end_ - position_; }
    void skip(std::int64_t bytes) noexcept { position_ += bytes; }

    [[nodiscard]] std::uint32_t number(int size) {
        std::uint32_t value = 0;
        for (const std::byte b : bytes(size)) value = value << 8 | std::to_integer<std::uint32_t>(b);
        return value;
    }

    /// Valid until the next call.
    [[nodiscard]] std::span<const std::byte> bytes(std::int64_t size) {
        if (size > left()) damaged(file_, "it ends inside its header and samples were expected");
        if (position_ < start_ || position_ + size > start_ + static_cast<std::int64_t>(buffer_.size())) fill(size);
        const std::span<const std::byte> part =
            std::span(buffer_).subspan(static_cast<std::size_t>(position_ - start_), static_cast<std::size_t>(size));
        position_ += size;
        return part;
    }

private:
    void fill(std::int64_t size) {
        constexpr std::int64_t at_once = 2048;
        start_ = position_;
        buffer_.resize(static_cast<std::size_t>(std::min(std::max(size, at_once), left())));
        const std::size_t got = file_.read_at(start_, buffer_.data(), buffer_.size());
        file_.check();
        buffer_.resize(got);
        if (static_cast<std::int64_t>(got) < size)
            damaged(file_, "it ends inside its header and samples were expected");
    }

    InputFile& file_;
    std::int64_t position_;
    std::int64_t end_;
    std::int64_t start_ = 0;
    std::vector<std::byte> buffer_;
};

/// The fields of one marker segment.
class Fields {
public:
    Fields(const InputFile& file, std::span<const std::byte> bytes) : file_(file), bytes_(bytes) {}
    [[nodiscard]] std::uint32_t next(std::size_t size) {
        if (size > bytes_.size()) damaged(file_, "a part of its header is too short");
        std::uint32_t value = 0;
        for (const std::byte b : bytes_.first(size)) value = value << 8 | std::to_integer<std::uint32_t>(b);
        bytes_ = bytes_.subspan(size);
        return value;
    }
    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size(); }

private:
    const InputFile& file_;
    std::span<const std::byte> bytes_;
};

void read_siz(const InputFile& file, J2kHeader& header) {
    Fields fields(file, header.siz);
    constexpr std::uint32_t extended = 0x8000;
    if ((fields.next(2) & extended) != 0) unsupported(file, "extensions of Part 2");
    header.grid.x1 = fields.next(4);
    header.grid.y1 = fields.next(4);
    header.grid.x0 = fields.next(4);
    header.grid.y0 = fields.next(4);
    header.tile_width = fields.next(4);
    header.tile_height = fields.next(4);
    header.tiles_x0 = fields.next(4);
    header.tiles_y0 = fields.next(4);
    const std::uint32_t count = fields.next(2);
    if (count == 0 || count > 16384 || fields.left() != 3 * std::size_t{count}) {
        damaged(file, "it declares " + std::to_string(count) + " components and describes " +
                          std::to_string(fields.left() / 3));
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        constexpr std::uint32_t sign = 0x80;
        const std::uint32_t depth = fields.next(1);
        J2kComponent component{static_cast<int>(depth & ~sign) + 1, (depth & sign) != 0, 0, 0};
        component.step_x = static_cast<int>(fields.next(1));
        component.step_y = static_cast<int>(fields.next(1));
        if (component.bits > 38 || component.step_x == 0 || component.step_y == 0) {
            damaged(file, "component " + std::to_string(i) + " has an impossible depth or step");
        }
        header.components.push_back(component);
    }
    const J2kArea& grid = header.grid;
    if (grid.x0 >= grid.x1 || grid.y0 >= grid.y1 || header.tile_width == 0 || header.tile_height == 0 ||
        header.tiles_x0 > grid.x0 || header.tiles_y0 > grid.y0 || header.tiles_x0 + header.tile_width <= grid.x0 ||
        header.tiles_y0 + header.tile_height <= grid.y0) {
        damaged(file, "its size or that of its tiles is impossible");
    }
    if (grid.x1 > longest_grid || grid.y1 > longest_grid) {
        refuse(file, ErrorCode::limit,
               "places its samples up to " + std::to_string(std::max(grid.x1, grid.y1)) + ", at most " +
                   std::to_string(longest_grid) + " was expected; re-save it");
    }
    if (header.columns() > most_tiles / header.rows()) {
        damaged(file, "it has " + std::to_string(header.columns()) + " x " + std::to_string(header.rows()) +
                          " tiles, at most " + std::to_string(most_tiles) + " were expected");
    }
}

void read_cutting(const InputFile& file, Fields& fields, bool has_precincts, J2kCutting& cutting) {
    cutting.levels = static_cast<int>(fields.next(1));
    cutting.block_width = static_cast<int>(fields.next(1)) + 2;
    cutting.block_height = static_cast<int>(fields.next(1)) + 2;
    cutting.style = static_cast<int>(fields.next(1));
    const std::uint32_t transform = fields.next(1);
    if (cutting.levels > 32 || cutting.block_width > 10 || cutting.block_height > 10 ||
        cutting.block_width + cutting.block_height > 12) {
        damaged(file, "it declares impossible code blocks or levels");
    }
    constexpr int high_throughput = 0xC0;
    if ((cutting.style & high_throughput) != 0) unsupported(file, "high-throughput coding (HTJ2K, Part 15)");
    if (transform > 1) unsupported(file, "a wavelet of its own (Part 2)");
    cutting.precincts.fill(0xFF);
    for (std::size_t r = 0; has_precincts && r <= static_cast<std::size_t>(cutting.levels); ++r) {
        const std::uint32_t size = fields.next(1);
        if (r > 0 && ((size & 15) == 0 || size >> 4 == 0)) damaged(file, "it declares impossible precincts");
        cutting.precincts[r] = static_cast<std::uint8_t>(size);
    }
}

/// Takes in what COD or COC changes.
void read_style(const InputFile& file, std::uint32_t marker, std::span<const std::byte> segment, J2kStyle& style) {
    Fields fields(file, segment);
    if (marker == cod) {
        const bool has_precincts = (fields.next(1) & 1) != 0;
        (void)fields.next(1);  // order of packets
        style.layers = static_cast<int>(fields.next(2));
        style.transforms_colour = fields.next(1) == 1;
        if (style.layers == 0) damaged(file, "it has no layers and one was expected");
        J2kCutting cutting;
        read_cutting(file, fields, has_precincts, cutting);
        std::fill(style.components.begin(), style.components.end(), cutting);
    } else if (marker == coc) {
        const std::size_t component = fields.next(style.components.size() > 256 ? 2 : 1);
        if (component >= style.components.size()) damaged(file, "its header names a component that it does not have");
        const bool has_precincts = (fields.next(1) & 1) != 0;
        read_cutting(file, fields, has_precincts, style.components[component]);
    }
}

void refuse_by_name(const InputFile& file, std::uint32_t marker, std::span<const std::byte> segment) {
    if (marker == cap) {
        constexpr std::uint32_t part_15 = std::uint32_t{1} << (32 - 15);
        Fields fields(file, segment);
        if ((fields.next(4) & part_15) != 0) unsupported(file, "high-throughput coding (HTJ2K, Part 15)");
    }
    if (marker >= 0xFF70 && marker <= 0xFF79) unsupported(file, "extensions of Part 2");
    if (marker == 0xFF5A || marker == 0xFF5B) unsupported(file, "extensions of Part 2");
    if (marker == sec) unsupported(file, "encryption (Part 8)");
}

void append(std::vector<std::byte>& bytes, std::uint32_t marker, std::span<const std::byte> segment) {
    put_big(bytes, marker, 2);
    put_big(bytes, segment.size() + 2, 2);
    bytes.insert(bytes.end(), segment.begin(), segment.end());
}

/// Calls `take(marker, segment)` for each segment up to `last`, and leaves `reader` behind that.
template <class Take>
void for_each_segment(const InputFile& file, Reader& reader, std::uint32_t last, Take take) {
    for (;;) {
        const std::uint32_t marker = reader.number(2);
        if (marker == last) return;
        if (marker < 0xFF00 || marker == eoc || marker == sot)
            damaged(file, "its header ends before its samples begin");
        if (marker >= 0xFF30 && marker <= 0xFF3F) continue;  // these have no length
        const std::int64_t size = std::int64_t{reader.number(2)} - 2;
        if (size < 0) damaged(file, "a part of its header is too short");
        take(marker, reader.bytes(size));
    }
}

}  // namespace

std::int64_t J2kHeader::columns() const noexcept { return ceil_div(grid.x1 - tiles_x0, tile_width); }
std::int64_t J2kHeader::rows() const noexcept { return ceil_div(grid.y1 - tiles_y0, tile_height); }

J2kArea J2kHeader::tile(std::int64_t column, std::int64_t row) const noexcept {
    const std::int64_t x = tiles_x0 + column * tile_width;
    const std::int64_t y = tiles_y0 + row * tile_height;
    return {std::max(x, grid.x0), std::max(y, grid.y0), std::min(x + tile_width, grid.x1),
            std::min(y + tile_height, grid.y1)};
}

J2kArea J2kHeader::samples(const J2kArea& area) const noexcept {
    const J2kComponent& first = components.front();
    return {ceil_div(area.x0, first.step_x), ceil_div(area.y0, first.step_y), ceil_div(area.x1, first.step_x),
            ceil_div(area.y1, first.step_y)};
}

J2kHeader read_j2k_header(InputFile& file, std::int64_t offset, std::int64_t end) {
    J2kHeader header;
    header.end = end;
    Reader reader(file, offset, end);
    if (reader.number(2) != soc || reader.number(2) != siz) damaged(file, "its codestream does not begin as one");
    const std::int64_t siz_bytes = std::int64_t{reader.number(2)} - 2;
    if (siz_bytes < 0) damaged(file, "a part of its header is too short");
    const auto bytes = reader.bytes(siz_bytes);
    header.siz.assign(bytes.begin(), bytes.end());
    read_siz(file, header);
    header.style.components.resize(header.components.size());
    bool has_quantisation = false;
    for_each_segment(file, reader, sot, [&](std::uint32_t marker, std::span<const std::byte> segment) {
        refuse_by_name(file, marker, segment);
        switch (marker) {
            case cod:
            case coc: read_style(file, marker, segment, header.style); break;
            case ppm: header.has_packed_headers = true; break;
            case qcd: has_quantisation = true; break;
            case qcc:
            case rgn:
            case poc: break;
            default: return;  // comments, lengths, and what nobody knows
        }
        append(header.segments, marker, segment);
        if (static_cast<std::int64_t>(header.segments.size()) > most_header_bytes) {
            refuse(file, ErrorCode::limit,
                   "is a JPEG 2000 file with a header of more than 16 MiB, less was expected; re-save it");
        }
    });
    if (header.style.layers == 0 || !has_quantisation) damaged(file, "its header does not say how it is coded");
    if (header.has_packed_headers && header.columns() * header.rows() > 1) {
        unsupported(file, "packed packet headers (PPM) of several tiles");
    }
    header.first_part = reader.position() - 2;
    return header;
}

std::vector<J2kPart> find_j2k_parts(InputFile& file, const J2kHeader& header) {
    const auto tiles = static_cast<std::size_t>(header.columns() * header.rows());
    // One for each resolution of each tile is much; a single tile may have them all.
    const std::size_t most_parts = 34 * tiles + std::size_t{255} * 64;
    std::vector<std::uint16_t> seen(tiles);
    std::vector<std::uint16_t> told(tiles);
    std::vector<J2kPart> parts;
    bool has_end = false;
    Reader reader(file, header.first_part, header.end);
    while (reader.left() > 0) {
        const std::int64_t start = reader.position();
        const std::uint32_t marker = reader.number(2);
        if (marker == eoc) {
            has_end = true;
            break;
        }
        if (marker != sot || reader.number(2) != part_head_bytes - 2)
            damaged(file, "a tile does not begin where it should");
        const std::uint32_t tile = reader.number(2);
        std::int64_t bytes = reader.number(4);
        const std::uint32_t part = reader.number(1);
        const std::uint32_t count = reader.number(1);
        if (tile >= tiles) damaged(file, "it has no tile " + std::to_string(tile) + ", but data of it");
        if (part != seen[tile]) damaged(file, "the parts of tile " + std::to_string(tile) + " are out of order");
        if (bytes == 0) {  // up to the end, which must then be there
            bytes = header.end - start - 2;
            Reader tail(file, header.end - 2, header.end);
            if (bytes < part_head_bytes || tail.number(2) != eoc) damaged(file, "its end is missing");
        }
        if (bytes < part_head_bytes || bytes > header.end - start) {
            damaged(file, "tile " + std::to_string(tile) + " ends at byte " + std::to_string(start + bytes) +
                              " and the samples at byte " + std::to_string(header.end));
        }
        ++seen[tile];
        told[tile] = std::max(told[tile], static_cast<std::uint16_t>(count));
        if (bytes > part_head_bytes) parts.push_back({start, bytes, tile});  // else it is a header and nothing more
        if (parts.size() > most_parts) {
            refuse(file, ErrorCode::limit,
                   "has more than " + std::to_string(most_parts) + " parts of tiles, fewer were expected; re-save it");
        }
        reader.skip(start + bytes - reader.position());
    }
    for (std::size_t tile = 0; tile < tiles; ++tile) {
        if (seen[tile] == 0 || seen[tile] < told[tile] || (told[tile] == 0 && !has_end)) {
            damaged(file, "tile " + std::to_string(tile) + " of " + std::to_string(tiles) + " is not complete");
        }
    }
    std::stable_sort(parts.begin(), parts.end(), [](const J2kPart& a, const J2kPart& b) { return a.tile < b.tile; });
    return parts;
}

std::int64_t J2kTile::data_bytes() const noexcept {
    std::int64_t sum = 0;
    for (const J2kPart& part : data) sum += part.bytes;
    return sum;
}

J2kTile read_j2k_tile(InputFile& file, const J2kHeader& header, std::span<const J2kPart> parts) {
    J2kTile tile;
    tile.style = header.style;
    std::vector<std::byte> segments;
    for (const J2kPart& part : parts) {
        tile.grid = header.tile(part.tile % header.columns(), part.tile / header.columns());
        Reader reader(file, part.offset + part_head_bytes, part.offset + part.bytes);
        for_each_segment(file, reader, sod, [&](std::uint32_t marker, std::span<const std::byte> segment) {
            refuse_by_name(file, marker, segment);
            switch (marker) {
                case cod:
                case coc: read_style(file, marker, segment, tile.style); break;
                case qcd:
                case qcc:
                case rgn:
                case poc:
                case ppt: break;
                default: return;
            }
            append(segments, marker, segment);
            if (static_cast<std::int64_t>(segments.size()) > most_header_bytes) {
                refuse(file, ErrorCode::limit,
                       "has a tile with a header of more than 16 MiB, less was expected; re-save it");
            }
        });
        tile.data.push_back({reader.position(), reader.left(), part.tile});
    }
    const std::int64_t bytes = part_head_bytes + static_cast<std::int64_t>(segments.size()) + 2 + tile.data_bytes();
    if (bytes > std::numeric_limits<std::uint32_t>::max()) {
        refuse(file, ErrorCode::limit, "has a tile of more than 4 GiB, less was expected; re-save it in smaller tiles");
    }

    // A slice that consists of this tile and has the same place on the grid: what is coded depends on nothing else.
    std::vector<std::byte>& head = tile.head;
    put_big(head, soc, 2);
    std::vector<std::byte> own;
    put_big(own, 0, 2);
    for (const std::int64_t value : {tile.grid.x1, tile.grid.y1, tile.grid.x0, tile.grid.y0, tile.grid.width(),
                                     tile.grid.height(), tile.grid.x0, tile.grid.y0}) {
        put_big(own, static_cast<std::uint64_t>(value), 4);
    }
    own.insert(own.end(), header.siz.begin() + static_cast<std::ptrdiff_t>(own.size()), header.siz.end());
    append(head, siz, own);
    head.insert(head.end(), header.segments.begin(), header.segments.end());
    put_big(head, sot, 2);
    put_big(head, part_head_bytes - 2, 2);
    put_big(head, 0, 2);
    put_big(head, static_cast<std::uint64_t>(bytes), 4);
    put_big(head, 0x0001, 2);  // the first part, of one
    head.insert(head.end(), segments.begin(), segments.end());
    put_big(head, sod, 2);
    return tile;
}

J2kCost j2k_cost(const J2kHeader& header, const J2kStyle& style, std::int64_t width, std::int64_t height) {
    // Measured and counted in OpenJPEG 2.5: it holds 4 bytes a sample and transforms in place; the rest describes
    // precincts and code blocks, each with its trees, segments and chunks, and marks which packets are done.
    constexpr std::int64_t state = std::int64_t{384} << 10;
    constexpr std::int64_t precinct_bytes = 320;
    constexpr int terminates_all = 4;
    constexpr int bypasses = 1;
    J2kCost cost;
    std::int64_t most_precincts = 0;
    std::int64_t most_levels = 0;
    std::int64_t least_step_x = longest_grid;
    std::int64_t least_step_y = longest_grid;
    for (std::size_t c = 0; c < style.components.size(); ++c) {
        const J2kCutting& cutting = style.components[c];
        const std::int64_t segment_bytes = (cutting.style & terminates_all) != 0 ? 3072
                                           : (cutting.style & bypasses) != 0     ? 1920
                                                                                 : 256;
        const std::int64_t block_bytes = 192 + segment_bytes + std::int64_t{32} * style.layers;
        cost.bytes += 4 * width * height + 64;
        most_levels = std::max<std::int64_t>(most_levels, cutting.levels);
        for (int r = 0; r <= cutting.levels; ++r) {
            const int level = cutting.levels - r;
            const std::int64_t across = ceil_shift(width, level) + 1;
            const std::int64_t down = ceil_shift(height, level) + 1;
            const int size_x = cutting.precincts[static_cast<std::size_t>(r)] & 15;
            const int size_y = cutting.precincts[static_cast<std::size_t>(r)] >> 4;
            const std::int64_t precincts = (ceil_shift(across, size_x) + 1) * (ceil_shift(down, size_y) + 1);
            const int halved = r == 0 ? 0 : 1;
            const std::int64_t blocks =
                (ceil_shift(across >> halved, std::min(cutting.block_width, size_x - halved)) + 2) *
                (ceil_shift(down >> halved, std::min(cutting.block_height, size_y - halved)) + 2);
            cost.bytes += (r == 0 ? 1 : 3) * (blocks * block_bytes + precincts * precinct_bytes);
            most_precincts = std::max(most_precincts, precincts);
            cost.packets += precincts * style.layers;
            const auto step = [&](int size, int of) {
                return size + level > 30 ? longest_grid : std::int64_t{of} << (size + level);
            };
            least_step_x = std::min(least_step_x, step(size_x, header.components[c].step_x));
            least_step_y = std::min(least_step_y, step(size_y, header.components[c].step_y));
        }
    }
    const auto components = static_cast<std::int64_t>(style.components.size());
    cost.bytes += state + 2 * (style.layers + 1) * (most_levels + 1) * components * most_precincts;
    cost.bytes += 64 * std::max(width, height) + 3 * static_cast<std::int64_t>(header.segments.size());
    cost.bytes += components * (std::int64_t{48} << 10);
    const std::int64_t places = (width * header.components.front().step_x / least_step_x + 2) *
                                (height * header.components.front().step_y / least_step_y + 2);
    cost.steps = places * (most_levels + 1) * components;
    return cost;
}

}  // namespace stack2nrrd
