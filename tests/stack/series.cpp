#include "stack/series.hpp"

#include "support/catch.hpp"

#include <string>

using namespace stack2nrrd;

namespace {

using Members = std::vector<std::size_t>;

Numbering numbering_of(const Names& names) {
    const std::vector<Series> found = find_series(names);
    REQUIRE(found.size() == 1);
    REQUIRE(found.front().number);
    return find_numbering(names, numbered(names, found.front().members, *found.front().number));
}

std::vector<std::string> gaps_of(const Numbering& numbering) {
    std::vector<std::string> texts;
    for (const Gap& gap : numbering.gaps) texts.push_back(gap.text);
    return texts;
}

}  // namespace

TEST_CASE("image suffixes", "[stack]") {
    for (const char* suffix : {".tif", ".TIFF", ".png", ".Jpg", ".jpeg", ".jpe", ".bmp", ".dib"}) {
        CHECK(image_suffix(std::string("a.b") + suffix) == suffix);
    }
    for (const char* name : {"a", "tif", "a.tif.gz", "a.nrrd", "a.", "", "a.tifx", "a.jp2"}) {
        CAPTURE(name);
        CHECK(image_suffix(name).empty());
    }
}

TEST_CASE("what scanners leave beside their slices", "[stack]") {
    for (const char* name :
         {"scan_spr.bmp", "SCAN__SPR.BMP", "spr.bmp", "._a.tif", "Thumbs.db", "thumbs.DB", "desktop.ini"}) {
        CHECK(is_litter(name));
    }
    for (const char* name : {"spr.tif", "scan_spr_1.bmp", "a.tif"}) CHECK_FALSE(is_litter(name));
}

TEST_CASE("names with the same text form a series", "[stack]") {
    const Names names{"a_1.tif", "b_1.tif", "a_2.tif", "A_3.tif", "a_4_1.tif", "c.tif", "b_02.png"};
    const std::vector<Series> found = find_series(names);
    REQUIRE(found.size() == 5);
    CHECK(found[0].members == Members{0, 2});
    CHECK(found[0].number == std::optional<std::size_t>(0));
    CHECK(found[1].members == Members{1, 6});
    CHECK(found[4].members == Members{5});
    CHECK_FALSE(found[4].is_numbered());
}

TEST_CASE("the slice number is the last field that tells all names apart", "[stack]") {
    CHECK(find_series({"s03_001.tif", "s03_002.tif"}).front().number == std::optional<std::size_t>(1));
    CHECK(find_series({"s_001_c1.tif", "s_002_c1.tif"}).front().number == std::optional<std::size_t>(0));
    CHECK(find_series({"t1_z5.tif", "t2_z6.tif"}).front().number == std::optional<std::size_t>(1));
    // Twice the same number, but only one field varies.
    CHECK(find_series({"s3_1.tif", "s3_01.tif", "s3_2.tif"}).front().number == std::optional<std::size_t>(1));
    const Series two = find_series({"s_001_c1.tif", "s_001_c2.tif", "s_002_c1.tif", "s_002_c2.tif"}).front();
    CHECK_FALSE(two.number);
    CHECK(two.likely == 0);
}

TEST_CASE("digits of an unknown suffix number slices, too", "[stack]") {
    const Numbering numbering = numbering_of({"scan.001", "scan.003"});
    CHECK(numbering.step == 2);
}

TEST_CASE("gaps are named as the names are padded", "[stack]") {
    CHECK(gaps_of(numbering_of({"a_0006.tif", "a_0010.tif", "a_0011.tif", "a_0013.tif"})) ==
          std::vector<std::string>{"0007..0009", "0012"});
    CHECK(gaps_of(numbering_of({"a_8.tif", "a_11.tif", "a_12.tif"})) == std::vector<std::string>{"9..10"});
    CHECK(gaps_of(numbering_of({"a_999.tif", "a_1001.tif", "a_1002.tif"})) == std::vector<std::string>{"1000"});
    const Numbering full = numbering_of({"a_0.tif", "a_1.tif", "a_02.tif"});
    CHECK(full.gaps.empty());
    CHECK(full.step == 1);
}

