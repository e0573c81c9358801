#include "sidecar/description.hpp"

#include "samples.hpp"
#include "support/catch.hpp"

#include <limits>

namespace stack2nrrd::test {

namespace {

ImageJDescription imagej(std::string_view text) {
    const std::optional<ImageJDescription> description = parse_imagej(text);
    REQUIRE(description.has_value());
    return *description;
}

Density density(double x, double y, DensityUnit unit) { return {x, y, unit}; }

bool none(const FoundSpacing& found) { return !found.mm[0] && !found.mm[1] && !found.mm[2] && found.source.empty(); }

}  // namespace

TEST_CASE("ImageJ's text is read", "[sidecar]") {
    for (const std::string& text : {imagej_text(), with_line_ends(imagej_text(), "\r\n"),
                                    imagej_text() + std::string("\0images=7", 9), imagej_text() + "info=a\nb=[c]\n"}) {
        const ImageJDescription found = imagej(text);
        CAPTURE(joined(found.doubts));
        CHECK(found.version == "1.53c");
        CHECK(found.images == 30);
        CHECK(found.channels == 2);
        CHECK(found.slices == 5);
        CHECK(found.frames == 3);
        CHECK(found.hyperstack);
        CHECK(found.spacing == 2.5);
        CHECK(found.unit == "\\u00B5m");
        CHECK(found.doubts.empty());
    }
    CHECK_FALSE(parse_imagej("").has_value());
    CHECK_FALSE(parse_imagej("a ImageJ=1").has_value());
    CHECK_FALSE(parse_imagej("SCIFIO=1\nimages=3\n").has_value());
    const ImageJDescription bare = imagej("ImageJ=\n");
    CHECK(bare.images == 1);
    CHECK(bare.slices == 1);
    CHECK_FALSE(bare.hyperstack);
    CHECK(imagej("ImageJ=1\nimages=9\n").slices == 9);
    CHECK(imagej("ImageJ=1\nimages=9\nframes=9\n").slices == 1);
    CHECK(contains(imagej("ImageJ=1\nimages=9\nslices=4\n").doubts, "4 were expected"));
    const ImageJDescription huge =
        imagej("ImageJ=1\nimages=1000000000\nchannels=1000000000\nslices=1000000000\nframes=1000000000\n");
    CHECK(huge.doubts.size() == 1);
    CHECK(imagej("ImageJ=1\nslices=0\n").doubts.size() == 1);
    CHECK(imagej("ImageJ=1\nslices=-5\nimages=1e9\n").slices == 1);
}

TEST_CASE("ImageJ's densities are per its own unit", "[sidecar]") {
    const Density four = density(4, 2, DensityUnit::none);
    for (const char* unit : {"\\u00B5m", "\xC2\xB5m", "\xB5m", "um", "micron", "microns"}) {
        CAPTURE(unit);
        const FoundSpacing found = spacing_from(with(imagej_text(), "\\u00B5m", unit), four);
        CHECK(found.mm[0] == 0.00025);
        CHECK(found.mm[1] == 0.0005);
        CHECK(found.mm[2] == 0.0025);
        CHECK(found.source == "ImageJ");
        CHECK(found.doubts.empty());
    }
    CHECK(spacing_from("ImageJ=1\nunit=nm\nspacing=30", four).mm[2] == 0.00003);
    CHECK(spacing_from("ImageJ=1\nunit=mm\nspacing=30", four).mm[0] == 0.25);
    CHECK(spacing_from("ImageJ=1\nunit=cm\n", density(4, 2, DensityUnit::centimetre)).mm[0] == 2.5);
    CHECK(spacing_from("ImageJ=1\nunit=inch\n", density(254, 254, DensityUnit::inch)).mm[0] ==
          Approx(0.1).epsilon(1e-15));
    // no unit, or one that says nothing
    for (const char* unit : {"pixel", "pixels", "Pixel"}) {
        CHECK(none(spacing_from(with(imagej_text(), "\\u00B5m", unit), four)));
        CHECK(none(spacing_from(with(imagej_text(), "\\u00B5m", unit), density(100, 100, DensityUnit::centimetre))));
    }
    for (const char* unit : {"", " "}) CHECK(none(spacing_from(with(imagej_text(), "\\u00B5m", unit), four)));
    const FoundSpacing foreign = spacing_from(with(imagej_text(), "\\u00B5m", "furlong"), four);
    CHECK(none(foreign));
    CHECK(contains(foreign.doubts, "furlong"));
    // the tag's unit where ImageJ names none
    const FoundSpacing tagged =
        spacing_from("ImageJ=1\nimages=3\nspacing=0.5\n", density(100, 50, DensityUnit::centimetre));
    CHECK(tagged.mm[0] == 0.1);
    CHECK(tagged.mm[1] == 0.2);
    CHECK(tagged.mm[2] == 5.0);
    // two units
    const FoundSpacing both = spacing_from(imagej_text(), density(4, 2, DensityUnit::inch));
    CHECK(both.mm[0] == 0.00025);
    CHECK(contains(both.doubts, "resolution unit is inch"));
}

TEST_CASE("ImageJ's axes may have units of their own", "[sidecar]") {
    const Density four = density(4, 2, DensityUnit::none);
    const FoundSpacing each = spacing_from("ImageJ=1\nunit=micron\nyunit=nm\nzunit=mm\nspacing=3\n", four);
    CHECK(each.mm == std::array<std::optional<double>, 3>{0.00025, 5e-7, 3.0});
    CHECK(each.doubts.empty());
    const FoundSpacing z = spacing_from("ImageJ=1\nunit=\\u00B5m\nzunit=inch\nspacing=1\n", four);
    CHECK(z.mm == std::array<std::optional<double>, 3>{0.00025, 0.0005, 25.4});
    // an axis that is no length
    const FoundSpacing time = spacing_from("ImageJ=1\nunit=um\nzunit=sec\nspacing=1\n", four);
    CHECK(time.mm == std::array<std::optional<double>, 3>{0.00025, 0.0005, std::nullopt});
    CHECK(contains(time.doubts, "\"zunit\" is \"sec\", a unit of length was expected"));
    const FoundSpacing pixel = spacing_from("ImageJ=1\nunit=um\nyunit=pixel\nspacing=1\n", four);
    CHECK(pixel.mm == std::array<std::optional<double>, 3>{0.00025, std::nullopt, 0.001});
}

TEST_CASE("ImageJ's slices without a spacing have none", "[sidecar]") {
    const FoundSpacing found =
        spacing_from("ImageJ=1\nimages=3\nslices=3\nunit=um\n", density(4, 4, DensityUnit::none));
    CHECK(found.mm[0] == 0.00025);
    CHECK_FALSE(found.mm[2].has_value());
    CHECK(contains(found.doubts, "has no \"spacing\""));
    CHECK(spacing_from("ImageJ=1\nunit=um\n", density(4, 4, DensityUnit::none)).doubts.empty());
    for (const char* bad : {"0.0", "-1.5", "NaN", "Infinity", "", "x"}) {
        CAPTURE(bad);
        CHECK_FALSE(spacing_from(with(imagej_text(), "2.5", bad), Density{}).mm[2].has_value());
    }
    CHECK(spacing_from(imagej_text(), Density{}).mm[2] == 0.0025);
    CHECK_FALSE(spacing_from(imagej_text(), Density{}).mm[0].has_value());
}

TEST_CASE("a screen's density is no spacing", "[sidecar]") {
    for (const double screen : {72.0, 96.0, 71.9, 71.98, 71.9999, 72.009, 95.9, 95.986, 96.012, 95.9866}) {
        CAPTURE(screen);
        const FoundSpacing found = spacing_from(density(screen, screen, DensityUnit::inch));
        CHECK(none(found));
        CHECK(contains(found.doubts, "a screen's"));
    }
    for (const double screen : {2834.0, 2835.0, 2834.6457, 3779.0, 3780.0, 3779.5276, 2800.0, 3800.0})
        CHECK(none(spacing_from(density(screen, screen, DensityUnit::metre))));
    for (const double screen : {28.0, 28.35, 28.34, 28.346, 37.8, 37.79, 38.0})
        CHECK(none(spacing_from(density(screen, screen, DensityUnit::centimetre))));
    for (const double real : {71.5, 72.5, 95.0, 97.0, 150.0, 300.0, 25400.0, 254.0, 1.0})
        CHECK(spacing_from(density(real, real, DensityUnit::inch)).mm[0] == Approx(25.4 / real).epsilon(1e-15));
    // as ImageJ passes it on
    const std::string micron = "ImageJ=1.44f\nimages=2\nslices=2\nunit=micron\nloop=false\n";
    CHECK(none(spacing_from(micron, density(0.002834, 0.002834, DensityUnit::none))));
    CHECK(none(spacing_from("ImageJ=1\nunit=inch\n", density(72, 72, DensityUnit::inch))));
    // but a size that somebody measured may come near it
    CHECK(spacing_from("ImageJ=1\nunit=mm\n", density(1 / 0.353, 1 / 0.353, DensityUnit::none)).mm[0] ==
          Approx(0.353).epsilon(1e-15));
}

TEST_CASE("plain densities need a unit and a positive number", "[sidecar]") {
    const FoundSpacing found =
        spacing_from("made by a program", density(1333.3333333333333, 100, DensityUnit::centimetre));
    CHECK(found.mm[0] == Approx(0.0075).epsilon(1e-15));
    CHECK(found.mm[1] == 0.1);
    CHECK_FALSE(found.mm[2].has_value());
    CHECK(found.source == "resolution");
    CHECK(spacing_from(density(1e6, 2e6, DensityUnit::metre)).mm[1] == 0.0005);
    CHECK(none(spacing_from(density(100, 100, DensityUnit::none))));
    CHECK(none(spacing_from(Density{})));
    CHECK(spacing_from(Density{}).doubts.empty());
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const double bad : {0.0, -4.0, infinity, std::numeric_limits<double>::quiet_NaN(), 1e30, 1e-30}) {
        CAPTURE(bad);
        const FoundSpacing nothing = spacing_from(density(bad, bad, DensityUnit::inch));
        CHECK(none(nothing));
        CHECK(nothing.doubts.size() == 2);
    }
    const FoundSpacing one = spacing_from(Density{100, std::nullopt, DensityUnit::centimetre});
    CHECK(one.mm[0] == 0.1);
    CHECK_FALSE(one.mm[1].has_value());
}

}  // namespace stack2nrrd::test
