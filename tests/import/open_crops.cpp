// Crops and slabs that are open at an end.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"

#include <stack2nrrd/error.hpp>

#include <string>

namespace {

using namespace import_test;
using stack2nrrd::VolumeInfo;

const Source& source() {
    static const Source made(phantom::noise({13, 11, 9}, SampleType::uint8, 5), SampleType::uint8);
    return made;
}

std::string notes_of(const VolumeInfo& info) {
    std::string text;
    for (const auto& [key, value] : info.notes) text += key + "=" + value + "\n";
    return text;
}

}  // namespace

TEST_CASE("an open crop is the crop up to the end of its axis", "[import]") {
    const std::vector<std::array<std::string, 2>> pairs{
        {"10:,,", "10:13,0:11,0:9"},        {":5,:4,:3", "0:5,0:4,0:3"},       {":,2:,", "0:13,2:11,0:9"},
        {" 3 : , :, 0:9", "3:13,0:11,0:9"}, {"12:,10:,8:", "12:13,10:11,8:9"},
    };
    for (const auto& [open, closed] : pairs) {
        for (const char* factor : {"1", "2", "3/2"}) {
            CAPTURE(open, factor);
            VolumeInfo info;
            VolumeInfo expected;
            CHECK((import_bytes(source().stack, options_with({{"crop", open}, {"factor", factor}}), &info) ==
                   import_bytes(source().stack, options_with({{"crop", closed}, {"factor", factor}}), &expected)));
            CHECK(notes_of(info) == notes_of(expected));
            CHECK(info.geometry.origin == expected.geometry.origin);
        }
    }
    // What sizes and targets are worked out from is the part that is there.
    CHECK((import_bytes(source().stack, options_with({{"crop", "3:,,"}, {"size", "5,0,0"}})) ==
           import_bytes(source().stack, options_with({{"crop", "3:13,,"}, {"size", "5,0,0"}}))));
    CHECK((import_bytes(source().stack, options_with({{"crop", "3:,,"}, {"max-dim", "4"}})) ==
           import_bytes(source().stack, options_with({{"crop", "3:13,,"}, {"max-dim", "4"}}))));
}

TEST_CASE("an open slab is the slab up to the last slice", "[import]") {
    for (const char* factor : {"1", "2", "3/2"}) {
        VolumeInfo whole;
        const Bytes all = import_bytes(source().stack, options_with({{"factor", factor}}), &whole);
        for (Index first = 0; first < whole.size[2]; ++first) {
            const std::string open = std::to_string(first) + ":";
            const std::string closed = open + std::to_string(whole.size[2]);
            VolumeInfo info;
            VolumeInfo expected;
            const Bytes bytes = import_bytes(source().stack, options_with({{"factor", factor}, {"slab", open}}), &info);
            CHECK(bytes == Bytes(all.begin() + first * whole.slice_bytes(), all.end()));
            (void)import_bytes(source().stack, options_with({{"factor", factor}, {"slab", closed}}), &expected);
            CHECK(notes_of(info) == notes_of(expected));
            CHECK(info.geometry.origin == expected.geometry.origin);
        }
        CHECK((import_bytes(source().stack, options_with({{"factor", factor}, {"slab", ":"}}), nullptr) == all));
        CHECK((import_bytes(source().stack, options_with({{"factor", factor}, {"slab", ":2"}}), nullptr) ==
               import_bytes(source().stack, options_with({{"factor", factor}, {"slab", "0:2"}}), nullptr)));
    }
}

TEST_CASE("open ends that are beyond the axis are refused in numbers that the user gave", "[import]") {
    const auto sentence = [](const Settings& settings) {
        std::string text;
        CHECK(refusal([&] { (void)stack2nrrd::plan_import(source().stack, options_with(settings)); }, &text) ==
              ErrorCode::invalid_argument);
        CHECK(text.find("922337") == std::string::npos);
        return text;
    };
    CHECK(sentence({{"crop", "13:,,"}}).find("axis x: the crop 13: does not lie within 0:13") != std::string::npos);
    CHECK(sentence({{"slab", "9:"}}).find("--slab: 9:9 is not within the 9 slices") != std::string::npos);
    for (const char* bad : {"5:5,,", "5:4,,", ":0,,", "-1:,,", "x:,,"}) {
        CAPTURE(bad);
        Options options;
        CHECK_THROWS_AS(stack2nrrd::set_option(options, "crop", bad), stack2nrrd::Error);
    }
}
