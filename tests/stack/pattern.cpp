#include "stack/pattern.hpp"

#include "support/catch.hpp"

#include <cstdio>
#include <string>

using namespace stack2nrrd;

TEST_CASE("a printf pattern has exactly one conversion", "[stack]") {
    for (const char* text :
         {"a_%d.tif", "%i", "%u", "%04d", "%4d", "%00004d", "%f", "%.2f", "%g", "%06.2f", "50%%_%03d.tif", "%d%%"}) {
        CAPTURE(text);
        CHECK(parse_number_pattern(text));
    }
    for (const char* text :
         {"a.tif",   "%",    "%%",  "a%",     "%s",     "%x",    "%e",  "%ld", "%-4d",  "%+d",
          "% d",     "%.4d", "%*d", "%.f_%d", "%.999f", "%d_%d", "%04", "%d%", "%256d", "%99999999999999999999d",
          "100%.tif"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_number_pattern(text));
    }
}

TEST_CASE("percent signs are unescaped", "[stack]") {
    const auto pattern = parse_number_pattern("5%%_%03d%%.tif");
    REQUIRE(pattern);
    CHECK(pattern->before == "5%_");
    CHECK(pattern->after == "%.tif");
    CHECK(pattern->width == 3);
    CHECK(pattern->zero_padded);
    CHECK(matched_digits(*pattern, "5%_007%.tif") == "007");
}

TEST_CASE("a pattern matches what printf writes and nothing else", "[stack]") {
    struct Case {
        const char* pattern;
        const char* name;
        const char* digits;
    };
    const auto c = GENERATE(values<Case>({
        {"s_%04d.tif", "s_0007.tif", "0007"},
        {"s_%04d.tif", "s_12345.tif", "12345"},
        {"s_%04d.tif", "s_007.tif", ""},
        {"s_%04d.tif", "s_00007.tif", ""},
        {"s_%04d.tif", "s_.tif", ""},
        {"s_%04d.tif", "s_00a7.tif", ""},
        {"s_%04d.tif", "s_0007.tiff", ""},
        {"s_%04d.tif", "S_0007.tif", ""},
        {"s_%04d.tif", "s_0000.tif", "0000"},
        {"s_%04d.tif", "s_-001.tif", "-001"},
        {"s_%04d.tif", "s_-01.tif", ""},
        {"s_%04u.tif", "s_-001.tif", ""},
        {"s_%d.tif", "s_-7.tif", "-7"},
        {"s_%d.tif", "s_--7.tif", ""},
        {"s_%d.tif", "s_-.tif", ""},
        {"s_%d.tif", "s_0.7.tif", ""},
        {"s_%.2f.tif", "s_0.07.tif", "0.07"},
        {"s_%.2f.tif", "s_-12.07.tif", "-12.07"},
        {"s_%.2f.tif", "s_0.7.tif", ""},
        {"s_%.2f.tif", "s_0.007.tif", ""},
        {"s_%.2f.tif", "s_7.tif", ""},
        {"s_%.2f.tif", "s_0.07um.tif", ""},
        {"s_%06.2f.tif", "s_003.07.tif", "003.07"},
        {"s_%g.tif", "s_0.125.tif", "0.125"},
        {"s_%g.tif", "s_3.tif", "3"},
        {"s_%g.tif", "s_3..tif", ""},
        {"s_%d.tif", "s_7.tif", "7"},
        {"s_%d.tif", "s_0.tif", "0"},
        {"s_%d.tif", "s_07.tif", ""},
        {"s_%d.tif", "s_00.tif", ""},
        {"s_%d.tif", "s_123456.tif", "123456"},
        {"s_%0d.tif", "s_7.tif", "7"},
        {"s_%4d.tif", "s_   7.tif", "7"},
        {"s_%4d.tif", "s_12345.tif", "12345"},
        {"s_%4d.tif", "s_7.tif", ""},
        {"s_%4d.tif", "s_  12345.tif", ""},
        {"s_%4d.tif", "s_0007.tif", ""},
        {"s_%4d.tif", "s_    .tif", ""},
        {"%d", "42", "42"},
        {"%d", "", ""},
        {"1%d1", "1231", "23"},
        {"1%d1", "11", ""},
        {"1%d1", "1", ""},
    }));
    CAPTURE(c.pattern, c.name);
    const auto pattern = parse_number_pattern(c.pattern);
    REQUIRE(pattern);
    CHECK(matched_digits(*pattern, c.name) == c.digits);
}

TEST_CASE("whatever printf writes is matched", "[stack]") {
    for (const char* text : {"%d", "%1d", "%3d", "%01d", "%03d", "%05d"}) {
        const auto pattern = parse_number_pattern(text);
        REQUIRE(pattern);
        for (const int number : {0, 1, 9, 10, 99, 100, 101, 999, 1000, 99999, 100000}) {
            char written[32];
            std::snprintf(written, sizeof written, text, number);
            CAPTURE(text, written);
            CHECK(matched_digits(*pattern, written) == std::to_string(number).insert(0, [&] {
                const std::string shown(written);
                const std::size_t zeros = shown.find_first_not_of(" ");
                return std::string(shown.size() - zeros - std::to_string(number).size(), '0');
            }()));
        }
    }
}

