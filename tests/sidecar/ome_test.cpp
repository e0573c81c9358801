#include "sidecar/description.hpp"

#include "samples.hpp"
#include "support/catch.hpp"

namespace stack2nrrd::test {

namespace {

OmeDescription ome(std::string_view text) {
    const std::optional<OmeDescription> description = parse_ome(text);
    REQUIRE(description.has_value());
    return *description;
}

/// A text with these attributes of <Pixels>.
std::string pixels(const std::string& attributes) {
    return "<OME><Image><Pixels DimensionOrder='XYZCT' " + attributes + "/></Image></OME>";
}

}  // namespace

TEST_CASE("the first image of an OME text is read", "[sidecar]") {
    const OmeDescription found = ome(ome_text());
    CAPTURE(joined(found.doubts));
    CHECK(found.width == 439);
    CHECK(found.height == 167);
    CHECK(found.slices == 5);
    CHECK(found.channels == 6);
    CHECK(found.frames == 2);
    CHECK(found.dimension_order == "XYCZT");
    CHECK(found.type == "uint16");
    CHECK(found.spacing_mm[0] == 0.00025);
    CHECK(found.spacing_mm[1] == 0.00025);
    CHECK(found.spacing_mm[2] == 0.002);
    CHECK(found.samples_per_pixel == 3);
    CHECK(found.big_endian == true);
    REQUIRE(found.tiff_data.size() == 2);
    CHECK(found.tiff_data[0].ifd == 7);
    CHECK(found.tiff_data[0].first_z == 4);
    CHECK(found.tiff_data[0].first_c == 1);
    CHECK(found.tiff_data[0].first_t == 0);
    CHECK(found.tiff_data[0].plane_count == 1);
    CHECK(found.tiff_data[0].file == 0U);
    CHECK_FALSE(found.tiff_data[1].ifd.has_value());
    CHECK_FALSE(found.tiff_data[1].plane_count.has_value());
    CHECK_FALSE(found.tiff_data[1].file.has_value());
    REQUIRE(found.files.size() == 1);
    CHECK(found.files[0].name == "a.ome.tif");
    CHECK(found.further_images == 2);
    CHECK(found.doubts.empty());
}

TEST_CASE("other XML is no OME", "[sidecar]") {
    for (const char* other : {"", "<a/>", "no xml", "<MetaData><OME><Image><Pixels/></Image></OME></MetaData>", "<OME>",
                              "<OME/>", "<OME><Image/></OME>", "<OME><Pixels SizeX='1'/></OME>",
                              "<OME><X><Image><Pixels/></Image></X></OME>", "<ome><Image><Pixels/></Image></ome>"}) {
        CAPTURE(other);
        CHECK_FALSE(parse_ome(other).has_value());
    }
    const OmeDescription elsewhere =
        ome("<OME><BinaryOnly MetadataFile='a &amp; b.companion.ome' UUID='urn:uuid:1'/></OME>");
    CHECK(elsewhere.metadata_file == "a & b.companion.ome");
    CHECK(elsewhere.width == 0);
    CHECK(contains(elsewhere.doubts, "companion"));
}

TEST_CASE("OME's lengths have units, micrometres if not told", "[sidecar]") {
    for (const char* unit :
         {"PhysicalSizeXUnit='\xC2\xB5m'", "PhysicalSizeXUnit='&#181;m'", "PhysicalSizeXUnit='&#xB5;m'",
          "PhysicalSizeXUnit='\xB5m'", "PhysicalSizeXUnit='um'", ""}) {
        CAPTURE(unit);
        CHECK(ome(pixels(std::string("PhysicalSizeX='0.5' ") + unit)).spacing_mm[0] == 0.0005);
    }
    CHECK(ome(pixels("PhysicalSizeZ='5' PhysicalSizeZUnit='mm'")).spacing_mm[2] == 5.0);
    CHECK(ome(pixels("PhysicalSizeZ='5' PhysicalSizeZUnit='\xC3\x85'")).spacing_mm[2] == 5e-7);
    for (const char* bad :
         {"PhysicalSizeX='5' PhysicalSizeXUnit='reference frame'", "PhysicalSizeX='5' PhysicalSizeXUnit='&micro;m'",
          "PhysicalSizeX='0.0'", "PhysicalSizeX='-1'", "PhysicalSizeX='NaN'", "PhysicalSizeX='INF'", "PhysicalSizeX=''",
          "PhysicalSizeX='1e40'", "PhysicalSizeX='5' PhysicalSizeXUnit='Mm'"}) {
        CAPTURE(bad);
        const OmeDescription found = ome(pixels(bad));
        CHECK_FALSE(found.spacing_mm[0].has_value());
        CHECK(found.doubts.size() == 1);
    }
    const OmeDescription pixel = ome(pixels("PhysicalSizeX='1' PhysicalSizeXUnit='pixel'"));
    CHECK_FALSE(pixel.spacing_mm[0].has_value());
    CHECK(pixel.doubts.empty());
}

TEST_CASE("odd OME attributes are not used", "[sidecar]") {
    const OmeDescription odd = ome(pixels("SizeX='-5' SizeY='1e3' SizeZ='99999999999999999999' SizeT='0' SizeC=''"));
    CHECK(odd.width == 0);
    CHECK(odd.height == 0);
    CHECK(odd.slices == 1);
    CHECK(odd.frames == 1);
    CHECK(odd.doubts.size() == 5);
    for (const char* order : {"", "XYZC", "ZXYCT", "XYZZT", "XYZCTT", "xyzct"}) {
        const OmeDescription found = ome(with(pixels("SizeX='5'"), "XYZCT", order));
        CHECK(found.dimension_order.empty());
        CHECK(found.doubts.size() == 1);
    }
    for (const char* order : {"XYZCT", "XYZTC", "XYCZT", "XYCTZ", "XYTZC", "XYTCZ"})
        CHECK(ome(with(pixels("SizeX='5'"), "XYZCT", order)).dimension_order == order);
    CHECK(ome(pixels("PixelType='uint8'")).type == "uint8");
    CHECK_FALSE(ome(pixels("")).big_endian.has_value());
    CHECK(ome(pixels("BigEndian='false'")).big_endian == false);
    CHECK(
        contains(ome(with(ome_text(), "Channel:1\" SamplesPerPixel=\"3\"", "Channel:1\" SamplesPerPixel=\"1\"")).doubts,
                 "channels"));
}

TEST_CASE("OME data in several files are told", "[sidecar]") {
    const auto text = [](const char* first, const char* second) {
        return std::string("<OME><Image><Pixels DimensionOrder='XYZCT'><TiffData IFD='0'>") + first +
               "</TiffData><TiffData IFD='1'>" + second + "</TiffData></Pixels></Image></OME>";
    };
    constexpr const char* a = "<UUID FileName='a.tif'>u:1</UUID>";
    const auto files = [&](const char* first, const char* second) { return ome(text(first, second)).files; };
    CHECK(files(a, a) == std::vector<OmeFile>{{"a.tif", "u:1"}});
    CHECK(files(a, "<UUID FileName='b.tif'>u:1</UUID>") == std::vector<OmeFile>{{"a.tif", "u:1"}, {"b.tif", "u:1"}});
    CHECK(files(a, "<UUID FileName='a.tif'>u:2</UUID>").size() == 2);
    CHECK(files("<UUID>u:1</UUID>", "<UUID>u:2</UUID>").size() == 2);
    CHECK(files("<UUID>u:1</UUID>", "<UUID> u:1 </UUID>").size() == 1);
    CHECK(files("", "").empty());
    CHECK(ome(text(a, "")).tiff_data[0].file == 0U);
    CHECK_FALSE(ome(text(a, "")).tiff_data[1].file.has_value());
    CHECK(ome(text("", a)).tiff_data[1].file == 0U);
    CHECK(ome(text("<UUID>u:1</UUID>", a)).tiff_data[1].file == 1U);
}

TEST_CASE("annotations do not pass for the image", "[sidecar]") {
    const std::string annotation = "<StructuredAnnotations><Image><Pixels SizeX='8'/></Image></StructuredAnnotations>";
    CHECK_FALSE(parse_ome("<OME>" + annotation + "</OME>").has_value());
    const OmeDescription found = ome("<OME>" + annotation +
                                     "<Image><Pixels SizeX='5'><X><TiffData/></X></Pixels><Pixels SizeX='6'>"
                                     "<TiffData/></Pixels></Image></OME>");
    CHECK(found.width == 5);
    CHECK(found.tiff_data.empty());
    CHECK(found.further_images == 0);
}

TEST_CASE("OME's sizes come before the resolution", "[sidecar]") {
    const std::string text = pixels("PhysicalSizeX='100' PhysicalSizeY='100' PhysicalSizeZ='7'");
    const FoundSpacing same = spacing_from(text, {100.0, 100.01, DensityUnit::centimetre});
    CHECK(same.mm[0] == 0.1);
    CHECK(same.mm[2] == 0.007);
    CHECK(same.source == "OME");
    CHECK(same.doubts.empty());
    const FoundSpacing other = spacing_from(text, {100.0, 200.0, DensityUnit::centimetre});
    CHECK(other.mm[1] == 0.1);
    CHECK(contains(other.doubts, "along y is 0.1 mm by its OME text and 0.05 mm by its resolution"));
    CHECK(spacing_from(text, {72.0, 72.0, DensityUnit::inch}).doubts.empty());
    const FoundSpacing fallback = spacing_from(pixels("SizeX='5'"), {100.0, 50.0, DensityUnit::centimetre});
    CHECK(fallback.mm[1] == 0.2);
    CHECK(fallback.source == "resolution");
    const FoundSpacing only_z = spacing_from(pixels("PhysicalSizeZ='7'"), Density{});
    CHECK(only_z.mm[2] == 0.007);
    CHECK_FALSE(only_z.mm[0].has_value());
}

}  // namespace stack2nrrd::test
