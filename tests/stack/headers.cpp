// What find_stack() says about the headers of the slices.

#include "slices.hpp"

#include "codec/codec.hpp"

#include <algorithm>

using namespace stack2nrrd;
using namespace stack_test;

namespace {

void write_series(const TemporaryFolder& folder, int count) {
    for (int i = 1; i <= count; ++i) write_slices(folder, {"s_" + std::to_string(i) + ".tif"});
}

}  // namespace

TEST_CASE("one slice of another size", "[stack]") {
    const TemporaryFolder folder;
    write_series(folder, 5);
    write_slices(folder, {"s_3.tif"}, {4, 2});
    const Stack stack = find_stack(folder.path());
    REQUIRE(stack.problems.size() == 1);
    CHECK(stack.problems[0].fatal);
    CHECK(stack.problems[0].code == ErrorCode::inconsistent);
    CHECK_THAT(stack.problems[0].text,
               Contains(folder.text("s_3.tif") + ": is 4 x 2, 4 x 3 was expected from the first slice " +
                        folder.text("s_1.tif") + "; "));
}

TEST_CASE("if the first slice is the odd one, it is named", "[stack]") {
    const TemporaryFolder folder;
    write_series(folder, 5);
    write_slices(folder, {"s_1.tif"}, {5, 3});
    const Stack stack = find_stack(folder.path());
    REQUIRE(stack.problems.size() == 1);
    CHECK_THAT(stack.problems[0].text, Contains(folder.text("s_1.tif") + ": is 5 x 3, 4 x 3 was expected") &&
                                           Contains(folder.text("s_2.tif")) && !Contains("s_3.tif"));
    CHECK(stack.image.width == 5);  // all the same, the first slice speaks for the stack

    // Of two, neither is the odd one.
    const TemporaryFolder two;
    write_series(two, 2);
    write_slices(two, {"s_1.tif"}, {5, 3});
    CHECK_THAT(find_stack(two.path()).problems.at(0).text,
               Contains(two.text("s_2.tif") + ": is 4 x 3, 5 x 3 was expected"));
}

TEST_CASE("many odd slices: ten are named, each with its numbers", "[stack]") {
    const TemporaryFolder folder;
    write_series(folder, 30);
    for (int i = 10; i < 25; ++i) write_slices(folder, {"s_" + std::to_string(i) + ".tif"}, {4, i});
    const Stack stack = find_stack(folder.path());
    REQUIRE(stack.problems.size() == 1);
    CHECK_THAT(stack.problems[0].text, Contains("s_10.tif: is 4 x 10, 4 x 3 was expected") &&
                                           Contains("s_19.tif: is 4 x 19") && Contains("and 5 more") &&
                                           !Contains("s_20.tif"));
}

TEST_CASE("size, type and colour are told apart", "[stack]") {
    const TemporaryFolder folder;
    write_series(folder, 6);
    write_slices(folder, {"s_2.tif"}, {4, 3, 8, 3});
    write_slices(folder, {"s_4.tif"}, {4, 3, 16});
    write_slices(folder, {"s_5.tif"}, {9, 9});
    write_slices(folder, {"s_01.tif"});
    write_file(folder / "s_6.tif", "");
    const Stack stack = find_stack(folder.path());
    REQUIRE(stack.problems.size() == 5);
    CHECK(stack.problems[0].code == ErrorCode::corrupt);
    CHECK_THAT(stack.problems[0].text, Contains("s_6.tif"));
    CHECK_THAT(stack.problems[1].text, Contains("s_5.tif: is 9 x 9, 4 x 3 was expected"));
    CHECK_THAT(stack.problems[2].text, Contains("s_4.tif: is uint16, uint8 was expected"));
    CHECK_THAT(stack.problems[3].text, Contains("s_2.tif: is RGB, grey was expected"));
    CHECK_THAT(stack.problems[4].text, Contains("same number"));
}

TEST_CASE("two formats may make a stack", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_2.tif"});
    write_file(folder / "s_1.bmp", bmp());
    const Stack stack = find_stack(folder.path());
    CHECK(stack.problems.empty());
    CHECK(stack.image.format == "BMP");
}

TEST_CASE("slices that cannot be read", "[stack]") {
    const TemporaryFolder folder;
    write_series(folder, 3);
    write_file(folder / "s_1.tif", "this is no image");
    write_file(folder / "s_2.tif", tiff().substr(0, 30));
    const Stack stack = find_stack(folder.path());
    REQUIRE(stack.problems.size() == 2);
    CHECK(stack.problems[0].code == ErrorCode::unsupported);
    CHECK(stack.problems[1].code == ErrorCode::corrupt);
    for (const Problem& problem : stack.problems) CHECK(problem.fatal);
    CHECK_THAT(stack.problems[0].text, Contains(folder.text("s_1.tif")));
    CHECK_THAT(stack.problems[1].text, Contains(folder.text("s_2.tif")));
    CHECK(stack.image.width == 4);
}

