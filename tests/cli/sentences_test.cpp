// What people give that is no slice, or is spelled in another way: each sentence says what it is and what to do, and
// what it says to do works.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

using namespace cli_test;
using namespace std::string_literals;

namespace {

constexpr std::size_t slice_bytes = 16 * 12;

/// An 8-bit slice that is filled with its own number.
Bytes slice(int number) { return tiff(16, 12, Bytes(slice_bytes, static_cast<char>(number)), 8); }

/// The first sample of each slice of what the program makes.
std::vector<int> order_of(const fs::path& folder, Arguments input) {
    input.insert(input.begin(), {"--force", "-o", "made.nrrd"});
    const Result result = run_in(folder, input);
    CAPTURE(input, result.err);
    CHECK(result.status == 0);
    if (result.status != 0) return {};
    const Bytes samples = samples_of(folder / "made.nrrd");
    std::vector<int> order;
    for (std::size_t at = 0; at < samples.size(); at += slice_bytes)
        order.push_back(static_cast<unsigned char>(samples[at]));
    fs::remove(folder / "made.nrrd");
    return order;
}

std::vector<int> counted(int count, int first = 0) {
    std::vector<int> numbers;
    for (int i = 0; i < count; ++i) numbers.push_back(first + i);
    return numbers;
}

/// The program says just this, once, and makes nothing.
void check_refused(const fs::path& folder, const Arguments& input, int status, const std::vector<std::string>& parts) {
    Arguments all{"-o", "none.nrrd"};
    all.insert(all.end(), input.begin(), input.end());
    const Result result = run_in(folder, all);
    CAPTURE(all, result.err);
    CHECK(result.status == status);
    check_sentence(result, parts);
    CHECK_FALSE(fs::exists(folder / "none.nrrd"));
    // The pre-flight says the same, and shows no slice that is not there.
    Arguments look = input;
    look.emplace_back("--info");
    const Result info = run_in(folder, look);
    CHECK(info.status == status);
    CHECK(info.out.find("0 x 0") == std::string::npos);
}

/// What stands within quotes in a sentence behind `word`, and is an advice.
std::string quoted_behind(const std::string& sentence, const std::string& word) {
    const std::size_t at = sentence.find('\'', sentence.find(word));
    REQUIRE(at != std::string::npos);
    return sentence.substr(at + 1, sentence.find('\'', at + 1) - at - 1);
}

std::string name(const char* format, int a, double b = 0) {
    char text[100];
    std::snprintf(text, sizeof text, format, a, b);
    return text;
}

Bytes skyscan_log(const std::string& prefix, int width = 16, int height = 12) {
    return "[System]\nScanner=SkyScan1272\n[Acquisition]\nFilename Prefix=" + prefix +
           "\nFilename Index Length=4\n[Reconstruction]\nReconstruction Program=NRecon\nResult File Type=TIF\nSections "
           "Count=4\nSection to Section Step=1\nFirst Section=0\nLast Section=3\nPixel Size (um)=19.5\nResult Image "
           "Width "
           "(pixels)=" +
           std::to_string(width) + "\nResult Image Height (pixels)=" + std::to_string(height) +
           "\n[File name convention]\nFilename Index Length=4\nFilename Prefix=" + prefix + "\n";
}

}  // namespace

// ----------------------------------------------------------------------------------------------------------------
// order

TEST_CASE("both orders are shown, and what is to be given for each gives it", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "stack");
    for (int i = 0; i < 8; ++i)
        write_file(folder / "stack" / name("sec%03d_", i).append(name("%03d.tif", 7 - i)), slice(i));
    const Result result = run_in(folder.path(), {"stack", "-o", "none.nrrd"});
    CHECK(result.status == 3);
    check_sentence(result, {"sec000_007.tif, sec001_006.tif", "sec007_000.tif, sec006_001.tif", "'stack/sec%03d_*.tif'",
                            "'stack/sec*_%03d.tif'"});
    CHECK(order_of(folder.path(), {"stack/sec%03d_*.tif"}) == counted(8));
    std::vector<int> turned = counted(8);
    std::reverse(turned.begin(), turned.end());
    CHECK(order_of(folder.path(), {"stack/sec*_%03d.tif"}) == turned);
    // One file of them, or all of them, tell no more.
    check_refused(folder.path(), {"stack/sec000_007.tif"}, 3, {"order the slices differently"});
    check_refused(folder.path(), {"stack/*.tif"}, 3, {"order the slices differently"});
}

