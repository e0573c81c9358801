#include "codec/tiff_layout.hpp"

#include "codec/tiff_directory.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace stack2nrrd {

namespace {

constexpr std::uint16_t jpeg_2000 = 34712;

struct Scheme {
    std::uint16_t id;
    const char* name;
    double max_ratio;  // the most it can shrink; 0 = not supported
};

// LZW: 3838 ever longer strings in 12-bit codes, repeated without a reset, stay below 2600. PackBits: 128 bytes in 2.
// Zstandard: a block of 128 KiB in 4 bytes. LZMA is lossless, too, but a file may make its decoder claim 4 GiB.
constexpr Scheme schemes[] = {
    {COMPRESSION_NONE, "no", 1},
    {COMPRESSION_LZW, "LZW", 2600},
    {COMPRESSION_ADOBE_DEFLATE, "deflate", 1040},
    {COMPRESSION_DEFLATE, "deflate", 1040},
    {COMPRESSION_PACKBITS, "PackBits", 65},
    {COMPRESSION_ZSTD, "Zstandard", 33000},
    {COMPRESSION_CCITTRLE, "CCITT modified Huffman", 0},
    {COMPRESSION_CCITTRLEW, "CCITT modified Huffman", 0},
    {COMPRESSION_CCITTFAX3, "CCITT fax group 3", 0},
    {COMPRESSION_CCITTFAX4, "CCITT fax group 4", 0},
    {COMPRESSION_OJPEG, "old-style JPEG", 0},
    {COMPRESSION_JPEG, "JPEG", 0},
    {COMPRESSION_T85, "T.85 JBIG", 0},
    {COMPRESSION_T43, "T.43 JBIG", 0},
    {COMPRESSION_JBIG, "JBIG", 0},
    {COMPRESSION_NEXT, "NeXT", 0},
    {COMPRESSION_THUNDERSCAN, "ThunderScan", 0},
    {COMPRESSION_PIXARLOG, "PixarLog", 0},
    {COMPRESSION_SGILOG, "SGI LogLuv", 0},
    {COMPRESSION_SGILOG24, "SGI LogLuv", 0},
    {COMPRESSION_LERC, "LERC", 0},
    {COMPRESSION_LZMA, "LZMA", 0},
    {COMPRESSION_WEBP, "WebP", 0},
    {COMPRESSION_JXL, "JPEG XL", 0},
    {jpeg_2000, "JPEG 2000", 0},
    {33003, "JPEG 2000", 0},
    {33005, "JPEG 2000", 0},
};

struct Tags {
    std::uint32_t width, height;
    std::uint16_t bits, format, channels, photometric, planar, compression;
    bool photometric_known;
};

[[noreturn]] void unsupported(const InputFile& file, const std::string& feature, const char* instead) {
    refuse(file, ErrorCode::unsupported, "is a TIFF with " + feature + ", which is not supported; " + instead);
}

const char* photometric_name(std::uint16_t photometric) {
    switch (photometric) {
        case PHOTOMETRIC_MASK: return "a transparency mask";
        case PHOTOMETRIC_SEPARATED: return "CMYK (separated) colour";
        case PHOTOMETRIC_YCBCR: return "YCbCr colour";
        case PHOTOMETRIC_CIELAB: return "CIE L*a*b* colour";
        case PHOTOMETRIC_ICCLAB: return "ICC L*a*b* colour";
        case PHOTOMETRIC_ITULAB: return "ITU L*a*b* colour";
        case PHOTOMETRIC_CFA: return "a colour filter array (raw camera samples)";
        case PHOTOMETRIC_LOGL: return "LogL samples";
        case PHOTOMETRIC_LOGLUV: return "LogLuv colour";
        default: return nullptr;
    }
}

double check_compression(const TiffHandle& tiff, std::uint16_t compression) {
    const auto* scheme =
        std::find_if(std::begin(schemes), std::end(schemes), [&](const Scheme& s) { return s.id == compression; });
    const bool known = scheme != std::end(schemes);
    if (known && scheme->max_ratio > 0 && TIFFIsCODECConfigured(compression) != 0) return scheme->max_ratio;
    const std::string name = known ? std::string(scheme->name) + " compression" : "an unknown compression";
    unsupported(tiff.file(), name + " (" + std::to_string(compression) + ")",
                "re-save it uncompressed, LZW, deflate or PackBits");
}

/// The type in which samples are delivered.
SampleType sample_type(const InputFile& file, const Tags& tags) {
    const auto [bits, format] = std::pair(tags.bits, tags.format);
    if (format == SAMPLEFORMAT_UINT || format == SAMPLEFORMAT_INT) {
        const bool is_signed = format == SAMPLEFORMAT_INT;
        const bool packed = bits == 1 || bits == 2 || bits == 4;
        if (packed && !is_signed && tags.channels == 1) return SampleType::uint8;
        if (bits == 8) return is_signed ? SampleType::int8 : SampleType::uint8;
        if (bits == 16) return is_signed ? SampleType::int16 : SampleType::uint16;
        if (bits == 32) return is_signed ? SampleType::int32 : SampleType::uint32;
    }
    if (format == SAMPLEFORMAT_IEEEFP && bits == 32) return SampleType::float32;
    if (format == SAMPLEFORMAT_IEEEFP && bits == 64) return SampleType::float64;
    const char* kind = format == SAMPLEFORMAT_UINT            ? "unsigned integer"
                       : format == SAMPLEFORMAT_INT           ? "signed integer"
                       : format == SAMPLEFORMAT_IEEEFP        ? "floating point"
                       : format == SAMPLEFORMAT_COMPLEXINT    ? "complex integer"
                       : format == SAMPLEFORMAT_COMPLEXIEEEFP ? "complex floating point"
                                                              : "untyped (void)";
    const std::string channels = tags.channels > 1 ? " in " + std::to_string(tags.channels) + " channels" : "";
    unsupported(file, std::to_string(bits) + "-bit " + kind + " samples" + channels,
                "re-save it with 8, 16 or 32-bit integers, or 32 or 64-bit floats");
}

Colour colour(const InputFile& file, const Tags& tags) {
    if (const char* name = photometric_name(tags.photometric)) unsupported(file, name, "re-save it as grey or RGB");
    const int channels = tags.channels;
    const std::string count = std::to_string(channels) + " channels";
    switch (tags.photometric) {
        case PHOTOMETRIC_MINISWHITE:
            if (tags.format == SAMPLEFORMAT_INT || tags.format == SAMPLEFORMAT_IEEEFP) {
                unsupported(file, "signed or floating point samples in which the least is white",
                            "re-save it with the least as black");
            }
            [[fallthrough]];
        case PHOTOMETRIC_MINISBLACK:
            if (channels > 2) unsupported(file, "grey samples in " + count, "re-save it as grey or RGB");
            return channels == 1 ? Colour::grey : Colour::grey_alpha;
        case PHOTOMETRIC_RGB:
            if (channels < 3 || channels > 4) unsupported(file, "RGB colour in " + count, "re-save it as RGB or RGBA");
            return channels == 3 ? Colour::rgb : Colour::rgba;
        case PHOTOMETRIC_PALETTE:
            if (channels != 1) unsupported(file, "palette colour in " + count, "re-save it as RGB");
            if (tags.format != SAMPLEFORMAT_UINT || tags.bits > 16) {
                unsupported(file, "a palette whose index is not an 8 or 16-bit unsigned integer", "re-save it as RGB");
            }
            return Colour::rgb;
        default:
            unsupported(file, "unknown colour (photometric interpretation " + std::to_string(tags.photometric) + ")",
                        "re-save it as grey or RGB");
    }
}

[[noreturn]] void refuse_missing_palette(const InputFile& file) {
    refuse(file, ErrorCode::corrupt,
           "is a palette TIFF without a palette, a ColorMap was expected; re-save it as grey or RGB");
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

/// What libtiff does not tell of a directory, or corrects or drops because it takes it for a mistake.
struct RawDirectory {
    std::uint64_t value_bytes = 0;       // of all values that stand outside of the directory
    std::uint64_t only_strip_bytes = 0;  // StripByteCounts, if it is one value
    std::uint64_t photometric = 0;
    std::uint64_t orientation = ORIENTATION_TOPLEFT;
};

RawDirectory read_raw_directory(const TiffHandle& tiff) {
    TiffDirectory directory(tiff.file());
    directory.read(TIFFCurrentDirOffset(tiff.get()));
    tiff.file().check();
    RawDirectory raw;
    raw.value_bytes = directory.value_bytes();
    raw.only_strip_bytes = directory.single_integer(TIFFTAG_STRIPBYTECOUNTS).value_or(0);
    raw.photometric = directory.single_integer(TIFFTAG_PHOTOMETRIC).value_or(0);
    raw.orientation = directory.single_integer(TIFFTAG_ORIENTATION).value_or(ORIENTATION_TOPLEFT);
    return raw;
}

Tags read_tags(const TiffHandle& tiff) {
    Tags tags{};
    tags.compression = tiff.tag_or_default<std::uint16_t>(TIFFTAG_COMPRESSION);
    tags.width = tiff.tag<std::uint32_t>(TIFFTAG_IMAGEWIDTH).value_or(0);
    tags.height = tiff.tag<std::uint32_t>(TIFFTAG_IMAGELENGTH).value_or(0);
    tags.bits = tiff.tag_or_default<std::uint16_t>(TIFFTAG_BITSPERSAMPLE);
    tags.format = tiff.tag_or_default<std::uint16_t>(TIFFTAG_SAMPLEFORMAT);
    tags.channels = tiff.tag_or_default<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL);
    tags.planar = tiff.tag_or_default<std::uint16_t>(TIFFTAG_PLANARCONFIG);
    const auto photometric = tiff.tag<std::uint16_t>(TIFFTAG_PHOTOMETRIC);
    tags.photometric_known = photometric.has_value();
    tags.photometric = photometric.value_or(tags.channels < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
    return tags;
}

void set_blocks(const TiffHandle& tiff, TiffLayout& layout) {
    const InputFile& file = tiff.file();
    const ImageInfo& image = layout.probe.image;
    const Index stored_bits = (layout.planes > 1 || !layout.palette.empty() ? 1 : image.channels()) * layout.bits;
    layout.row_bytes = (image.width * stored_bits + 7) / 8;
    if (!layout.tiled) {
        const auto rows = tiff.tag_or_default<std::uint32_t>(TIFFTAG_ROWSPERSTRIP);
        if (rows == 0) {
            refuse(file, ErrorCode::corrupt,
                   "is a TIFF with 0 rows per strip, at least 1 was expected; copy it again from its source");
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

/// Every block must stand inside the file and be large enough for what it claims to hold. This also finds truncated
/// files before anything is decoded.
void check_blocks(const TiffHandle& tiff, TiffLayout& layout, double max_ratio) {
    const InputFile& file = tiff.file();
    const char* kind = layout.tiled ? "tile" : "strip";
    const auto fail = [&](Index i, Index count, const std::string& what) {
        refuse(file, ErrorCode::corrupt,
               std::string("is a damaged TIFF, ") + kind + " " + std::to_string(i + 1) + " of " +
                   std::to_string(count) + " " + what + "; copy it again from its source");
    };
    const Index count = layout.planes * layout.blocks_down * layout.blocks_across;
    const Index declared = layout.tiled ? TIFFNumberOfTiles(tiff.get()) : TIFFNumberOfStrips(tiff.get());
    if (declared != count) tiff.fail("its list of blocks");
    const auto file_bytes = static_cast<std::uint64_t>(file.bytes());
    for (Index i = 0; i < count; ++i) {
        const std::uint64_t offset = TIFFGetStrileOffset(tiff.get(), static_cast<std::uint32_t>(i));
        const std::uint64_t stored = TIFFGetStrileByteCount(tiff.get(), static_cast<std::uint32_t>(i));
        const Index rows = layout.tiled ? layout.block_height : layout.strip_rows(i % layout.blocks_down);
        const auto decoded = static_cast<std::uint64_t>(rows * layout.block_row_bytes);
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

void add_notes(const Tags& tags, const RawDirectory& raw, TiffLayout& layout) {
    auto& notes = layout.probe.notes;
    const bool known = raw.orientation >= ORIENTATION_TOPLEFT && raw.orientation <= ORIENTATION_LEFTBOT;
    layout.probe.orientation = known ? static_cast<int>(raw.orientation) : ORIENTATION_TOPLEFT;
    if (!tags.photometric_known) {
        notes.emplace_back(tags.channels < 3 ? "does not say what its samples mean and is taken as grey"
                                             : "does not say what its samples mean and is taken as RGB");
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
    const Tags tags = read_tags(tiff);
    // What is refused by name comes first: libtiff's errors about features that nobody reads would only confuse.
    const double max_ratio = check_compression(tiff, tags.compression);
    TiffLayout layout;
    ImageInfo& image = layout.probe.image;
    image.format = "TIFF";
    image.width = tags.width;
    image.height = tags.height;
    image.colour = colour(file, tags);
    image.type = sample_type(file, tags);
    if (tiff.tag<std::uint32_t>(TIFFTAG_IMAGEDEPTH).value_or(1) != 1) {
        unsupported(file, "more than one slice in one page (ImageDepth)", "re-save it as a stack of slices");
    }
    tiff.check("its header");
    const RawDirectory raw = read_raw_directory(tiff);
    if (raw.photometric == PHOTOMETRIC_PALETTE && tags.photometric != PHOTOMETRIC_PALETTE) refuse_missing_palette(file);
    const Index channels = tags.channels;
    check_declared_size(file, image, channels * tags.bits, max_ratio);

    layout.bits = tags.bits;
    layout.compression = tags.compression;
    layout.planes = tags.planar == PLANARCONFIG_SEPARATE ? tags.channels : 1;
    layout.tiled = TIFFIsTiled(tiff.get()) != 0;
    layout.swapped = TIFFIsByteSwapped(tiff.get()) != 0;
    layout.probe.least_is_white = tags.photometric == PHOTOMETRIC_MINISWHITE;
    layout.probe.interpreted = layout.probe.least_is_white || tags.bits < 8;
    layout.inverted = layout.probe.least_is_white && samples == Samples::shown;
    layout.spread = tags.bits < 8 && samples == Samples::shown;
    if (layout.inverted) layout.probe.notes.emplace_back("MinIsWhite is inverted, so that the least is black");
    layout.verbatim = tags.compression == COMPRESSION_NONE && !layout.tiled &&
                      tiff.tag_or_default<std::uint16_t>(TIFFTAG_FILLORDER) == FILLORDER_MSB2LSB;
    layout.differences = tiff.tag<std::uint16_t>(TIFFTAG_PREDICTOR) == PREDICTOR_HORIZONTAL &&
                         (tags.bits == 8 || tags.bits == 16 || tags.bits == 32);
    if (tags.photometric == PHOTOMETRIC_PALETTE) {
        layout.palette = read_palette(tiff, tags.bits);
        layout.spread = false;
        set_palette(layout.probe, layout.palette, samples);
        if (samples == Samples::stored) {
            layout.palette.clear();
        } else {
            image.type = SampleType::uint8;
        }
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
    check_blocks(tiff, layout, max_ratio);
    add_notes(tags, raw, layout);
    if (tiff.place() < 0) move_samples(tiff, layout);
    // libtiff keeps the values of all tags, some of them widened, and two numbers for each block.
    const std::int64_t blocks = layout.planes * layout.blocks_down * layout.blocks_across;
    layout.probe.decoder_bytes =
        static_cast<std::int64_t>(2 * std::min(raw.value_bytes, 64 * static_cast<std::uint64_t>(file.bytes()))) +
        32 * blocks;
    return layout;
}

}  // namespace stack2nrrd
