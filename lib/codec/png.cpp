// PNG. Samples are delivered as stored: no gamma, no colour profile, no background. libpng reads the header, and the
// samples where they are not regular; it decides which files are sound. It reports errors by longjmp; every call of it
// that may fail is in a lambda without destructors inside PngReader::guarded().

#include "codec/png.hpp"

#include "codec/exif.hpp"
#include "codec/png_fast.hpp"
#include "core/text.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>

namespace stack2nrrd {

namespace {

constexpr png_uint_32 longest_side = 1'000'000;
constexpr std::size_t signature_bytes = 8;
constexpr double deflate_ratio = 1040;

bool matches(std::span<const std::byte> head) {
    if (head.size() < signature_bytes) return false;
    return png_sig_cmp(reinterpret_cast<png_const_bytep>(head.data()), 0, signature_bytes) == 0;
}

/// What libpng calls a warning is damage where the samples are concerned. What comes after the last row is not: extra
/// bytes, and a chunk too many.
bool is_damage(std::string_view warning) {
    if (!warning.starts_with("IDAT")) return false;
    return warning.find("Extra compressed data") == std::string_view::npos &&
           warning.find("Too much image data") == std::string_view::npos &&
           warning.find("Too many IDAT") == std::string_view::npos;
}

/// A libpng handle on an InputFile, past the chunks that precede the samples.
class PngReader {
public:
    explicit PngReader(InputFile& file) : file_(file), buffer_(std::make_unique<Buffer>()) {
        check_size();
        png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
        if (png_ == nullptr) throw std::bad_alloc();
        info_ = png_create_info_struct(png_);
        if (info_ == nullptr || !open()) {
            const bool no_memory = info_ == nullptr;
            png_destroy_read_struct(&png_, &info_, nullptr);
            if (no_memory) throw std::bad_alloc();
            fail("its header");
        }
    }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;
    ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

    /// Runs `step`; throws if libpng reported an error. `step` must not own anything.
    template <class Step>
    void call(const char* what, Step step) {
        if (!guarded(step)) fail(what);
        if (damaged_) fail(what);
    }

    [[nodiscard]] png_structp png() const noexcept { return png_; }
    [[nodiscard]] png_infop info() const noexcept { return info_; }
    [[nodiscard]] InputFile& file() const noexcept { return file_; }
    /// Up to where libpng has read.
    [[nodiscard]] std::int64_t position() const noexcept {
        return position_ - static_cast<std::int64_t>(end_ - begin_);
    }

    [[noreturn]] void fail(const char* what) const {
        file_.check();
        if (std::string_view(message_.data()).find("emory") != std::string_view::npos) throw std::bad_alloc();
        refuse(file_, ErrorCode::corrupt,
               std::string("is a damaged PNG, ") + what + " cannot be read (" + printable(message_.data()) +
                   "); copy it again from its source");
    }

private:
    using Buffer = std::array<png_byte, std::size_t{32} << 10>;

    template <class Step>
    bool guarded(Step step) {
        if (setjmp(png_jmpbuf(png_)) != 0) return false;  // NOLINT: the only way that libpng has
        step();
        return true;
    }

    /// The dimensions, from the bytes themselves: libpng would call a limit a damage.
    void check_size() {
        std::array<png_byte, 26> head{};
        file_.read_at(0, head.data(), head.size());
        if (std::memcmp(&head[12], "IHDR", 4) != 0) return;  // libpng will say it
        ImageInfo image;
        image.width = static_cast<Index>(png_get_uint_32(&head[16]));
        image.height = static_cast<Index>(png_get_uint_32(&head[20]));
        const int type = head[25];
        const int channels = ((type & PNG_COLOR_MASK_COLOR) != 0 && (type & PNG_COLOR_MASK_PALETTE) == 0 ? 3 : 1) +
                             ((type & PNG_COLOR_MASK_ALPHA) != 0 ? 1 : 0);
        const int bits = std::min<int>(head[24], 16);
        image.colour = static_cast<Colour>(channels - 1);
        image.type = bits == 16 ? SampleType::uint16 : SampleType::uint8;
        check_declared_size(file_, image, channels * bits, deflate_ratio);
    }

