#include "support/write_pages.hpp"
#include "support/open_tiff.hpp"

#include <tiffio.h>

#include <fstream>
#include <memory>
#include <stdexcept>

namespace support {

void write_pages(const std::filesystem::path& file, const std::vector<FlatPage>& pages,
                 const std::string& description) {
    const std::unique_ptr<TIFF, decltype(&TIFFClose)> tiff(open_tiff(file, "wl"), &TIFFClose);
    if (!tiff) throw std::runtime_error("cannot write " + file.string());
    for (std::size_t i = 0; i < pages.size(); ++i) {
        const FlatPage& page = pages[i];
        const std::uint32_t channels = page.colour ? 3 : 1;
        TIFFSetField(tiff.get(), TIFFTAG_SUBFILETYPE, page.reduced ? FILETYPE_REDUCEDIMAGE : 0);
        TIFFSetField(tiff.get(), TIFFTAG_IMAGEWIDTH, page.width);
        TIFFSetField(tiff.get(), TIFFTAG_IMAGELENGTH, page.height);
        TIFFSetField(tiff.get(), TIFFTAG_BITSPERSAMPLE, 16);
        TIFFSetField(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, channels);
        TIFFSetField(tiff.get(), TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        TIFFSetField(tiff.get(), TIFFTAG_PHOTOMETRIC, page.colour ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
        TIFFSetField(tiff.get(), TIFFTAG_ROWSPERSTRIP, page.height);
        if (i == 0) {
            TIFFSetField(tiff.get(), TIFFTAG_IMAGEDESCRIPTION, description.c_str());
            TIFFSetField(tiff.get(), TIFFTAG_XRESOLUTION, 2.0F);
            TIFFSetField(tiff.get(), TIFFTAG_YRESOLUTION, 2.0F);
            TIFFSetField(tiff.get(), TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
        }
        std::vector<std::uint16_t> row(std::size_t{page.width} * channels, page.value);
        for (std::uint32_t y = 0; y < page.height; ++y) {
            if (TIFFWriteScanline(tiff.get(), row.data(), y) != 1) throw std::runtime_error("cannot write a row");
        }
        if (TIFFWriteDirectory(tiff.get()) != 1) throw std::runtime_error("cannot write a page");
    }
}

void write_pages_without_directories(const std::filesystem::path& file, const std::vector<FlatPage>& pages,
                                     const std::string& description) {
    const FlatPage& first = pages.front();
    std::string bytes("II*\0\x08\0\0\0", 8);
    const auto put = [&](std::uint32_t value, int count) {
        for (int i = 0; i < count; ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xFF);
    };
    const auto text = static_cast<std::uint32_t>(description.size() + 1);
    constexpr std::uint32_t entries = 9;
    const std::uint32_t behind = 8 + 2 + entries * 12 + 4;
    const auto entry = [&](std::uint32_t tag, std::uint32_t type, std::uint32_t count, std::uint32_t value) {
        put(tag, 2);
        put(type, 2);
        put(count, 4);
        put(value, 4);
    };
    put(entries, 2);
    entry(TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, first.width);
    entry(TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, first.height);
    entry(TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, 16);
    entry(TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, PHOTOMETRIC_MINISBLACK);
    entry(TIFFTAG_IMAGEDESCRIPTION, TIFF_ASCII, text, behind);
    entry(TIFFTAG_STRIPOFFSETS, TIFF_LONG, 1, behind + text);
    entry(TIFFTAG_SAMPLESPERPIXEL, TIFF_SHORT, 1, 1);
    entry(TIFFTAG_ROWSPERSTRIP, TIFF_LONG, 1, first.height);
    entry(TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, first.width * first.height * 2);
    put(0, 4);
    bytes += description + '\0';
    for (const FlatPage& page : pages) {
        for (std::uint32_t i = 0; i < first.width * first.height; ++i) put(page.value, 2);
    }
    std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace support
