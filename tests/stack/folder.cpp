// find_stack() on folders.

#include "slices.hpp"
#include "support/system.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

using namespace stack2nrrd;
using namespace stack_test;

TEST_CASE("a folder of a numbered series", "[stack]") {
    const TemporaryFolder folder;
    fs::create_directory(folder / "my scan");
    for (const char* name : {"s_10.tif", "s_9.tif", "s_8.tif", "s_11.tif"})
        write_file(folder / "my scan" / name, tiff());
    const Stack stack = find_stack(folder / "my scan");
    CHECK(stack.kind == "folder");
    CHECK(stack.name == "my scan");
    CHECK(names_of(stack) == Strings{"s_8.tif", "s_9.tif", "s_10.tif", "s_11.tif"});
    CHECK(stack.problems.empty());
    CHECK(stack.missing.empty());
    CHECK(stack.strays.empty());
    CHECK(stack.image.width == 4);
    CHECK(stack.image.height == 3);
    CHECK(stack.image.type == SampleType::uint8);
    CHECK(stack.image.colour == Colour::grey);
    CHECK(stack.image.format == "TIFF");
    for (std::size_t i = 0; i < stack.files.size(); ++i) {
        CHECK(stack.files.stamp(i).bytes == static_cast<std::int64_t>(tiff().size()));
        CHECK(stack.files.stamp(i).mark != 0);
        CHECK(stack.slices[i] == SliceRef{static_cast<std::int32_t>(i), 0});
    }
    CHECK(stack.files.path(0) == utf8(folder / "my scan" / "s_8.tif"));
    CHECK(find_stack(folder / "my scan/").name == "my scan");
    CHECK(find_stack(folder / "my scan/.").name == "my scan");
}

TEST_CASE("mixed padding is one series", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif", "s_02.tif", "s_003.tif", "s_0010.tif", "s_4.tif"});
    const Stack stack = find_stack(folder.path());
    CHECK(names_of(stack) ==
          Strings{"s_1.tif", "s_02.tif", "s_003.tif", "s_4.tif", "-", "-", "-", "-", "-", "s_0010.tif"});
    CHECK(stack.missing == Strings{"5..9"});
}

TEST_CASE("what lies beside the slices", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif", "s_2.tif", ".s_3.tif", "._s_1.tif"});
    write_file(folder / "s_SPR.bmp", bmp());
    for (const char* name : {"s.log", "Thumbs.db", "desktop.ini", "s_3.nrrd", ".x.partial", "README"}) {
        write_file(folder / name, "text");
    }
    fs::create_directory(folder / "s_3.tif");
    fs::create_directory(folder / "other");
    const Stack stack = find_stack(folder.path());
    CHECK(names_of(stack) == Strings{"s_1.tif", "s_2.tif"});
    CHECK(stack.strays == Strings{"._s_1.tif", "desktop.ini", "README", "s.log", "s_3.nrrd", "s_SPR.bmp", "Thumbs.db"});
    CHECK(stack.problems.empty());
}

TEST_CASE("single images beside a series are left out, and named", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif", "s_2.tif", "overview.tif", "x_99.tif"});
    write_file(folder / "a.txt", "text");
    const Stack stack = find_stack(folder.path());
    CHECK(names_of(stack) == Strings{"s_1.tif", "s_2.tif"});
    CHECK(stack.strays == Strings{"a.txt", "overview.tif", "x_99.tif"});
    REQUIRE(stack.problems.size() == 1);
    CHECK_FALSE(stack.problems[0].fatal);
    CHECK(stack.problems[0].text == utf8(folder.path()) +
                                        ": 2 image files that are not part of the series are left out: overview.tif, "
                                        "x_99.tif");
}

TEST_CASE("names without numbers are taken in natural order", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"b.tif", "a2.tif", "C.tif"});
    const Stack stack = find_stack(folder.path());
    CHECK(names_of(stack) == Strings{"a2.tif", "b.tif", "C.tif"});
    REQUIRE(stack.problems.size() == 1);
    CHECK_FALSE(stack.problems[0].fatal);
    CHECK_THAT(stack.problems[0].text, Contains("gaps cannot be seen"));

    const TemporaryFolder lone;
    write_slices(lone, {"a_7.tif"});
    CHECK(names_of(find_stack(lone.path())) == Strings{"a_7.tif"});
    CHECK(find_stack(lone.path()).problems.empty());
}