    bool open() {
        return guarded([this] {
            png_set_read_fn(png_, this, on_read);
            png_set_user_limits(png_, longest_side, longest_side);
            png_set_chunk_malloc_max(png_, png_alloc_size_t{8} << 20);
            // Only the chunks without which there are no samples, tRNS, pHYs and eXIf are looked at. The rest
            // (profiles, texts) is skipped unread: it may be damaged, or unfold to gigabytes.
            png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
            static constexpr std::array<png_byte, 10> known{'p', 'H', 'Y', 's', 0, 'e', 'X', 'I', 'f', 0};
            png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_AS_DEFAULT, known.data(), 2);
            png_read_info(png_, info_);
        });
    }

    static PngReader& self(png_structp png) { return *static_cast<PngReader*>(png_get_error_ptr(png)); }

    void remember(const char* message) {
        if (message_[0] == '\0') std::snprintf(message_.data(), message_.size(), "%s", message);
    }
    static void on_error(png_structp png, png_const_charp message) {
        self(png).message_[0] = '\0';  // what stopped it says more than an earlier warning
        self(png).remember(message);
        png_longjmp(png, 1);
    }
    static void on_warning(png_structp png, png_const_charp message) {
        if (!is_damage(message)) return;
        self(png).damaged_ = true;
        self(png).remember(message);
    }
    static void on_read(png_structp png, png_bytep out, std::size_t size) {
        PngReader& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
        while (size > 0) {
            if (reader.begin_ == reader.end_) {
                reader.begin_ = 0;
                reader.end_ = reader.file_.read_at(reader.position_, reader.buffer_->data(), reader.buffer_->size());
                reader.position_ += static_cast<std::int64_t>(reader.end_);
                if (reader.end_ == 0) png_error(png, "it ends too early");
            }
            const std::size_t part = std::min(size, reader.end_ - reader.begin_);
            std::memcpy(out, reader.buffer_->data() + reader.begin_, part);
            reader.begin_ += part;
            out += part;
            size -= part;
        }
    }

