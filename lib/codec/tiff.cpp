// TIFF: libtiff reads the directory and decompresses; what is read, and into which memory, is decided here.

#include "codec/tiff_colour.hpp"
#include "codec/tiff_handle.hpp"
#include "codec/tiff_layout.hpp"
#include "codec/tiff_pages.hpp"
#include "codec/tiff_rows.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd {

namespace {

// Strips up to this size are decompressed whole, which is faster; larger ones row by row.
constexpr std::int64_t whole_strip_bytes = std::int64_t{16} << 20;

using PlaneRows = std::vector<const std::byte*>;

bool matches(std::span<const std::byte> head) {
    if (head.size() < 4) return false;
    const auto is = [&](int a, int b, int c, int d) {
        return head[0] == std::byte(a) && head[1] == std::byte(b) && head[2] == std::byte(c) && head[3] == std::byte(d);
    };
    return is('I', 'I', 42, 0) || is('M', 'M', 0, 42) || is('I', 'I', 43, 0) || is('M', 'M', 0, 43);
}

/// Decodes the rows of one TIFF with whichever of its ways fits. All but one of
/// them hand over one stored row of each plane at a time, from top to bottom.
class Decoder {
public:
    using Rooms = Workbench::Rooms<5>;

    /// `rooms`: as large as room_bytes() says.
    Decoder(TiffHandle& tiff, const TiffLayout& layout, Range rows, const Rooms& rooms, RowSink& sink)
        : tiff_(tiff),
          layout_(layout),
          rows_(rows),
          stored_(rooms[0]),
          plane_bytes_(stored_.size() / static_cast<std::size_t>(layout.planes)),
          joined_(rooms[1]),
          row_(rooms[3]),
          packed_(rooms[4]),
          converter_(layout, rooms[2], rooms[3]),
          sink_(sink),
          row_of_planes_(static_cast<std::size_t>(layout.planes)) {}

    void run() {
        leave_differences(tiff_);
        // What libtiff goes on to change cannot be looked at in read_block().
        const bool is_changed =
            layout_.converted || tiff_.tag<std::uint16_t>(TIFFTAG_PREDICTOR) == PREDICTOR_FLOATINGPOINT;
        if (is_changed && is_deflated()) TIFFSetField(tiff_.get(), TIFFTAG_DEFLATE_SUBCODEC, DEFLATE_SUBCODEC_ZLIB);
        if (layout_.converted) {
            converted();
        } else if (layout_.verbatim) {
            verbatim();
        } else if (layout_.tiled) {
            tiles();
        } else if (layout_.block_bytes() <= whole_strip_bytes) {
            strips();
        } else {
            scanlines();
        }
    }

    /// For `wanted` rows: what is stored (rows, strips or tiles, plane by plane) or libtiff's raster; rows of tiles
    /// that are joined; an unpacked row; one as it is delivered; and a block as it is in the file.
    static Workbench::Sizes<5> room_bytes(const TiffLayout& layout, Index wanted) {
        const auto size = [](std::int64_t bytes) { return static_cast<std::size_t>(bytes); };
        const std::int64_t row = layout.planes * layout.row_bytes;
        const std::int64_t block = layout.planes * layout.block_bytes();
        const ImageInfo& image = layout.probe.image;
        if (layout.converted) return {size(4 * raster_rows(layout) * image.width), 0, 0, image.row_bytes(), 0};
        const auto [unpacked, delivered] = TiffRowConverter::room_bytes(layout);
        const std::size_t packed = takes_buffer(layout) ? size(layout.largest_block) : 0;
        if (layout.verbatim) return {size(std::min(rows_to_read(row), wanted) * row), 0, unpacked, delivered, 0};
        if (layout.tiled) return {size(layout.blocks_across * block), size(row), unpacked, delivered, packed};
        if (layout.block_bytes() <= whole_strip_bytes) return {size(block), 0, unpacked, delivered, packed};
        return {size(row), 0, unpacked, delivered, 0};
    }
    /// Does libtiff read packed blocks into a buffer that it is given? It needs none for plain ones, and wants its own
    /// for what is left.
    static bool takes_buffer(const TiffLayout& layout) {
        const bool whole_blocks = layout.tiled || layout.block_bytes() <= whole_strip_bytes;
        return whole_blocks && !layout.converted && layout.compression != COMPRESSION_NONE &&
               layout.compression != COMPRESSION_OJPEG;
    }
    /// What libtiff's conversion takes: its tables, and the blocks as libtiff decompresses them.
    static std::int64_t conversion_bytes(const TiffLayout& layout) {
        constexpr std::int64_t tables = std::int64_t{256} << 10;
        return layout.converted ? tables + 2 * layout.planes * 3 * layout.block_bytes() : 0;
    }
    /// How many handles decode at a time, each with a compressed block.
    static int handles(const TiffLayout& layout) {
        const bool by_rows =
            !layout.converted && !layout.verbatim && !layout.tiled && layout.block_bytes() > whole_strip_bytes;
        return by_rows ? layout.planes : 1;
    }

private:
    void push(Index y, const PlaneRows& planes) { sink_.row(y, converter_.convert(planes.data())); }
    /// Rows that are one after the other in each plane, from row `top` on.
    void push(Range rows, Index top) {
        const auto row_of = [&](int p, Index y) { return plane(p) + (y - top) * layout_.row_bytes; };
        if (converter_.passes()) {
            sink_.rows(rows.first, rows.size(), row_of(0, rows.first));
            return;
        }
        for (Index y = rows.first; y < rows.end; ++y) {
            for (int p = 0; p < layout_.planes; ++p) row_of_planes_[static_cast<std::size_t>(p)] = row_of(p, y);
            push(y, row_of_planes_);
        }
    }

