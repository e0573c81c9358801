#include "codec/tiff_layout.hpp"

#include "codec/tiff_colour.hpp"
#include "codec/tiff_compression.hpp"
#include "codec/tiff_directory.hpp"
#include "codec/tiff_pages.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace stack2nrrd {

namespace {

[[noreturn]] void refuse_missing_palette(const InputFile& file) {
    refuse(file, ErrorCode::corrupt,
           "is a palette TIFF without a palette, a ColorMap was expected; "
           "re-save it as grey or RGB");
}

/// Entries are 16-bit, v x 256 or v x 257. Some writers fill in 8-bit ones: then no entry exceeds 255.
std::vector<PaletteColour> read_palette(const TiffHandle& tiff, int bits) {
    std::array<std::uint16_t*, 3> map{};
    if (TIFFGetField(tiff.get(), TIFFTAG_COLORMAP, &map[0], &map[1], &map[2]) == 0) {
        refuse_missing_palette(tiff.file());
    }
    const std::size_t entries = std::size_t{1} << bits;
    const bool wide = std::any_of(map.begin(), map.end(), [&](const std::uint16_t* channel) {
        return std::any_of(channel, channel + entries, [](std::uint16_t v) { return v > 255; });
    });
    std::vector<PaletteColour> palette(entries);
    for (std::size_t i = 0; i < entries; ++i) {
        for (std::size_t c = 0; c < 3; ++c) palette[i][c] = static_cast<std::byte>(wide ? map[c][i] >> 8 : map[c][i]);
    }
    return palette;
}

/// What libtiff does not report of a directory, or corrects or drops because it takes it for a mistake.
struct RawDirectory {
    std::uint64_t value_bytes = 0;       // of all values that are outside of the directory
    std::uint64_t only_strip_bytes = 0;  // StripByteCounts, if it is one value
    std::uint64_t photometric = 0;
    std::uint64_t orientation = ORIENTATION_TOPLEFT;
    std::optional<TiffCalibration> calibration;
};

RawDirectory read_raw_directory(const TiffHandle& tiff) {
    TiffDirectory directory(tiff.file());
    const std::uint64_t offset = TIFFCurrentDirOffset(tiff.get());
    directory.read(offset);
    RawDirectory raw;
    raw.value_bytes = directory.value_bytes();
    raw.only_strip_bytes = directory.single_integer(TIFFTAG_STRIPBYTECOUNTS).value_or(0);
    raw.photometric = directory.single_integer(TIFFTAG_PHOTOMETRIC).value_or(0);
    raw.orientation = directory.single_integer(TIFFTAG_ORIENTATION).value_or(ORIENTATION_TOPLEFT);
    if (offset != directory.first()) directory.read(directory.first());
    raw.calibration = tiff_calibration(directory);
    tiff.file().check();
    return raw;
}

/// \throws Error unsupported.
const TiffSamples* sample_kind(const TiffHandle& tiff, const TiffTags& tags, const TiffCompression& compression) {
    const TiffSamples* kind = tiff_samples(tags.format, tags.bits);
    const bool fits = compression.only_bits == 0 || compression.only_bits == tags.bits;
    if (kind != nullptr && fits) return kind;
    const char* name = tags.format == SAMPLEFORMAT_UINT            ? "unsigned integer"
                       : tags.format == SAMPLEFORMAT_INT           ? "signed integer"
                       : tags.format == SAMPLEFORMAT_IEEEFP        ? "floating point"
                       : tags.format == SAMPLEFORMAT_COMPLEXINT    ? "complex integer"
                       : tags.format == SAMPLEFORMAT_COMPLEXIEEEFP ? "complex floating point"
                                                                   : "untyped";
    refuse_tiff(tiff.file(),
                std::to_string(tags.bits) + "-bit " + name + " samples" +
                    (fits ? "" : " in " + std::string(compression.name) + " compression"),
                "re-save it with integers of 8, 16 or 32 bits, or floats of 32 or 64");
}

void set_blocks(const TiffHandle& tiff, TiffLayout& layout) {
    const InputFile& file = tiff.file();
    const ImageInfo& image = layout.probe.image;
    const Index stored_bits = Index{layout.channels} * layout.bits;
    layout.row_bytes = (image.width * stored_bits + 7) / 8;
    if (!layout.tiled) {
        const auto rows = tiff.tag_or_default<std::uint32_t>(TIFFTAG_ROWSPERSTRIP);
        if (rows == 0) {
            refuse(file, ErrorCode::corrupt,
                   "is a TIFF with 0 rows per strip, at least 1 was expected; copy "
                   "it again from its source");
        }
        layout.block_width = image.width;
        layout.block_height = std::min<Index>(rows, image.height);
        layout.block_row_bytes = layout.row_bytes;
    } else {
        layout.block_width = tiff.tag<std::uint32_t>(TIFFTAG_TILEWIDTH).value_or(0);
        layout.block_height = tiff.tag<std::uint32_t>(TIFFTAG_TILELENGTH).value_or(0);
        const std::string size = std::to_string(layout.block_width) + " x " + std::to_string(layout.block_height);
        if (layout.block_width == 0 || layout.block_height == 0 || layout.block_width * stored_bits % 8 != 0) {
            refuse(file, ErrorCode::corrupt,
                   "is a TIFF with tiles of " + size + " samples, multiples of 16 were expected; re-save it in strips");
        }
        layout.block_row_bytes = layout.block_width * stored_bits / 8;
        layout.blocks_across = (image.width + layout.block_width - 1) / layout.block_width;
        constexpr std::int64_t plenty = std::int64_t{64} << 20;
        const bool absurd = layout.block_width > 2 * image.width + 64 || layout.block_height > 2 * image.height + 64;
        if (absurd && layout.block_row_bytes > plenty / layout.block_height) {
            refuse(file, ErrorCode::limit,
                   "is a TIFF with tiles of " + size + " samples for a slice of " + std::to_string(image.width) +
                       " x " + std::to_string(image.height) +
                       ", tiles about as large as the slice were expected; re-save it");
        }
    }
    layout.blocks_down = (image.height + layout.block_height - 1) / layout.block_height;
}

/// Bytes of a block of `rows` rows when it is decompressed.
std::uint64_t decoded_bytes(const TiffHandle& tiff, const TiffLayout& layout, Index rows) {
    // Where libtiff converts, colour may be stored for every other row and column only.
    if (!layout.converted) return static_cast<std::uint64_t>(rows * layout.block_row_bytes);
    if (layout.tiled) return TIFFTileSize64(tiff.get());
    return TIFFVStripSize64(tiff.get(), static_cast<std::uint32_t>(rows));
}

/// Every block must be inside the file and large enough for what it claims to hold. This also finds truncated
/// files before anything is decoded.
void check_blocks(const TiffHandle& tiff, TiffLayout& layout, Index stored_planes, double max_ratio) {
    const InputFile& file = tiff.file();
    const char* kind = layout.tiled ? "tile" : "strip";
    const auto fail = [&](Index i, Index count, const std::string& what) {
        refuse(file, ErrorCode::corrupt,
               std::string("is a damaged TIFF, ") + kind + " " + std::to_string(i + 1) + " of " +
                   std::to_string(count) + " " + what + "; copy it again from its source");
    };
    const Index count = stored_planes * layout.blocks_down * layout.blocks_across;
    const Index declared = layout.tiled ? TIFFNumberOfTiles(tiff.get()) : TIFFNumberOfStrips(tiff.get());
    if (declared != count) tiff.fail("its list of blocks");
    const auto file_bytes = static_cast<std::uint64_t>(file.bytes());
    for (Index i = 0; i < count; ++i) {
        const std::uint64_t offset = TIFFGetStrileOffset(tiff.get(), static_cast<std::uint32_t>(i));
        const std::uint64_t stored = TIFFGetStrileByteCount(tiff.get(), static_cast<std::uint32_t>(i));
        const Index rows = layout.tiled ? layout.block_height : layout.strip_rows(i % layout.blocks_down);
        const std::uint64_t decoded = decoded_bytes(tiff, layout, rows);
        if (offset == 0 || stored == 0) fail(i, count, "is missing, its place was expected");
        // Uncompressed: a byte count beyond what is needed is harmless, some writers round it up.
        const std::uint64_t needed = layout.compression == COMPRESSION_NONE ? decoded : stored;
        if (stored < needed || static_cast<double>(decoded) > max_ratio * static_cast<double>(stored)) {
            fail(i, count, "holds " + std::to_string(stored) + " bytes, more were expected for its samples");
        }
        if (offset > file_bytes || needed > file_bytes - offset) {
            fail(i, count,
                 "ends at byte " + std::to_string(offset) + " + " + std::to_string(needed) + ", at most " +
                     std::to_string(file_bytes) + " (the end of the file) was expected");
        }
        layout.largest_block = std::max(layout.largest_block, static_cast<std::int64_t>(needed));
    }
}

std::uint64_t all_bits(int bits) { return ~std::uint64_t{0} >> (64 - bits); }

/// What ImageJ's text makes of its samples: values of another meaning, where they are exactly those of an integer type.
/// That is how ImageJ stores integers with a sign.
void calibrate(const std::optional<TiffCalibration>& calibration, const TiffTags& tags, TiffLayout& layout) {
    Probe& probe = layout.probe;
    if (!calibration || calibration->identity()) return;
    const double half = std::ldexp(1.0, tags.bits - 1);
    const bool whole = tags.format == SAMPLEFORMAT_UINT && (tags.bits == 8 || tags.bits == 16) &&
                       probe.image.colour == Colour::grey && !probe.least_is_white && calibration->linear;
    const std::uint64_t sign = std::uint64_t{1} << (tags.bits - 1);
    std::uint64_t flip = 0;
    if (whole && calibration->is(-half, 1)) flip = sign;
    if (whole && calibration->is(half - 1, -1)) flip = all_bits(tags.bits) ^ sign;
    if (whole && calibration->is(2 * half - 1, -1)) flip = all_bits(tags.bits);
    if (flip == 0) {
        probe.notes.push_back("ImageJ's calibration (" + calibration->text() + ") is not applied");
        return;
    }
    layout.flip = flip;
    probe.interpreted = true;
    if (flip != all_bits(tags.bits)) probe.image.type = tags.bits == 8 ? SampleType::int8 : SampleType::int16;
    probe.notes.push_back("ImageJ's calibration (" + calibration->text() + ") is applied");
}

/// Senses, few bits and palettes: what is delivered, and what is said of it.
void interpret(const TiffHandle& tiff, const TiffTags& tags, Samples samples, TiffLayout& layout) {
    Probe& probe = layout.probe;
    const bool shown = samples == Samples::shown;
    const bool is_unsigned = tags.format == SAMPLEFORMAT_UINT || tags.format == SAMPLEFORMAT_VOID;
    const bool few_bits = is_unsigned && (tags.bits == 1 || tags.bits == 2 || tags.bits == 4);
    if (tags.photometric == PHOTOMETRIC_PALETTE) {
        layout.palette = read_palette(tiff, tags.bits);
        set_palette(probe, layout.palette, samples);
        if (shown) {
            probe.image.type = SampleType::uint8;
        } else {
            layout.palette.clear();
        }
        return;
    }
    probe.least_is_white = tags.photometric == PHOTOMETRIC_MINISWHITE;
    probe.few_bits = few_bits ? tags.bits : 0;
    probe.interpreted = few_bits || (is_unsigned && probe.least_is_white);
    layout.spread = few_bits && shown;
    if (!probe.least_is_white || !shown) return;
    if (is_unsigned) layout.flip = all_bits(tags.bits);
    probe.notes.emplace_back(is_unsigned ? "MinIsWhite is inverted, so that the least is black"
                                         : "MinIsWhite samples that are signed or floating point are "
                                           "as stored");
}

/// The value that GDAL writes where nothing was measured: libtiff keeps the text of tags that it does not know.
std::string no_data_text(const TiffHandle& tiff) {
    constexpr std::uint32_t gdal_nodata = 42113;
    constexpr std::size_t longest = 40;
    std::uint32_t count = 0;
    const char* text = nullptr;
    const TIFFField* field = TIFFFindField(tiff.get(), gdal_nodata, TIFF_ASCII);
    if (field == nullptr || TIFFFieldPassCount(field) == 0 ||
        TIFFGetField(tiff.get(), gdal_nodata, &count, &text) == 0 || text == nullptr) {
        return {};
    }
    const char* end = std::find(text, text + std::min<std::size_t>(count, longest), '\0');
    return printable(trimmed({text, static_cast<std::size_t>(end - text)}));
}

void add_notes(const TiffTags& tags, const RawDirectory& raw, TiffLayout& layout) {
    const bool known = raw.orientation >= ORIENTATION_TOPLEFT && raw.orientation <= ORIENTATION_LEFTBOT;
    layout.probe.orientation = known ? static_cast<int>(raw.orientation) : ORIENTATION_TOPLEFT;
    if (!tags.photometric_known) {
        layout.probe.notes.emplace_back(tags.channels < 3
                                            ? "does not give the meaning of its samples and is taken as grey"
                                            : "does not give the meaning of its samples and is taken as RGB");
    }
}

/// To a place that has no directory of its own.
void move_samples(const TiffHandle& tiff, TiffLayout& layout) {
    const std::optional<std::int64_t> first = samples_in_one_piece(tiff, layout);
    const std::int64_t bytes = layout.row_bytes * layout.probe.image.height;
    const std::int64_t wanted = tiff.place() == INT64_MIN ? INT64_MAX : -tiff.place();
    if (!first || wanted > tiff.file().bytes() - bytes) {
        refuse(tiff.file(), ErrorCode::inconsistent,
               "has no room for a slice of " + std::to_string(bytes) + " bytes at byte " + std::to_string(wanted) +
                   ", one was expected; make the list of slices again");
    }
    layout.shift = wanted - *first;
}

}  // namespace

