// A box in space chooses the samples whose centres are inside.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/stack.hpp>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::Geometry;
using stack2nrrd::Vector3;
using stack2nrrd::VolumeInfo;

std::string note(const VolumeInfo& volume, const std::string& name) {
    for (const auto& [key, value] : volume.notes) {
        if (key == name) return value;
    }
    return {};
}

Options options_with_roi(const std::string& roi) {
    Options options;
    stack2nrrd::set_option(options, "roi", roi);
    return options;
}

std::string crop_of(const Stack& stack, const Options& options) {
    return note(stack2nrrd::plan_import(stack, options).volume(), "stack2nrrd_crop");
}

/// What is said against a box; empty if nothing is.
std::string complaint(const Stack& stack, const std::string& roi) {
    try {
        (void)stack2nrrd::plan_import(stack, options_with_roi(roi));
    } catch (const stack2nrrd::Error& error) {
        CHECK(error.code() == ErrorCode::invalid_argument);
        return error.what();
    }
    return {};
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The centres of a grid that lie in a box along the axes of space, counted one by one: the crop as a text.
std::string counted(const Geometry& g, const std::array<Index, 3>& size, const Vector3& low, const Vector3& high) {
    std::array<Index, 3> first = size;
    std::array<Index, 3> end{};
    for (Index k = 0; k < size[2]; ++k) {
        for (Index j = 0; j < size[1]; ++j) {
            for (Index i = 0; i < size[0]; ++i) {
                bool inside = true;
                for (std::size_t w = 0; w < 3; ++w) {
                    const double place = g.origin[w] + static_cast<double>(i) * g.direction[0][w] +
                                         static_cast<double>(j) * g.direction[1][w] +
                                         static_cast<double>(k) * g.direction[2][w];
                    inside = inside && place >= low[w] && place <= high[w];
                }
                if (!inside) continue;
                const std::array<Index, 3> at{i, j, k};
                for (std::size_t a = 0; a < 3; ++a) {
                    first[a] = std::min(first[a], at[a]);
                    end[a] = std::max(end[a], at[a] + 1);
                }
            }
        }
    }
    std::string text;
    for (std::size_t a = 0; a < 3; ++a)
        text += (a == 0 ? "" : ",") + std::to_string(first[a]) + ":" + std::to_string(end[a]);
    return text;
}

const Source& source() {
    static const Source made(phantom::noise({13, 11, 9}, SampleType::uint8, 5), SampleType::uint8);
    return made;
}

}  // namespace

TEST_CASE("a box takes the samples whose centres are inside", "[import]") {
    Options options = options_with_roi("1, 2, 3, 0.5, 0.25, 1.5,");
    options.spacing = Vector3{0.1, 0.25, 0.5};
    options.origin = Vector3{0.3, 0.5, 1};
    // x: 0.5 to 1.5 is sample 2 to 12; y: 1.75 to 2.25 is 5 to 7; z: 1.5 to 4.5 is 1 to 7. Borders are in it.
    CHECK(crop_of(source().stack, options) == "2:13,5:8,1:8");

    // The same bytes and places as of the crop, whatever the factor.
    Options cropped = options;
    cropped.roi.reset();
    stack2nrrd::set_option(cropped, "crop", "2:13,5:8,1:8");
    for (const char* factor : {"1", "2", "8/3"}) {
        stack2nrrd::set_option(options, "factor", factor);
        stack2nrrd::set_option(cropped, "factor", factor);
        VolumeInfo info;
        VolumeInfo expected;
        CHECK(import_samples(source().stack, options, &info) == import_samples(source().stack, cropped, &expected));
        CHECK(info.geometry.origin == expected.geometry.origin);
        CHECK(info.notes == expected.notes);
    }
    stack2nrrd::set_option(options, "size", "4,0,0");
    CHECK(stack2nrrd::plan_import(source().stack, options).volume().size[0] == 4);
}

TEST_CASE("borders that decimals blur are borders", "[import]") {
    Options options = options_with_roi("0.5,0.5,0.5,0.2,0.2,0.2");
    options.spacing = Vector3{0.1, 0.1, 0.1};
    CHECK(crop_of(source().stack, options) == "3:8,3:8,3:8");  // 0.3 / 0.1 is a little less than 3
    options.roi->half = {0.19999, 0.20001, 0.29999};
    CHECK(crop_of(source().stack, options) == "4:7,3:8,3:8");
    // As large as the volume, cells and all, as Slicer's "fit to volume" makes it; and larger.
    options.roi = stack2nrrd::Box{{0.6, 0.5, 0.4}, {0.65, 0.55, 0.45}};
    CHECK(crop_of(source().stack, options) == "0:13,0:11,0:9");
    options.roi->half = {1e9, 1e300, 50};
    CHECK(crop_of(source().stack, options) == "0:13,0:11,0:9");
    options.roi->half = {0, 0.01, 0};
    CHECK(crop_of(source().stack, options) == "6:7,5:6,4:5");
}

