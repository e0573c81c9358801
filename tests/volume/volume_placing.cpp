// Where the header says that samples lie.

#include "volume_support.hpp"

#include "support/catch.hpp"
#include "support/temp_folder.hpp"

namespace stack2nrrd::volume_test {

namespace {

/// Geometry of a 2 × 2 × 2 volume with these lines in its header.
NrrdVolume with(const std::string& lines, const std::string& sizes = "dimension: 3\nsizes: 2 2 2\n") {
    const support::TempFolder folder;
    write(folder / "v.nrrd",
          "NRRD0005\ntype: uint8\n" + sizes + "encoding: raw\n" + lines + "\n" + std::string(64, 'x'));
    NrrdVolume volume = read_nrrd((folder / "v.nrrd").string());
    // Most of these volumes have fewer samples than that; it is not what is tested here.
    std::erase_if(volume.remarks, [](const std::string& text) { return text.find("follow the") != std::string::npos; });
    return volume;
}

const std::string directions = "space directions: (0,2,0) (3,0,0) (0,0,4)\nspace origin: (10,20,30)\n";

}  // namespace

TEST_CASE("spaces come into LPS", "[volume]") {
    struct Case {
        const char* name;
        double x;
        double y;
    };
    for (const Case& c : {Case{"left-posterior-superior", 1, 1}, Case{"LPS", 1, 1}, Case{"lps", 1, 1},
                          Case{"left posterior superior", 1, 1}, Case{"right-anterior-superior", -1, -1},
                          Case{"RAS", -1, -1}, Case{"left-anterior-superior", 1, -1}, Case{"LAS", 1, -1},
                          Case{"scanner-xyz", 1, 1}, Case{"3D-right-handed", 1, 1}}) {
        INFO(c.name);
        const NrrdVolume volume = with("space: " + std::string(c.name) + "\n" + directions);
        CHECK(volume.geometry.spacing_known);
        CHECK(volume.geometry.spacing_source == "v.nrrd");
        CHECK(volume.geometry.direction[0] == Vector3{0, 2 * c.y, 0});
        CHECK(volume.geometry.direction[1] == Vector3{3 * c.x, 0, 0});
        CHECK(volume.geometry.direction[2] == Vector3{0, 0, 4});
        CHECK(volume.geometry.origin == Vector3{10 * c.x, 20 * c.y, 30});
    }
    CHECK(with("space dimension: 3\n" + directions).remarks.size() == 1);
    for (const char* name : {"3D-left-handed", "left-posterior-superior-time", "right-posterior-superior", "x"}) {
        INFO(name);
        const auto error = error_of([&] { (void)with("space: " + std::string(name) + "\n" + directions); });
        REQUIRE(error);
        CHECK((error->code() == ErrorCode::unsupported || error->code() == ErrorCode::corrupt));
    }
}

TEST_CASE("units become millimetres, rounded once", "[volume]") {
    const auto scaled = [](const std::string& unit) {
        const std::string u = "\"" + unit + "\"";
        return with("space: LPS\nspace directions: (0.1,0,0) (0,0.1,0) (0,0,7)\nspace origin: (1,2,3)\nspace units: " +
                    u + " " + u + " " + u + "\n")
            .geometry;
    };
    CHECK(scaled("mm").direction[0][0] == 0.1);
    CHECK(scaled("").direction[0][0] == 0.1);
    for (const char* micro : {"um", "\xC2\xB5m", "\xCE\xBCm", "\xB5m", "micron", "Microns", "micrometer"}) {
        CHECK(scaled(micro).direction[0][0] == 0.1 / 1000);
        CHECK(scaled(micro).origin == Vector3{0.001, 0.002, 0.003});
    }
    CHECK(scaled("nm").direction[2][2] == 7 / 1e6);
    CHECK(scaled("cm").direction[2][2] == 70);
    CHECK(scaled("m").direction[2][2] == 7000);
    for (const char* none : {"pixel", "furlong"}) {
        CHECK_FALSE(scaled(none).spacing_known);
        CHECK(scaled(none).direction[2] == Vector3{0, 0, 1});
    }
    const Geometry mixed =
        with("space: LPS\nspace directions: (1,1,0) (0,1,0) (0,0,1)\nspace units: \"um\" \"mm\" \"cm\"\n").geometry;
    CHECK(mixed.direction[0] == Vector3{0.001, 1, 0});
    CHECK(mixed.direction[2] == Vector3{0, 0, 10});
}

TEST_CASE("spacings without directions", "[volume]") {
    const Geometry plain = with("spacings: 0.5 0.25 2\n").geometry;
    CHECK(plain.spacing_known);
    CHECK(plain.direction[1] == Vector3{0, 0.25, 0});
    CHECK(plain.origin == Vector3{0, 0, 0});
    const Geometry micro = with("spacings: 5 6 7\nunits: \"um\" \"um\" \"mm\"\n").geometry;
    CHECK(micro.direction[0] == Vector3{0.005, 0, 0});
    CHECK(micro.direction[2] == Vector3{0, 0, 7});
    const Geometry none = with(
                              "space dimension: 3\nspacings: 5 6 7\nspace directions: none none none\n"
                              "space units: \"um\" \"um\" \"um\"\nspace origin: (1000,0,0)\n")
                              .geometry;
    CHECK(none.direction[2] == Vector3{0, 0, 0.007});
    CHECK(none.origin == Vector3{1, 0, 0});
    for (const char* wrong : {"0 1 1", "-1 1 1", "nan 1 1", "1 inf 1"}) {
        INFO(wrong);
        const NrrdVolume volume = with("spacings: " + std::string(wrong) + "\n");
        CHECK_FALSE(volume.geometry.spacing_known);
        CHECK(volume.geometry.spacing_source == "unknown");
        CHECK(volume.remarks.size() == 1);
    }
    CHECK_FALSE(with("").geometry.spacing_known);
    CHECK(with("").remarks.empty());
    CHECK_FALSE(with("axis mins: 0 0 0\naxis maxs: 1 1 1\n").geometry.spacing_known);
    CHECK_FALSE(with("spacings: 1 1 1\nstack2nrrd_spacing:=unknown\n").geometry.spacing_known);
}

TEST_CASE("axis mins are an origin where nothing else is", "[volume]") {
    const NrrdVolume micro = with("spacings: 5 6 7\naxis mins: 10 20 30\nunits: \"um\" \"um\" \"mm\"\n");
    CHECK(micro.geometry.origin == Vector3{12.5 / 1000, 23.0 / 1000, 33.5});
    CHECK(with("space: LPS\n" + directions + "axis mins: 7 7 7\n").geometry.origin == Vector3{10, 20, 30});
    CHECK(with("space: LPS\nspace directions: (0,2,0) (3,0,0) (0,0,4)\naxis mins: 7 7 7\n").geometry.origin ==
          Vector3{0, 0, 0});
    const NrrdVolume half = with("spacings: 1 1 1\naxis mins: 1 nan 1\n");
    CHECK(half.geometry.origin == Vector3{0, 0, 0});
    CHECK(half.remarks.size() == 1);
    const NrrdVolume colour = with("kinds: RGB-color space space space\nspacings: nan 1 2 4\naxis mins: nan 1 2 3\n",
                                   "dimension: 4\nsizes: 3 2 2 2\n");
    CHECK(colour.geometry.origin == Vector3{1.5, 3, 5});
    CHECK(with("axis mins: 1 1 1\naxis maxs: 3 3 3\n").remarks.size() == 1);
}

TEST_CASE("the measurement frame comes into LPS with the directions", "[volume]") {
    const std::string vectors = "dimension: 4\nsizes: 3 2 2 2\n";
    const std::string frame = "measurement frame: (0,1,2) (3,4,5) (6,7,8)\n";
    const auto read = [&](const std::string& space, const std::string& lines, const std::string& kind = "vector") {
        return with("space: " + space + "\nspace directions: none (1,0,0) (0,1,0) (0,0,1)\nkinds: " + kind +
                        " space space space\n" + lines,
                    vectors);
    };
    using Frame = std::array<Vector3, 3>;
    CHECK(read("LPS", frame).component_axis.measurement_frame == Frame{{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}}});
    CHECK(read("RAS", frame).component_axis.measurement_frame == Frame{{{0, -1, 2}, {-3, -4, 5}, {-6, -7, 8}}});
    CHECK(read("LAS", frame).component_axis.measurement_frame == Frame{{{0, -1, 2}, {3, -4, 5}, {6, -7, 8}}});
    CHECK(read("RAS", frame).remarks.empty());
    CHECK_FALSE(read("LPS", frame, "RGB-color").component_axis.measurement_frame);
    CHECK_FALSE(read("LPS", "measurement frame: none none none\n").component_axis.measurement_frame);
    // Vectors of which nobody says what they count along.
    CHECK(read("LPS", "").remarks.empty());
    CHECK(read("RAS", "", "list").remarks.empty());
    CHECK(read("RAS", "").remarks.size() == 1);
}

