// What is written around views: letters, numbers of slices, scale bars; and that all of it can be written.

#include "picture/legend.hpp"
#include "picture/glyphs.hpp"
#include "picture/panels.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <set>
#include <string>
#include <vector>

using namespace stack2nrrd;

namespace {

VolumeInfo volume_of(const std::array<Vector3, 3>& directions, std::array<Index, 3> size = {10, 20, 30}) {
    VolumeInfo volume;
    volume.size = size;
    volume.geometry.direction = directions;
    volume.geometry.spacing_known = true;
    return volume;
}

/// "left right top bottom" of x-y and of y-z, "." for nothing.
std::string sides(const VolumeInfo& volume) {
    std::string text;
    const std::array<Legend, 6> legends = legends_of(volume, 1, 1);
    for (const std::size_t v : {0, 2}) {
        const Legend& l = legends[v];
        for (const std::string& side : {l.left, l.right, l.top, l.bottom}) text += side.empty() ? "." : side;
        for (const std::size_t same : {v, v + 3}) {
            CHECK(legends[same].left == l.left);
            CHECK(legends[same].bottom == l.bottom);
        }
    }
    // x-z has the one's columns and the other's rows.
    CHECK(legends[1].right == legends[0].right);
    CHECK(legends[1].bottom == legends[2].bottom);
    return text;
}

double in_mm(const std::string& text) {
    const std::size_t blank = text.find(' ');
    const std::string unit = text.substr(blank + 1);
    const double factor = unit == "nm" ? 1e-6 : unit == "um" ? 1e-3 : unit == "cm" ? 10 : unit == "m" ? 1000 : 1;
    return std::stod(text.substr(0, blank)) * factor;
}

}  // namespace

TEST_CASE("letters of axes", "[picture]") {
    // LPS: x grows to the left of the patient, y to the back, z to the head.
    CHECK(sides(volume_of({{{2, 0, 0}, {0, 2, 0}, {0, 0, 2}}})) == "RLAPAPIS");
    CHECK(sides(volume_of({{{-2, 0, 0}, {0, -2, 0}, {0, 0, 2}}})) == "LRPAPAIS");
    CHECK(sides(volume_of({{{0, 0, -1}, {1, 0, 0}, {0, 1, 0}}})) == "SIRLRLAP");
    CHECK(sides(volume_of({{{1e308, 0, 0}, {0, 5e-324, 0}, {0, 0, -1}}})) == "RLAPAPSI");
    // 10 degrees are near, 20 are not.
    const auto turned = [](double degrees) {
        const double angle = degrees * std::acos(-1.0) / 180;
        return volume_of({{{std::cos(angle), std::sin(angle), 0}, {-std::sin(angle), std::cos(angle), 0}, {0, 0, 1}}});
    };
    CHECK(sides(turned(10)) == "RLAPAPIS");
    CHECK(sides(turned(-14.9)) == "RLAPAPIS");
    CHECK(sides(turned(15.1)) == ".x.y.yIS");
    CHECK(sides(turned(45)) == ".x.y.yIS");
    CHECK(sides(turned(100)) == "APLRLRIS");
    VolumeInfo unknown = volume_of({{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}});
    unknown.geometry.spacing_known = false;
    CHECK(sides(unknown) == ".x.y.y.z");
}

TEST_CASE("titles say which slice is seen, counted from 0", "[picture]") {
    const std::array<Legend, 6> legends = legends_of(volume_of({{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}, {7, 1, 150}), 1, 1);
    const std::array<std::string, 6> titles{"z 75 of 150", "y 0 of 1",    "x 3 of 7",
                                            "max along z", "max along y", "max along x"};
    for (std::size_t v = 0; v < 6; ++v) CHECK(legends[v].title == titles[v]);
}

TEST_CASE("scale bars are round, and as long as they say", "[picture]") {
    std::set<std::string> units;
    for (double widest = 3e-9; widest < 1e9; widest *= 1.7) {
        for (const double unit : {0.002, 0.05, 1.0, 3.3}) {
            const std::array<Legend, 6> legends =
                legends_of(volume_of({{{widest, 0, 0}, {0, widest, 0}, {0, 0, widest}}}), unit, widest);
            const Legend& legend = legends.front();
            const double mm = in_mm(legend.bar);
            CAPTURE(widest, unit, legend.bar, legend.bar_width);
            const double digit = mm / std::pow(10, std::floor(std::log10(mm * 1.0000001)));
            CHECK((std::abs(digit - 1) < 1e-6 || std::abs(digit - 2) < 1e-6 || std::abs(digit - 5) < 1e-6));
            CHECK(std::abs(static_cast<double>(legend.bar_width) - mm / (unit * widest)) <= 0.5001);
            CHECK(legend.bar_width <= 128);
            CHECK(legend.bar_width >= 51);
            units.insert(legend.bar.substr(legend.bar.find(' ') + 1));
        }
    }
    CHECK(units == std::set<std::string>{"nm", "um", "mm", "cm", "m"});
    VolumeInfo unknown = volume_of({{{2, 0, 0}, {0, 2, 0}, {0, 0, 2}}});
    unknown.geometry.spacing_known = false;
    CHECK(legends_of(unknown, 0.5, 2).front().bar == "100 source samples");
    CHECK(legends_of(unknown, 0.5, 2).front().bar_width == 100);
    CHECK(legends_of(unknown, 0.005, 2).front().bar == "1 source sample");
    for (const double extreme : {1e308, 5e-324}) {
        const VolumeInfo volume = volume_of({{{extreme, 0, 0}, {0, extreme, 0}, {0, 0, extreme}}});
        const Legend legend = legends_of(volume, 0.05, extreme).front();
        CAPTURE(legend.bar);
        CHECK(legend.bar_width >= 51);
        CHECK(legend.bar_width <= 128);
    }
}

TEST_CASE("each character of a legend has a shape of its own", "[picture]") {
    std::set<std::vector<std::uint8_t>> shapes;
    const std::string characters = "0123456789.+-xyzofmaxalongsampleucnRLAPSI";
    for (const char character : std::set<char>(characters.begin(), characters.end())) {
        Picture picture(glyph_step, glyph_height + glyph_depth, 1, 0);
        draw_text(picture, 0, 0, std::string(1, character), 1, 255);
        CAPTURE(character);
        CHECK(std::count(picture.bytes.begin(), picture.bytes.end(), 255) > 0);
        CHECK(shapes.insert(picture.bytes).second);
    }
    // Larger is the same shape, and what does not fit is not written.
    Picture small(5, 9, 1, 0);
    Picture large(15, 27, 1, 0);
    draw_text(small, 0, 0, "Rx", 1, 200);
    draw_text(large, 0, 0, "R", 3, 200);
    for (Index y = 0; y < 27; ++y) {
        for (Index x = 0; x < 15; ++x) CHECK(large.row(y)[x] == small.row(y / 3)[x / 3]);
    }
}
