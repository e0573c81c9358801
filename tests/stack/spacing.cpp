// What find_stack() makes of the sidecars that lie beside the slices. What is in them is tested in tests/sidecar.

#include "stack/spacing.hpp"

#include "sidecar/samples.hpp"
#include "slices.hpp"
#include "support/system.hpp"

#include <cstdio>
#include <cstdlib>

using namespace stack2nrrd;
using namespace stack_test;
using stack2nrrd::test::with;
using stack2nrrd::test::with_line_ends;

namespace {

/// Slices `first`, `first + step`, ... named as NRecon does.
void write_scan(const TemporaryFolder& folder, int first, int last, int step = 1,
                const std::string& prefix = "skull_rec") {
    for (int i = first; i <= last; i += step) {
        const std::string number = std::to_string(i);
        write_file(folder / (prefix + std::string(8 - number.size(), '0') + number + ".bmp"), bmp(6, 5));
    }
}

struct Log {
    int first = 27, last = 31, step = 1, count = 5, width = 6, height = 5;
    std::string prefix = "skull_rec";
    std::string size = "20";
};

std::string text_of(const Log& log) {
    const auto line = [](const char* key, int value) { return std::string(key) + "=" + std::to_string(value) + "\n"; };
    return "[System]\nScanner=SkyScan1272\n[Acquisition]\nFilename Prefix=skull~00\nFilename Index Length=4\n"
           "Image Pixel Size (um)=99\n[Reconstruction]\n" +
           line("First Section", log.first) + line("Last Section", log.last) +
           line("Section to Section Step", log.step) + line("Sections Count", log.count) + "Result File Type=BMP\n" +
           line("Result Image Width (pixels)", log.width) + line("Result Image Height (pixels)", log.height) +
           "Pixel Size (um)=" + log.size +
           "\n[File name convention]\nFilename Index Length=8\nFilename Prefix=" + log.prefix + "\n";
}

std::string text_of(const Stack& stack) {
    std::string all;
    for (const Problem& problem : stack.problems) all += problem.text + "\n";
    return all;
}

void check_known(const Stack& stack, Vector3 mm, const std::string& source) {
    CAPTURE(text_of(stack));
    CHECK(stack.geometry.spacing_known);
    CHECK(stack.geometry.spacing_source == source);
    CHECK(stack.geometry.direction == std::array<Vector3, 3>{Vector3{mm[0], 0, 0}, {0, mm[1], 0}, {0, 0, mm[2]}});
    CHECK(stack.geometry.origin == Vector3{0, 0, 0});
}

void check_unknown(const Stack& stack) {
    CAPTURE(text_of(stack));
    CHECK_FALSE(stack.geometry.spacing_known);
    CHECK(stack.geometry.spacing_source == "unknown");
    CHECK(stack.geometry.direction == Geometry().direction);
    CHECK(problems_of(stack, true).empty());
}

/// One problem, not fatal, with that in it.
void check_note(const Stack& stack, const std::string& part) {
    CAPTURE(text_of(stack));
    REQUIRE(stack.problems.size() == 1);
    CHECK_FALSE(stack.problems[0].fatal);
    CHECK_THAT(stack.problems[0].text, Contains(part));
}

}  // namespace

TEST_CASE("a SkyScan log that fits gives the spacing", "[stack]") {
    const TemporaryFolder folder;
    write_scan(folder, 27, 31);
    write_file(folder / "skull_rec.log", text_of(Log{}));
    write_file(folder / "README", "text");
    write_file(folder / "notes.txt", "Pixel Size (um)=5");
    for (const Stack& stack : {find_stack(folder.path()), find_stack(folder / "skull_rec00000029.bmp"),
                               find_stack(folder / "skull_rec%08d.bmp"), find_stack(folder / "skull*.bmp")}) {
        check_known(stack, {0.02, 0.02, 0.02}, "skull_rec.log");
        CHECK(stack.problems.empty());
        CHECK(stack.sidecars == Strings{"skull_rec.log"});
    }
    CHECK(find_stack(folder.path()).strays == Strings{"notes.txt", "README"});
}

TEST_CASE("line ends, Latin-1 and the case of names do not matter", "[stack]") {
    const TemporaryFolder folder;
    write_scan(folder, 27, 31, 1,
               "Sch\xC3\xA4"
               "del_");
    const std::string text = "[User]\nUser Name=M\xFCller\n" + text_of(Log{.prefix = "sch\xE4"
                                                                                     "del_"});
    for (const char* end : {"\n", "\r\n", "\r"}) {
        write_file(folder / "a.LOG", with_line_ends(text, end));
        const Stack stack = find_stack(folder.path());
        check_known(stack, {0.02, 0.02, 0.02}, "a.LOG");
        CHECK(stack.problems.empty());
    }
}