TEST_CASE("numbers may go in steps", "[stack]") {
    const Numbering numbering = numbering_of({"a_0010.tif", "a_0002.tif", "a_0000.tif", "a_0004.tif"});
    CHECK(numbering.step == 2);
    CHECK(numbering.sequence == "0000, 0002, ..");
    CHECK(gaps_of(numbering) == std::vector<std::string>{"0006..0008"});
    CHECK(numbering.missing == 2);
    CHECK(numbering.gaps.front().before == 3);
}

TEST_CASE("duplicates are found whatever the padding", "[stack]") {
    const Numbering numbering = numbering_of({"a_01.tif", "a_001.tif", "a_02.tif", "a_3.tif", "a_03.tif", "a_3.png"});
    REQUIRE(numbering.duplicates.size() == 2);
    CHECK(numbering.duplicates[0] == Range{0, 2});
    CHECK(numbering.duplicates[1] == Range{3, 6});
    CHECK(numbering.step == 1);
    CHECK(numbering.gaps.empty());
}

TEST_CASE("numbers that are too long are ordered, but not counted", "[stack]") {
    const Numbering numbering = numbering_of({"a_20240101000000000003.tif", "a_20240101000000000001.tif"});
    CHECK_FALSE(numbering.countable);
    CHECK(numbering.gaps.empty());
    CHECK(numbering.slices.front().name == 1);
    const Numbering longest = numbering_of({"a_000000000000000000000000000.tif", "a_999999999999999999.tif"});
    CHECK(longest.countable);
    CHECK(longest.step == 999999999999999999);
}

TEST_CASE("siblings of one name", "[stack]") {
    const Names names{"s_1.tif", "s_2.TIFF", "s_3.png", "s_4.tif", "t_5.tif", "s_6_7.tif", "s.tif", "s_01.tif"};
    const Siblings siblings = find_siblings(names, 0);
    CHECK(siblings.members == Members{0, 1, 3, 7});
    CHECK_FALSE(siblings.ambiguous);
    CHECK(find_siblings(names, 6).members == Members{6});
    CHECK(find_siblings(names, 5).members == Members{5});
    CHECK(find_siblings({"a_1.tif", "a_1.TIF"}, 1).members == Members{0, 1});
}

TEST_CASE("siblings differ in one field, the last that can be", "[stack]") {
    const Names names{"s03_1.tif", "s03_2.tif", "s04_1.tif", "s05_1.tif", "s04_2.tif"};
    const Siblings both = find_siblings(names, 0);
    CHECK(both.members == Members{0, 1});
    CHECK(both.field == 1);
    CHECK(both.ambiguous);
    const Siblings first = find_siblings(names, 3);
    CHECK(first.members == Members{0, 2, 3});
    CHECK(first.field == 0);
    CHECK_FALSE(first.ambiguous);
    CHECK_FALSE(find_siblings({"s3_1.tif", "s3_1.TIF"}, 0).ambiguous);
}

TEST_CASE("the pattern that picks a series", "[stack]") {
    CHECK(pattern_for({"a_001.tif", "a_100.tif"}, {0, 1}, 0, false) == "a_%03d.tif");
    CHECK(pattern_for({"a_999.tif", "a_1000.tif", "a_001.tif"}, {0, 1, 2}, 0, false) == "a_%03d.tif");
    CHECK(pattern_for({"a_1.tif", "a_10.tif"}, {0, 1}, 0, false) == "a_%d.tif");
    CHECK(pattern_for({"a_1.tif", "a_02.tif"}, {0, 1}, 0, false) == "a_*.tif");
    CHECK(pattern_for({"a_001.tif", "a_02.tif"}, {0, 1}, 0, false) == "a_*.tif");
    CHECK(pattern_for({"a_01.tif", "a_02.TIF"}, {0, 1}, 0, false) == "a_*.*");
    CHECK(pattern_for({"5%_[1]_7.tif", "5%_[1]_8.tif"}, {0, 1}, 2, false) == "5%%_[1]_%d.tif");
    CHECK(pattern_for({"[x]_7_1.tif", "[x]_8_2.tif"}, {0, 1}, 1, false) == "[[]x]_*_*.tif");
    CHECK(pattern_for({"s_001_c1.tif", "s_002_c2.tif"}, {0, 1}, 0, true) == "s_%03d_c1.tif");
}