TEST_CASE("directions that do not span space are none", "[volume]") {
    CHECK_FALSE(with("space: LPS\nspace directions: (1,0,0) (2,0,0) (0,0,1)\n").geometry.spacing_known);
    CHECK_FALSE(with("space: LPS\nspace directions: (1,0,0) (0,1,0) (0,0,0)\n").geometry.spacing_known);
    CHECK_FALSE(
        with("space: LPS\nspace directions: (1,0,0) (0,1,0) none\nkinds: space space space\n").geometry.spacing_known);
}

TEST_CASE("one slice, and channels beside the axes of space", "[volume]") {
    const Geometry slice = with("space dimension: 2\nspace directions: (0.6,0.8) (-1.6,1.2)\nspace origin: (5,6)\n",
                                "dimension: 2\nsizes: 4 5\n")
                               .geometry;
    CHECK(slice.spacing_known);
    CHECK(slice.direction[0] == Vector3{0.6, 0.8, 0});
    CHECK(slice.direction[2][2] == Approx(1));
    CHECK(slice.origin == Vector3{5, 6, 0});
    const NrrdVolume colour =
        with("space: RAS\nspace directions: none (1,0,0) (0,2,0) (0,0,3)\n", "dimension: 4\nsizes: 3 2 2 2\n");
    CHECK(colour.colour == Colour::components);
    CHECK_FALSE(colour.channels_last);
    CHECK(colour.geometry.direction[1] == Vector3{-0.0, -2, 0});
    const NrrdVolume last =
        with("spacings: 1 2 3 nan\nkinds: space space space RGBA-color\n", "dimension: 4\nsizes: 2 2 2 4\n");
    CHECK(last.channels_last);
    CHECK(last.colour == Colour::rgba);
    CHECK(last.geometry.direction[2] == Vector3{0, 0, 3});
    const NrrdVolume flat = with("kinds: RGB-color space space\nspacings: nan 2 3\n", "dimension: 3\nsizes: 3 4 5\n");
    CHECK(flat.size == std::array<Index, 3>{4, 5, 1});
    CHECK(flat.geometry.direction[0] == Vector3{2, 0, 0});
}

}  // namespace stack2nrrd::volume_test