TEST_CASE("a log of other names is not used", "[stack]") {
    const TemporaryFolder folder;
    write_scan(folder, 27, 31);
    write_file(folder / "jaw_rec.log", text_of(Log{.prefix = "jaw_rec", .size = "30"}));
    Stack stack = find_stack(folder.path());
    check_unknown(stack);
    check_note(stack,
               "jaw_rec.log: is of slices named \"jaw_rec\" and 8 digits, these are named as "
               "skull_rec00000027.bmp, so it is not used");
    CHECK(stack.strays == Strings{"jaw_rec.log"});
    CHECK(stack.sidecars.empty());

    // Beside the right one it is not worth a word.
    write_file(folder / "skull_rec.log", text_of(Log{}));
    stack = find_stack(folder.path());
    check_known(stack, {0.02, 0.02, 0.02}, "skull_rec.log");
    CHECK(stack.problems.empty());
    CHECK(stack.strays == Strings{"jaw_rec.log"});

    // The number of digits counts, too.
    write_file(folder / "skull_rec.log", with(text_of(Log{}), "Length=8", "Length=4"));
    stack = find_stack(folder.path());
    check_unknown(stack);
    check_note(stack, "skull_rec.log: is of slices named \"skull_rec\" and 4 digits");
}

TEST_CASE("the step from section to section makes the spacing along z", "[stack]") {
    const TemporaryFolder folder;
    write_file(folder / "s.log", text_of(Log{.last = 35, .step = 2}));
    SECTION("numbers go in steps, too") { write_scan(folder, 27, 35, 2); }
    SECTION("the last section need not be a slice") {
        write_file(folder / "s.log", text_of(Log{.last = 36, .step = 2}));
        write_scan(folder, 27, 35, 2);
    }
    SECTION("the number of sections tells it") {
        write_file(folder / "s.log", with(text_of(Log{.last = 35}), "Section to Section Step=1\n", ""));
        write_scan(folder, 27, 35, 2);
    }
    const Stack stack = find_stack(folder.path());
    check_known(stack, {0.02, 0.02, 0.04}, "s.log");
    CHECK(text_of(stack).empty());  // that the names go in steps is as it should be

    fs::remove(folder / "s.log");
    check_note(find_stack(folder.path()), "in steps of 2");
}

TEST_CASE("steps of the names that a log does not tell stay in doubt", "[stack]") {
    const TemporaryFolder folder;
    write_scan(folder, 27, 35, 2);
    write_file(folder / "s.log", text_of(Log{.last = 31}));  // five sections, one after the other
    const Stack stack = find_stack(folder.path());
    CHECK_THAT(text_of(stack), Contains("the numbers go in steps of 2") && Contains("there are 5 numbered 27 to 35"));
}

TEST_CASE("slices that were numbered anew keep their step", "[stack]") {
    const TemporaryFolder folder;
    write_file(folder / "s.log", text_of(Log{.last = 35, .step = 2}));
    write_scan(folder, 1, 5);
    const Stack stack = find_stack(folder.path());
    check_known(stack, {0.02, 0.02, 0.04}, "s.log");
    check_note(stack, "s.log: reports 5 slices numbered 27 to 35, there are 5 numbered 1 to 5; ");
}

TEST_CASE("every second slice has not the spacing of the log", "[stack]") {
    const TemporaryFolder folder;
    write_file(folder / "s.log", text_of(Log{.last = 35, .count = 9}));
    write_scan(folder, 27, 35, 2);
    const Stack stack = find_stack(folder.path());
    check_unknown(stack);
    CHECK(stack.problems.size() == 3);  // with the one about the names
    CHECK_THAT(text_of(stack), Contains("reports 9 slices numbered 27 to 35, there are 5 numbered 27 to 35") &&
                                   Contains("s.log: gives a spacing of 0.02 mm in steps of 1, the names of the slices "
                                            "go in steps of 2, so it is not used; pass --spacing 0.02,0.02,Z"));
    CHECK(stack.sidecars == Strings{"s.log"});
}

