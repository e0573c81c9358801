// Numbers that programs write in as many characters as they need, or fill up with blanks: names of other texts, and of
// one series all the same. Whatever else lies beside a series is not drawn into it.

#include "stack/series.hpp"
#include "stack/slices.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <random>

using namespace stack2nrrd;
using namespace stack_test;

namespace {

std::string printed(const char* format, double value) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, value);
    return text.data();
}

/// As %g writes it, with as many digits as a double has at most.
std::string shortest(double value) { return printed("%.12g", value); }

Strings made(int count, const std::function<std::string(int)>& name) {
    Strings names;
    for (int i = 0; i < count; ++i) names.push_back(name(i));
    return names;
}

/// The folder is one stack in the order of `names`, as is each of its files; a file that is taken away is missed in its
/// place; and the pattern for the series, if there is one, stands for it as well.
void check_one_stack(const Strings& names) {
    CAPTURE(names.front(), names.back(), names.size());
    const TemporaryFolder folder;
    write_slices(folder, names);
    const Stack stack = find_stack(folder.path());
    CHECK((names_of(stack) == names));
    CHECK(problems_of(stack, true).empty());
    CHECK(stack.strays.empty());
    for (const std::size_t i : {std::size_t{0}, names.size() / 2, names.size() - 1}) {
        CHECK((names_of(find_stack(folder / names[i])) == names));
    }

    const Names views(names.begin(), names.end());
    const std::vector<Series> found = find_series(views);
    REQUIRE(found.size() == 1);
    const auto pattern = pattern_for(views, found.front().members, *found.front().number, false);
    if (pattern) CHECK((names_of(find_stack(folder / *pattern)) == names));

    const std::size_t lost = names.size() / 2;
    fs::remove(folder / names[lost]);
    const Stack other = find_stack(folder.path());
    CHECK(other.slices.size() == names.size());
    CHECK(names_of(other)[lost] == "-");
    CHECK(other.missing.size() == 1);
}

/// What is said of names that are not one stack.
std::string refusal_of(const Strings& names) {
    const TemporaryFolder folder;
    write_slices(folder, names);
    return error_of([&] { return find_stack(folder.path()); }).what();
}

}  // namespace

TEST_CASE("numbers without the zeros behind their point are of one series", "[stack]") {
    for (const double step : {0.5, 0.25, 0.1, 0.05, 2.5, 4.8, 12.5, 0.3, 1.25}) {
        for (const double start : {0.0, 10.0, -3 * step}) {
            const auto value = [=](int i) { return shortest(start + step * i); };
            check_one_stack(made(40, [&](int i) { return "sec_" + value(i) + "nm.tif"; }));
            check_one_stack(made(24, [&](int i) { return "z=" + value(i) + ".tif"; }));
        }
    }
    // With a point even then, or with a comma.
    check_one_stack(made(30, [](int i) {
        std::string text = shortest(0.5 * i);
        std::replace(text.begin(), text.end(), '.', ',');
        return "z" + text + " um.tif";
    }));
    // The counter orders, and the depth agrees.
    check_one_stack(made(30, [](int i) { return printed("%03.0f", i) + "_z" + shortest(0.25 * i) + "um.tif"; }));
}

TEST_CASE("what counts by one orders, also beside numbers of several lengths", "[stack]") {
    for (const Strings& names :
         {made(20, [](int i) { return "S" + printed("%03.0f", i) + "_" + shortest(9.5 - 0.25 * i) + "um.tif"; }),
          made(20, [](int i) { return "im_" + printed("%03.0f", i) + "_" + shortest(10 + i % 3 * 2.5) + "ms.tif"; })}) {
        CAPTURE(names.front());
        const TemporaryFolder folder;
        write_slices(folder, names);
        const Stack stack = find_stack(folder.path());
        CHECK((names_of(stack) == names));
        REQUIRE(problems_of(stack, false).size() == 1);
        CHECK_THAT(problems_of(stack, false).front().text, Contains("another one in their names would order them"));
    }
    // Neither counts by one.
    const std::string text =
        refusal_of(made(20, [](int i) { return "x" + shortest(0.5 * i) + "_y" + shortest(12 - 0.5 * i) + ".tif"; }));
    CHECK_THAT(text, Contains("two numbers order the slices differently"));
}

