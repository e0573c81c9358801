#include "sidecar/units.hpp"

#include "samples.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>

namespace stack2nrrd::test {

TEST_CASE("units of length are known by their exact names", "[sidecar]") {
    for (const char* micron : {"um", "\xC2\xB5m", "\xCE\xBCm", "\xB5m", "\\u00B5m", "\\u00b5m", "micron", "microns",
                               "Micron", "MICRONS", "micrometer", "micrometre", "micrometers", " um "}) {
        CAPTURE(micron);
        CHECK(unit_in_mm(micron) == 1e-3);
    }
    CHECK(unit_in_mm("pm") == 1e-9);
    CHECK(unit_in_mm("nm") == 1e-6);
    CHECK(unit_in_mm("mm") == 1.0);
    CHECK(unit_in_mm("Millimeters") == 1.0);
    CHECK(unit_in_mm("cm") == 10.0);
    CHECK(unit_in_mm("m") == 1000.0);
    CHECK(unit_in_mm("inch") == 25.4);
    CHECK(unit_in_mm("inches") == 25.4);
    CHECK(unit_in_mm("in") == 25.4);
    CHECK(unit_in_mm("\xC3\x85") == 1e-7);
    CHECK(unit_in_mm("angstrom") == 1e-7);
    for (const char* none :
         {"",   " ", "pixel", "pixels",   "Pixels",          "px",   "Mm",       "MM",  "UM", "ums", "mms",
          "?m", "s", "keV",   "\xC2\xB5", "reference frame", "\xB5", "micronss", "xum", "u m"}) {
        CAPTURE(none);
        CHECK_FALSE(unit_in_mm(none).has_value());
    }
    CHECK_FALSE(unit_in_mm(std::string(1 << 20, 'm')).has_value());
    CHECK(is_pixel_unit(" Pixels "));
    CHECK(is_pixel_unit(""));
    CHECK_FALSE(is_pixel_unit("um"));
}

TEST_CASE("lengths become the double that their millimetres are written as", "[sidecar]") {
    CHECK(in_mm(19.79772, 1e-3) == 0.01979772);
    CHECK(in_mm(70.5567, 1e-3) == 0.0705567);
    CHECK(in_mm(6.79914, 1e-3) == 0.00679914);
    CHECK(in_mm(188.21201, 1e-3) == 0.18821201);  // where dividing by 1000 gives a neighbour
    CHECK(in_mm(0.015, 1e-3) == 0.000015);
    CHECK(in_mm(1e-300, 1e-9) == 1e-309);
    CHECK(in_mm(1e-323, 1e-3) == 0);
    CHECK(std::isinf(in_mm(std::numeric_limits<double>::infinity(), 1e-3)));
    CHECK(in_mm(-1.5, 10) == -15);
    CHECK(in_mm(250, 1e-6) == 0.00025);
    CHECK(in_mm(3, 1e-9) == 3e-9);
    CHECK(in_mm(2, 25.4) == 50.8);
    CHECK(in_mm(0.02, 1) == 0.02);
}

TEST_CASE("no spacing comes from a number that is none", "[sidecar]") {
    for (const char* bad : {"0",     "-1",    "0.0",   "nan", "inf",   "-inf", "1e999", "",   "abc", "1.2.3",
                            "1,2,3", "1,2.3", "1e-20", "1e9", "12 um", "0x10", "--1",   "1e", ",",   "+"}) {
        CAPTURE(bad);
        std::vector<std::string> doubts;
        CHECK_FALSE(checked_spacing("size", bad, 1, doubts).has_value());
        REQUIRE(doubts.size() == 1);
        CHECK(contains(doubts, "\"size\" is "));
    }
    std::vector<std::string> doubts;
    CHECK(checked_spacing("size", " +8.5 ", 1e-3, doubts) == 0.0085);
    CHECK(checked_spacing("size", "8,5", 1e-3, doubts) == 0.0085);
    CHECK(checked_spacing("size", "0,015", 1e-3, doubts) == 0.000015);
    CHECK(checked_spacing("size", "19,79772", 1e-3, doubts) == 0.01979772);
    CHECK(checked_spacing("size", "1e-3", 1, doubts) == 0.001);
    CHECK(doubts.empty());
    CHECK(checked_spacing("size", "9,015", 1e-3, doubts) == 0.009015);
    CHECK(contains(doubts, "decimal point"));
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK(differ(infinity, infinity));
    CHECK(differ(std::numeric_limits<double>::quiet_NaN(), 1));
    CHECK(differ(1, 1.0011));
    CHECK_FALSE(differ(1, 1.0009));
}

TEST_CASE("what a sentence quotes is short and printable", "[sidecar]") {
    CHECK(stack2nrrd::quotation(" a ") == "\"a\"");
    CHECK(stack2nrrd::quotation("\xB5m") == "\"\xC2\xB5m\"");
    CHECK(stack2nrrd::quotation("a\nb") == "\"a\\x0Ab\"");
    std::string micro;
    for (int i = 0; i < 1000; ++i) micro += "\xC2\xB5";
    for (std::size_t cut = 0; cut < 4; ++cut) CHECK(stack2nrrd::quotation("abcd" + micro.substr(2 * cut)).size() < 80);
    CHECK(stack2nrrd::quotation(std::string(1000, 'x')).size() < 80);
    CHECK(to_utf8("\xB5\xE9") == "\xC2\xB5\xC3\xA9");
    CHECK(to_utf8("\xC2\xB5") == "\xC2\xB5");
}

}  // namespace stack2nrrd::test
