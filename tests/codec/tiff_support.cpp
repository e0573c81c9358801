#include "tiff_support.hpp"
#include "support/open_tiff.hpp"

#include <cstring>
#include <stdexcept>

namespace stack2nrrd::test {

namespace {

using Spec = TiffSpec;

/// Fuzzers begin with these files, too, and have no Catch2.
void require(bool is_true, const char* what) {
    if (!is_true) throw std::logic_error(what);
}

/// Part of a chunky row: columns [x, x + count) of one channel, or of all of them.
Bytes columns(const Spec& spec, const std::byte* row, std::uint32_t x, std::uint32_t count, int channel) {
    Bytes part;
    if (spec.bits < 8) {
        for (std::uint32_t i = x * spec.bits / 8; i < (x + count) * spec.bits / 8; ++i) {
            part.push_back(i < spec.row_bytes() ? row[i] : std::byte{0});
        }
        return part;
    }
    const std::size_t size = spec.bits / 8U;
    for (std::uint32_t i = x; i < x + count; ++i) {
        const std::byte* position = row + std::size_t{std::min(i, spec.width - 1)} * spec.channels * size;
        if (channel < 0) {
            part.insert(part.end(), position, position + spec.channels * size);
        } else {
            position += static_cast<std::size_t>(channel) * size;
            part.insert(part.end(), position, position + size);
        }
    }
    return part;
}

void write_samples(TIFF* tiff, const Spec& spec, const Bytes& samples) {
    const bool separate = spec.planar == PLANARCONFIG_SEPARATE;
    const auto row = [&](std::uint32_t y) { return samples.data() + std::min(y, spec.height - 1) * spec.row_bytes(); };
    for (std::uint16_t plane = 0; plane < (separate ? spec.channels : 1); ++plane) {
        const int channel = separate ? plane : -1;
        if (spec.tile == 0) {
            for (std::uint32_t y = 0; y < spec.height; ++y) {
                Bytes line = spec.bits < 8 ? Bytes(row(y), row(y) + spec.row_bytes())
                                           : columns(spec, row(y), 0, spec.width, channel);
                require(TIFFWriteScanline(tiff, line.data(), y, plane) == 1, "libtiff writes no row");
            }
            continue;
        }
        for (std::uint32_t y = 0; y < spec.height; y += spec.tile) {
            for (std::uint32_t x = 0; x < spec.width; x += spec.tile) {
                Bytes tile;
                for (std::uint32_t i = 0; i < spec.tile; ++i) {
                    const Bytes line = columns(spec, row(y + i), x, spec.tile, channel);
                    tile.insert(tile.end(), line.begin(), line.end());
                }
                require(TIFFWriteTile(tiff, tile.data(), x, y, 0, plane) > 0, "libtiff writes no tile");
            }
        }
    }
}

}  // namespace

void write_tiff(const std::string& file, const Spec& spec, const Bytes& samples) {
    require(samples.size() == spec.bytes(), "samples are not as many as the spec says");
    TIFFSetWarningHandler(nullptr);  // it warns of the older of deflate's two numbers
    std::filesystem::remove(path_from_utf8(file));
    TIFF* tiff = support::open_tiff(path_from_utf8(file), spec.mode.c_str());
    require(tiff != nullptr, "libtiff opens no file");
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, spec.width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, spec.height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, spec.bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, spec.format);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, spec.channels);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, spec.photometric);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, spec.compression);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, spec.planar);
    TIFFSetField(tiff, TIFFTAG_FILLORDER, spec.fill_order);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    if (spec.predictor != PREDICTOR_NONE) TIFFSetField(tiff, TIFFTAG_PREDICTOR, spec.predictor);
    if (spec.palette != nullptr) {
        const std::size_t entries = std::size_t{1} << spec.bits;
        TIFFSetField(tiff, TIFFTAG_COLORMAP, spec.palette, spec.palette + entries, spec.palette + 2 * entries);
    }
    std::vector<std::uint16_t> extra = spec.extra;
    const bool usual = extra.empty() && spec.photometric != PHOTOMETRIC_SEPARATED;
    if (usual && (spec.channels == 2 || spec.channels == 4)) extra = {EXTRASAMPLE_UNASSALPHA};
    if (spec.ycbcr_whole) TIFFSetField(tiff, TIFFTAG_YCBCRSUBSAMPLING, 1, 1);
    if (spec.software != nullptr) TIFFSetField(tiff, TIFFTAG_SOFTWARE, spec.software);
    if (spec.description != nullptr) TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, spec.description);
    if (!extra.empty()) TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, static_cast<int>(extra.size()), extra.data());
    if (spec.compression == COMPRESSION_JPEG) TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    if (spec.compression == COMPRESSION_WEBP) TIFFSetField(tiff, TIFFTAG_WEBP_LOSSLESS, 1);
    if (spec.compression == COMPRESSION_LZMA) TIFFSetField(tiff, TIFFTAG_LZMAPRESET, 1);
    if (spec.tile > 0) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, spec.tile);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, spec.tile);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, spec.rows_per_strip);
    }
    write_samples(tiff, spec, samples);
    require(TIFFWriteDirectory(tiff) == 1, "libtiff writes no directory");
    TIFFClose(tiff);
}

void patch(const std::string& file, std::uint16_t tag, std::uint32_t value) {
    Bytes bytes = read_bytes(file);
    const auto number = [&](std::size_t offset, std::size_t size) {
        std::uint32_t v = 0;
        std::memcpy(&v, &bytes.at(offset), size);
        return v;
    };
    const std::size_t directory = number(4, 4);
    for (std::size_t i = 0; i < number(directory, 2); ++i) {
        const std::size_t entry = directory + 2 + 12 * i;
        if (number(entry, 2) != tag) continue;
        std::memcpy(&bytes.at(entry + 8), &value, number(entry + 2, 2) == TIFF_SHORT ? 2 : 4);
        write_bytes(file, bytes);
        return;
    }
    throw std::logic_error("no tag " + std::to_string(tag));
}

}  // namespace stack2nrrd::test
