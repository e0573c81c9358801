// The list of slices as a file: written, read back, and opened by others.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <cstdlib>
#include <string>

using namespace cli_test;

namespace {

/// An import of the folder and one of its list give the same bytes.
void check_round_trip(const Folder& folder, const std::string& stack,
                      const Arguments& more = {"--factor", "3/2", "--spacing", "0.3"}) {
    CAPTURE(stack, more);
    Arguments direct{stack, "-o", "a.nrrd", "--force"};
    Arguments listed{"list.nhdr", "-o", "b.nrrd", "--force"};
    direct.insert(direct.end(), more.begin(), more.end());
    listed.insert(listed.end(), more.begin(), more.end());
    const Result written = run_in(folder.path(), {stack, "--manifest", "list.nhdr", "--force"});
    CAPTURE(written.err);
    CHECK(written.status == 0);
    CHECK(written.out.empty());
    CHECK(run_in(folder.path(), direct).status == 0);
    const Result again = run_in(folder.path(), listed);
    CAPTURE(again.err);
    CHECK(again.status == 0);
    CHECK(read_file(folder / "a.nrrd") == read_file(folder / "b.nrrd"));
}

bool is_legal(const Folder& folder) { return read_file(folder / "list.nhdr").find("encoding: raw\n") != Bytes::npos; }

}  // namespace

TEST_CASE("an import of the list is the import of the stack", "[cli]") {
    const Folder folder;
    write_stack(folder / "raw", 9, 30, 20);
    check_round_trip(folder, "raw");
    CHECK(is_legal(folder));
    check_round_trip(folder, "raw", {"--reverse", "--step", "2", "--factor", "3/2", "--spacing", "0.3"});

    fs::create_directory(folder / "tiled");
    fs::create_directory(folder / "png");
    fs::create_directory(folder / "mixed");
    for (int i = 0; i < 5; ++i) {
        const std::string number = std::to_string(i);
        write_tiled_tiff(folder / ("tiled/t" + number + ".tif"), 70, 40, noise(2 * 70 * 40, 7));
        write_png(folder / ("png/p" + number + ".png"), 30, 20, noise(600, 3));
        // One slice whose samples stand elsewhere spoils the legal form.
        const Bytes slice = tiff(30, 20, noise(1200, 5));
        if (i == 3) {
            write_png(folder / ("mixed/m" + number + ".png"), 30, 20, noise(1200, 5), 16);
        } else {
            write_file(folder / ("mixed/m" + number + ".tif"), slice);
        }
    }
    for (const std::string name : {"tiled", "png", "mixed"}) {
        check_round_trip(folder, name);
        CHECK_FALSE(is_legal(folder));
    }
}

TEST_CASE("an import of the list of BMP files is the import of the files", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "bmp");
    fs::create_directory(folder / "padded");
    for (int i = 0; i < 8; ++i) {
        const std::string name = "b" + std::to_string(i) + ".bmp";
        write_file(folder / ("bmp/" + name), bmp(28, 21, noise(28 * 21, 40U + static_cast<unsigned>(i))));
        write_file(folder / ("padded/" + name), bmp(27, 21, noise(27 * 21, 40U + static_cast<unsigned>(i))));
    }
    const std::vector<Arguments> options{{},
                                         {"--factor", "3/2", "--spacing", "0.1,0.2,0.3", "--space-units", "um"},
                                         {"--factor", "1"},
                                         {"--factor", "1,2,1", "--crop", "3:20,4:17,1:7"},
                                         {"--factor", "5/2", "--kernel", "box", "--align", "first", "--reverse"},
                                         {"--step", "3", "--origin", "-1,0.1,1e5", "--threads", "3"},
                                         {"--size", "9,8,7", "--encoding", "gzip", "--type", "float32"}};
    for (const Arguments& more : options) {
        check_round_trip(folder, "bmp", more);
        CHECK(is_legal(folder));
    }
    check_round_trip(folder, "padded");
    CHECK_FALSE(is_legal(folder));

    for (const int i : {3, 4}) fs::remove(folder / ("bmp/b" + std::to_string(i) + ".bmp"));
    for (const std::string missing : {"repeat", "blank", "close"}) {
        check_round_trip(folder, "bmp", {"--missing", missing});
        CHECK_FALSE(is_legal(folder));
    }
    // One slice that stands the other way up spoils the legal form.
    for (int i = 5; i < 8; ++i) fs::remove(folder / ("bmp/b" + std::to_string(i) + ".bmp"));
    check_round_trip(folder, "bmp");
    CHECK(is_legal(folder));
    Bytes top_down = bmp(28, 21, noise(28 * 21, 7));
    top_down.replace(22, 4, "\xEB\xFF\xFF\xFF");  // -21
    write_file(folder / "bmp/b1.bmp", top_down);
    check_round_trip(folder, "bmp");
    CHECK_FALSE(is_legal(folder));
}