TEST_CASE("slices as listed have the spacing if they follow each other", "[stack]") {
    const TemporaryFolder folder;
    write_file(folder / "s.log", text_of(Log{}));
    write_scan(folder, 27, 31);
    const auto listed = [&](const std::vector<int>& numbers) {
        Strings paths;
        for (const int i : numbers) paths.push_back(folder.text("skull_rec000000" + std::to_string(i) + ".bmp"));
        return find_stack(paths, FindOptions{Order::given, 0});
    };
    check_known(listed({31, 30, 29, 28, 27}), {0.02, 0.02, 0.02}, "s.log");
    check_known(listed({29, 30, 31}), {0.02, 0.02, 0.02}, "s.log");
    check_unknown(listed({27, 29, 30}));
    check_unknown(listed({27, 28, 28}));
    check_unknown(listed({27, 28, 30, 29, 31}));
    CHECK_THAT(text_of(listed({27, 29, 30})), Contains("the names do not show that these follow each other"));
}

TEST_CASE("a wrong count is told with both numbers", "[stack]") {
    const TemporaryFolder folder;
    write_scan(folder, 28, 30);
    write_file(folder / "s.log", text_of(Log{}));
    Stack stack = find_stack(folder.path());
    check_known(stack, {0.02, 0.02, 0.02}, "s.log");
    check_note(
        stack,
        "s.log: reports 5 slices numbered 27 to 31, there are 3 numbered 28 to 30; check that they are complete");

    // What the log has wrong in itself is told, too.
    write_scan(folder, 27, 31);
    write_file(folder / "s.log", text_of(Log{.count = 7}));
    stack = find_stack(folder.path());
    CHECK(stack.geometry.spacing_known);
    CHECK_THAT(text_of(stack), Contains("s.log: \"Sections Count\" is 7, 5 were expected") &&
                                   Contains("s.log: reports 7 slices numbered 27 to 31, there are 5 numbered"));
}

TEST_CASE("slices of another size may have been scaled", "[stack]") {
    const TemporaryFolder folder;
    write_scan(folder, 27, 31);
    write_file(folder / "s.log", text_of(Log{.width = 12, .height = 10}));
    const Stack stack = find_stack(folder.path());
    check_unknown(stack);
    check_note(stack,
               "s.log: reports slices of 12 x 10, these are 6 x 5, so its spacing of 0.02 mm is not used; if "
               "they were cropped and not scaled, pass --spacing 0.02");
}

TEST_CASE("two logs", "[stack]") {
    const TemporaryFolder folder;
    write_scan(folder, 27, 31);
    write_file(folder / "a.log", text_of(Log{}));
    SECTION("that say the same are both right") {
        write_file(folder / "b.log", text_of(Log{.size = "20.001"}));
        const Stack stack = find_stack(folder.path());
        check_known(stack, {0.02, 0.02, 0.02}, "a.log");
        CHECK(stack.problems.empty());
        CHECK(stack.sidecars == Strings{"a.log", "b.log"});
        CHECK(stack.strays.empty());
    }
    SECTION("that fit equally well and differ are not used") {
        write_file(folder / "b.log", text_of(Log{.size = "20.1"}));
        const Stack stack = find_stack(folder.path());
        check_unknown(stack);
        check_note(stack, "a.log (0.02 mm) and b.log (0.0201 mm): give different spacings");
        CHECK(stack.strays == Strings{"a.log", "b.log"});
    }
    SECTION("of which one has the size of the slices") {
        write_file(folder / "0.log", text_of(Log{.width = 60, .size = "40"}));
        const Stack stack = find_stack(folder.path());
        check_known(stack, {0.02, 0.02, 0.02}, "a.log");
        CHECK(stack.problems.empty());
    }
    SECTION("of which one has names") {
        const std::string text = text_of(Log{.size = "40"});
        write_file(folder / "0.log", text.substr(0, text.find("[File name")));
        const Stack stack = find_stack(folder.path());
        check_known(stack, {0.02, 0.02, 0.02}, "a.log");
        check_note(stack, "the spacing is 0.02 mm by a.log and 0.04 mm by 0.log; the first is used");
    }
}

TEST_CASE("a log that tells x and y only", "[stack]") {
    const TemporaryFolder folder;
    write_scan(folder, 27, 31);
    write_file(folder / "s.log",
               with(with(text_of(Log{}), "Section to Section Step=1\n", ""), "Sections Count=5\n", ""));
    const Stack stack = find_stack(folder.path());
    check_unknown(stack);
    CHECK_THAT(text_of(stack), Contains("s.log: does not give the step from section to section") &&
                                   Contains("s.log: gives the spacing along x and y (0.02, 0.02, ? mm) and not along "
                                            "z, so it is not used; pass --spacing 0.02,0.02,Z"));
}

