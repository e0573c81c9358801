// JPEG through libjpeg(-turbo). Damage is only a warning to libjpeg, here it is an error. libjpeg reports errors by
// longjmp; every call of it that may fail is in a lambda without destructors inside JpegReader::guarded().

#include "codec/codec.hpp"
#include "codec/exif.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <memory>
#include <new>
#include <utility>

#include <jerror.h>
#include <jpeglib.h>

namespace stack2nrrd {

namespace {

// What an honest progressive file has is about ten. Each scan costs a walk over the whole slice.
constexpr int most_scans = 500;

// There is no strict bound; a blank slice stays far below this.
constexpr double max_ratio = 5000;

bool matches(std::span<const std::byte> head) {
    return head.size() >= 2 && head[0] == std::byte{0xFF} && head[1] == std::byte{0xD8};
}

/// Warnings that say nothing about the samples: surplus bytes between segments, markers of an unknown kind.
bool is_harmless(int warning) {
    return warning == JWRN_EXTRANEOUS_DATA || warning == JWRN_ADOBE_XFORM || warning == JWRN_JFIF_MAJOR ||
           warning == JWRN_TOO_MUCH_DATA;
}

class JpegReader {
public:
    explicit JpegReader(InputFile& file) : file_(file), buffer_(std::make_unique<Buffer>()) {
        jpeg_.err = jpeg_std_error(&errors_);
        errors_.error_exit = on_error;
        errors_.emit_message = on_message;
        errors_.output_message = [](j_common_ptr) {};
        progress_.progress_monitor = on_progress;
        source_.init_source = [](j_decompress_ptr) {};
        source_.fill_input_buffer = on_fill;
        source_.skip_input_data = on_skip;
        source_.resync_to_restart = jpeg_resync_to_restart;
        source_.term_source = [](j_decompress_ptr) {};
        jpeg_.client_data = this;
        const bool opened = guarded([this] {
            jpeg_create_decompress(&jpeg_);
            jpeg_.src = &source_;
            jpeg_.progress = &progress_;
            jpeg_set_marker_processor(&jpeg_, JPEG_APP0 + 1, on_app1);
            (void)jpeg_read_header(&jpeg_, TRUE);
        });
        if (opened) return;
        jpeg_destroy_decompress(&jpeg_);
        fail("its header");
    }
    JpegReader(const JpegReader&) = delete;
    JpegReader& operator=(const JpegReader&) = delete;
    ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }

    /// Runs `step`; throws if libjpeg reported an error or damage. `step` must not own anything.
    template <class Step>
    void call(const char* what, Step step) {
        if (!guarded(step) || damaged_) fail(what);
    }

    [[nodiscard]] jpeg_decompress_struct& jpeg() noexcept { return jpeg_; }
    [[nodiscard]] InputFile& file() const noexcept { return file_; }
    /// Of the first Exif segment.
    [[nodiscard]] int orientation() const noexcept { return orientation_; }

private:
    using Buffer = std::array<JOCTET, std::size_t{32} << 10>;

    template <class Step>
    bool guarded(Step step) {
        if (setjmp(jump_) != 0) return false;  // NOLINT: the only way that libjpeg has
        step();
        return true;
    }

    [[noreturn]] void fail(const char* what) const {
        const std::string reason = printable(message_.data());
        const auto unsupported = [&](const std::string& feature) {
            refuse(
                file_, ErrorCode::unsupported,
                "is a JPEG with " + feature + ", which is not supported; re-save it as 8-bit baseline or progressive");
        };
        switch (code_) {
            case JERR_BAD_PRECISION: unsupported(std::to_string(jpeg_.data_precision) + "-bit samples"); break;
            case JERR_SOF_UNSUPPORTED:
                unsupported("lossless, hierarchical or other rare coding (" + reason + ")");
                break;
            case JERR_ARITH_NOTIMPL: unsupported("arithmetic coding"); break;
            case JERR_CCIR601_NOTIMPL:
            case JERR_FRACT_SAMPLE_NOTIMPL: unsupported("an unusual subsampling of colour"); break;
            case JERR_CONVERSION_NOTIMPL:
            case JERR_NOT_COMPILED:
            case JERR_NOTIMPL: unsupported("a feature that libjpeg lacks (" + reason + ")"); break;
            case JERR_OUT_OF_MEMORY: throw std::bad_alloc();
            default: break;
        }
        if (too_many_scans_) {
            refuse(file_, ErrorCode::limit,
                   "is a JPEG with more than " + std::to_string(most_scans) +
                       " scans, a few were expected; re-save it as baseline JPEG if it is genuine");
        }
        refuse(file_, ErrorCode::corrupt,
               std::string("is a damaged JPEG, ") + what + " cannot be read (" + reason +
                   "); copy it again from its source");
    }