std::optional<std::int64_t> samples_in_one_piece(const TiffHandle& tiff, const TiffLayout& layout) {
    if (!layout.verbatim || layout.planes != 1) return std::nullopt;
    const std::uint64_t first = TIFFGetStrileOffset(tiff.get(), 0);
    for (Index down = 1; down < layout.blocks_down; ++down) {
        const auto behind = static_cast<std::uint64_t>(down * layout.block_height * layout.row_bytes);
        if (TIFFGetStrileOffset(tiff.get(), layout.block(0, down)) != first + behind) return std::nullopt;
    }
    return static_cast<std::int64_t>(first);
}

TiffLayout read_tiff_layout(const TiffHandle& tiff, Samples samples) {
    const InputFile& file = tiff.file();
    const TiffTags tags = read_tiff_tags(tiff);
    // What is refused by name comes first: libtiff's errors about features that nobody reads would only confuse.
    const TiffCompression& compression = tiff_compression(tiff);
    const TiffColour colour = tiff_colour(tiff, tags);
    TiffLayout layout;
    layout.samples = sample_kind(tiff, tags, compression);
    Probe& probe = layout.probe;
    ImageInfo& image = probe.image;
    image.format = "TIFF";
    image.width = tags.width;
    image.height = tags.height;
    image.colour = colour.colour;
    image.components = colour.colour == Colour::components ? colour.taken : 1;
    image.type = layout.samples->type;
    probe.choice = colour.choice;
    probe.notes = colour.notes;
    if (tiff.tag<std::uint32_t>(TIFFTAG_IMAGEDEPTH).value_or(1) != 1) {
        refuse_tiff(file, "more than one slice in one page (ImageDepth)", "re-save it as a stack of slices");
    }
    tiff.check("its header");
    const RawDirectory raw = read_raw_directory(tiff);
    if (raw.photometric == PHOTOMETRIC_PALETTE && tags.photometric != PHOTOMETRIC_PALETTE) refuse_missing_palette(file);
    // Of what libtiff converts, colour may be stored for a few samples only.
    const Index stored_channels = colour.converted ? 1 : tags.channels;
    check_declared_size(file, image, stored_channels * tags.bits, compression.max_ratio);

    const bool separate = tags.planar == PLANARCONFIG_SEPARATE;
    layout.bits = tags.bits;
    layout.compression = tags.compression;
    layout.converted = colour.converted;
    layout.planes = separate && !colour.converted ? colour.taken : 1;
    layout.channels = separate ? 1 : tags.channels;
    layout.taken = colour.taken;
    layout.tiled = TIFFIsTiled(tiff.get()) != 0;
    layout.swapped = TIFFIsByteSwapped(tiff.get()) != 0;
    // libtiff brings integers of 24 bits into native order, too, but as those of 12 or 20 bits they have none.
    const bool bits_only = tags.bits == 24 && tags.format != SAMPLEFORMAT_IEEEFP;
    layout.reversed = bits_only && layout.swapped;
    if (bits_only && TIFFIsBigEndian(tiff.get()) == 0) {
        probe.notes.emplace_back("24-bit integers are read with their most significant byte first");
    }
    layout.verbatim = tags.compression == COMPRESSION_NONE && !layout.tiled && !layout.converted &&
                      tiff.tag_or_default<std::uint16_t>(TIFFTAG_FILLORDER) == FILLORDER_MSB2LSB;
    layout.differences = tiff.tag<std::uint16_t>(TIFFTAG_PREDICTOR) == PREDICTOR_HORIZONTAL;
    if (layout.differences && tags.bits != 8 && tags.bits != 16 && tags.bits != 32 && tags.bits != 64) {
        refuse_tiff(file, "differences (predictor 2) of " + std::to_string(tags.bits) + "-bit samples",
                    "re-save it without predictor");
    }
    interpret(tiff, tags, samples, layout);
    if (tags.photometric != PHOTOMETRIC_PALETTE) calibrate(raw.calibration, tags, layout);
    if (layout.converted) TiffConversion conversion(tiff);
    if (tags.compression == COMPRESSION_JPEG && tags.photometric == PHOTOMETRIC_YCBCR) {
        TIFFSetField(tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    }
    set_blocks(tiff, layout);

    // libtiff works out a single byte count again when it is too small; then what follows the samples would be taken
    // for samples.
    const auto needed = static_cast<std::uint64_t>(layout.row_bytes * image.height);
    if (layout.verbatim && layout.planes * layout.blocks_down == 1 && raw.only_strip_bytes != 0 &&
        raw.only_strip_bytes < needed) {
        refuse(file, ErrorCode::corrupt,
               "is a damaged TIFF, its strip holds " + std::to_string(raw.only_strip_bytes) + " bytes, " +
                   std::to_string(needed) + " were expected; copy it again from its source");
    }
    const Index stored_planes = separate ? tags.channels : 1;
    check_blocks(tiff, layout, stored_planes, compression.max_ratio);
    add_notes(tags, raw, layout);
    if (const std::string value = no_data_text(tiff); !value.empty()) {
        probe.notes.push_back("samples of the value " + value +
                              " are said to be no data (GDAL), and are taken as all others are");
    }
    if (tiff.place() < 0) move_samples(tiff, layout);
    // libtiff keeps the values of all tags, some of them widened, and two numbers for each block.
    const std::int64_t blocks = stored_planes * layout.blocks_down * layout.blocks_across;
    probe.decoder_bytes = static_cast<std::int64_t>(2 * raw.value_bytes) + 32 * blocks + compression.held_bytes +
                          compression.held_blocks * layout.block_bytes();
    if (tags.compression == COMPRESSION_LZMA) {
        probe.decoder_bytes += lzma_window(tiff, static_cast<std::uint32_t>(blocks));
    }
    return layout;
}

}  // namespace stack2nrrd