    [[nodiscard]] bool is_deflated() const {
        return layout_.compression == COMPRESSION_ADOBE_DEFLATE || layout_.compression == COMPRESSION_DEFLATE;
    }

    /// Makes libtiff leave the predictor alone: undoing it is faster here.
    void leave_differences(const TiffHandle& tiff) const {
        if (layout_.differences) TIFFSetField(tiff.get(), TIFFTAG_PREDICTOR, PREDICTOR_NONE);
    }
    /// What is left to do with rows that libtiff has decompressed.
    void complete(std::byte* rows, std::int64_t bytes) const {
        if (layout_.reversed) swap_bytes(rows, static_cast<std::size_t>(bytes), layout_.bits);
        if (!layout_.differences) return;
        const auto row_bytes = static_cast<std::size_t>(layout_.block_row_bytes);
        const auto channels = static_cast<std::size_t>(layout_.channels);
        add_up_differences(rows, static_cast<std::size_t>(bytes) / row_bytes, row_bytes, layout_.bits, channels);
    }

    [[noreturn]] void fail(Index y) {
        tiff_.fail((layout_.tiled ? "the tile at row " : "the strip at row ") + std::to_string(y));
    }

    std::byte* plane(int p) { return stored_.data() + static_cast<std::size_t>(p) * plane_bytes_; }

    // ------------------------------------------------------------------------------------------- uncompressed strips

    void verbatim() {
        const Index at_a_time = rows_to_read(layout_.planes * layout_.row_bytes);
        Index count = 0;
        for (Index y = rows_.first; y < rows_.end; y += count) {
            count = std::min(rows_.end, (y / at_a_time + 1) * at_a_time) - y;
            for (int p = 0; p < layout_.planes; ++p) read_verbatim(p, {y, y + count}, plane(p));
            push({y, y + count}, y);
        }
    }

    /// Where row y of plane p is in the file.
    [[nodiscard]] std::int64_t place(int p, Index y) const {
        const std::uint64_t offset = TIFFGetStrileOffset(tiff_.get(), layout_.block(p, y / layout_.block_height));
        return static_cast<std::int64_t>(offset) + layout_.shift + y % layout_.block_height * layout_.row_bytes;
    }

    void read_verbatim(int p, Range rows, std::byte* out) {
        for (Index y = rows.first; y < rows.end;) {
            const std::int64_t start = place(p, y);
            Index end = y;
            // Strips that are one after the other are read at once.
            do {
                end = std::min(rows.end, (end / layout_.block_height + 1) * layout_.block_height);
            } while (end < rows.end && place(p, end) == start + (end - y) * layout_.row_bytes);
            const auto wanted = static_cast<std::size_t>((end - y) * layout_.row_bytes);
            if (tiff_.file().read_at(start, out, wanted) != wanted) fail(y);
            if (layout_.swapped && !layout_.reversed) swap_bytes(out, wanted, layout_.bits);
            out += wanted;
            y = end;
        }
    }

    // --------------------------------------------------------------------------------------------- compressed strips

    /// Instead of one that libtiff would make for this file alone.
    void give_buffer() {
        if (packed_.empty()) return;
        TIFFReadBufferSetup(tiff_.get(), packed_.data(), static_cast<tmsize_t>(packed_.size()));
    }

