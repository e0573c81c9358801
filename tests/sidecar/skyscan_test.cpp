#include "samples.hpp"
#include "support/catch.hpp"

namespace stack2nrrd::test {

namespace {

void check_sample(const Sidecar& log) {
    CAPTURE(joined(log.doubts));
    CHECK(log.format == "SkyScan log");
    CHECK(log.spacing_mm[0] == 0.01979772);
    CHECK(log.spacing_mm[1] == 0.01979772);
    CHECK(log.spacing_mm[2] == 0.01979772);
    CHECK(log.first == 27);
    CHECK(log.last == 1454);
    CHECK(log.count == 1428);
    CHECK(log.step == 1);
    CHECK(log.width == 944);
    CHECK(log.height == 932);
    CHECK(log.prefix == "skull_rec");
    CHECK(log.index_length == 8);
    CHECK(log.file_type == "bmp");
    CHECK(log.doubts.empty());
}

Sidecar changed(std::string_view what, std::string_view by) {
    return parsed("a_rec.log", with(skyscan_text(), what, by));
}

}  // namespace

TEST_CASE("a SkyScan log is read by section and exact key", "[sidecar]") {
    check_sample(parsed("skull_rec.log", skyscan_text()));
    check_sample(parsed("C:\\x\\SKULL_REC.LOG", skyscan_text()));
    check_sample(parsed("a.log", with_line_ends(skyscan_text(), "\r\n")));
    check_sample(parsed("a.log", with_line_ends(skyscan_text(), "\r")));
    check_sample(parsed("a.log", with_line_ends(skyscan_text(), " \t\r\n\r\n")));
    check_sample(parsed("a.log", "\xEF\xBB\xBF" + skyscan_text()));
    check_sample(changed("Scanner=", "User=J\xFCrg \xB5\nScanner="));
    check_sample(changed("19.79772", "19,79772"));
    check_sample(changed("Pixel Size (um)=19", "pixel size (UM)=\nPixel Size ( um ) = 19"));
    check_sample(changed("Pixel Size (um)=19", "Pixel Size (\xB5m)=19"));
    check_sample(changed("Pixel Size (um)=19", "Pixel Size (\xC2\xB5m)=19"));
    check_sample(changed("Pixel Size (um)=19.79772", "Pixel Size (mm)=0.01979772"));
    check_sample(
        changed("Undersampling", "Pixel Size (um)=19.79772\nMy Pixel Size (um)=5\nPixel Size=6\nUndersampling"));
    check_sample(changed("[System]", "Pixel Size (um)=5\n[System]\nPixel Size (um)=6"));
    check_sample(changed("[File name", "[Afterwards]\nPixel Size (um)=5\nFirst Section=1\n[File name"));
    check_sample(changed("[Reconstruction]", "[ reconstruction ] "));
}

TEST_CASE("the other keys of a SkyScan log are no spacing", "[sidecar]") {
    const Sidecar log = changed("Pixel Size (um)=19.79772\n", "");
    for (const auto& mm : log.spacing_mm) CHECK_FALSE(mm.has_value());
    CHECK(log.first == 27);
    CHECK(contains(log.doubts, "has no \"Pixel Size (um)\""));

    std::string acquisition = skyscan_text();
    acquisition.resize(acquisition.find("[Reconstruction]"));
    const Sidecar only = parsed("a.log", acquisition);
    for (const auto& mm : only.spacing_mm) CHECK_FALSE(mm.has_value());
    CHECK(only.prefix.empty());
    CHECK_FALSE(only.first.has_value());
    CHECK(contains(only.doubts, "no section [Reconstruction]"));
}

TEST_CASE("a SkyScan log without names may lie beside projections", "[sidecar]") {
    std::string text = skyscan_text();
    text.resize(text.find("[File name"));
    const Sidecar log = parsed("a.log", text);
    CHECK(log.spacing_mm[2] == 0.01979772);
    CHECK(log.prefix.empty());
    CHECK(log.index_length == 0);
    CHECK(contains(log.doubts, "beside projections"));
}

TEST_CASE("the step of a SkyScan log is part of its spacing", "[sidecar]") {
    std::string text = with(skyscan_text(), "Step=1", "Step=2");
    text = with(text, "Count=1428", "Count=714");
    const Sidecar two = parsed("a.log", text);
    CHECK(two.spacing_mm[0] == 0.01979772);
    CHECK(two.spacing_mm[2] == 2 * 0.01979772);
    CHECK(two.step == 2);
    CHECK(two.doubts.empty());

    const Sidecar proven = changed("Section to Section Step=1\n", "");
    CHECK(proven.step == 1);
    CHECK(proven.spacing_mm[2] == 0.01979772);
    CHECK(proven.doubts.empty());

    const Sidecar unknown =
        parsed("a.log", with(with(skyscan_text(), "Section to Section Step=1\n", ""), "Sections Count=1428\n", ""));
    CHECK(unknown.spacing_mm[0] == 0.01979772);
    CHECK_FALSE(unknown.spacing_mm[2].has_value());
    CHECK(contains(unknown.doubts, "step"));

    // Sections 27 to 1454: 714 of them are every second one, 2 of them could be anything from half of it on.
    const auto of_count = [&](const char* count) {
        return parsed("a.log", with(with(skyscan_text(), "Section to Section Step=1\n", ""), "Count=1428", count));
    };
    const Sidecar second = of_count("Count=714");
    CHECK(second.step == 2);
    CHECK(second.spacing_mm[2] == 2 * 0.01979772);
    CHECK(second.doubts.empty());
    for (const char* count : {"Count=2", "Count=1", "Count=1429", "Count=1000"}) {
        CAPTURE(count);
        CHECK_FALSE(of_count(count).step.has_value());
        CHECK_FALSE(of_count(count).spacing_mm[2].has_value());
    }

    const Sidecar single = parsed(
        "a.log", with(with(with(skyscan_text(), "Section to Section Step=1\n", ""), "=1428", "=1"), "=1454", "=27"));
    CHECK_FALSE(single.spacing_mm[2].has_value());
}

TEST_CASE("contradictions in a SkyScan log are said", "[sidecar]") {
    CHECK(contains(changed("Count=1428", "Count=1427").doubts, "1428 were expected from section 27 to 1454"));
    CHECK(contains(changed("Step=1", "Step=2").doubts, "714 were expected"));
    CHECK(contains(changed("Last Section=1454", "Last Section=3").doubts, "comes before"));
    const Sidecar twice = changed("Undersampling", "Pixel Size (um)=5\nUndersampling");
    CHECK_FALSE(twice.spacing_mm[0].has_value());
    CHECK(contains(twice.doubts, "one value was expected"));
    const Sidecar units = changed("Undersampling", "Pixel Size (mm)=19.79772\nUndersampling");
    CHECK_FALSE(units.spacing_mm[0].has_value());
    const Sidecar first = changed("Undersampling", "First Section=28\nUndersampling");
    CHECK_FALSE(first.first.has_value());
    CHECK(contains(first.doubts, "both \"27\" and \"28\""));
}

TEST_CASE("senseless numbers in a SkyScan log are not used", "[sidecar]") {
    for (const char* bad : {"0", "-19.8", "nan", "inf", "1e300", "none"}) {
        CAPTURE(bad);
        const Sidecar log = changed("19.79772", bad);
        for (const auto& mm : log.spacing_mm) CHECK_FALSE(mm.has_value());
        CHECK(log.doubts.size() == 1);
    }
    CHECK_FALSE(changed("Pixel Size (um)=19", "Pixel Size (furlong)=19").spacing_mm[0].has_value());
    for (const char* bad : {"-1", "1.5", "99999999999999999999", "many"}) {
        CAPTURE(bad);
        const Sidecar log = changed("Section=27", std::string("Section=") + bad);
        CHECK_FALSE(log.first.has_value());
        CHECK(log.doubts.size() == 1);
    }
    CHECK(changed("Section=27", "Section=0").first == 0);
    CHECK_FALSE(changed("Width (pixels)=944", "Width (pixels)=0").width.has_value());
}

TEST_CASE("a number of digits of zero is no number of digits", "[sidecar]") {
    const std::string text = with(skyscan_text(), "Length=8", "Length=0");
    const Sidecar log = parsed("a.log", text);
    CHECK(log.index_length == 0);
    CHECK(log.doubts.size() == 1);
    CHECK(parsed("a.log", with(skyscan_text(), "Prefix=skull_rec", "Prefix=J\xFCrg_rec")).prefix == "J\xC3\xBCrg_rec");
}

TEST_CASE("other files of the suffix are no SkyScan log", "[sidecar]") {
    CHECK_FALSE(parse_sidecar("a.log", "").has_value());
    CHECK_FALSE(parse_sidecar("a.log", "12:00 started\n[info] x=1\n").has_value());
    CHECK_FALSE(parse_sidecar("a.log", "[System]\nScanner=Other\n").has_value());
    CHECK_FALSE(parse_sidecar("a.txt", skyscan_text()).has_value());
    CHECK(parse_sidecar("a.log", "[System]\nScanner=Skyscan1176\n").has_value());
}

}  // namespace stack2nrrd::test
