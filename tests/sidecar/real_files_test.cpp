// What scanners and microscopes really wrote. The files are not part of the project: without them these tests say so
// and pass.

#include "sidecar/description.hpp"

#include "samples.hpp"
#include "support/catch.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace stack2nrrd::test {

namespace {

namespace fs = std::filesystem;

std::optional<fs::path> data() {
    const char* told = std::getenv("STACK2NRRD_TEST_DATA");
    const fs::path folder =
        told != nullptr ? fs::path(told) : fs::path(STACK2NRRD_SOURCE_DIR).parent_path() / "shared" / "data";
    if (fs::is_directory(folder / "sidecars")) return folder;
    std::fprintf(stderr, "SKIPPED: no test data, set STACK2NRRD_TEST_DATA to the folder that has \"sidecars\" in it\n");
    return std::nullopt;
}

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The number behind `line_start` at the start of a line, found without the code that is tested.
double number_behind(const std::string& text, const std::string& line_start) {
    const std::size_t found = text.rfind("\n" + line_start);
    return found == std::string::npos ? 0 : std::strtod(text.c_str() + found + 1 + line_start.size(), nullptr);
}

struct Expected {
    const char* file;
    double x, y, z;  // mm, 0 = none
    Index first, last, count, step, width, height;
    const char* prefix;
    std::size_t doubts;
};

const std::vector<Expected>& expectations() {
    static const std::vector<Expected> table{
        {"skyscan/DRP_P21_3_rec.log", 0.01979772, 0.01979772, 0.01979772, 27, 1454, 1428, 1, 944, 944, "DRP_P21_3_rec",
         0},
        {"skyscan/DRP_P21_3.log", 0.01979772, 0.01979772, 0.01979772, 27, 1454, 1428, 1, 944, 944, "", 1},
        {"skyscan/MML0514A_gg_lumbar1_al_26.8um_2k_.log", 0.02684486, 0.02684486, 0.02684486, 379, 2219, 1841, 1, 2240,
         2240, "", 1},
        {"skyscan/eawag_11557_head_11557_rec.log", 0.02600132, 0.02600132, 0.05200264, 94, 1741, 824, 2, 1472, 808,
         "11557_rec", 0},
        {"skyscan/eawag_103754_rec_103754__rec.log", 0.00500002, 0.00500002, 0.00500002, 142, 3278, 3137, 1, 3692, 2288,
         "103754__rec", 0},
        {"skyscan/eawag_10628_full_188um_10628_rec.log", 0.18821201, 0.18821201, 0.18821201, 154, 816, 663, 1, 320, 124,
         "10628_rec", 0},
        {"skyscan/eawag_105105_proj_rescan_OJ_105105_recovered.log", 0, 0, 0, 0, 0, 0, 0, 0, 0, "", 1},
        {"ge_phoenix/FEG230530_409.pcr", 0.0102906534448266, 0.0102906534448266, 0.0102906534448266, 0, 0, 1951, 0, 456,
         531, "", 0},
        {"ge_phoenix/FEG230530_409.pca", 0.01029065, 0.01029065, 0.01029065, 0, 0, 0, 0, 0, 0, "", 0},
        {"ge_phoenix/TV_Vizio_PCB.pcr", 0.1088035106658936, 0.1088035106658936, 0.1088035106658936, 0, 0, 2022, 0, 392,
         2024, "", 0},
        {"ge_phoenix/UF-herp-28338_A_105875.pca", 0.01485615, 0.01485615, 0.01485615, 0, 0, 0, 0, 0, 0, "", 0},
        {"nikon/Lego_alignment_test_1.xtekct", 0.02, 0.02, 0.02, 0, 0, 814, 0, 1000, 1000, "", 0},
        {"nikon/Lego_alignment_test_1_01.xtekct", 0.02, 0.02, 0.02, 0, 0, 814, 0, 1000, 1000, "", 0},
        {"tescan/data_settings_xre_recon.txt", 0.075, 0.075, 0.075, 0, 0, 0, 0, 0, 0, "", 0},
        {"tescan/data_settings_xre_import.txt", 0.075, 0.075, 0.075, 0, 0, 0, 0, 0, 0, "", 0},
        {"tescan/data_settings_XRE.txt", 0, 0, 0, 0, 0, 0, 0, 0, 0, "", 1},
        {"tescan/Acquisition_settings_XRE.txt", 0, 0, 0, 0, 0, 0, 0, 0, 0, "", 1},
        {"rigaku/CT_20230720_093515.xml", 0, 0, 0, 0, 0, 680, 0, 1040, 1040, "", 1},
        {"tomcat/dacat_derived_example.json", 0.00065, 0.00065, 0.00065, 0, 0, 0, 0, 0, 0, "", 0},
        {"tomcat/dacat_raw_example.json", 0, 0, 0, 0, 0, 0, 0, 0, 0, "", 1},
    };
    return table;
}

}  // namespace

