#include "codec/tiff_colour.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd {

namespace {

const char* unread_colour(std::uint16_t photometric) {
    switch (photometric) {
        case PHOTOMETRIC_MASK: return "a transparency mask";
        case PHOTOMETRIC_CIELAB: return "CIE L*a*b* colour";
        case PHOTOMETRIC_ICCLAB: return "ICC L*a*b* colour";
        case PHOTOMETRIC_ITULAB: return "ITU L*a*b* colour";
        case PHOTOMETRIC_CFA: return "a colour filter array (raw camera samples)";
        case PHOTOMETRIC_LOGL: return "LogL samples";
        case PHOTOMETRIC_LOGLUV: return "LogLuv colour";
        default: return nullptr;
    }
}

bool is_alpha(std::uint16_t extra) { return extra == EXTRASAMPLE_ASSOCALPHA || extra == EXTRASAMPLE_UNASSALPHA; }

std::string count_text(int channels) { return std::to_string(channels) + (channels == 1 ? " channel" : " channels"); }

/// Channels that are no colour, each by itself.
TiffColour components(int channels, const std::string& what) {
    TiffColour result;
    result.colour = channels == 1 ? Colour::grey : Colour::components;
    result.taken = channels;
    result.choice = what;
    return result;
}

void note_alpha(const TiffTags& tags, TiffColour& colour) {
    if (tags.extra.empty()) return;
    if (tags.extra[0] == EXTRASAMPLE_ASSOCALPHA) {
        colour.notes.emplace_back(
            "its other channels are multiplied by alpha "
            "(associated alpha), which is not undone");
    } else if (!is_alpha(tags.extra[0])) {
        colour.notes.emplace_back(
            "the meaning of its last channel is not said, "
            "and it is taken for alpha");
    }
}

}  // namespace

TiffTags read_tiff_tags(const TiffHandle& tiff) {
    TiffTags tags;
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
    std::uint16_t count = 0;
    std::uint16_t* extra = nullptr;
    if (TIFFGetField(tiff.get(), TIFFTAG_EXTRASAMPLES, &count, &extra) != 0 && extra != nullptr) {
        tags.extra.assign(extra, extra + std::min(count, tags.channels));
    }
    return tags;
}

TiffColour tiff_colour(const TiffHandle& tiff, const TiffTags& tags) {
    const auto unsupported = [&](const std::string& feature, const char* instead) {
        refuse_tiff(tiff.file(), feature, instead);
    };
    if (const char* name = unread_colour(tags.photometric)) unsupported(name, "re-save it as grey or RGB");
    const int channels = tags.channels;
    TiffColour result;
    result.taken = channels;
    switch (tags.photometric) {
        case PHOTOMETRIC_MINISWHITE:
        case PHOTOMETRIC_MINISBLACK:
            if (channels == 1) return result;
            if (channels > 2 || tags.extra.empty() || !is_alpha(tags.extra[0])) {
                return components(channels, "grey samples in " + count_text(channels));
            }
            result.colour = Colour::grey_alpha;
            note_alpha(tags, result);
            return result;
        case PHOTOMETRIC_RGB:
            if (channels < 3) unsupported("RGB colour in " + count_text(channels), "re-save it as RGB");
            if (channels > 4) return components(channels, "RGB colour in " + count_text(channels));
            result.colour = channels == 3 ? Colour::rgb : Colour::rgba;
            note_alpha(tags, result);
            return result;
        case PHOTOMETRIC_PALETTE:
            if (tags.format != SAMPLEFORMAT_UINT || tags.bits > 16) {
                unsupported("a palette whose index is not an unsigned integer of up to 16 bits", "re-save it as RGB");
            }
            result.taken = 1;
            if (channels > 1) result.notes.emplace_back("channels beside the index into its palette are left out");
            return result;
        case PHOTOMETRIC_SEPARATED:
            return components(channels, "CMYK (separated) colour in " + count_text(channels) + ", one for each ink");
        case PHOTOMETRIC_YCBCR:
            if (channels != 3 || tags.bits != 8) {
                unsupported("YCbCr colour in " + count_text(channels) + " of " + std::to_string(tags.bits) + " bits",
                            "re-save it as RGB");
            }
            result.colour = Colour::rgb;
            // libjpeg converts what it decompresses, as long as the channels are not
            // apart.
            result.converted = tags.compression != COMPRESSION_JPEG || tags.planar == PLANARCONFIG_SEPARATE;
            return result;
        default:
            unsupported("unknown colour (photometric interpretation " + std::to_string(tags.photometric) + ")",
                        "re-save it as grey or RGB");
    }
    return result;
}

TiffConversion::TiffConversion(const TiffHandle& tiff) {
    TIFFSetField(tiff.get(), TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    std::array<char, 1024> reason{};
    constexpr int stop_at_damage = 1;
    if (TIFFRGBAImageBegin(&image_, tiff.get(), stop_at_damage, reason.data()) == 0) {
        tiff.check("its colour");
        const std::string why = reason[0] == '\0' ? "" : " (" + printable(reason.data()) + ")";
        refuse_tiff(tiff.file(), "colour that cannot be converted to RGB" + why, "re-save it as RGB");
    }
    image_.req_orientation = ORIENTATION_TOPLEFT;
}

bool TiffConversion::rows(Range rows, Index width, std::uint32_t* colours) {
    image_.row_offset = static_cast<int>(rows.first);
    image_.col_offset = 0;
    return TIFFRGBAImageGet(&image_, colours, static_cast<std::uint32_t>(width),
                            static_cast<std::uint32_t>(rows.size())) == 1;
}

}  // namespace stack2nrrd
