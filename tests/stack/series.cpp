#include "stack/series.hpp"
#include "stack/pattern.hpp"

#include "support/catch.hpp"

#include <string>

using namespace stack2nrrd;

namespace {

Numbering numbering_of(const Names& names) {
    const std::vector<Series> found = find_series(names);
    REQUIRE(found.size() == 1);
    REQUIRE(found.front().number);
    return find_numbering(names, numbers_in(names, found.front().members, *found.front().number));
}

/// The first run of digits of the number of a series; -1 if none orders it.
int run_of(const Series& series) { return series.number ? static_cast<int>(series.number->first) : -1; }

Reading whole(std::size_t run) {
    Reading reading;
    reading.first = run;
    return reading;
}

std::vector<std::string> gaps_of(const Numbering& numbering) {
    std::vector<std::string> texts;
    for (const Gap& gap : numbering.gaps) texts.push_back(gap.text);
    return texts;
}

}  // namespace

TEST_CASE("image suffixes", "[stack]") {
    for (const char* suffix :
         {".tif", ".TIFF", ".png", ".Jpg", ".jpeg", ".jpe", ".bmp", ".dib", ".jp2", ".J2K", ".jpx"}) {
        CHECK(image_suffix(std::string("a.b") + suffix) == suffix);
    }
    for (const char* name : {"a", "tif", "a.tif.gz", "a.nrrd", "a.", "", "a.tifx", "a.jpm"}) {
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
    CHECK(run_of(found[0]) == 0);
    CHECK(found[1].members == Members{1, 6});
    CHECK(found[4].members == Members{5});
    CHECK_FALSE(found[4].is_numbered());
}

TEST_CASE("the slice number is the last field that tells all names apart", "[stack]") {
    CHECK(run_of(find_series({"s03_001.tif", "s03_002.tif"}).front()) == 1);
    CHECK(run_of(find_series({"s_001_c1.tif", "s_002_c1.tif"}).front()) == 0);
    CHECK(run_of(find_series({"t1_z5.tif", "t2_z6.tif"}).front()) == 1);
    // Twice the same number, but only one field varies.
    CHECK(run_of(find_series({"s3_1.tif", "s3_01.tif", "s3_2.tif"}).front()) == 1);
    // Twice the same numbers, in different suffixes: it is the number with the duplicates that is meant.
    CHECK(run_of(find_series({"s_1_z0.5.tif", "s_2_z1.0.tif", "s_2_z1.0.tiff"}).front()) == 0);
    const Series two = find_series({"s_001_c1.tif", "s_001_c2.tif", "s_002_c1.tif", "s_002_c2.tif"}).front();
    CHECK(two.verdict == Verdict::several);
    CHECK(two.likely.first == 0);
    CHECK(find_series({"s_1_c1.tif", "s_1_c2.tif", "s_2_c1.tif", "s_2_c2.tif", "s_3_c1.tif", "s_3_c2.tif"})
              .front()
              .likely.first == 0);
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
    CHECK(numbering.slices.front().name == 1U);
    const Numbering longest = numbering_of({"a_000000000000000000000000000.tif", "a_999999999999999999.tif"});
    CHECK(longest.countable);
    CHECK(longest.step == 1e18);
}

TEST_CASE("the series of one name", "[stack]") {
    const Names names{"s_1.tif", "s_2.TIFF", "s_3.png", "s_4.tif", "t_5.tif", "s_6_7.tif", "s.tif", "s_01.tif"};
    const Series series = find_series_of(names, 0);
    CHECK(series.members == Members{0, 1, 3, 7});
    CHECK(series.verdict == Verdict::clear);
    CHECK(find_series_of(names, 6).members == Members{6});
    CHECK(find_series_of(names, 5).members == Members{5});
    CHECK(find_series_of({"a_1.tif", "a_1.TIF"}, 1).members == Members{0, 1});
}

TEST_CASE("numbers may have more digits than fit into 64 bits, if they begin with zeros", "[stack]") {
    // Found by a fuzzer: the largest number of so many digits does not fit. Nor do ten times a gap of 18.
    const Numbering padded =
        numbering_of({"0000000000000000000001.png", "0000000000000000000003.png", "0000000000000000000002.png"});
    CHECK((padded.countable && padded.missing == 0 && !padded.wrapped));
    const Numbering wide = numbering_of({"000000000000000001.png", "999999999999999998.png", "999999999999999999.png"});
    CHECK(wide.wrapped);
}

TEST_CASE("the series of one name, where numbers are of varying length and disputed", "[stack]") {
    // A fuzzer found these, and a run of digits that the second has and the first has not.
    const Names names{"2.023-01-01 10.00.03.png", "2023-01-065 10.00.01.png"};
    const std::vector<Series> found = find_series(names);
    REQUIRE(found.size() == 1);
    CHECK((found[0].number && found[0].number->mixed));
    for (const std::size_t which : {std::size_t{0}, std::size_t{1}}) {
        CHECK(find_series_of(names, which).members == Members{0, 1});
    }
}

TEST_CASE("one name stands for all if one number orders all, else for those that differ in one number", "[stack]") {
    CHECK(find_series_of({"s0_z0.5.tif", "s1_z1.0.tif", "s2_z1.5.tif"}, 1).members.size() == 3);
    const Names names{"s03_1.tif", "s03_2.tif", "s03_3.tif", "s04_1.tif", "s04_2.tif", "s04_3.tif"};
    const Series more = find_series_of(names, 0);
    CHECK(more.members == Members{0, 1, 2});
    CHECK(run_of(more) == 1);
    CHECK(more.verdict == Verdict::stated);
    CHECK(more.narrowed);
    const Series alone = find_series_of({"s3_1_c1.tif", "s3_2_c1.tif", "s4_1_c2.tif", "s4_2_c2.tif"}, 3);
    CHECK(alone.members == Members{2, 3});
    // As many of one as of the other.
    CHECK(find_series_of({"r1_c1.tif", "r1_c2.tif", "r2_c1.tif", "r2_c2.tif"}, 3).verdict == Verdict::several);
}

TEST_CASE("a control character in a name is no random word", "[stack]") {
    // A fuzzer found names with the character that stood for random words, and a pattern that was cut behind its end.
    const Names names{
        "c9.z\x01"
        "_0123456789abcde",
        "s10.0123456789abcdp.png"};
    for (const Series& series : find_series(names)) {
        const std::string glob = glob_for(names, series);
        for (const std::uint32_t member : series.members) CHECK(glob_matches(glob, names[member]));
    }
    const Names alike{"\x01_1_0123456789abcdef.png", "\x01_2_fedcba9876543210.png"};
    REQUIRE(find_series(alike).size() == 1);
    CHECK(glob_for(alike, find_series(alike)[0]) == "\x01_*_*.png");
}

TEST_CASE("numbers of varying length: the pattern picks all names", "[stack]") {
    // A fuzzer found +%g.tif and a_%d.tif for these.
    const Names names = GENERATE(Names{"9.6.tif", "+8.tif"}, Names{"a_-2.tif", "a_-1.tif", "a_0.0.tif"});
    bool any_mixed = false;
    for (const Series& series : find_series(names)) {
        if (!series.number) continue;
        any_mixed = any_mixed || series.number->mixed;
        const auto pattern = pattern_for(names, series.members, *series.number, false);
        CAPTURE(pattern.value_or(""));
        const auto parsed = parse_number_pattern(pattern.value_or(""));
        for (const std::uint32_t i : series.members) {
            if (parsed)
                CHECK((!matched_digits(*parsed, names[i]).empty() || !matched_in_glob(*parsed, names[i]).empty()));
        }
    }
    CHECK(any_mixed);
}

TEST_CASE("the pattern that picks a series", "[stack]") {
    CHECK(pattern_for({"a_001.tif", "a_100.tif"}, {0, 1}, whole(0), false) == "a_%03d.tif");
    CHECK(pattern_for({"a_999.tif", "a_1000.tif", "a_001.tif"}, {0, 1, 2}, whole(0), false) == "a_%03d.tif");
    CHECK(pattern_for({"a_1.tif", "a_10.tif"}, {0, 1}, whole(0), false) == "a_%d.tif");
    CHECK(pattern_for({"a_1.tif", "a_02.tif"}, {0, 1}, whole(0), false) == "a_*.tif");
    CHECK(pattern_for({"a_001.tif", "a_02.tif"}, {0, 1}, whole(0), false) == "a_*.tif");
    CHECK(pattern_for({"a_01.tif", "a_02.TIF"}, {0, 1}, whole(0), false) == "a_%02d.*");
    CHECK(pattern_for({"a_01.tif", "a_02"}, {0, 1}, whole(0), false) == "a_%02d*");  // a fuzzer found "a_%02d.*"
    CHECK(pattern_for({"5%_[1]_7.tif", "5%_[1]_8.tif"}, {0, 1}, whole(2), false) == "5%%_[1]_%d.tif");
    CHECK(pattern_for({"[x]_7_1.tif", "[x]_8_2.tif"}, {0, 1}, whole(1), false) == "[[]x]_*_%d.tif");
    CHECK(pattern_for({"s+1.tif", "s2.tif"}, {0, 1}, whole(0), false) == "s*%d.tif");  // a fuzzer found "s+%d.tif"
    CHECK(pattern_for({"s1.tif", "s+2.tif"}, {0, 1}, whole(0), false) == "s*%d.tif");
    // A fuzzer found that 5.+0 was taken for a decimal number.
    for (const Reading& reading : readings_of({"z=5.20um.tif", "z=5.+0um.tif"}, {0, 1}, 0)) {
        CHECK(reading.kind == NumberKind::whole);
    }
    CHECK(pattern_for({"s_001_c1.tif", "s_002_c2.tif"}, {0, 1}, whole(0), true) == "s_%03d_c1.tif");
}