TEST_CASE("small numbers get an exponent, zero has none", "[stack]") {
    check_one_stack(made(30, [](int i) { return "z=" + shortest(2.5e-7 * i) + ".tif"; }));
    check_one_stack(made(30, [](int i) { return "z_" + shortest(3e-5 + 1e-5 * i) + "m.tif"; }));
}

TEST_CASE("numbers that are filled up with blanks are of one series", "[stack]") {
    check_one_stack(made(120, [](int i) { return "s" + printed("%3.0f", i) + ".tif"; }));
    check_one_stack(made(120, [](int i) { return "Slice " + printed("%4.0f", i + 1) + "_a1.tif"; }));
    check_one_stack(made(25, [](int i) { return printed("%3.0f", i) + ".tif"; }));
    check_one_stack(made(60, [](int i) { return "z" + printed("%6.2f", 0.25 * i) + "um.tif"; }));
    // Beyond the width they are as long as they are.
    check_one_stack(made(30, [](int i) { return "s" + printed("%2.0f", i + 85) + ".tif"; }));
}

TEST_CASE("what only looks like it is not joined", "[stack]") {
    // A later version of one slice.
    Strings names = made(12, [](int i) { return "s" + printed("%03.0f", i) + ".tif"; });
    names.emplace_back("s003.1.tif");
    {
        const TemporaryFolder folder;
        write_slices(folder, names);
        const Stack stack = find_stack(folder.path());
        CHECK(names_of(stack).size() == 12);
        CHECK(stack.strays == Strings{"s003.1.tif"});
    }
    // Sections and slices in them: 1.10 is not 1.1.
    CHECK_THAT(refusal_of(made(24,
                               [](int i) {
                                   return "s" + std::to_string(i / 12 + 1) +
                                          (i % 12 == 0 ? "" : "." + std::to_string(i % 12)) + ".tif";
                               })),
               Contains("series"));
    // Two series, one of which has a blank.
    CHECK_THAT(refusal_of(made(18, [](int i) { return (i < 9 ? "a" : "a ") + std::to_string(i % 9 + 1) + ".tif"; })),
               Contains("2 numbered series"));
    // Two scans, each with a counter.
    CHECK_THAT(
        refusal_of(made(
            20, [](int i) { return std::string(i < 10 ? "v1" : "v1.5") + "_" + printed("%03.0f", i % 10) + ".tif"; })),
        Contains("2 numbered series"));
    // A dash before a number is none before others.
    CHECK_THAT(refusal_of({"z-1.tif", "z-2.tif", "z-3.tif", "z1.tif", "z2.tif", "z3.tif"}), Contains("series"));
}

TEST_CASE("fractions that were not filled up with zeros order nothing without a word", "[stack]") {
    // Seconds and thousandths: 5, 245, 485, 725.
    const Strings times = made(
        20, [](int i) { return "10-00-" + printed("%02.0f", i / 4) + "." + std::to_string(i % 4 * 240 + 5) + ".tif"; });
    const std::string text = refusal_of(times);
    CHECK_THAT(text, Contains("two numbers order the slices differently"));
    CHECK_THAT(text, Contains("%g") && Contains("with --order given"));
    // With a unit, or in equal steps, they are what they look like.
    const auto position = [](int i) { return shortest(0.1 * i + (i % 3 == 1 ? 0.013 : 0)); };
    for (const auto& names : {made(20, [&](int i) { return "z=" + position(i) + "um.tif"; }),
                              made(20, [](int i) { return "t" + printed("%.3f", 0.125 * i * i) + ".tif"; })}) {
        const TemporaryFolder folder;
        write_slices(folder, names);
        const Stack stack = find_stack(folder.path());
        CHECK(problems_of(stack, true).empty());
        CHECK((names_of(stack) == names));
    }
}