TEST_CASE("spacing from GE and Nikon", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"v_1.tif", "v_2.tif", "v_3.tif"});
    const std::string pcr = "[VolumeData]\nVolume_SizeX=4\nVolume_SizeY=3\nVolume_SizeZ=3\nVoxelSizeRec=0.01\n";
    const std::string pca = "[Geometry]\nVoxelSizeX=0.01\nVoxelSizeY=0.01\n";
    const std::string xtekct =
        "[XTekCT]\nVoxelsX=4\nVoxelSizeX=0.02\nVoxelsY=3\nVoxelSizeY=0.03\nVoxelsZ=3\nVoxelSizeZ=0.04\nUnits=mm\n";
    SECTION("pcr") {
        write_file(folder / "v.pcr", pcr);
        check_known(find_stack(folder.path()), {0.01, 0.01, 0.01}, "v.pcr");
        write_file(folder / "v.pca", with(pca, "SizeX=0.01\nVoxelSizeY=0.01", "SizeX=0.02\nVoxelSizeY=0.02"));
        const Stack stack = find_stack(folder.path());
        check_known(stack, {0.01, 0.01, 0.01}, "v.pcr");
        check_note(stack, "the spacing is 0.01 mm by v.pcr and 0.02 mm by v.pca");
    }
    SECTION("pcr of other slices speaks before a pca that cannot be checked") {
        write_file(folder / "v.pcr", with(pcr, "SizeX=4", "SizeX=8"));
        write_file(folder / "v.pca", pca);
        const Stack stack = find_stack(folder.path());
        check_unknown(stack);
        check_note(stack, "v.pcr: reports slices of 8 x 3, these are 4 x 3");
    }
    SECTION("pca alone") {
        write_file(folder / "v.pca", pca);
        check_known(find_stack(folder.path()), {0.01, 0.01, 0.01}, "v.pca");
    }
    SECTION("pca beside every second slice") {
        write_file(folder / "v.pca", pca);
        fs::remove(folder / "v_2.tif");
        check_unknown(find_stack(folder.path()));
    }
    SECTION("xtekct") {
        write_file(folder / "v.xtekct", xtekct);
        Stack stack = find_stack(folder.path());
        check_known(stack, {0.02, 0.03, 0.04}, "v.xtekct");
        CHECK(stack.problems.empty());
        write_file(folder / "v.xtekct", with(xtekct, "VoxelsZ=3", "VoxelsZ=9"));
        stack = find_stack(folder.path());
        check_known(stack, {0.02, 0.03, 0.04}, "v.xtekct");
        check_note(stack, "v.xtekct: reports 9 slices, there are 3; check that they are complete");
    }
}

TEST_CASE("spacing from Micro-Manager", "[stack]") {
    const auto write_images = [](const TemporaryFolder& folder, const std::string& channel, int count) {
        for (int z = 0; z < count; ++z) {
            const std::string number = std::to_string(1000 + z).substr(1);
            write_file(folder / ("img_000000000_" + channel + "_" + number + ".tif"), tiff());
        }
    };
    const std::string text = with(with(with(test::micro_manager_text(), "512", "4"), "256", "3"), ": 20", ": 5");
    const TemporaryFolder folder;
    write_images(folder, "DAPI", 5);
    write_file(folder / "metadata.txt", text);
    const Stack stack = find_stack(folder.path());
    check_known(stack, {0.00016, 0.00016, 0.0005}, "metadata.txt");
    CHECK(stack.problems.empty());
    CHECK(stack.sidecars == Strings{"metadata.txt"});
    CHECK(stack.strays.empty());

    // Of two channels in one folder, one has to be chosen.
    write_images(folder, "FITC", 5);
    CHECK_THAT(error_of([&] { return find_stack(folder.path()); }).what(),
               Contains("'" + folder.text("img_000000000_DAPI_%03d.tif") + "'"));
    check_known(find_stack(folder / "img_000000000_FITC_%03d.tif"), {0.00016, 0.00016, 0.0005}, "metadata.txt");

    // Half a spacing is none; what is there is named.
    write_file(folder / "metadata.txt", with(text, "\"Frames\": 1", "\"Frames\": 3"));
    const Stack times = find_stack(folder / "img_000000000_FITC_%03d.tif");
    check_unknown(times);
    CHECK_THAT(text_of(times), Contains("5 slices at 3 times") && Contains("pass --spacing 0.00016,0.00016,"));

    // More files than slices do not lie along z alone.
    write_file(folder / "metadata.txt", with(text, ": 5", ": 4"));
    const Stack more = find_stack(folder / "img_000000000_FITC_%03d.tif");
    check_unknown(more);
    check_note(more, "reports 4 slices along z, there are 5");
}