    static JpegReader& self(j_common_ptr jpeg) { return *static_cast<JpegReader*>(jpeg->client_data); }
    static JpegReader& self(j_decompress_ptr jpeg) { return *static_cast<JpegReader*>(jpeg->client_data); }

    void remember(j_common_ptr jpeg) {
        std::array<char, JMSG_LENGTH_MAX> text{};
        jpeg->err->format_message(jpeg, text.data());
        std::snprintf(message_.data(), message_.size(), "%.199s", text.data());
    }

    static void on_error(j_common_ptr jpeg) {
        JpegReader& reader = self(jpeg);
        reader.code_ = jpeg->err->msg_code;
        reader.remember(jpeg);
        std::longjmp(reader.jump_, 1);
    }
    static void on_message(j_common_ptr jpeg, int level) {
        if (level >= 0 || is_harmless(jpeg->err->msg_code)) return;
        JpegReader& reader = self(jpeg);
        if (!reader.damaged_) reader.remember(jpeg);
        reader.damaged_ = true;
    }
    static void on_progress(j_common_ptr jpeg) {
        JpegReader& reader = self(jpeg);
        if (reader.jpeg_.input_scan_number <= most_scans) return;
        reader.too_many_scans_ = true;
        std::longjmp(reader.jump_, 1);
    }
    static boolean on_fill(j_decompress_ptr jpeg) {
        JpegReader& reader = self(jpeg);
        Buffer& buffer = *reader.buffer_;
        std::size_t got = reader.file_.read_at(reader.position_, buffer.data(), buffer.size());
        reader.position_ += static_cast<std::int64_t>(got);
        if (got == 0) {
            // As libjpeg's own sources do: a made-up end of image. The warning makes it an error afterwards.
            WARNMS(jpeg, JWRN_JPEG_EOF);
            buffer[0] = 0xFF;
            buffer[1] = JPEG_EOI;
            got = 2;
        }
        jpeg->src->next_input_byte = buffer.data();
        jpeg->src->bytes_in_buffer = got;
        return TRUE;
    }
    JOCTET next_byte() {
        jpeg_source_mgr& source = *jpeg_.src;
        if (source.bytes_in_buffer == 0) (void)on_fill(&jpeg_);
        --source.bytes_in_buffer;
        return *source.next_input_byte++;
    }
    /// The orientation in Exif is near its beginning: the first directory is small.
    static boolean on_app1(j_decompress_ptr jpeg) {
        static constexpr std::array<JOCTET, 6> signature{'E', 'x', 'i', 'f', 0, 0};
        JpegReader& reader = self(jpeg);
        const int high = reader.next_byte();
        std::size_t left = static_cast<std::size_t>(high << 8 | reader.next_byte());
        left = left < 2 ? 0 : left - 2;
        std::array<JOCTET, 4096> start;  // NOLINT: filled as far as it is read
        const std::size_t size = reader.has_exif_ ? 0 : std::min(left, start.size());
        for (std::size_t i = 0; i < size; ++i) start[i] = reader.next_byte();
        on_skip(jpeg, static_cast<long>(left - size));
        if (size < signature.size() || !std::equal(signature.begin(), signature.end(), start.begin())) return TRUE;
        reader.has_exif_ = true;
        reader.orientation_ = exif_orientation(std::as_bytes(std::span(start).first(size).subspan(signature.size())));
        return TRUE;
    }
    static void on_skip(j_decompress_ptr jpeg, long count) {
        if (count <= 0) return;
        jpeg_source_mgr& source = *jpeg->src;
        const auto skip = static_cast<std::size_t>(count);
        if (skip <= source.bytes_in_buffer) {
            source.next_input_byte += skip;
            source.bytes_in_buffer -= skip;
            return;
        }
        self(jpeg).position_ += static_cast<std::int64_t>(skip - source.bytes_in_buffer);
        source.bytes_in_buffer = 0;
    }

