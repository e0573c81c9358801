#include "stack/natural_order.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace stack2nrrd;

namespace {

int sign(int value) { return (value > 0) - (value < 0); }

}  // namespace

TEST_CASE("numbers are ordered as numbers", "[stack]") {
    std::vector<std::string> names{"img_10.tif", "img_2.tif", "img_1.tif", "img_100.tif", "img_0.tif", "IMG_3.tif"};
    std::sort(names.begin(), names.end(), NaturalLess());
    CHECK(names ==
          std::vector<std::string>{"img_0.tif", "img_1.tif", "img_2.tif", "IMG_3.tif", "img_10.tif", "img_100.tif"});
}

TEST_CASE("numbers may be longer than any integer", "[stack]") {
    const std::string nines(40, '9');
    const std::string power = "1" + std::string(40, '0');
    CHECK(compare_natural("a" + nines, "a" + power) < 0);
    CHECK(compare_natural("a" + power, "a0000" + nines) > 0);
    CHECK(compare_numbers("000" + power, power) == 0);
    CHECK(compare_numbers("", "0") == 0);
}

TEST_CASE("natural order, pair by pair", "[stack]") {
    struct Pair {
        const char* before;
        const char* after;
    };
    const auto pair = GENERATE(values<Pair>({{"a", "b"},
                                             {"a", "B"},
                                             {"A", "b"},
                                             {"A", "a"},
                                             {"a", "aa"},
                                             {"a", "a1"},
                                             {"a1", "ab"},
                                             {"a9b", "a10a"},
                                             {"a001b2", "a1b10"},
                                             {"a01", "a1"},
                                             {"a.tif", "a2.tif"},
                                             {"s2_z10", "s10_z2"},
                                             {"z", "\xC3\xA9"},
                                             {"", "0"}}));
    CAPTURE(pair.before, pair.after);
    CHECK(compare_natural(pair.before, pair.after) < 0);
    CHECK(compare_natural(pair.after, pair.before) > 0);
}

TEST_CASE("natural order is total on random names", "[stack]") {
    std::mt19937 random(4711);
    // Few different characters, so that near ties are common.
    const std::string alphabet = "0012aAbB_.\xC3";
    std::vector<std::string> names(60);
    for (std::string& name : names) {
        for (auto length = random() % 7; length > 0; --length) name += alphabet[random() % alphabet.size()];
    }
    int broken = 0;
    for (const std::string& a : names) {
        for (const std::string& b : names) {
            const int ab = sign(compare_natural(a, b));
            broken += ab != -sign(compare_natural(b, a));
            broken += (ab == 0) != (a == b);
            for (const std::string& c : names) {
                broken += ab < 0 && compare_natural(b, c) < 0 && compare_natural(a, c) >= 0;
            }
        }
    }
    CHECK(broken == 0);
}