TEST_CASE("of many unreadable slices ten are named, the others counted", "[stack]") {
    const TemporaryFolder folder;
    for (int i = 1; i <= 25; ++i) write_file(folder / ("s_" + std::to_string(i) + ".tif"), "");
    const Stack stack = find_stack(folder.path());
    REQUIRE(stack.problems.size() == 11);
    CHECK_THAT(stack.problems[9].text, Contains("s_10.tif"));
    CHECK_THAT(stack.problems[10].text, Contains("s_11.tif: cannot be read, nor can 14 more slices"));
    CHECK(stack.image.width == 0);
}

TEST_CASE("harmless oddities are told once", "[stack]") {
    const TemporaryFolder folder;
    for (const char* name : {"s_3.tif", "s_4.tif", "s_5.tif"}) write_slices(folder, {name}, {4, 3, 8, 1, 6});
    const Stack stack = find_stack(folder.path());
    REQUIRE(stack.problems.size() == 1);
    CHECK_FALSE(stack.problems[0].fatal);
    CHECK(stack.problems[0].text == "orientation 6 is not applied (in 3 files, first s_3.tif)");
}

TEST_CASE("slices of another resolution are told, whatever their size", "[stack]") {
    const auto of_resolution = [](int per_metre) {
        std::string bytes = bmp();
        constexpr std::size_t place = 38;  // x, then y
        for (std::size_t i = 0; i < 8; ++i) bytes[place + i] = static_cast<char>(per_metre >> (8 * (i % 4)));
        return bytes;
    };
    const TemporaryFolder folder;
    for (const char* name : {"s_1.bmp", "s_2.bmp", "s_3.bmp", "s_4.bmp"}) {
        write_file(folder / name, of_resolution(120000));
    }
    const auto told = [&] {
        std::string texts;
        for (const Problem& problem : find_stack(folder.path()).problems) {
            CHECK_FALSE(problem.fatal);
            if (problem.text.find("magnification") != std::string::npos) texts += problem.text;
        }
        return texts;
    };
    CHECK(told().empty());
    write_file(folder / "s_2.bmp", of_resolution(120060));  // rounded
    CHECK(told().empty());
    write_file(folder / "s_3.bmp", of_resolution(250000));
    CHECK_THAT(told(), Contains(folder.text("s_3.bmp") + ": has a resolution of 250000 x 250000 samples per metre") &&
                           Contains(folder.text("s_1.bmp") + " one of 120000 x 120000") && Contains("1 slice differs"));
}

TEST_CASE("slices of one stack have one orientation", "[stack]") {
    const TemporaryFolder folder;
    write_series(folder, 4);
    write_slices(folder, {"s_2.tif"}, {4, 3, 8, 1, 6});
    const Stack stack = find_stack(folder.path());
    REQUIRE(problems_of(stack, true).size() == 1);
    CHECK(stack.problems[0].code == ErrorCode::inconsistent);
    CHECK_THAT(
        stack.problems[0].text,
        Contains(folder.text("s_2.tif") + ": has orientation 6, orientation 1 was expected from the first slice " +
                 folder.text("s_1.tif")));
}

TEST_CASE("slices of one stack have one sense, whether it is used or not", "[stack]") {
    const TemporaryFolder folder;
    for (const bool labels : {false, true}) {
        write_series(folder, 4);
        FindOptions options;
        options.labels = labels;
        write_slices(folder, {"s_3.tif"}, {4, 3, 8, 1, 1, true});
        const Stack mixed = find_stack(folder.path(), options);
        REQUIRE(problems_of(mixed, true).size() == 1);
        CHECK_THAT(mixed.problems[0].text,
                   Contains(folder.text("s_3.tif") + ": is MinIsWhite, MinIsBlack was expected"));
        for (const char* name : {"s_1.tif", "s_2.tif", "s_4.tif"}) write_slices(folder, {name}, {4, 3, 8, 1, 1, true});
        const Stack white = find_stack(folder.path(), options);
        CHECK(white.interpreted);
        CHECK(white.stored == labels);
        CHECK(problems_of(white, true).empty());
        REQUIRE(problems_of(white, false).size() == (labels ? 0U : 1U));
        if (!labels) CHECK_THAT(white.problems[0].text, Contains("MinIsWhite is inverted"));
    }
}

TEST_CASE("labels of few bits are not those of whole bytes", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif", "s_2.tif", "s_3.tif"}, {8, 3, 8});
    for (const int bits : {1, 2, 4}) {
        // A mask is 0 and 1 in a file of one bit, and 0 and 255 in another: shown both have the same range.
        write_slices(folder, {"s_2.tif"}, {8, 3, bits});
        CHECK(problems_of(find_stack(folder.path()), true).empty());
        FindOptions options;
        options.labels = true;
        const Stack stored = find_stack(folder.path(), options);
        REQUIRE(problems_of(stored, true).size() == 1);
        CHECK(stored.problems[0].code == ErrorCode::inconsistent);
        CHECK_THAT(stored.problems[0].text,
                   Contains(folder.text("s_2.tif") + ": has " + std::to_string(bits) + (bits == 1 ? " bit" : " bits") +
                            " a sample, 8 bits or more a sample was expected"));
    }
}