TEST_CASE("a counter with a depth: any input gives the right order, and a gap is named", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "stack");
    const auto path = [&](int i) { return "stack/" + name("slice_%05d_z=%.3fum.tif", i, 0.95 + 0.0048 * i); };
    for (int i = 0; i < 30; ++i) write_file(folder / path(i), slice(i));
    CHECK(order_of(folder.path(), {"stack"}) == counted(30));
    CHECK(order_of(folder.path(), {path(12)}) == counted(30));
    CHECK(order_of(folder.path(), {"stack/*um.tif"}) == counted(30));
    CHECK(order_of(folder.path(), {"stack/slice_*_z=%.3fum.tif"}) == counted(30));
    CHECK(order_of(folder.path(), {"stack/slice_%05d_z=*um.tif"}) == counted(30));
    CHECK(order_of(folder.path(), {"stack/slice_*_z=*um.tif", "--order", "given"}) == counted(30));
    fs::remove(folder / path(7));
    const Result gap = run_in(folder.path(), {"stack", "-o", "none.nrrd"});
    CHECK(gap.status == 3);
    check_sentence(gap, {"missing: 00007,", "--missing repeat or blank"});
    CHECK(gap.err.find("close") == std::string::npos);
    const Result depth = run_in(folder.path(), {"stack/slice_*_z=%.3fum.tif", "-o", "none.nrrd"});
    CHECK(depth.status == 3);
    check_sentence(depth, {"missing: 0.98"});
    CHECK(order_of(folder.path(), {"stack", "--missing", "blank"}).at(7) == 0);
    CHECK(order_of(folder.path(), {"stack", "--missing", "blank"}).size() == 30);
}

TEST_CASE("depths from below: the counter orders, and it is said", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "stack");
    for (int i = 0; i < 9; ++i) write_file(folder / "stack" / name("s%03d_z%.2f.tif", i, 3 - 0.25 * i), slice(i));
    const Result result = run_in(folder.path(), {"stack", "-o", "v.nrrd"});
    CHECK(result.status == 0);
    CHECK(result.err.find("counts best") != std::string::npos);
    const std::string other = quoted_behind(result.err, "; give ");
    std::vector<int> turned = counted(9);
    std::reverse(turned.begin(), turned.end());
    CHECK(order_of(folder.path(), {other}) == turned);
    CHECK(order_of(folder.path(), {"stack"}) == counted(9));
}

TEST_CASE("a gap wider than the stack is an error whatever --missing says", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "stack");
    for (const int i : {1, 2, 3, 90}) write_file(folder / "stack" / name("s_%02d.tif", i), slice(i));
    for (const char* way : {"error", "repeat", "blank", "close"}) {
        check_refused(folder.path(), {"stack", "--missing", way}, 3,
                      {"s_90.tif", "86 numbers are missing", "--order given"});
    }
    CHECK(order_of(folder.path(), {"stack/*.tif", "--order", "given"}) == std::vector<int>{1, 2, 3, 90});
    fs::remove(folder / "stack/s_90.tif");
    CHECK(order_of(folder.path(), {"stack"}) == counted(3, 1));
}