    /// Reads a block of `wanted` bytes by `read`, which libtiff's functions are; returns what that does.
    ///
    /// Of a block that is not whole libtiff leaves the rest as it is, and does not always say so. It takes one that
    /// unpacks to more than fits, too: some writers fill up the last strip of a slice. Where libdeflate unpacks it, the
    /// last run then is missing, or up to 64 KiB that were stored as they are; zlib fills the block to its end.
    template <class Read>
    tmsize_t read_block(std::byte* out, tmsize_t wanted, Read read) {
        if (layout_.compression == COMPRESSION_NONE) return read(out, wanted);
        std::fill_n(out, wanted, std::byte{0});
        if (!is_deflated()) return read(out, wanted);
        // Bytes come in their order, so that the last one tells; libtiff may swap it within its sample.
        constexpr std::byte untouched{0xA5};
        const tmsize_t sample = std::min<tmsize_t>(wanted, layout_.bits % 8 == 0 ? layout_.bits / 8 : 1);
        std::byte* const last = out + wanted - sample;
        std::fill_n(last, sample, untouched);
        const tmsize_t got = read(out, wanted);
        if (got != wanted || std::find(last, last + sample, untouched) == last + sample) return got;
        TIFFSetField(tiff_.get(), TIFFTAG_DEFLATE_SUBCODEC, DEFLATE_SUBCODEC_ZLIB);
        return read(out, wanted);
    }

    void strips() {
        give_buffer();
        for (Index down = rows_.first / layout_.block_height; down * layout_.block_height < rows_.end; ++down) {
            const Index top = down * layout_.block_height;
            const auto wanted = static_cast<tmsize_t>(layout_.strip_rows(down) * layout_.row_bytes);
            for (int p = 0; p < layout_.planes; ++p) {
                const tmsize_t got = read_block(plane(p), wanted, [&](std::byte* out, tmsize_t size) {
                    return TIFFReadEncodedStrip(tiff_.get(), layout_.block(p, down), out, size);
                });
                if (got != wanted) fail(top);
                tiff_.check("the strip at row " + std::to_string(top));
                complete(plane(p), wanted);
            }
            push({std::max(rows_.first, top), std::min(rows_.end, top + layout_.strip_rows(down))}, top);
        }
    }

    /// Large strips. libtiff can only go forward inside one strip, so each plane gets a handle of its own.
    void scanlines() {
        std::vector<TiffHandle> more;
        for (int p = 1; p < layout_.planes; ++p) {
            more.emplace_back(tiff_.file(), tiff_.place());
            leave_differences(more.back());
        }
        PlaneRows& planes = row_of_planes_;
        for (int p = 0; p < layout_.planes; ++p) planes[static_cast<std::size_t>(p)] = plane(p);
        for (Index y = rows_.first / layout_.block_height * layout_.block_height; y < rows_.end; ++y) {
            for (int p = 0; p < layout_.planes; ++p) {
                std::fill_n(plane(p), layout_.row_bytes, std::byte{0});
                const TiffHandle& tiff = p == 0 ? tiff_ : more[static_cast<std::size_t>(p) - 1];
                const int done = TIFFReadScanline(tiff.get(), plane(p), static_cast<std::uint32_t>(y),
                                                  static_cast<std::uint16_t>(p));
                if (done != 1) tiff.fail("row " + std::to_string(y));
                tiff.check("a row");
                complete(plane(p), layout_.row_bytes);
            }
            if (y >= rows_.first) push(y, planes);
        }
    }

    // --------------------------------------------------------------------------------------------------------- tiles

    /// One row of tiles at a time, the tiles of one plane side by side in the buffer.
    void tiles() {
        give_buffer();
        const std::int64_t tile_bytes = layout_.block_bytes();
        for (Index down = rows_.first / layout_.block_height; down * layout_.block_height < rows_.end; ++down) {
            const Index top = down * layout_.block_height;
            for (int p = 0; p < layout_.planes; ++p) {
                for (Index across = 0; across < layout_.blocks_across; ++across) {
                    const tmsize_t got =
                        read_block(plane(p) + across * tile_bytes, tile_bytes, [&](std::byte* out, tmsize_t size) {
                            return TIFFReadEncodedTile(tiff_.get(), layout_.block(p, down, across), out, size);
                        });
                    if (got != tile_bytes) fail(top);
                    tiff_.check("the tile at row " + std::to_string(top));
                }
                complete(plane(p), layout_.blocks_across * tile_bytes);
            }
            const Range inside{std::max(rows_.first, top), std::min(rows_.end, top + layout_.block_height)};
            for (Index y = inside.first; y < inside.end; ++y) push(y, joined(y - top));
        }
    }