TEST_CASE("real sidecars are read as a person reads them", "[sidecar]") {
    const auto folder = data();
    if (!folder) return;
    for (const Expected& expected : expectations()) {
        CAPTURE(expected.file);
        const Sidecar found = parsed(expected.file, read(*folder / "sidecars" / expected.file));
        CAPTURE(joined(found.doubts));
        CHECK(found.spacing_mm[0].value_or(0) == expected.x);
        CHECK(found.spacing_mm[1].value_or(0) == expected.y);
        CHECK(found.spacing_mm[2].value_or(0) == expected.z);
        CHECK(found.first.value_or(0) == expected.first);
        CHECK(found.last.value_or(0) == expected.last);
        CHECK(found.count.value_or(0) == expected.count);
        CHECK(found.step.value_or(0) == expected.step);
        CHECK(found.width.value_or(0) == expected.width);
        CHECK(found.height.value_or(0) == expected.height);
        CHECK(found.prefix == expected.prefix);
        CHECK(found.doubts.size() == expected.doubts);
    }
    const fs::path skull = *folder / "real" / "mouse_skull_uct_AJ_70um" / "slices" / "AJ_skull_rec.log";
    if (!fs::exists(skull)) return;
    const Sidecar found = parsed("AJ_skull_rec.log", read(skull));
    CHECK(found.spacing_mm[2] == 0.0705567);
    CHECK(found.count == 128);
    CHECK(found.prefix == "AJ_skull_rec");
    CHECK(found.index_length == 8);
    CHECK(found.file_type == "bmp");
    CHECK(found.doubts.empty());
}

TEST_CASE("every real file is read or known to be another", "[sidecar]") {
    const auto folder = data();
    if (!folder) return;
    std::map<std::string, int> by_format;
    std::ifstream table(*folder / "sidecars" / "SIDECARS.tsv");
    std::string line;
    std::getline(table, line);
    int files = 0;
    while (std::getline(table, line)) {
        const std::string file = line.substr(0, line.find('\t'));
        CAPTURE(file);
        const std::string text = read(*folder / "sidecars" / file);
        REQUIRE_FALSE(text.empty());
        ++files;
        const auto sidecar = parse_sidecar(file, text);
        ++by_format[sidecar ? sidecar->format : "none"];
        const fs::path name(file);
        if (name.parent_path() == "skyscan") {
            REQUIRE(sidecar.has_value());
            CHECK(sidecar->spacing_mm[0].value_or(0) ==
                  Approx(number_behind(text, "Pixel Size (um)=") / 1000).epsilon(1e-15));
            CHECK(sidecar->spacing_mm[2].value_or(0) == Approx(number_behind(text, "Pixel Size (um)=") / 1000 *
                                                               number_behind(text, "Section to Section Step="))
                                                            .epsilon(1e-15));
            CHECK(static_cast<double>(sidecar->first.value_or(0)) == number_behind(text, "First Section="));
            CHECK(static_cast<double>(sidecar->last.value_or(0)) == number_behind(text, "Last Section="));
            CHECK(static_cast<double>(sidecar->count.value_or(0)) == number_behind(text, "Sections Count="));
            const bool names = text.find("[File name convention]") != std::string::npos;
            CHECK(sidecar->prefix.empty() != names);
            CHECK(sidecar->index_length == (names ? 8 : 0));
            CHECK(sidecar->doubts.size() == (names ? 0 : 1));
        } else if (name.extension() == ".pcr") {
            REQUIRE(sidecar.has_value());
            CHECK(sidecar->spacing_mm[2].value_or(0) == number_behind(text, "VoxelSizeRec="));
        } else if (name.extension() == ".pca") {
            REQUIRE(sidecar.has_value());
            CHECK(sidecar->spacing_mm[2].value_or(0) == number_behind(text, "VoxelSizeX="));
            // so the unit is that of the detector, mm
            CHECK(sidecar->spacing_mm[0].value_or(0) ==
                  Approx(number_behind(text, "PixelsizeX=") / number_behind(text, "Magnification=")).epsilon(1e-6));
        } else if (name.parent_path() == "ome_xml") {
            CHECK_FALSE(sidecar.has_value());
            CHECK(parse_ome(text).has_value());
        }
    }
    CHECK(files == 104);
    CHECK(by_format["SkyScan log"] == 24);
    CHECK(by_format["phoenix reconstruction"] == 7);
    CHECK(by_format["phoenix acquisition"] == 10);
    CHECK(by_format["Nikon xtekct"] == 2);
    CHECK(by_format["TESCAN settings"] == 4);
    CHECK(by_format["Rigaku volume"] == 1);
    CHECK(by_format["TOMCAT record"] == 2);
}