    InputFile& file_;
    std::unique_ptr<Buffer> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::int64_t position_ = 0;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    std::array<char, 160> message_{};
    bool damaged_ = false;
};

/// What the header says, and the palette if there is one.
struct PngLayout {
    Probe probe;
    bool interlaced = false;
    std::size_t stored_row_bytes = 0;    // as libpng delivers it: one byte an index
    std::optional<PngSamples> plain;     // where the samples are, if they can be regular
    std::vector<PaletteColour> palette;  // empty if there is none
    bool stored = false;                 // palette indices, and samples of few bits, are delivered as they are
};

void read_palette(const PngReader& reader, PngLayout& layout) {
    png_colorp colours = nullptr;
    int count = 0;
    if (png_get_PLTE(reader.png(), reader.info(), &colours, &count) == 0 || count <= 0) {
        refuse(reader.file(), ErrorCode::corrupt,
               "is a palette PNG without a palette, a PLTE chunk was expected; copy it again from its source");
    }
    const std::span<const png_color> entries(colours, static_cast<std::size_t>(count));
    for (const png_color& c : entries) {
        layout.palette.push_back({std::byte{c.red}, std::byte{c.green}, std::byte{c.blue}});
    }
    set_palette(layout.probe, layout.palette, layout.stored ? Samples::stored : Samples::shown);
}

/// What is laid out to decode by libpng: stored rows, one or all; where they are; and a row of colours.
Workbench::Sizes<3> rooms(const PngLayout& layout) {
    const auto rows = static_cast<std::size_t>(layout.interlaced ? layout.probe.image.height : 1);
    const bool looks_up = !layout.palette.empty() && !layout.stored;
    return {rows * layout.stored_row_bytes, layout.interlaced ? rows * sizeof(png_bytep) : 0,
            looks_up ? layout.probe.image.row_bytes() : 0};
}

PngLayout read_layout(PngReader& reader, Samples samples) {
    png_structp png = reader.png();
    png_infop info = reader.info();
    PngLayout layout;
    layout.stored = samples == Samples::stored;
    ImageInfo& image = layout.probe.image;
    image.format = "PNG";
    image.width = png_get_image_width(png, info);
    image.height = png_get_image_height(png, info);
    image.type = png_get_bit_depth(png, info) == 16 ? SampleType::uint16 : SampleType::uint8;
    layout.interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
    switch (png_get_color_type(png, info)) {
        case PNG_COLOR_TYPE_GRAY_ALPHA: image.colour = Colour::grey_alpha; break;
        case PNG_COLOR_TYPE_RGB: image.colour = Colour::rgb; break;
        case PNG_COLOR_TYPE_RGB_ALPHA: image.colour = Colour::rgba; break;
        case PNG_COLOR_TYPE_PALETTE: read_palette(reader, layout); break;
        default:
            image.colour = Colour::grey;
            if (png_get_bit_depth(png, info) < 8) layout.probe.few_bits = png_get_bit_depth(png, info);
            layout.probe.interpreted = layout.probe.few_bits != 0;
            break;
    }
    png_uint_32 across = 0;
    png_uint_32 down = 0;
    int unit = PNG_RESOLUTION_UNKNOWN;
    if (png_get_pHYs(png, info, &across, &down, &unit) != 0) {
        // Without a unit it is only the shape of a sample.
        layout.probe.density = {density_or_none(across), density_or_none(down),
                                unit == PNG_RESOLUTION_METER ? FileDensity::Unit::metre : FileDensity::Unit::none};
    }
#ifdef PNG_eXIf_SUPPORTED
    png_bytep exif = nullptr;
    png_uint_32 exif_bytes = 0;
    if (png_get_eXIf_1(png, info, &exif_bytes, &exif) != 0) {
        layout.probe.orientation = exif_orientation(std::as_bytes(std::span(exif, exif_bytes)));
    }
#endif
    if (png_get_valid(png, info, PNG_INFO_tRNS) != 0) {
        layout.probe.notes.emplace_back("transparency (tRNS) is left out");
    }
    if (!layout.interlaced && layout.palette.empty() && png_get_bit_depth(png, info) >= 8) {
        constexpr std::int64_t chunk_head = 8;  // that of the first IDAT, which libpng has read
        layout.plain = {reader.position() - chunk_head, image.height, image.row_bytes(),
                        image.row_bytes() / static_cast<std::size_t>(image.width), png_get_bit_depth(png, info)};
    }
    reader.call("its header", [png, info, unpacked = layout.stored || !layout.palette.empty(),
                               deep = image.type == SampleType::uint16] {
        if (unpacked) {
            png_set_packing(png);
        } else {
            png_set_expand_gray_1_2_4_to_8(png);
        }
        if (deep && std::endian::native == std::endian::little) png_set_swap(png);
        (void)png_set_interlace_handling(png);
        png_read_update_info(png, info);
    });
    layout.stored_row_bytes = png_get_rowbytes(png, info);
    layout.probe.bench_bytes = Workbench::bytes_of(rooms(layout));
    // libpng holds three rows (this one, the one before, and one for the passes), zlib its window and tables.
    constexpr std::int64_t state = std::int64_t{160} << 10;
    const auto row = static_cast<std::int64_t>(std::max(layout.stored_row_bytes, image.row_bytes()));
    std::int64_t others = state + 3 * row;
    if (layout.plain) {
        layout.probe.bench_bytes =
            std::max(layout.probe.bench_bytes, regular_png_bench_bytes(reader.file(), *layout.plain));
        others += regular_png_other_bytes();
    }
    layout.probe.decoder_bytes = layout.probe.bench_bytes + others;
    return layout;
}

class RowConverter {
public:
    RowConverter(const InputFile& file, const PngLayout& layout, std::span<std::byte> row)
        : file_(file), layout_(layout), row_(row) {}