TEST_CASE("slices without suffix are known by their first bytes", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"scan.0002", "scan.0001", "scan.0004"});
    write_file(folder / "notes", "text");
    const Stack stack = find_stack(folder.path());
    CHECK(names_of(stack) == Strings{"scan.0001", "scan.0002", "-", "scan.0004"});
    CHECK(stack.strays == Strings{"notes"});
}

TEST_CASE("a folder without slices", "[stack]") {
    const TemporaryFolder folder;
    const auto find = [&] { return find_stack(folder.path()); };
    CHECK(error_of(find).code() == ErrorCode::not_found);
    write_file(folder / "a.txt", "text");
    fs::create_directory(folder / "a.tif");
    const Error error = error_of(find);
    CHECK(error.code() == ErrorCode::not_found);
    CHECK_THAT(error.what(),
               Contains(utf8(folder.path()) + ": holds no slices (TIFF, PNG, JPEG, JPEG 2000 or BMP were looked for)"));
}

TEST_CASE("copies that are not complete are named", "[stack]") {
    for (const char* name : {"s_4.tif.part", "s_4.tif.crdownload", "s_4.TIF.filepart", ".s_4.tif.x3Fq9Z"}) {
        const TemporaryFolder folder;
        write_slices(folder, {"s_1.tif", "s_2.tif", "s_3.tif"});
        write_file(folder / name, "II*");
        const Stack stack = find_stack(folder.path());
        CHECK(names_of(stack).size() == 3);
        REQUIRE(problems_of(stack, false).size() >= 1);
        CHECK_THAT(problems_of(stack, false).front().text, Contains("slices may be missing") && Contains(name));
    }
    for (const char* name : {"s_3.tif.part", "s.log.part", "s_4.tif.bak", ".s_4.tif.swp", "notes.tmp"}) {
        const TemporaryFolder folder;
        write_slices(folder, {"s_1.tif", "s_2.tif", "s_3.tif"});
        write_file(folder / name, "text");
        CHECK(problems_of(find_stack(folder.path()), false).empty());
    }
}

TEST_CASE("a few pictures are no stack where there is one beside them", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"front.tif"});
    CHECK(find_stack(folder.path()).slices.size() == 1);
    fs::create_directory(folder / "rec");
    write_slices(folder, {"rec/s_1.tif"});
    CHECK(find_stack(folder.path()).slices.size() == 1);
    write_slices(folder, {"rec/s_2.tif", "rec/s_3.tif"});
    const Error error = error_of([&] { return find_stack(folder.path()); });
    CHECK(error.code() == ErrorCode::inconsistent);
    CHECK_THAT(error.what(),
               Contains("'" + folder.text("rec") + "' (3 images)") && Contains("'" + folder.text("front.tif") + "'"));
    // What is advised works.
    CHECK(names_of(find_stack(folder / "rec")) == Strings{"s_1.tif", "s_2.tif", "s_3.tif"});
    CHECK(names_of(find_stack(folder / "front.tif")) == Strings{"front.tif"});
    // A stack of as many slices, or of more, is meant itself.
    write_slices(folder, {"s_1.tif", "s_2.tif"});
    CHECK(names_of(find_stack(folder.path())) == Strings{"s_1.tif", "s_2.tif"});

    const TemporaryFolder other;
    write_slices(other, {"preview.tif"});
    write_file(other / "small.nrrd", "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 1 1 2\nencoding: raw\n\nab");
    CHECK_THAT(error_of([&] { return find_stack(other.path()); }).what(),
               Contains("'" + other.text("small.nrrd") + "'") && Contains("'" + other.text("preview.tif") + "'"));
}

TEST_CASE("several series in a folder are not mixed", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"a_001.tif", "a_002.tif", "b_9.tif", "b_10.tif", "b_11.tif", "c_1.tif"});
    const Error error = error_of([&] { return find_stack(folder.path()); });
    CHECK(error.code() == ErrorCode::inconsistent);
    CHECK_THAT(error.what(), Contains("holds 2 numbered series"));
    CHECK_THAT(error.what(), Contains("'" + folder.text("a_%03d.tif") + "' (2 files)"));
    CHECK_THAT(error.what(), Contains("'" + folder.text("b_%d.tif") + "' (3 files)"));
    // What is advised works.
    CHECK(names_of(find_stack(folder / "b_%d.tif")) == Strings{"b_9.tif", "b_10.tif", "b_11.tif"});
}