TEST_CASE("counters that began anew, and times around midnight, are given in their order", "[cli]") {
    const Folder folder;
    for (const char* part : {"camera", "clock", "hash"}) fs::create_directory(folder / part);
    Bytes list, times, hashes;
    std::mt19937 random(7);
    for (int i = 0; i < 20; ++i) {
        const std::string camera = "camera/" + name("IMG_%04d.tif", (9990 + i) % 10000);
        const int seconds = (86400 - 300 + 61 * i) % 86400;
        const std::string clock =
            "clock/" + name("%06d.tif", seconds / 3600 * 10000 + seconds / 60 % 60 * 100 + seconds % 60);
        std::string hash = "hash/";
        while (hash.size() < 37) hash += "0123456789abcdef"[random() % 16];
        hash += ".tif";
        write_file(folder / camera, slice(i));
        write_file(folder / clock, slice(i));
        write_file(folder / hash, slice(i));
        list += camera + "\n";
        times += clock + "\n";
        hashes += hash + "\n";
    }
    for (const char* way : {"error", "blank", "close"}) {
        check_refused(folder.path(), {"camera", "--missing", way}, 3, {"9999", "begun anew", "--order given"});
        check_refused(folder.path(), {"clock", "--missing", way}, 3, {"midnight", "--order given"});
        check_refused(folder.path(), {"hash", "--missing", way}, 3, {"random", "--order given"});
    }
    for (const Bytes& lines : {list, times, hashes}) {
        write_file(folder / "list", lines);
        CHECK(order_of(folder.path(), {"--files-from", "list", "--order", "given"}) == counted(20));
    }
}

TEST_CASE("numbers that pass for times of day are said to be taken for them", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "stack");
    for (int i = 0; i < 40; ++i) {  // a counter that lacks 60 to 99, or one second after the other
        write_file(folder / "stack" / name("rec_%06d.tif", i < 20 ? 40 + i : 80 + i), slice(i));
    }
    const Result result = run_in(folder.path(), {"stack", "--spacing", "1", "-o", "v.nrrd"});
    CHECK(result.status == 0);
    CHECK(result.err.find("taken for times of day") != std::string::npos);
    check_refused(folder.path(), {"stack/rec_%06d.tif"}, 3, {"missing", "000060..000099"});
}

TEST_CASE("the first of several files may have no number", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "stack");
    write_file(folder / "stack/scan.tif", slice(0));
    for (int i = 1; i < 5; ++i) write_file(folder / "stack" / name("scan (%d).tif", i), slice(i));
    check_refused(folder.path(), {"stack"}, 3, {"scan.tif", "may be the first slice", "'stack/scan (%d).tif'"});
    CHECK(order_of(folder.path(), {"stack/scan (%d).tif"}) == counted(4, 1));
    fs::rename(folder / "stack/scan.tif", folder / "stack/scan (0).tif");
    CHECK(order_of(folder.path(), {"stack"}) == counted(5));
    // A copy of one slice is none of them.
    write_file(folder / "stack/scan (2) - Copy.tif", slice(2));
    CHECK(order_of(folder.path(), {"stack"}) == counted(5));
}

TEST_CASE("one number in two folders, and one name in two Unicode forms", "[cli]") {
    const Folder folder;
    for (const char* part : {"a", "b", "twins"}) fs::create_directory(folder / part);
    for (int i = 0; i < 3; ++i) {
        write_file(folder / "a" / name("s_%d.tif", i), slice(i));
        write_file(folder / "b" / name("s_%d.tif", i), slice(3 + i));
    }
    check_refused(folder.path(), {"a/s_0.tif", "a/s_1.tif", "b/s_0.tif"}, 3,
                  {"a/s_0.tif and b/s_0.tif", "--order given"});
    check_refused(folder.path(), {"?/s_*.tif"}, 3, {"have the same number", "--order given"});
    CHECK(order_of(folder.path(), {"?/s_*.tif", "--order", "given"}) == counted(6));
    check_refused(folder.path(), {"a", "b"}, 2, {"a: is a folder", "--order given"});
    for (int i = 0; i < 3; ++i) write_file(folder / ("twins/" + name("k\xC3\xA4se_%d.tif", i)), slice(i));
    write_file(folder / "twins/ka\xCC\x88se_1.tif", slice(1));
    if (std::distance(fs::directory_iterator(folder / "twins"), {}) == 4) {  // file systems may take them for one
        check_refused(folder.path(), {"twins"}, 3, {"look alike", "NFC and NFD", "keep one"});
    }
}