    InputFile& file_;
    std::unique_ptr<Buffer> buffer_;
    std::int64_t position_ = 0;
    jpeg_decompress_struct jpeg_{};
    jpeg_error_mgr errors_{};
    jpeg_progress_mgr progress_{};
    jpeg_source_mgr source_{};
    std::jmp_buf jump_{};
    std::array<char, JMSG_LENGTH_MAX> message_{};
    int code_ = 0;
    bool damaged_ = false;
    bool too_many_scans_ = false;
    bool has_exif_ = false;
    int orientation_ = 1;
};

/// What a component is cut into: blocks of 8 × 8, or single samples where the coding is lossless.
std::int64_t block_side(const jpeg_decompress_struct& jpeg) {
#if JPEG_LIB_VERSION >= 70
    return jpeg.min_DCT_h_scaled_size;
#else
    return jpeg.min_DCT_scaled_size;
#endif
}

/// libjpeg keeps the coefficients of the whole slice when they come in several scans, else a few rows of blocks.
std::int64_t held_bytes(jpeg_decompress_struct& jpeg) {
    constexpr std::int64_t state = std::int64_t{256} << 10;
    const std::int64_t side = block_side(jpeg);
    const std::int64_t sample = jpeg.data_precision > 8 ? 2 : 1;
    std::int64_t rows = 0;
    std::int64_t coefficients = 0;
    for (int c = 0; c < jpeg.num_components; ++c) {
        const jpeg_component_info& component = jpeg.comp_info[c];
        const auto across = std::int64_t{component.width_in_blocks} + component.h_samp_factor;
        const auto down = std::int64_t{component.height_in_blocks} + component.v_samp_factor;
        coefficients += across * down * side * side * std::int64_t{sizeof(JCOEF)};
        // Decoded rows with one group of context above and below, and the same rows upsampled.
        rows += across * side * jpeg.max_h_samp_factor * side * jpeg.max_v_samp_factor * 6 * sample;
        // Without loss, differences of three rows as int.
        if (side == 1) rows += across * component.v_samp_factor * 3 * std::int64_t{sizeof(int)};
    }
    return state + rows + (jpeg_has_multiple_scans(&jpeg) != 0 ? coefficients : 0);
}

void set_components(Probe& probe, int count, std::string what) {
    probe.image.colour = Colour::components;
    probe.image.components = count;
    probe.choice = std::move(what);
}

/// Rows that are decoded and pushed together: a batch of those who work on them, which then need not copy it.
Index rows_at_a_time(const ImageInfo& image) {
    return std::min(row_batch, rows_to_read(static_cast<std::int64_t>(image.row_bytes())));
}

Workbench::Sizes<1> rooms(const ImageInfo& image) {
    return {static_cast<std::size_t>(rows_at_a_time(image)) * image.row_bytes()};
}

Probe read_layout(JpegReader& reader) {
    jpeg_decompress_struct& jpeg = reader.jpeg();
    Probe probe;
    probe.image.format = "JPEG";
    probe.image.width = jpeg.image_width;
    probe.image.height = jpeg.image_height;
    switch (jpeg.jpeg_color_space) {
        case JCS_GRAYSCALE: jpeg.out_color_space = JCS_GRAYSCALE; break;
        case JCS_RGB:
        case JCS_YCbCr:
            jpeg.out_color_space = JCS_RGB;
            probe.image.colour = Colour::rgb;
            break;
        case JCS_CMYK:
        case JCS_YCCK:
            jpeg.out_color_space = JCS_CMYK;
            set_components(probe, 4, "CMYK colour in 4 channels");
            if (jpeg.saw_Adobe_marker != 0) probe.notes.emplace_back("its inks are taken as stored: 0 is full ink");
            break;
        default:
            jpeg.out_color_space = JCS_UNKNOWN;
            set_components(probe, jpeg.num_components,
                           std::to_string(jpeg.num_components) + " channels of unknown colour");
            break;
    }
    probe.image.type = jpeg.data_precision > 8 ? SampleType::uint16 : SampleType::uint8;
    check_declared_size(reader.file(), probe.image, jpeg.data_precision * jpeg.num_components, max_ratio);
    jpeg.dct_method = JDCT_ISLOW;
    reader.call("its header", [] {});  // damage that was found on the way
    if (jpeg.saw_JFIF_marker != 0) {
        // Without a unit it is only the shape of a sample.
        probe.density = {density_or_none(jpeg.X_density), density_or_none(jpeg.Y_density),
                         jpeg.density_unit == 1   ? FileDensity::Unit::inch
                         : jpeg.density_unit == 2 ? FileDensity::Unit::centimetre
                                                  : FileDensity::Unit::none};
    }
    probe.orientation = reader.orientation();
    probe.bench_bytes = Workbench::bytes_of(rooms(probe.image));
    probe.decoder_bytes = held_bytes(jpeg) + probe.bench_bytes;
    return probe;
}

/// A call of `read` stops at the end of a row of blocks.
template <class Row, class Read>
void read_rows(jpeg_decompress_struct* jpeg, Read read, std::byte* samples, std::size_t row_bytes, Index count) {
    std::array<Row, row_batch> rows{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        rows[i] = reinterpret_cast<Row>(samples + i * row_bytes);
    }
    const auto all = static_cast<JDIMENSION>(count);
    for (JDIMENSION done = 0; done < all;) {
        const JDIMENSION fresh = read(jpeg, rows.data() + done, all - done);
        if (fresh == 0) ERREXIT(jpeg, JERR_BAD_STATE);  // our source never makes it wait
        done += fresh;
    }
}

/// Samples of more than 8 bits have functions of their own, in libjpeg-turbo from 3 on.
void read_rows(jpeg_decompress_struct* jpeg, std::byte* rows, std::size_t row_bytes, Index count) {
#if defined(LIBJPEG_TURBO_VERSION_NUMBER) && LIBJPEG_TURBO_VERSION_NUMBER >= 3000000
    if (jpeg->data_precision > 12) return read_rows<J16SAMPROW>(jpeg, jpeg16_read_scanlines, rows, row_bytes, count);
    if (jpeg->data_precision > 8) return read_rows<J12SAMPROW>(jpeg, jpeg12_read_scanlines, rows, row_bytes, count);
#endif
    read_rows<JSAMPROW>(jpeg, jpeg_read_scanlines, rows, row_bytes, count);
}

Probe probe(InputFile& file, std::int64_t place, Samples /*samples*/) {
    check_single_page(file, place);
    JpegReader reader(file);
    Probe result = read_layout(reader);
    file.check();
    return result;
}

void decode(InputFile& file, std::int64_t place, Samples /*samples*/, Range rows, Workbench& bench, RowSink& sink) {
    check_single_page(file, place);
    JpegReader reader(file);
    const Probe layout = read_layout(reader);
    const Range wanted = wanted_rows(file, layout.image, rows);
    jpeg_decompress_struct* jpeg = &reader.jpeg();
    reader.call("its samples", [jpeg] { (void)jpeg_start_decompress(jpeg); });
    const std::size_t row_bytes = layout.image.row_bytes();
    const auto [room] = bench.lay_out(rooms(layout.image));
    for (Index y = 0; y < wanted.end;) {
        const Index end = std::min(y + rows_at_a_time(layout.image), wanted.end);
        reader.call("a row", [jpeg, samples = room.data(), row_bytes, count = end - y] {
            read_rows(jpeg, samples, row_bytes, count);
        });
        const Index first = std::max(y, wanted.first);
        if (first < end) sink.rows(first, end - first, room.data() + static_cast<std::size_t>(first - y) * row_bytes);
        y = end;
    }
    if (wanted.end == layout.image.height) {
        reader.call("its end", [jpeg] { (void)jpeg_finish_decompress(jpeg); });
    }
    file.check();
}

}  // namespace

const Codec jpeg_codec{"JPEG", matches, single_page, probe, decode};

}  // namespace stack2nrrd