TEST_CASE("boxes chosen at random hold what a count of the centres says", "[import]") {
    // Grids whose axes are those of space in another order and sense, as volumes have them.
    std::uint32_t state = 7;
    const auto random = [&](double low, double high) {
        state = state * 1664525U + 1013904223U;
        return low + (high - low) * static_cast<double>(state >> 8) / static_cast<double>(1U << 24);
    };
    constexpr std::array<std::array<std::size_t, 3>, 6> orders{
        {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};
    int held = 0;
    for (int round = 0; round < 120; ++round) {
        Stack stack = source().stack;
        Geometry& g = stack.geometry;
        const auto& order = orders[static_cast<std::size_t>(round) % 6];
        g.spacing_known = true;
        Vector3 middle{};
        for (std::size_t a = 0; a < 3; ++a) {
            g.direction[a] = {};
            g.direction[a][order[a]] = random(0.2, 2) * ((round >> a) % 2 == 0 ? 1 : -1);
            g.origin[a] = random(-50, 50);
        }
        for (std::size_t w = 0; w < 3; ++w)
            middle[w] = g.origin[w] + 6 * g.direction[0][w] + 5 * g.direction[1][w] + 4 * g.direction[2][w];
        Vector3 half{};
        for (std::size_t w = 0; w < 3; ++w) {
            middle[w] += random(-4, 4);
            half[w] = random(0.1, 6);
        }
        Options options;
        options.roi = stack2nrrd::Box{middle, half};
        const std::string expected =
            counted(g, {13, 11, 9}, {middle[0] - half[0], middle[1] - half[1], middle[2] - half[2]},
                    {middle[0] + half[0], middle[1] + half[1], middle[2] + half[2]});
        CAPTURE(round, expected);
        if (has(expected, ":0")) {  // none
            CHECK_THROWS_AS(stack2nrrd::plan_import(stack, options), stack2nrrd::Error);
        } else {
            ++held;
            CHECK(crop_of(stack, options) == expected);
            // The edges of the box in another order and sense are the same box.
            options.roi->half = {half[2], half[0], half[1]};
            options.roi->edges = {Vector3{0, 0, -1}, Vector3{1, 0, 0}, Vector3{0, 2, 0}};
            CHECK(crop_of(stack, options) == expected);
        }
    }
    CHECK(held > 60);
}

TEST_CASE("a box along an oblique source is taken, any other turn is refused", "[import]") {
    Stack stack = source().stack;
    stack.geometry.spacing_known = true;
    stack.geometry.direction = {Vector3{0.8, 0.6, 0}, Vector3{-0.6, 0.8, 0}, Vector3{0, 0, 1}};
    stack.geometry.origin = {10, 20, 30};
    // Around sample (6, 5, 4), two samples to each side along x, one along y, none along z. Rows of the matrix: x0 x1
    // x2 ...
    const std::string place = "11.8,27.6,34,";
    Options options = options_with_roi(place + "2,1,0,0.8,-0.6,0,0.6,0.8,0,0,0,1");
    CHECK(crop_of(stack, options) == "4:9,4:7,4:5");
    CHECK(has(complaint(stack, place + "2,1,0"), "--roi: the box is turned"));
    CHECK(has(complaint(stack, place + "2,1,0,0.8,0.6,0,-0.6,0.8,0,0,0,1"), "turned"));
    // Slicer writes six digits, and takes a thousandth for nothing.
    CHECK(complaint(stack, place + "2,1,0,0.8003,-0.5996,0,0.5996,0.8003,0,0,0,1").empty());
    CHECK(has(complaint(stack, place + "2,1,0,0.8024,-0.5968,0,0.5968,0.8024,0,0,0,1"), "turned"));
}

TEST_CASE("a box counts slices after step and reverse", "[import]") {
    Options options = options_with_roi("0,0,4,100,100,1");
    options.spacing = Vector3{1, 1, 0.5};
    options.step = 2;  // five slices at 0, 1, 2, 3, 4
    CHECK(crop_of(source().stack, options) == "0:13,0:11,3:5");
    options.reverse = true;  // the list is turned round, the places stay
    CHECK(crop_of(source().stack, options) == "0:13,0:11,3:5");
}

TEST_CASE("boxes that are none are refused by name", "[import]") {
    const Stack& stack = source().stack;
    CHECK(has(complaint(stack, "-10,0,0,3,3,3"),
              "--roi: the box holds the centre of no sample along x: it reaches from "
              "sample -13 to -7, the source has 0 to 12"));
    CHECK(has(complaint(stack, "5,5,4.5,3,3,0.25"), "no sample along z"));
    Options both = options_with_roi("5,5,5,3,3,3");
    stack2nrrd::set_option(both, "crop", "0:5,,");
    CHECK_THROWS_AS(stack2nrrd::plan_import(stack, both), stack2nrrd::Error);
    for (const char* bad : {"1,2,3", "1,2,3,4,5,6,7", "1,2,3,-1,2,2", "1,2,3,1,x,2", "1,2,3,1,2,nan",
                            "1,2,3,1,1,1,0,0,0,0,1,0,0,0,1", "1,2,3,1,1,1,1,0,0,0,1,0,0,0"}) {
        CAPTURE(bad);
        Options options;
        CHECK_THROWS_AS(stack2nrrd::set_option(options, "roi", bad), stack2nrrd::Error);
    }
}