// ------------------------------------------------------------------------------------------------ what is no slice at
// all

TEST_CASE("what is no slice is named, by its content or its name, and what to do", "[cli]") {
    const Folder folder;
    struct Case {
        std::string name;
        Bytes bytes;
        std::vector<std::string> parts;
    };
    const std::vector<Case> cases{
        {"x.dcm", Bytes(128, '\0') + "DICM" + Bytes(40, '\0'), {"DICOM", "dcm2niix -e y"}},
        {"IM0001", Bytes(128, '\0') + "DICM" + Bytes(40, '\0'), {"DICOM", "dcm2niix -e y"}},
        {"v.vol", Bytes(100, '\0'), {"VGStudio", ".nhdr"}},
        {"v.vgi", "{volume1}\n[file1]\n", {"VGStudio", ".vol"}},
        {"v.mha", "ObjectType = Image\nNDims = 3\n", {"MetaImage", "3D Slicer"}},
        {"v.mhd", "ObjectType = Image\nNDims = 3\n", {"MetaImage"}},
        {"v.nii", Bytes(344, '\0') + "n+1\0"s + Bytes(8, '\0'), {"NIfTI", "3D Slicer"}},
        {"v.nii.gz", "\x1F\x8B\x08" + Bytes(20, '\0'), {"NIfTI", "3D Slicer"}},
        {"v.gz", "\x1F\x8B\x08" + Bytes(20, '\0'), {"gzip", "unpack"}},
        {"v.zip", "PK\x03\x04" + Bytes(20, '\0'), {"ZIP", "unpack"}},
        {"slices", "PK\x03\x04" + Bytes(20, '\0'), {"ZIP", "unpack"}},
        {"v.tar", Bytes(257, '\0') + "ustar" + Bytes(50, '\0'), {"archive", "unpack"}},
        {"v.am", "# AmiraMesh BINARY-LITTLE-ENDIAN 2.1\n", {"Amira"}},
        {"v.raw", Bytes(100, '\1'), {"raw samples", ".nhdr"}},
        {"v.h5", "\x89HDF\r\n\x1A\n" + Bytes(20, '\0'), {"HDF5", "TIFF"}},
        {"v.ims", "\x89HDF\r\n\x1A\n" + Bytes(20, '\0'), {"Imaris", "Fiji"}},
        {"v.czi", "ZISRAWFILE" + Bytes(20, '\0'), {"CZI", "Fiji"}},
        {"v.nd2", "\xDA\xCE\xBE\x0A" + Bytes(20, '\0'), {"ND2", "Fiji"}},
        {"v.lif", "\x70\0\0\0"s + Bytes(20, '\0'), {"Leica", "Fiji"}},
        {"v.txm", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + Bytes(20, '\0'), {"Xradia"}},
        {"v.oir", "OLYMPUSRAWFORMAT" + Bytes(20, '\0'), {"Olympus", "Fiji"}},
        {"v.mp4", Bytes("\0\0\0\x18", 4) + "ftypisom" + Bytes(20, '\0'), {"film", "ffmpeg"}},
        {"v.avi", "RIFF\1\1\1\1AVI LIST" + Bytes(20, '\0'), {"film", "ffmpeg"}},
        {"v.pdf", "%PDF-1.7\n", {"PDF"}},
        {"v.npy", "\x93NUMPY" + Bytes(20, '\0'), {"NumPy"}},
        {"v.gif", "GIF89a" + Bytes(20, '\0'), {"GIF", "convert"}},
        {"v.stl", Bytes(100, '\0'), {"surface"}},
        {"v.lnk", "L\0\0\0\x01\x14\x02\0"s + Bytes(20, '\0'), {"shortcut"}},
        {"v.docx", "PK\x03\x04" + Bytes(20, '\0'), {"document"}},
        {"notes.md", "these are notes\n", {"text file"}},
        {"slice.tif", "<!DOCTYPE html><html>not found</html>", {"web page", "download"}},
        {"slice_1.tif", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", {"Git LFS", "git lfs pull"}},
        {"unknown", "\1\2\3\4\5", {"is not a TIFF", "convert it or leave it out"}}};
    for (const Case& one : cases) {
        CAPTURE(one.name);
        const Folder place;
        write_file(place / one.name, one.bytes);
        std::vector<std::string> parts = one.parts;
        parts.push_back(one.name + ": is ");
        check_refused(place.path(), {one.name}, 4, parts);
        // A folder that holds nothing else says the same, unless the name promises an image.
        if (one.name.ends_with(".tif") || one.name == "unknown" || one.name == "notes.md") continue;
        parts = one.parts;
        parts.push_back("holds no slices");
        parts.push_back(one.name);
        check_refused(place.path(), {"."}, 3, parts);
    }
    write_file(folder / "empty.tif", "");
    check_refused(folder.path(), {"empty.tif"}, 4, {"empty.tif: is empty"});
}

TEST_CASE("a folder in place of the one with the slices", "[cli]") {
    const Folder folder;
    for (int i = 0; i < 4; ++i) {
        fs::create_directories(folder / "scan/deep/scan_Rec");
        write_file(folder / "scan/deep/scan_Rec" / name("s%d.tif", i), slice(i));
    }
    write_file(folder / "scan/notes.txt", "text");
    fs::create_directories(folder / "scan/empty/more");
    CHECK(order_of(folder.path(), {"scan"}) == counted(4));
    const Result info = run_in(folder.path(), {"scan", "--info"});
    CHECK(with_slashes(info.out).find("scan/deep/scan_Rec, 4 images") != std::string::npos);
    // Links that lead around change nothing.
    const bool linked = support::made_link(folder / "scan", folder / "scan/around") &&
                        support::made_link(folder / "scan/deep/scan_Rec", folder / "scan/link");
    CHECK(order_of(folder.path(), {"scan"}) == counted(4));
    // Two are not chosen from; each of them does as advised.
    fs::create_directory(folder / "scan/other");
    for (int i = 0; i < 3; ++i) write_file(folder / "scan/other" / name("s%d.tif", i), slice(7 + i));
    if (linked) fs::remove(folder / "scan/link");
    check_refused(folder.path(), {"scan"}, 3, {"'scan/deep/scan_Rec' (4 images)", "'scan/other' (3 images)"});
    CHECK(order_of(folder.path(), {"scan/other"}) == counted(3, 7));
    // A picture in a folder of its own is no stack.
    for (int i = 1; i < 3; ++i) fs::remove(folder / "scan/other" / name("s%d.tif", i));
    CHECK(order_of(folder.path(), {"scan"}) == counted(4));
}

TEST_CASE("a folder with a volume stands for it", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    fs::create_directory(folder / "made");
    REQUIRE(run_in(folder.path(), {"stack", "-q", "-o", "made/a.nrrd"}).status == 0);
    const Result one = run_in(folder.path(), {"made", "-o", "v.nrrd"});
    CHECK(one.status == 0);
    CHECK(one.err.find("a volume, which is taken (a.nrrd)") != std::string::npos);
    CHECK(samples_of(folder / "v.nrrd") == samples_of(folder / "made/a.nrrd"));
    REQUIRE(run_in(folder.path(), {"stack", "-q", "-o", "made/b.nhdr"}).status == 0);
    check_refused(folder.path(), {"made"}, 3, {"2 volumes", "'made/a.nrrd'", "'made/b.nhdr'"});
    // Slices come before a volume beside them.
    fs::rename(folder / "made/a.nrrd", folder / "stack/a.nrrd");
    CHECK(run_in(folder.path(), {"stack", "--info"}).out.find("16 x 12 x 3") != std::string::npos);
}

TEST_CASE("folders without anything to take", "[cli]") {
    const Folder folder;
    for (const char* part : {"empty", "thumbs", "logs", "zarr"}) fs::create_directory(folder / part);
    check_refused(folder.path(), {"empty"}, 3, {"empty: holds no slices", "it is empty"});
    write_file(folder / "thumbs/Thumbs.db", "x");
    write_file(folder / "thumbs/scan_spr.bmp", "x");
    check_refused(folder.path(), {"thumbs"}, 3,
                  {"only files that scanners and systems put beside them", "scan_spr.bmp"});
    write_file(folder / "logs/scan.log", "text\n");
    check_refused(folder.path(), {"logs"}, 3, {"holds no slices", "scan.log"});
    write_file(folder / "zarr/zarr.json", "{}\n");
    check_refused(folder.path(), {"zarr"}, 4, {"Zarr", "TIFF"});
    fs::create_directory(folder / "folder.tif");
    check_refused(folder.path(), {"folder.tif"}, 3, {"folder.tif: holds no slices"});
}

TEST_CASE("what a scanner wrote stands for its slices", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "scan");
    for (int i = 0; i < 4; ++i) write_file(folder / "scan" / name("skull_rec%04d.tif", i), slice(i));
    write_file(folder / "scan/skull_rec.log", skyscan_log("skull_rec"));
    CHECK(order_of(folder.path(), {"scan/skull_rec.log"}) == counted(4));
    // Among other series, its own.
    for (int i = 0; i < 3; ++i) write_file(folder / "scan" / name("other_%04d.tif", i), slice(50 + i));
    CHECK(order_of(folder.path(), {"scan/skull_rec.log"}) == counted(4));
    CHECK(order_of(folder / "scan", {"skull_rec.log"}) == counted(4));
    const Result said = run_in(folder.path(), {"scan/skull_rec.log", "--info"});
    CHECK(said.out.find("those beside it are taken") != std::string::npos);
    CHECK(said.out.find("0.0195") != std::string::npos);
    // Elsewhere.
    fs::create_directory(folder / "log");
    write_file(folder / "log/skull_rec.log", skyscan_log("skull_rec"));
    check_refused(folder.path(), {"log/skull_rec.log"}, 3, {"SkyScan", "skull_rec", "--spacing 0.0195"});
    check_refused(folder.path(), {"log"}, 3, {"holds no slices", "skull_rec.log"});
    // Files that a shell has listed: the log is none of the slices.
    CHECK(order_of(folder.path(), {"scan/skull_rec.log", "scan/skull_rec0000.tif", "scan/skull_rec0001.tif"}) ==
          counted(2));
}