TEST_CASE("real OME texts are read", "[sidecar]") {
    const auto folder = data();
    if (!folder) return;
    const auto ome = [&](const char* file) { return parse_ome(read(*folder / "sidecars" / "ome_xml" / file)).value(); };

    const OmeDescription stack = ome("MMStack.ome.xml");
    CHECK(stack.spacing_mm[0] == 0.002);
    CHECK(stack.dimension_order == "XYCZT");
    CHECK(stack.further_images == 1);
    CHECK(stack.big_endian == false);
    CHECK_FALSE(stack.tiff_data.empty());
    CHECK(stack.doubts.empty());

    const OmeDescription overview = ome("OverViewScan.ome.xml");
    CHECK(overview.width == 7398);
    CHECK(overview.height == 3212);
    CHECK(overview.spacing_mm[0] == 0.0045743626119409);
    CHECK(overview.type == "uint16");
    REQUIRE(overview.tiff_data.size() == 1);
    CHECK(overview.tiff_data[0].ifd == 1);

    const OmeDescription bad = ome("bad.ome.xml");
    CHECK(bad.channels == 3);
    CHECK(bad.samples_per_pixel == 1);
    CHECK(bad.spacing_mm[1] == 0.000324999988079);

    const OmeDescription old = ome("2008_instrument.ome.xml");
    CHECK(old.type == "uint8");
    CHECK(old.spacing_mm[0] == 10.0);
    CHECK_FALSE(old.spacing_mm[2].has_value());
    CHECK(contains(old.doubts, "\"PhysicalSizeZ\" is 0"));

    const OmeDescription series = ome("2012-06_multi-channel-z-series-time-series.ome.xml");
    CHECK(series.slices == 5);
    CHECK(series.channels == 2);
    CHECK(series.frames == 5);
    CHECK_FALSE(series.spacing_mm[0].has_value());
    CHECK(ome("2012-06_one-screen-one-plate-four-wells.ome.xml").further_images == 10);
    CHECK(ome("fake-plate-rows-2.ome.xml").spacing_mm[2] == 0.001);
}

TEST_CASE("real ImageJ texts are read", "[sidecar]") {
    const auto folder = data();
    if (!folder) return;
    const auto description = [&](const char* file) {
        const std::string text = read(*folder / "sidecars" / "imagej_tags" / file);
        const std::string mark = "ImageDescription:\n";
        return text.substr(text.find(mark) + mark.size());
    };
    const std::string two = description("tiff_ij1-tests_gray8-3x2-stack.tif.txt");
    CHECK(parse_imagej(two).value().slices == 2);
    CHECK(parse_imagej(two).value().unit == "micron");
    const FoundSpacing screen = spacing_from(two, {2834 / 1e6, 2834 / 1e6, DensityUnit::none});
    CHECK_FALSE(screen.mm[0].has_value());
    CHECK(contains(screen.doubts, "a screen's"));

    const std::string blobs = description("tiff_scikit-image__blobs_3d_fiji_skeleton.tif.txt");
    CHECK(parse_imagej(blobs).value().images == 30);
    const FoundSpacing blank = spacing_from(blobs, {1.0, 1.0, DensityUnit::none});
    CHECK_FALSE(blank.mm[0].has_value());
    CHECK(blank.doubts.empty());

    const std::string ome = description("tiff_twelvemonkeys_signed-integral-8bit.tif.txt");
    const OmeDescription found = parse_ome(ome).value();
    CHECK(found.width == 439);
    CHECK(found.big_endian == true);
    CHECK(found.files.at(0).name == "single-channel.ome.tif");
    const FoundSpacing zero = spacing_from(ome, {0.0, 0.0, DensityUnit::centimetre});
    CHECK_FALSE(zero.mm[0].has_value());
    for (const char* file : {"tiff_bianotebooks_0bf4b1.tif.txt", "tiff_ij1-tests_head8bit.tif.txt",
                             "tiff_bianotebooks_blobs_otsu.tif.txt"}) {
        CHECK(parse_imagej(description(file)).has_value());
    }
}

}  // namespace stack2nrrd::test