    /// Row `line` of the tiles in the buffer, without the padding at the right.
    const PlaneRows& joined(Index line) {
        PlaneRows& planes = row_of_planes_;
        for (int p = 0; p < layout_.planes; ++p) {
            std::byte* row = joined_.data() + p * layout_.row_bytes;
            planes[static_cast<std::size_t>(p)] = row;
            for (Index across = 0; across < layout_.blocks_across; ++across) {
                const Index start = across * layout_.block_row_bytes;
                const std::byte* tile = plane(p) + across * layout_.block_bytes() + line * layout_.block_row_bytes;
                std::copy_n(tile, std::min(layout_.block_row_bytes, layout_.row_bytes - start), row + start);
            }
        }
        return planes;
    }

    // ------------------------------------------------------------------------------------------ libtiff's conversion

    static Index raster_rows(const TiffLayout& layout) {
        return std::min(layout.block_height, layout.probe.image.height);
    }

    /// One row of blocks at a time.
    void converted() {
        TiffConversion conversion(tiff_);
        const Index width = layout_.probe.image.width;
        auto* const raster = reinterpret_cast<std::uint32_t*>(stored_.data());
        for (Index top = rows_.first / layout_.block_height * layout_.block_height; top < rows_.end;
             top += layout_.block_height) {
            const Index height = std::min(layout_.block_height, layout_.probe.image.height - top);
            std::fill(stored_.begin(), stored_.end(), std::byte{0});
            if (!conversion.rows({top, top + height}, width, raster)) fail(top);
            tiff_.check("a block at row " + std::to_string(top));
            const Range inside{std::max(rows_.first, top), std::min(rows_.end, top + height)};
            for (Index y = inside.first; y < inside.end; ++y) {
                const std::uint32_t* colours = raster + (y - top) * width;
                for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
                    row_[3 * x] = static_cast<std::byte>(TIFFGetR(colours[x]));
                    row_[3 * x + 1] = static_cast<std::byte>(TIFFGetG(colours[x]));
                    row_[3 * x + 2] = static_cast<std::byte>(TIFFGetB(colours[x]));
                }
                sink_.row(y, row_.data());
            }
        }
    }

    TiffHandle& tiff_;
    const TiffLayout& layout_;
    Range rows_;
    std::span<std::byte> stored_;  // rows, strips or tiles: one part for each plane; or a raster
    std::size_t plane_bytes_;
    std::span<std::byte> joined_;
    std::span<std::byte> row_;
    std::span<std::byte> packed_;
    TiffRowConverter converter_;
    RowSink& sink_;
    PlaneRows row_of_planes_;
};

Probe probe(InputFile& file, std::int64_t place, Samples samples) {
    const TiffHandle tiff(file, place);
    TiffLayout layout = read_tiff_layout(tiff, samples);
    read_tiff_texts(tiff, layout.probe);
    // libtiff's own state (LZW and inflate tables, the directory), the row buffer of its predictor, and the compressed
    // block, which it reads whole and rounds up.
    constexpr std::int64_t state = std::int64_t{512} << 10;
    const std::int64_t packed = Decoder::takes_buffer(layout) ? 0 : layout.largest_block;
    const std::int64_t compressed = layout.verbatim ? 0 : packed + 2 * layout.block_row_bytes + 4096;
    layout.probe.bench_bytes = Workbench::bytes_of(Decoder::room_bytes(layout, layout.probe.image.height));
    layout.probe.decoder_bytes = Decoder::handles(layout) * (layout.probe.decoder_bytes + state + compressed) +
                                 Decoder::conversion_bytes(layout) + layout.probe.bench_bytes +
                                 static_cast<std::int64_t>(layout.palette.size() * sizeof(PaletteColour));
    const std::optional<std::int64_t> first = samples_in_one_piece(tiff, layout);
    if (first && !layout.probe.interpreted && layout.samples->unpack == nullptr && place == 0) {
        const bool big = (std::endian::native == std::endian::big) != layout.swapped;
        layout.probe.bare = FileSamples{*first, big ? std::endian::big : std::endian::little};
    }
    return layout.probe;
}

void decode(InputFile& file, std::int64_t place, Samples samples, Range rows, Workbench& bench, RowSink& sink) {
    TiffHandle tiff(file, place);
    const TiffLayout layout = read_tiff_layout(tiff, samples);
    const Range wanted = wanted_rows(file, layout.probe.image, rows);
    Decoder(tiff, layout, wanted, bench.lay_out(Decoder::room_bytes(layout, wanted.size())), sink).run();
    file.check();
}

}  // namespace

const Codec tiff_codec{"TIFF", matches, tiff_pages, probe, decode};

}  // namespace stack2nrrd