TEST_CASE("slices renamed beside their log: the spacing is named, and not again once it is given", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "scan");
    for (int i = 0; i < 4; ++i) write_file(folder / "scan" / name("renamed_%04d.tif", i), slice(i));
    write_file(folder / "scan/skull_rec.log", skyscan_log("skull_rec"));
    const Result info = run_in(folder.path(), {"scan", "--info"});
    CHECK(info.status == 0);
    CHECK(info.out.find("pass --spacing 0.0195 if it is of these") != std::string::npos);
    check_refused(folder.path(), {"scan/skull_rec.log"}, 3, {"'scan', with --spacing 0.0195"});
    for (const Arguments& more : {Arguments{"--info"}, Arguments{"--info", "--json"}, Arguments{"-o", "v.nrrd"}}) {
        Arguments all{"scan", "--spacing", "0.0195"};
        all.insert(all.end(), more.begin(), more.end());
        const Result given = run_in(folder.path(), all);
        CHECK(given.status == 0);
        CHECK((given.out + given.err).find("pass ") == std::string::npos);
    }
    CHECK(read_file(folder / "v.nrrd").find("space directions: (0.0195,0,0) (0,0.0195,0) (0,0,0.0195)") != Bytes::npos);
}

// ------------------------------------------------------------------------------------------------- what is typed
// wrongly

