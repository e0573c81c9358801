// A TIFF of many pages gives what a folder of its slices gives.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/open_tiff.hpp"
#include "support/phantom.hpp"

#include <stack2nrrd/stack.hpp>

#include <tiffio.h>

#include <filesystem>
#include <string>

namespace {

using namespace import_test;

void write_page(TIFF* tiff, const Volume& volume, std::int64_t z, const std::string& description) {
    const auto width = static_cast<std::uint32_t>(volume.size[0]);
    const auto height = static_cast<std::uint32_t>(volume.size[1]);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 16);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, z % 2 == 0 ? COMPRESSION_LZW : COMPRESSION_NONE);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 5U);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 4.0F);  // with ImageJ's unit: a quarter each
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, 2.0F);
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
    if (!description.empty()) TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, description.c_str());
    std::vector<std::uint16_t> row(width);
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x) {
            const auto at = static_cast<std::size_t>((z * volume.size[1] + y) * volume.size[0] + x);
            row[x] = static_cast<std::uint16_t>(volume.samples[at]);
        }
        REQUIRE(TIFFWriteScanline(tiff, row.data(), y) == 1);
    }
    REQUIRE(TIFFWriteDirectory(tiff) == 1);
}

/// Every slice `channels` times, the copies one less each: so a wrong choice of channel shows.
void write_pages(const std::filesystem::path& file, const Volume& volume, int channels,
                 const std::string& description) {
    TIFF* tiff = support::open_tiff(file, "w");
    REQUIRE(tiff != nullptr);
    for (std::int64_t z = 0; z < volume.size[2]; ++z) {
        Volume page = volume;
        for (int c = 0; c < channels; ++c) {
            write_page(tiff, page, z, z == 0 && c == 0 ? description : "");
            for (double& v : page.samples) v = v > 0 ? v - 1 : 65535;
        }
    }
    TIFFClose(tiff);
}

}  // namespace

TEST_CASE("pages are slices", "[import]") {
    const Source source(phantom::noise({19, 14, 11}, SampleType::uint16, 8), SampleType::uint16);
    support::TempFolder folder;
    write_pages(folder / "s_007.tif", source.volume, 1, "");
    std::filesystem::copy_file(folder / "s_007.tif", folder / "s_008.tif");
    const Stack stack = stack2nrrd::find_stack(folder / "s_007.tif");  // alone, though it has a number
    CHECK(stack.kind == "pages");
    CHECK(stack.slices.size() == 11);
    CHECK_FALSE(stack.geometry.spacing_known);
    for (const unsigned threads : {1U, 4U}) {
        Options options = options_of(recipe("lanczos:3", {3, 2}));
        options.threads = threads;
        CHECK((import_bytes(stack, options) == import_bytes(source.stack, options)));
        options.reverse = true;
        options.step = 2;
        CHECK((import_bytes(stack, options) == import_bytes(source.stack, options)));
    }
    // In a folder of its own it needs no name; beside another one it is not known which is meant.
    std::string sentence;
    const Stack both = stack2nrrd::find_stack(folder.path());
    CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(both)); }, &sentence) == ErrorCode::inconsistent);
    CHECK(sentence.find("holds 11 slices") != std::string::npos);
    std::filesystem::remove(folder / "s_008.tif");
    CHECK((import_bytes(stack2nrrd::find_stack(folder.path()), {}) == import_bytes(source.stack, {})));
}

TEST_CASE("of ImageJ's channels the first is taken, and its units count", "[import]") {
    const Source source(phantom::noise({12, 9, 6}, SampleType::uint16, 9), SampleType::uint16);
    support::TempFolder folder;
    write_pages(folder / "h.tif", source.volume, 3,
                "ImageJ=1.53c\nimages=18\nchannels=3\nslices=6\nhyperstack=true\nspacing=5.0\nunit=um\n");
    const Stack stack = stack2nrrd::find_stack(folder / "h.tif");
    REQUIRE(stack.slices.size() == 6);
    CHECK((import_bytes(stack, {}) == import_bytes(source.stack, {})));
    CHECK(stack.geometry.spacing_known);
    CHECK(stack2nrrd::spacing(stack.geometry, 0) == 0.00025);
    CHECK(stack2nrrd::spacing(stack.geometry, 1) == 0.0005);
    CHECK(stack2nrrd::spacing(stack.geometry, 2) == 0.005);
    bool said = false;
    for (const auto& problem : stack.problems) said = said || problem.text.find("3 channels") != std::string::npos;
    CHECK(said);
}