TEST_CASE("ten series are named, the others counted", "[stack]") {
    const TemporaryFolder folder;
    for (char c = 'a'; c < 'a' + 13; ++c)
        write_slices(folder, {std::string(1, c) + "_1.tif", std::string(1, c) + "_2.tif"});
    const std::string text = error_of([&] { return find_stack(folder.path()); }).what();
    CHECK_THAT(text, Contains("13 numbered series") && Contains("j_%d.tif") && Contains("and 3 more"));
    CHECK_THAT(text, !Contains("k_%d.tif"));
}

TEST_CASE("several numbers that vary are not guessed at", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_001_c1.tif", "s_001_c2.tif", "s_002_c1.tif", "s_002_c2.tif"});
    const Error error = error_of([&] { return find_stack(folder.path()); });
    CHECK(error.code() == ErrorCode::inconsistent);
    CHECK_THAT(error.what(), Contains("several numbers vary") && Contains("s_001_c1.tif, s_002_c2.tif") &&
                                 Contains("'" + folder.text("s_%03d_c1.tif") + "'"));
    CHECK(names_of(find_stack(folder / "s_%03d_c1.tif")) == Strings{"s_001_c1.tif", "s_002_c1.tif"});
}

TEST_CASE("channels in one folder are no slices of one stack, however their numbers count", "[stack]") {
    const auto names = [](const char* pattern, int channel, int first, int end) {
        Strings made;
        for (int z = first; z < end; ++z) {
            std::array<char, 64> text{};
            std::snprintf(text.data(), text.size(), pattern, channel, z);
            made.emplace_back(text.data());
        }
        return made;
    };
    struct Kind {
        const char* pattern;  // of channel and slice
        int second_begins;
    };
    for (const Kind& kind : std::vector<Kind>{{"img_ch%02d_z%03d.tif", 0},
                                              {"C%d-name%04d.tif", 0},
                                              {"img_channel%03d_position000_time000000000_z%03d.tif", 0},
                                              {"img_ch%02d_z%03d.tif", 5},  // goes on where the first one ends
                                              {"Ch%d %03d.tif", 5},
                                              {"a.CHANNEL%d-%03d.tif", 5}}) {
        const TemporaryFolder folder;
        const Strings first = names(kind.pattern, 1, 0, 5);
        write_slices(folder, first);
        write_slices(folder, names(kind.pattern, 2, kind.second_begins, kind.second_begins + 5));
        CAPTURE(kind.pattern, kind.second_begins);
        const Error error = error_of([&] { return find_stack(folder.path()); });
        CHECK(error.code() == ErrorCode::inconsistent);
        // The pattern that the sentence has picks one channel.
        const std::string text = error.what();
        const std::size_t begin = text.find('\'', text.find("such as")) + 1;
        const std::string pattern = text.substr(begin, text.find('\'', begin) - begin);
        CAPTURE(text, pattern);
        const Stack one = find_stack(path_from_utf8(pattern));
        CHECK(names_of(one) == first);
        CHECK(one.problems.empty());
        // So does one of its files, or it is refused as well.
        try {
            const Stack of_file = find_stack(folder / first.front());
            CHECK(names_of(of_file) == first);
        } catch (const Error& refused) {
            CHECK(refused.code() == ErrorCode::inconsistent);
        }
    }
    // Channels of one slice.
    const TemporaryFolder folder;
    write_slices(folder, {"img_z000_ch00.tif", "img_z000_ch01.tif", "img_z000_ch02.tif"});
    CHECK_THAT(error_of([&] { return find_stack(folder.path()); }).what(), Contains("several channels"));
    CHECK(find_stack(folder / "img_z000_ch%02d.tif").slices.size() == 3);  // as the sentence says
    // One channel, and words that end like one.
    const TemporaryFolder others;
    write_slices(others, {"patch1_ch01.tif", "patch2_ch01.tif", "patch3_ch01.tif"});
    CHECK(find_stack(others.path()).slices.size() == 3);
}