TEST_CASE("a name that is not there: the nearest is named, and does", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "my scan");
    for (int i = 0; i < 3; ++i) write_file(folder / "my scan" / name("slice_%03d.tif", i), slice(i));
    const auto advice = [&](const std::string& given, const std::vector<std::string>& parts, const std::string& word) {
        CAPTURE(given);
        check_refused(folder.path(), {given}, 3, parts);
        const Result result = run_in(folder.path(), {given});
        return quoted_behind(result.err, word);
    };
    const std::vector<int> all = counted(3);
    CHECK(order_of(folder.path(), {advice("my scna", {"no such file or folder"}, "there is ")}) == all);
    CHECK(order_of(folder.path(), {advice("my scan/slice_001.tiff", {}, "there is ")}) == all);
    CHECK(order_of(folder.path(), {advice("my scan/slice_01.tif", {}, "there is ")}) == all);
    CHECK(order_of(folder.path(), {advice("'my scan'", {}, "give ")}) == all);
    CHECK(order_of(folder.path(), {advice("my scan/slice_%04d.tif", {"no file has such a name"}, "check it, ")}) ==
          all);
    CHECK(order_of(folder.path(), {advice("my scan/slice_%d.tif", {"no file has such a name"}, "check it, ")}) == all);
    CHECK(order_of(folder.path(), {advice("my scna/*.tif", {}, "there is ") + "/*.tif"}) == all);
    check_refused(folder.path(), {"my scan/*.png"}, 3, {"names in its folder are such as 'slice_000.tif'"});
    check_refused(folder.path(), {"nothing like it at all"}, 3, {"no such file or folder; check how it is spelled"});
    check_refused(folder.path(), {"nothing/like/it.tif"}, 3, {"there is no 'nothing'"});
    if (support::is_windows) return support::say_skipped("names that Windows takes for the right ones");
    CHECK(order_of(folder.path(), {advice("My Scan", {"no such file or folder"}, "there is ")}) == all);
    CHECK(order_of(folder.path(), {advice("my scan\"", {}, "give ")}) == all);
    CHECK(order_of(folder.path(), {advice("my scan ", {}, "give ")}) == all);
    CHECK(order_of(folder.path(), {advice("my\\ scan", {}, "give ")}) == all);
    CHECK(order_of(folder.path(), {advice("my scan\\slice_001.tif", {}, "give ")}) == all);
    CHECK(order_of(folder.path(), {advice("my scan/SLICE_*.TIF", {"no file has such a name"}, "check it, ")}) == all);
    CHECK(order_of(folder.path(), {advice("my scan\\*.tif", {}, "give ")}) == all);
    check_refused(folder.path(), {"~/scan"}, 3, {"~"});
    check_refused(folder.path(), {"C:\\scans\\my scan"}, 3, {"path of Windows"});
    check_refused(folder.path(), {"D:/scans/*.tif"}, 3, {"path of Windows"});
}

TEST_CASE("a glob that the shell has expanded over two series", "[cli]") {
    const Folder folder;
    for (int i = 0; i < 3; ++i) {
        write_file(folder / name("a_%02d.tif", i), slice(i));
        write_file(folder / name("b_%02d.tif", i), slice(10 + i));
    }
    check_refused(folder.path(), {"a_00.tif", "a_01.tif", "b_00.tif", "b_01.tif"}, 3,
                  {"2 numbered series", "'a_%02d.tif'"});
    CHECK(order_of(folder.path(), {"a_%02d.tif"}) == counted(3));
    CHECK(order_of(folder.path(), {"a_01.tif", "a_00.tif", "b_00.tif", "b_01.tif", "--order", "given"}) ==
          std::vector<int>{1, 0, 10, 11});
    fs::create_directory(folder / "more");
    check_refused(folder.path(), {"a_00.tif", "more"}, 2, {"more: is a folder", "a file was expected"});
}