TEST_CASE("a list knows its gaps", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 12);
    for (const int i : {4, 5, 9}) fs::remove(folder / "stack" / slice_name(i));
    check_round_trip(folder, "stack", {"--missing", "repeat", "--factor", "3/2"});
    CHECK_FALSE(is_legal(folder));
    const Result result = run_in(folder.path(), {"list.nhdr", "-o", "c.nrrd"});
    CHECK(result.status == 3);
    check_sentence(result, {"004..005", "009"});
}

TEST_CASE("a list has the spacing, origin and order that were given with it", "[cli]") {
    const Folder folder;
    write_stack(folder / "bare", 5, 30, 20);
    fs::create_directory(folder / "png");
    fs::create_directory(folder / "bmp");
    for (int i = 0; i < 5; ++i) {
        const std::string number = std::to_string(i);
        write_png(folder / ("png/p" + number + ".png"), 30, 20, noise(600, static_cast<unsigned>(i)));
        write_file(folder / ("bmp/b" + number + ".bmp"), bmp(28, 20, noise(28 * 20, static_cast<unsigned>(i))));
    }
    const std::vector<Arguments> places{{"--spacing", "0.1,0.2,0.7"},
                                        {"--spacing", "12.3", "--space-units", "um"},
                                        {"--origin", "-1,0.1,1e5"},
                                        {"--spacing", "1e-3,7,0.3333333333333333", "--origin", "0.1,0.2,0.3"},
                                        {"--spacing", "3", "--space-units", "nm", "--order", "given"}};
    for (const std::string stack : {"bare", "png", "bmp"}) {
        for (const Arguments& place : places) {
            CAPTURE(stack, place);
            // In the order given there are no folders.
            Arguments input{stack};
            if (place.back() == "given") {
                input.clear();
                for (const auto& entry : fs::directory_iterator(folder / stack)) input.push_back(entry.path().string());
            }
            const auto run = [&](Arguments arguments, const Arguments& more) {
                arguments.insert(arguments.end(), more.begin(), more.end());
                const Result result = run_in(folder.path(), arguments);
                CAPTURE(result.err);
                CHECK(result.status == 0);
                return result;
            };
            Arguments listing = place, direct = place;
            listing.insert(listing.end(), {"--manifest", "list.nhdr", "--force"});
            direct.insert(direct.end(), {"-o", "a.nrrd", "--force", "--factor", "3/2"});
            CHECK(run(input, listing).err.empty());
            run(input, direct);
            run({"list.nhdr"}, {"-o", "b.nrrd", "--force", "--factor", "3/2"});
            CHECK(read_file(folder / "a.nrrd") == read_file(folder / "b.nrrd"));
            // What is given with the list comes before what is written in it.
            run(input, {"--spacing", "2,3,4", "--order", place.back() == "given" ? "given" : "natural", "--origin",
                        "1,1,1", "-o", "a.nrrd", "--force"});
            run({"list.nhdr"}, {"--spacing", "2,3,4", "--origin", "1,1,1", "-o", "b.nrrd", "--force"});
            CHECK(read_file(folder / "a.nrrd") == read_file(folder / "b.nrrd"));
        }
    }
    CHECK(run_in(folder.path(), {"bare", "--spacing", "1e308", "--space-units", "m", "--manifest", "x.nhdr"}).status ==
          2);
    CHECK_FALSE(fs::exists(folder / "x.nhdr"));
}

TEST_CASE("what a list does not record is said", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 5);
    for (const Arguments& more : std::vector<Arguments>{{}, {"-o", "v.nrrd", "--spacing", "1"}}) {
        Arguments all{"stack", "--manifest", "list.nhdr", "--force", "--reverse", "--step", "2", "--crop", "1:9,,"};
        all.insert(all.end(), more.begin(), more.end());
        const Result result = run_in(folder.path(), all);
        CHECK(result.status == 0);
        CHECK(result.err.find("warning: list.nhdr: lists the slices as they are, without --step, --reverse, --crop;") !=
              std::string::npos);
    }
    CHECK(run_in(folder.path(), {"stack", "--manifest", "list.nhdr", "--force", "--threads", "1"}).err.empty());
}