TEST_CASE("gaps become missing slices", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_0006.tif", "s_0010.tif", "s_0011.tif", "s_0013.tif"});
    const Stack stack = find_stack(folder.path());
    CHECK(names_of(stack) == Strings{"s_0006.tif", "-", "-", "-", "s_0010.tif", "s_0011.tif", "-", "s_0013.tif"});
    CHECK(stack.missing == Strings{"0007..0009", "0012"});
    CHECK(stack.files.size() == 4);
    CHECK(stack.problems.empty());
}

TEST_CASE("steps of two are no gaps, but are told", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_0000.tif", "s_0002.tif", "s_0004.tif", "s_0008.tif"});
    const Stack stack = find_stack(folder.path());
    CHECK(names_of(stack) == Strings{"s_0000.tif", "s_0002.tif", "s_0004.tif", "-", "s_0008.tif"});
    CHECK(stack.missing == Strings{"0006"});
    REQUIRE(stack.problems.size() == 1);
    CHECK_FALSE(stack.problems[0].fatal);
    CHECK_THAT(stack.problems[0].text, Contains("steps of 2 (0000, 0002, ..)"));
}

TEST_CASE("a gap of millions is a mistake", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif", "s_2.tif", "s_20240131.tif"});
    const Stack stack = find_stack(folder.path());
    CHECK(stack.slices.size() == 3);
    CHECK(stack.missing.empty());
    REQUIRE(problems_of(stack, true).size() == 1);
    CHECK(problems_of(stack, true)[0].code == ErrorCode::inconsistent);
    CHECK_THAT(problems_of(stack, true)[0].text, Contains(folder.text("s_20240131.tif")) && Contains("20240128") &&
                                                     Contains(folder.text("s_2.tif")) && Contains("(3)"));
}

TEST_CASE("a number that comes twice", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_01.tif", "s_001.tif", "s_2.tif", "s_3.tif", "s_3.tiff"});
    const Stack stack = find_stack(folder.path());
    CHECK(stack.slices.size() == 5);
    const auto fatal = problems_of(stack, true);
    REQUIRE(fatal.size() == 1);
    CHECK(fatal[0].code == ErrorCode::inconsistent);
    for (const char* name : {"s_01.tif", "s_001.tif", "s_3.tif", "s_3.tiff"}) {
        CHECK_THAT(fatal[0].text, Contains(folder.text(name)));
    }
    CHECK_THAT(fatal[0].text, !Contains(folder.text("s_2.tif")));
}

TEST_CASE("ten duplicates are named, the others counted", "[stack]") {
    const TemporaryFolder folder;
    for (int i = 1; i <= 14; ++i)
        write_slices(folder, {"s_" + std::to_string(i) + ".tif", "s_" + std::to_string(i) + ".tiff"});
    const auto fatal = problems_of(find_stack(folder.path()), true);
    REQUIRE(fatal.size() == 1);
    CHECK_THAT(fatal[0].text, Contains("s_10.tif") && Contains("and 4 more") && !Contains("s_11.tif"));
}

TEST_CASE("two formats of the same series are duplicates, or slices if the numbers differ", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif", "s_2.tif"});
    write_file(folder / "s_3.bmp", bmp());
    CHECK(names_of(find_stack(folder.path())) == Strings{"s_1.tif", "s_2.tif", "s_3.bmp"});
    CHECK(find_stack(folder.path()).problems.empty());
    write_file(folder / "s_2.bmp", bmp());
    CHECK(problems_of(find_stack(folder.path()), true).size() == 1);
}

TEST_CASE("odd names", "[stack]") {
    const TemporaryFolder folder;
    const std::string any = support::any_name_is_legal() ? "*?" : "";
    const std::string odd = "-a b" + any + "[1]%d \xC3\xA9\xE4\xB8\xAD";
    write_slices(folder, {odd + "_2.tif", odd + "_1.tif", odd + "_4.tif"});
    const Stack stack = find_stack(folder.path());
    CHECK(names_of(stack) == Strings{odd + "_1.tif", odd + "_2.tif", "-", odd + "_4.tif"});
    CHECK(problems_of(stack, true).empty());
    CHECK(names_of(find_stack(folder / (odd + "_2.tif"))).size() == 4);
}
