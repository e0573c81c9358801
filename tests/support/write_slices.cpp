#include "support/write_slices.hpp"
#include "support/open_tiff.hpp"

#include <tiffio.h>

#include <memory>
#include <span>
#include <stdexcept>

namespace support {

using stack2nrrd::SampleType;

std::string slice_name(std::int64_t number) {
    std::string digits = std::to_string(number);
    if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
    return "slice_" + digits + ".tif";
}

void write_slice(const std::filesystem::path& file, const Volume& volume, std::int64_t z, SampleType type,
                 bool deflate) {
    const std::unique_ptr<TIFF, decltype(&TIFFClose)> tiff(open_tiff(file, "w"), &TIFFClose);
    if (!tiff) throw std::runtime_error("cannot write " + file.string());
    const auto width = static_cast<std::uint32_t>(volume.size[0]);
    const auto height = static_cast<std::uint32_t>(volume.size[1]);
    const auto channels = static_cast<std::uint16_t>(volume.channels);
    const auto bytes = stack2nrrd::sample_bytes(type);
    const int format = is_float(type) ? SAMPLEFORMAT_IEEEFP : lowest(type) < 0 ? SAMPLEFORMAT_INT : SAMPLEFORMAT_UINT;
    TIFFSetField(tiff.get(), TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(tiff.get(), TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, channels);
    TIFFSetField(tiff.get(), TIFFTAG_BITSPERSAMPLE, static_cast<std::uint16_t>(8 * bytes));
    TIFFSetField(tiff.get(), TIFFTAG_SAMPLEFORMAT, format);
    TIFFSetField(tiff.get(), TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff.get(), TIFFTAG_PHOTOMETRIC, channels > 2 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff.get(), TIFFTAG_ROWSPERSTRIP, height);
    TIFFSetField(tiff.get(), TIFFTAG_COMPRESSION, deflate ? COMPRESSION_ADOBE_DEFLATE : COMPRESSION_NONE);
    if (channels % 2 == 0) {
        const std::uint16_t alpha = EXTRASAMPLE_UNASSALPHA;
        TIFFSetField(tiff.get(), TIFFTAG_EXTRASAMPLES, 1, &alpha);
    }
    const std::size_t row = static_cast<std::size_t>(width) * channels;
    for (std::uint32_t y = 0; y < height; ++y) {
        std::vector<std::byte> samples =
            to_bytes(std::span(volume.samples).subspan(volume.index(0, static_cast<std::int64_t>(y), z), row), type);
        if (TIFFWriteScanline(tiff.get(), samples.data(), y) != 1)
            throw std::runtime_error("cannot write " + file.string());
    }
}

std::vector<std::filesystem::path> write_slices(const std::filesystem::path& folder, const Volume& volume,
                                                SampleType type, std::int64_t first, bool deflate) {
    std::vector<std::filesystem::path> files;
    for (std::int64_t z = 0; z < volume.size[2]; ++z) {
        files.push_back(folder / slice_name(first + z));
        write_slice(files.back(), volume, z, type, deflate);
    }
    return files;
}

}  // namespace support