TEST_CASE("what is no sidecar leaves the spacing unknown", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"v_1.tif", "v_2.tif"});
    write_file(folder / "a.log", "");
    write_file(folder / "b.log", std::string(3 << 20, '['));
    write_file(folder / ".hidden.pca", test::pca_text());
    fs::create_directory(folder / "c.pca");
    const Stack stack = find_stack(folder.path());
    check_unknown(stack);
    CHECK(stack.problems.empty());
    CHECK(stack.strays == Strings{"a.log", "b.log"});

    // Many texts are not read for hours.
    for (int i = 0; i < 60; ++i) write_file(folder / ("n" + std::to_string(i) + ".txt"), "text");
    check_note(find_stack(folder.path()), "62 files beside the slices");
}

TEST_CASE("slices in two folders have no sidecar", "[stack]") {
    const TemporaryFolder folder;
    for (const char* sub : {"a", "b"}) {
        fs::create_directory(folder / sub);
        write_file(folder / sub / (sub[0] == 'a' ? "v_1.tif" : "v_2.tif"), tiff());
        write_file(folder / sub / "v.pca", test::pca_text());
    }
    check_unknown(find_stack(Strings{folder.text("a/v_1.tif"), folder.text("b/v_2.tif")}));
}

TEST_CASE("a pipe is not waited for", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"v_1.tif", "v_2.tif"});
    if (!support::made_pipe(folder / "v.log")) return;
    const Stack stack = find_stack(folder.path());
    check_unknown(stack);
    check_note(stack, "v.log");
}

TEST_CASE("sidecar before file before unknown", "[stack]") {
    Stack stack;
    stack.files.add("v.tif");
    stack.slices.push_back({0});
    stack.image.width = 4;
    stack.image.height = 3;
    FoundSpacing tags{{0.1, 0.2, 0.3}, "ImageJ", {"is odd"}};
    SECTION("whole") {
        find_spacing(stack, tags);
        check_known(stack, {0.1, 0.2, 0.3}, "v.tif (ImageJ)");
        check_note(stack, "v.tif: is odd");
    }
    SECTION("by halves") {
        tags = {{0.1, 0.1, std::nullopt}, "resolution", {}};
        find_spacing(stack, tags);
        check_unknown(stack);
        check_note(stack,
                   "v.tif (resolution): gives the spacing along x and y (0.1, 0.1, ? mm) and not along z, so "
                   "it is not used; pass --spacing 0.1,0.1,Z");
    }
    SECTION("known already") {
        stack.geometry.spacing_known = true;
        stack.geometry.spacing_source = "v.nrrd";
        find_spacing(stack, tags);
        check_known(stack, {1, 1, 1}, "v.nrrd");
    }
    SECTION("beside a sidecar") {
        const TemporaryFolder folder;
        stack.files = {};
        stack.files.add(folder.text("v.tif"));
        write_file(folder / "v.pca", "[Geometry]\nVoxelSizeX=0.1\nVoxelSizeY=0.1\n");
        find_spacing(stack, {{0.10001, std::nullopt, std::nullopt}, "resolution", {}});
        check_known(stack, {0.1, 0.1, 0.1}, "v.pca");
        CHECK(stack.problems.empty());
        stack.geometry = {};
        find_spacing(stack, {{0.1, 0.2, std::nullopt}, "resolution", {}});
        check_known(stack, {0.1, 0.1, 0.1}, "v.pca");
        check_note(stack, "the spacing is 0.1 mm by v.pca and 0.1, 0.2, ? mm by v.tif (resolution); the first");
    }
}

TEST_CASE("the log of the real mouse skull", "[stack]") {
    const char* told = std::getenv("STACK2NRRD_TEST_DATA");
    const fs::path data = told != nullptr ? fs::path(told) : fs::path(STACK2NRRD_SOURCE_DIR) / "../shared/data";
    const fs::path slices = data / "real" / "mouse_skull_uct_AJ_70um" / "slices";
    if (!fs::is_directory(slices)) {
        std::fprintf(stderr, "SKIPPED: no test data, set STACK2NRRD_TEST_DATA to the folder that has \"real\" in it\n");
        return;
    }
    const Stack stack = find_stack(slices);
    check_known(stack, {0.0705567, 0.0705567, 0.0705567}, "AJ_skull_rec.log");
    CHECK(stack.problems.empty());
    CHECK(stack.strays.empty());
}