TEST_CASE("slices whose values are those of a palette have one palette", "[stack]") {
    const TemporaryFolder folder;
    constexpr int green = 0x000100;
    constexpr int blue = 0x000001;
    const auto find = [&](Channel channel) {
        FindOptions options;
        options.channel = channel;
        return find_stack(folder.path(), options);
    };
    for (int i = 1; i <= 3; ++i) write_file(folder / ("s_" + std::to_string(i) + ".bmp"), bmp(4, 3, green));
    CHECK_THAT(find(Channel::luma).problems.at(0).text, Contains("--channel index takes the numbers behind them"));
    CHECK(find(Channel::luma).image.colour == Colour::rgb);
    CHECK(find(Channel::index).problems.empty());
    CHECK(find(Channel::index).image.colour == Colour::grey);

    write_file(folder / "s_2.bmp", bmp(4, 3, blue));
    for (const Channel channel : {Channel::luma, Channel::all, Channel::index}) {
        const Stack stack = find(channel);
        REQUIRE(problems_of(stack, true).size() == 1);
        CHECK_THAT(stack.problems[0].text, Contains(folder.text("s_2.bmp") + ": has palette "));
    }

    // Grey palettes give exact values, each its own. What the indices mean is another matter.
    constexpr int black = 0;
    for (int i = 1; i <= 3; ++i) write_file(folder / ("s_" + std::to_string(i) + ".bmp"), bmp());
    write_file(folder / "s_2.bmp", bmp(4, 3, black));
    CHECK(problems_of(find(Channel::luma), true).empty());
    CHECK(problems_of(find(Channel::index), true).size() == 1);
}

TEST_CASE("an index is that of a palette", "[stack]") {
    const TemporaryFolder folder;
    write_series(folder, 3);
    FindOptions options;
    options.channel = Channel::index;
    const Stack stack = find_stack(folder.path(), options);
    REQUIRE(problems_of(stack, true).size() == 1);
    CHECK(stack.problems[0].code == ErrorCode::invalid_argument);
    CHECK_THAT(stack.problems[0].text, Contains(folder.text("s_1.tif") + ": has no palette, one was expected"));
}

TEST_CASE("memory of a decoder: a bench that was large for one slice is large still when others take the rest",
          "[stack]") {
    const TemporaryFolder folder;
    write_file(folder / "s_1.tif", tiff({4, 3, 8, 1}));
    write_file(folder / "s_2.bmp", bmp(400, 300));
    std::int64_t bench = 0;
    std::int64_t others = 0;
    std::int64_t most = 0;
    for (const char* name : {"s_1.tif", "s_2.bmp"}) {
        InputFile file(folder.text(name));
        const Probe probe = codec_for(file).probe(file, 0, Samples::shown);
        bench = std::max(bench, probe.bench_bytes);
        others = std::max(others, probe.decoder_bytes - probe.bench_bytes);
        most = std::max(most, probe.decoder_bytes);
    }
    REQUIRE(bench + others > most);  // else this shows nothing
    CHECK(find_stack(folder.path()).decoder_bytes == bench + others);
}

TEST_CASE("the number of threads changes nothing", "[stack]") {
    const TemporaryFolder folder;
    write_series(folder, 120);
    for (int i = 5; i < 60; i += 3) write_slices(folder, {"s_" + std::to_string(i) + ".tif"}, {4, i, 8, 1, i % 8 + 1});
    for (int i = 61; i < 100; i += 2)
        write_file(folder / ("s_" + std::to_string(i) + ".tif"), std::string(i % 2 == 0 ? 0 : 3, 'x'));
    write_slices(folder, {"s_7.tif"}, {4, 3, 16, 3});
    const Stack one = find_stack(folder.path(), FindOptions{Order::natural, 1});
    CHECK(one.problems.size() > 12);
    for (const unsigned threads : {0U, 2U, 3U, 16U, 500U}) {
        const Stack many = find_stack(folder.path(), FindOptions{Order::natural, threads});
        CHECK(names_of(many) == names_of(one));
        CHECK(many.decoder_bytes == one.decoder_bytes);
        CHECK(many.image.format == one.image.format);
        REQUIRE(many.problems.size() == one.problems.size());
        for (std::size_t i = 0; i < one.problems.size(); ++i) {
            CHECK(many.problems[i].text == one.problems[i].text);
            CHECK(many.problems[i].code == one.problems[i].code);
            CHECK(many.problems[i].fatal == one.problems[i].fatal);
        }
        for (std::size_t i = 0; i < one.files.size(); ++i) {
            if (many.files.stamp(i) != one.files.stamp(i)) FAIL("files differ");
        }
    }
}