TEST_CASE("the legal form is a volume for everybody", "[cli]") {
    if (!is_installed("teem-unu")) return say_skipped("teem-unu is not installed");
    const Folder folder;
    write_stack(folder / "stack", 7, 30, 20);
    CHECK(run_in(folder.path(), {"stack", "--manifest", "list.nhdr", "-o", "v.nrrd"}).status == 0);
    Program unu{{"save", "-f", "nrrd", "-e", "raw", "-i", "list.nhdr", "-o", "u.nrrd"}, folder.path()};
    unu.program = "teem-unu";
    CHECK(unu.run().status == 0);
    const Bytes theirs = read_file(folder / "u.nrrd");
    const Bytes ours = samples_of(folder / "v.nrrd");
    REQUIRE(theirs.size() > ours.size());
    CHECK(theirs.substr(theirs.size() - ours.size()) == ours);

    fs::create_directory(folder / "png");
    for (int i = 0; i < 3; ++i) write_png(folder / ("png/p" + std::to_string(i) + ".png"), 30, 20, noise(600, 3));
    CHECK(run_in(folder.path(), {"png", "--manifest", "images.nhdr"}).status == 0);
    unu.arguments[6] = "images.nhdr";
    CHECK(unu.run().status != 0);
}

TEST_CASE("slices that were saved anew are not taken for what the list says of them", "[cli]") {
    const Folder folder;
    write_stack(folder / "raw", 5, 30, 20);
    REQUIRE(run_in(folder.path(), {"raw", "--manifest", "list.nhdr"}).status == 0);
    REQUIRE(is_legal(folder));
    const Arguments import{"list.nhdr", "-o", "b.nrrd"};
    fs::path slice;
    for (const auto& entry : fs::directory_iterator(folder / "raw")) slice = entry.path();
    const Bytes before = read_file(slice);
    // Of another size, with samples in another place, compressed; each is long enough.
    const Bytes larger = tiff(40, 30, noise(2 * 40 * 30, 5));
    write_file(slice, larger);
    check_sentence(run_in(folder.path(), import), {slice.filename().string() + ": is 40 x 30", "--manifest"});
    write_tiled_tiff(slice, 30, 20, noise(2 * 30 * 20, 7));
    check_sentence(run_in(folder.path(), import), {slice.filename().string() + ": ", "--manifest"});
    CHECK(run_in(folder.path(), import).status == 3);
    write_png(slice, 30, 20, noise(2 * 30 * 20, 3), 16);
    check_sentence(run_in(folder.path(), import), {slice.filename().string() + ": ", "--manifest"});
    CHECK_FALSE(fs::exists(folder / "b.nrrd"));
    write_file(slice, before);
    CHECK(run_in(folder.path(), import).status == 0);
}

TEST_CASE("a list that must not be written is not", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    write_file(folder / "old.nhdr", "old");
    const auto refused = [&](const Arguments& arguments, int status, const std::string& word) {
        CAPTURE(arguments);
        const Result result = run_in(folder.path(), arguments);
        CHECK(result.status == status);
        check_sentence(result, {word});
    };
    refused({"stack", "--manifest", "old.nhdr"}, 2, "old.nhdr");
    refused({"stack", "--manifest", "list.nrrd"}, 2, ".nhdr");
    refused({"stack", "--manifest", "v.nhdr", "-o", "./v.nhdr"}, 2, "v.nhdr");
    refused({"stack", "--manifest", "nowhere/list.nhdr"}, 5, "nowhere");
    CHECK(run_in(folder.path(), {"stack", "-o", "v.nrrd"}).status == 0);
    refused({"v.nrrd", "--manifest", "list.nhdr"}, 2, "volume");
    write_file(folder / "stack" / slice_name(1), "no image");
    refused({"stack", "--manifest", "list.nhdr"}, 4, slice_name(1));
    check_holds(folder.path(), {"old.nhdr", "stack", "v.nrrd"});
    CHECK(read_file(folder / "old.nhdr") == "old");
}