TEST_CASE("no pattern takes blanks that printf would not write", "[stack]") {
    CHECK(matched_digits(*parse_number_pattern("s%5.1f"), "s  4.8") == "4.8");
    CHECK(matched_digits(*parse_number_pattern("s%5.1f"), "s   4.8").empty());
    CHECK(matched_digits(*parse_number_pattern("s%g"), "s  4") == "4");  // any decimal number, filled up or not
    CHECK(matched_digits(*parse_number_pattern("s%3d"), "s   4").empty());
}

TEST_CASE("a number within a glob", "[stack]") {
    const auto found = [](const char* pattern, const char* name) {
        std::vector<std::string> texts;
        for (const std::string_view number : matched_in_glob(*parse_number_pattern(pattern), name))
            texts.emplace_back(number);
        return texts;
    };
    using Found = std::vector<std::string>;
    CHECK(found("sec%03d_*.tif", "sec007_000.tif") == Found{"007"});
    CHECK(found("sec*_%03d.tif", "sec007_000.tif") == Found{"000"});
    CHECK(found("sec*_%03d.tif", "sec007_00.tif").empty());
    CHECK(found("sec*_%03d.tif", "sec007.tif").empty());
    CHECK(found("*_z=%.2fum.tif", "slice_00001_z=0.07um.tif") == Found{"0.07"});
    CHECK(found("*_z=%gum.tif", "slice_00001_z=-0.07um.tif") == Found{"-0.07"});
    CHECK(found("*_%d.tif", "a_-7.tif") == Found{"-7"});
    CHECK(found("*-%d.tif", "a-7.tif") == Found{"7"});
    CHECK(found("*_%3d_*.tif", "a_  7_b.tif") == Found{"7"});
    // A fuzzer found that the text in front of a number may end with a blank of its own.
    CHECK(found("s %2d*", "s  8.tif") == Found{"8"});
    CHECK(found("* %5d.tif", "s    -7.tif") == Found{"-7"});
    CHECK(found("s%2d*", "s   8.tif").empty());
    CHECK(found("*%g", "s  4") == Found{"4"});
    CHECK(found("s [a-z]%g*", "s z  4.5um") == Found{"4.5"});
    CHECK(found("*%d*", "a7_b8.tif") == Found{"7", "8"});
    CHECK(found("[ab]%d_?.tif", "b12_x.tif") == Found{"12"});
    CHECK(found("[ab]%d_?.tif", "c12_x.tif").empty());
}

TEST_CASE("globs", "[stack]") {
    struct Case {
        const char* pattern;
        const char* name;
        bool matches;
    };
    const auto c = GENERATE(values<Case>({
        {"*", "", true},
        {"*", "abc", true},
        {"", "", true},
        {"", "a", false},
        {"?", "", false},
        {"?", "a", true},
        {"?", "ab", false},
        {"?", "\xC3\xA9", true},  // one character of two bytes
        {"??", "\xC3\xA9", false},
        {"?", "\xFF", true},  // no UTF-8
        {"a*c", "abc", true},
        {"a*c", "ac", true},
        {"a*c", "acb", false},
        {"*.tif", "a.tif.tif", true},
        {"*a*b*c*", "xaybzc", true},
        {"*a*b*c*", "xaybz", false},
        {"*ab", "aab", true},
        {"*aab", "aaaab", true},
        {"a**b", "ab", true},
        {"s_[0-9].tif", "s_5.tif", true},
        {"s_[0-9].tif", "s_a.tif", false},
        {"s_[!0-9].tif", "s_a.tif", true},
        {"s_[^0-9].tif", "s_5.tif", false},
        {"[abc]", "b", true},
        {"[abc]", "d", false},
        {"[]a]", "]", true},
        {"[!]a]", "]", false},
        {"[a-]", "-", true},
        {"[-a]", "-", true},
        {"[*]", "*", true},
        {"[*]", "a", false},
        {"[?]", "?", true},
        {"[[]", "[", true},
        {"[\xC3\xA0-\xC3\xBF]", "\xC3\xA9", true},
        {"[a", "[a", true},  // no set without its end
        {"[a", "a", false},
        {"[", "[", true},
        {"[]", "[]", true},
        {"A*", "abc", false},
        {"a\nb*", "a\nbc", true},
    }));
    CAPTURE(c.pattern, c.name);
    CHECK(glob_matches(c.pattern, c.name) == c.matches);
}

TEST_CASE("a hostile glob takes no long time", "[stack]") {
    std::string pattern;
    for (int i = 0; i < 60; ++i) pattern += "*a";
    CHECK_FALSE(glob_matches(pattern + "b", std::string(250, 'a')));
    CHECK(glob_matches(pattern, std::string(250, 'a')));
}

TEST_CASE("escaped text stands for itself", "[stack]") {
    const std::string odd = "50%_[a]*?]%d";
    CHECK(glob_matches(escaped_for_glob(odd), odd));
    CHECK_FALSE(glob_matches(escaped_for_glob(odd), "50%_axx]%d"));
    const auto pattern = parse_number_pattern(escaped_for_printf(odd) + "%03d");
    REQUIRE(pattern);
    CHECK(matched_digits(*pattern, odd + "012") == "012");
}