    const std::byte* convert(Index y, const std::byte* stored) {
        if (layout_.palette.empty()) return stored;
        const std::size_t entries = layout_.palette.size();
        const auto channels = static_cast<std::size_t>(layout_.probe.image.channels());
        const auto width = static_cast<std::size_t>(layout_.probe.image.width);
        for (std::size_t x = 0; x < width; ++x) {
            const auto index = std::to_integer<std::size_t>(stored[x]);
            if (index >= entries) {
                refuse(file_, ErrorCode::corrupt,
                       "is a damaged PNG, row " + std::to_string(y) + " has palette index " + std::to_string(index) +
                           ", at most " + std::to_string(entries - 1) + " was expected; copy it again from its source");
            }
            if (layout_.stored) continue;
            for (std::size_t c = 0; c < channels; ++c) row_[x * channels + c] = layout_.palette[index][c];
        }
        return layout_.stored ? stored : row_.data();
    }

private:
    const InputFile& file_;
    const PngLayout& layout_;
    std::span<std::byte> row_;
};

/// The last bytes hold checksums, and an IEND shows that nothing was cut off.
void check_end(PngReader& reader) {
    reader.call("its end", [png = reader.png()] { png_read_end(png, nullptr); });
}

void decode_interlaced(PngReader& reader, const PngLayout& layout, Range rows, Workbench& bench, RowSink& sink) {
    const auto [samples, pointers, row] = bench.lay_out(rooms(layout));
    const auto height = static_cast<std::size_t>(layout.probe.image.height);
    auto* const first = reinterpret_cast<png_bytepp>(pointers.data());
    for (std::size_t y = 0; y < height; ++y) {
        new (first + y) png_bytep(reinterpret_cast<png_bytep>(samples.data() + y * layout.stored_row_bytes));
    }
    reader.call("its rows", [png = reader.png(), first] { png_read_image(png, first); });
    check_end(reader);
    RowConverter converter(reader.file(), layout, row);
    for (Index y = rows.first; y < rows.end; ++y) {
        sink.row(y, converter.convert(y, samples.data() + static_cast<std::size_t>(y) * layout.stored_row_bytes));
    }
}

void decode_rows(PngReader& reader, const PngLayout& layout, Range rows, Workbench& bench, RowSink& sink) {
    const auto [stored, pointers, row] = bench.lay_out(rooms(layout));
    RowConverter converter(reader.file(), layout, row);
    for (Index y = 0; y < rows.end; ++y) {
        reader.call("a row", [png = reader.png(), to = reinterpret_cast<png_bytep>(stored.data())] {
            png_read_row(png, to, nullptr);
        });
        if (y >= rows.first) sink.row(y, converter.convert(y, stored.data()));
    }
    if (rows.end == layout.probe.image.height) check_end(reader);
}

void decode_by_libpng(PngReader& reader, const PngLayout& layout, Range rows, Workbench& bench, RowSink& sink) {
    if (layout.interlaced) {
        decode_interlaced(reader, layout, rows, bench, sink);
    } else {
        decode_rows(reader, layout, rows, bench, sink);
    }
}

/// Passes each row on once, whoever comes with it first.
class OnlyOnce : public RowSink {
public:
    OnlyOnce(RowSink& sink, Index first, std::size_t row_bytes) : sink_(sink), next_(first), row_bytes_(row_bytes) {}
    void rows(Index y, Index count, const std::byte* samples) override {
        const Index known = std::min(next_ - y, count);
        if (known == count) return;
        sink_.rows(next_, count - known, samples + static_cast<std::size_t>(known) * row_bytes_);
        next_ = y + count;
    }

private:
    RowSink& sink_;
    Index next_;
    std::size_t row_bytes_;
};

Probe probe(InputFile& file, std::int64_t place, Samples samples) {
    check_single_page(file, place);
    PngReader reader(file);
    Probe result = read_layout(reader, samples).probe;
    file.check();
    return result;
}

void decode(InputFile& file, std::int64_t place, Samples samples, Range rows, Workbench& bench, RowSink& sink) {
    check_single_page(file, place);
    PngReader reader(file);
    const PngLayout layout = read_layout(reader, samples);
    const Range wanted = wanted_rows(file, layout.probe.image, rows);
    OnlyOnce once(sink, wanted.first, layout.probe.image.row_bytes());
    if (!layout.plain || !decode_regular_png(file, *layout.plain, wanted, bench, once)) {
        decode_by_libpng(reader, layout, wanted, bench, once);
    }
    file.check();
}

}  // namespace

bool decode_png_alone(InputFile& file, Range rows, Workbench& bench, RowSink& sink, PngUnpacking unpacking) {
    PngReader reader(file);
    const PngLayout layout = read_layout(reader, Samples::shown);
    const Range wanted = wanted_rows(file, layout.probe.image, rows);
    return layout.plain && decode_regular_png(file, *layout.plain, wanted, bench, sink, unpacking);
}

void decode_png_by_libpng(InputFile& file, Range rows, Workbench& bench, RowSink& sink) {
    PngReader reader(file);
    const PngLayout layout = read_layout(reader, Samples::shown);
    decode_by_libpng(reader, layout, wanted_rows(file, layout.probe.image, rows), bench, sink);
    file.check();
}

const Codec png_codec{"PNG", matches, single_page, probe, decode};

}  // namespace stack2nrrd
