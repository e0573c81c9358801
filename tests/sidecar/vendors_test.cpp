#include "samples.hpp"
#include "support/catch.hpp"

namespace stack2nrrd::test {

namespace {

bool no_spacing(const Sidecar& sidecar) {
    return !sidecar.spacing_mm[0] && !sidecar.spacing_mm[1] && !sidecar.spacing_mm[2];
}

bool isotropic(const Sidecar& sidecar, double mm) {
    return sidecar.spacing_mm[0] == mm && sidecar.spacing_mm[1] == mm && sidecar.spacing_mm[2] == mm;
}

}  // namespace

TEST_CASE("a .pcr tells of the reconstructed volume", "[sidecar]") {
    for (const std::string& text : {pcr_text(), with_line_ends(pcr_text(), "\r\n"), "\xEF\xBB\xBF" + pcr_text()}) {
        const Sidecar pcr = parsed("a.PCR", text);
        CHECK(pcr.format == "phoenix reconstruction");
        CHECK(isotropic(pcr, 0.0102906534448266));
        CHECK(pcr.width == 456);
        CHECK(pcr.height == 531);
        CHECK(pcr.count == 1951);
        CHECK_FALSE(pcr.first.has_value());  // StartImage is a projection
        CHECK(pcr.doubts.empty());
    }
    CHECK(isotropic(parsed("a.pcr", with(pcr_text(), "0.0102906534448266", "0,0102906534448266")), 0.0102906534448266));
    CHECK(no_spacing(parsed("a.pcr", with(pcr_text(), "0.0102906534448266", "0"))));
    const Sidecar without = parsed("a.pcr", with(pcr_text(), "VoxelSizeRec", "VoxelSizeRaw"));
    CHECK(no_spacing(without));
    CHECK(contains(without.doubts, "VoxelSizeRec"));
    CHECK(no_spacing(parsed("a.pcr", with(pcr_text(), "VoxelSizeRec", "[Other]\nVoxelSizeRec"))));
    CHECK_FALSE(parse_sidecar("a.pcr", "[General]\nVoxelSizeRec=1\n").has_value());
}

TEST_CASE("a .pca tells of the acquisition", "[sidecar]") {
    const Sidecar pca = parsed("a.pca", pca_text());
    CHECK(pca.format == "phoenix acquisition");
    CHECK(isotropic(pca, 0.01029065));
    CHECK_FALSE(pca.count.has_value());  // NumberImages are projections
    CHECK(pca.doubts.empty());
    const Sidecar oblong = parsed("a.pca", with(pca_text(), "VoxelSizeY=0.01029065", "VoxelSizeY=0.02"));
    CHECK(no_spacing(oblong));
    CHECK(contains(oblong.doubts, "differ"));
    const Sidecar half = parsed("a.pca", with(pca_text(), "VoxelSizeY=0.01029065\n", ""));
    CHECK(no_spacing(half));
    CHECK(half.doubts.size() == 1);
    CHECK(no_spacing(parsed("a.pca", with(pca_text(), "VoxelSizeX=0.01029065", "VoxelSizeX=-1"))));
}

TEST_CASE("an .xtekct has three spacings in its units", "[sidecar]") {
    const Sidecar nikon = parsed("a.xtekct", with_line_ends(xtekct_text(), "\r\n"));
    CHECK(nikon.spacing_mm[0] == 0.02);
    CHECK(nikon.spacing_mm[1] == 0.03);
    CHECK(nikon.spacing_mm[2] == 0.04);
    CHECK(nikon.width == 1000);
    CHECK(nikon.height == 900);
    CHECK(nikon.count == 814);
    CHECK(nikon.doubts.empty());
    CHECK(parsed("a.xtekct", with(xtekct_text(), "Units=mm\n", "")).spacing_mm[2] == 0.04);
    CHECK(parsed("a.xtekct", with(xtekct_text(), "Units=mm", "Units=um")).spacing_mm[2] == 0.00004);
    const Sidecar unit = parsed("a.xtekct", with(xtekct_text(), "Units=mm", "Units=?"));
    CHECK(no_spacing(unit));
    CHECK(unit.width == 1000);
    CHECK(unit.doubts.size() == 1);
    const Sidecar partly = parsed("a.xtekct", with(xtekct_text(), "VoxelSizeZ=0.04\n", ""));
    CHECK(partly.spacing_mm[1] == 0.03);
    CHECK_FALSE(partly.spacing_mm[2].has_value());
    CHECK(partly.doubts.size() == 1);
    CHECK(parsed("a.xtekct", "[XTekCT]\n").doubts.size() == 1);
}

TEST_CASE("TESCAN's voxel size counts where its unit is proven", "[sidecar]") {
    const Sidecar good = parsed("data settings xre recon.txt", with_line_ends(tescan_text(), "\r\n"));
    CAPTURE(joined(good.doubts));
    CHECK(isotropic(good, 0.075));
    CHECK(good.doubts.empty());
    for (const auto& [what, by] : {std::pair{"Voxel size = \"0.075000\"", "Voxel size = \"75\""},
                                   {"Binned pixelsize (mm)", "Binned pixelsize (um)"},
                                   {"Binned pixelsize (mm)", "Binned pixelsize"},
                                   {"Pixel size = \"0.300000\"", "Pixel size = \"300\""},
                                   {"SDD = \"599.999451\"", "SDD = \"0\""},
                                   {"SDD = \"599.999451\"", "SDD = \"599,9,9\""},
                                   {"SOD = \"149.999969\"\n", ""},
                                   {"E:\\\\sweets\\\\recon", ""}}) {
        CAPTURE(what, by);
        const Sidecar bad = parsed("x.txt", with(tescan_text(), what, by));
        CHECK(no_spacing(bad));
        CHECK_FALSE(bad.doubts.empty());
    }
    CHECK_FALSE(parse_sidecar("x.txt", "[CT-parameters IN]\nVoxel size=1\n").has_value());
}

TEST_CASE("Rigaku's pitch has no unit and is no spacing", "[sidecar]") {
    for (const std::string& text : {rigaku_text(), "\xEF\xBB\xBF" + with_line_ends(rigaku_text(), "\r\n")}) {
        const Sidecar info = parsed("CT_1.xml", text);
        CHECK(no_spacing(info));
        CHECK(info.width == 1040);
        CHECK(info.height == 1030);
        CHECK(info.count == 680);
        CHECK(contains(info.doubts, "without a unit"));
    }
    CHECK_FALSE(parse_sidecar("a.xml", "<OME><volume/></OME>").has_value());
    CHECK_FALSE(parse_sidecar("a.xml", "").has_value());
}

TEST_CASE("TOMCAT's size counts for derived data that were not binned", "[sidecar]") {
    const Sidecar good = parsed("a.json", tomcat_text());
    CAPTURE(joined(good.doubts));
    CHECK(isotropic(good, 0.00065));
    CHECK(good.doubts.empty());
    for (const auto& [what, by] : {std::pair{"\"type\":\"derived\"", "\"type\":\"raw\""},
                                   {"\"type\":\"derived\",", ""},
                                   {"\"binSize\":\"1,1\"", "\"binSize\":\"2,2\""},
                                   {"\"scaleImageFactor\":1", "\"scaleImageFactor\":2"},
                                   {"\"u\":\"um\"", "\"u\":\"counts\""},
                                   {"\"u\":\"um\"", "\"u\":\"mm\""},
                                   {"\"v\":0.65", "\"v\":0"},
                                   {"\"v\":0.65", "\"v\":null"}}) {
        CAPTURE(what, by);
        const Sidecar bad = parsed("a.json", with(tomcat_text(), what, by));
        CHECK(no_spacing(bad));
        CHECK_FALSE(bad.doubts.empty());
    }
    CHECK_FALSE(parse_sidecar("a.json", "{\"Actual pixel size\":{\"u\":\"um\",\"v\":1}}").has_value());
}

TEST_CASE("Micro-Manager tells pixel size and step where both are certain", "[sidecar]") {
    const auto parse = [](const std::string& text) { return parsed("a_metadata.txt", text); };
    const std::string text = micro_manager_text();
    for (const std::string& own : {text, with_line_ends(text, "\r\n"), with(text, "\"PixelSize_um\": 0.16,", ""),
                                   with(text, "\"z-step_um\": 0.5", "\"z-step_um\": \"0.5\""),
                                   with(text, "\"PixelSize_um\": 0.16", "\"PixelSize_um\": 0"),
                                   with(text, "\"Slices\": 20,\n  \"Frames\": 1,",
                                        "\"IntendedDimensions\": {\"z\": 20, \"time\": 1, \"channel\": 2},")}) {
        const Sidecar metadata = parse(own);
        CAPTURE(own, joined(metadata.doubts));
        CHECK(metadata.format == "Micro-Manager metadata");
        CHECK(metadata.spacing_mm[0] == 0.00016);
        CHECK(metadata.spacing_mm[1] == 0.00016);
        CHECK(metadata.spacing_mm[2] == 0.0005);
        CHECK(metadata.width == 512);
        CHECK(metadata.height == 256);
        CHECK(metadata.count == 20);
        CHECK(metadata.doubts.empty());
    }
    struct Odd {
        const char* what;
        const char* by;
        bool has_size;
        bool has_step;
        const char* doubt;
    };
    for (const Odd& odd : std::vector<Odd>{
             {"\"z-step_um\": 0.5", "\"z-step_um\": 0", true, false, "z-step_um"},
             {"\"z-step_um\": 0.5,", "", true, false, "z-step_um"},
             {"\"z-step_um\": 0.5", "\"z-step_um\": -0.5", true, false, "z-step_um"},
             {"\"z-step_um\": 0.5", "\"z-step_um\": NaN", true, false, "z-step_um"},
             {"\"Frames\": 1,", "\"Frames\": 7,", true, false, "7 times"},      // which files follow each other?
             {"\"Slices\": 20,", "\"Slices\": 1,", true, false, "1 slice at"},  // a step that was never made
             {"\"PixelSizeUm\": 0.16", "\"PixelSizeUm\": 0.32", false, true, "both"},
             {"\"PixelSize_um\": 0.16", "\"PixelSize_um\": 0.32", false, true, "both"},
             {"\"PixelSize_um\": 0.16", "\"PixelSize_um\": -1", false, true, "PixelSizeUm"},
             {"\"PixelAspect\": 1", "\"PixelAspect\": 2", false, true, "PixelAspect"}}) {
        const Sidecar metadata = parse(with(text, odd.what, odd.by));
        CAPTURE(odd.by, joined(metadata.doubts));
        CHECK(metadata.spacing_mm[0].has_value() == odd.has_size);
        CHECK(metadata.spacing_mm[1].has_value() == odd.has_size);
        CHECK(metadata.spacing_mm[2].has_value() == odd.has_step);
        CHECK(contains(metadata.doubts, odd.doubt));
    }
    std::string uncalibrated = text;
    for (std::size_t at = 0; (at = uncalibrated.find("0.16", at)) != std::string::npos;)
        uncalibrated.replace(at, 4, "0");
    CHECK_FALSE(parse(uncalibrated).spacing_mm[0].has_value());
    CHECK(contains(parse(uncalibrated).doubts, "not calibrated"));
    CHECK_FALSE(parse_sidecar("a.txt", "{\"Summary\": {\"Slices\": 3}}").has_value());
    CHECK_FALSE(parse_sidecar("a.json", text).has_value());
}

TEST_CASE("names alone tell which files are worth reading", "[sidecar]") {
    for (const Sample& sample : sidecar_samples()) CHECK(may_be_sidecar(sample.file_name));
    for (const char* other : {"a.tif", "a", "", ".lo", "log", "a.log.gz"}) CHECK_FALSE(may_be_sidecar(other));
    CHECK(sidecar_formats().size() == sidecar_samples().size());
}

}  // namespace stack2nrrd::test
