// Stacks that are not what they should be: status 3, and slices that cannot be read: status 4.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// A stack that a test may spoil, and what then happens: an error, with an old output untouched and nothing new.
struct Spoiled {
    Folder folder;
    fs::path stack;
    explicit Spoiled(int slices = 12) : stack(folder / "stack") {
        write_stack(stack, slices, 20, 16);
        fs::create_directory(folder / "out");
        write_file(folder / "out/old.nrrd", "old");
    }
    [[nodiscard]] fs::path slice(int i) const { return stack / slice_name(i); }
    void check(int status, const std::vector<std::string>& named, Arguments input = {}) const {
        if (input.empty()) input = {stack.string()};
        const auto check_one = [&](const Arguments& more) {
            Arguments all = input;
            all.insert(all.end(), more.begin(), more.end());
            CAPTURE(all);
            const Result result = run_in(folder / "out", all);
            CHECK(result.status == status);
            CHECK(result.out.empty());
            check_sentence(result, named);
            check_holds(folder / "out", {"old.nrrd"});
            CHECK(read_file(folder / "out/old.nrrd") == "old");
        };
        check_one({"-o", "old.nrrd", "--force"});
        check_one({"-o", "new.nhdr", "--preview", "new.png", "--threads", "1"});
        check_one({"-o", "new.nrrd", "--encoding", "gzip", "--threads", "4"});
    }
};

void shorten(const fs::path& file, std::uintmax_t by) { fs::resize_file(file, fs::file_size(file) - by); }

}  // namespace

TEST_CASE("gaps are named as ranges", "[cli]") {
    const Spoiled spoiled;
    for (const int i : {2, 5, 6, 7, 10}) fs::remove(spoiled.slice(i));
    spoiled.check(3, {"missing", "002", "005", "007", "010", "--missing"});
    spoiled.check(3, {"missing", "002"}, {(spoiled.stack / "slice_%03d.tif").string()});
    spoiled.check(3, {"missing", "002"}, {(spoiled.stack / "*.tif").string()});
    spoiled.check(3, {"missing", "002"}, {spoiled.slice(0).string()});

    for (const std::string way : {"repeat", "blank", "close"}) {
        CAPTURE(way);
        const Result result =
            run_in(spoiled.folder / "out", {spoiled.stack.string(), "-o", way + ".nrrd", "--missing", way});
        CHECK(result.status == 0);
        const Bytes samples = samples_of(spoiled.folder / "out" / (way + ".nrrd"));
        constexpr std::size_t slice = 2 * 20 * 16;
        CHECK(samples.size() == (way == "close" ? 7 : 12) * slice);
        const Bytes third = samples.substr(2 * slice, slice);
        CHECK(third == (way == "repeat" ? noise(slice, 1) : way == "blank" ? Bytes(slice, '\0') : noise(slice, 3)));
    }
}

TEST_CASE("more gaps than can be named are counted", "[cli]") {
    const Spoiled spoiled(60);
    for (int i = 1; i < 59; i += 2) fs::remove(spoiled.slice(i));
    spoiled.check(3, {"001", "003", "019", "19 more"});
}

TEST_CASE("a number that is there twice", "[cli]") {
    const Spoiled spoiled;
    fs::copy_file(spoiled.slice(4), spoiled.stack / "slice_04.tif");
    spoiled.check(3, {"slice_04.tif", "slice_004.tif"});
}

TEST_CASE("a file that is given twice", "[cli]") {
    const Spoiled spoiled;
    const std::string a = spoiled.slice(0).string(), b = spoiled.slice(1).string();
    spoiled.check(3, {slice_name(0)}, {a, b, a});
    const Result result = run_in(spoiled.folder / "out", {a, b, a, "--order", "given", "-o", "aba.nrrd"});
    CHECK(result.status == 0);
    const Bytes samples = samples_of(spoiled.folder / "out/aba.nrrd");
    CHECK(samples == noise(640, 0) + noise(640, 1) + noise(640, 0));
}

TEST_CASE("slices of another size, type or colour are all named, with both numbers", "[cli]") {
    SECTION("size") {
        const Spoiled spoiled;
        for (const int i : {3, 9}) write_file(spoiled.slice(i), tiff(21, 17, noise(2 * 21 * 17, 1)));
        spoiled.check(3, {slice_name(3), slice_name(9), "21 x 17", "20 x 16"});
    }
    SECTION("the first is the odd one") {
        const Spoiled spoiled;
        write_file(spoiled.slice(0), tiff(21, 17, noise(2 * 21 * 17, 1)));
        spoiled.check(3, {slice_name(0), "21 x 17", "20 x 16"});
    }
    SECTION("type") {
        const Spoiled spoiled;
        for (const int i : {5, 7}) write_file(spoiled.slice(i), tiff(20, 16, noise(20 * 16, 1), 8));
        spoiled.check(3, {slice_name(5), slice_name(7), "uint8", "uint16"});
    }
    SECTION("colour") {
        const Spoiled spoiled;
        write_file(spoiled.slice(5), tiff(20, 16, noise(2 * 3 * 20 * 16, 1), 16, 3));
        spoiled.check(3, {slice_name(5), "RGB", "grey"});
    }
    SECTION("many: ten are named, the others counted") {
        const Spoiled spoiled(40);
        for (int i = 10; i < 35; ++i) write_file(spoiled.slice(i), tiff(2, 2, noise(8, 1)));
        spoiled.check(3, {slice_name(10), slice_name(19), "15 more", "2 x 2", "20 x 16"});
    }
}

TEST_CASE("no slices", "[cli]") {
    const Spoiled spoiled;
    const fs::path empty = spoiled.folder / "empty";
    fs::create_directory(empty);
    spoiled.check(3, {"empty", "no slices"}, {empty.string()});
    write_file(empty / "notes.txt", "text");
    spoiled.check(3, {"empty", "no slices"}, {empty.string()});
    spoiled.check(3, {"nowhere"}, {(spoiled.folder / "nowhere").string()});
    spoiled.check(3, {"*.png"}, {(spoiled.stack / "*.png").string()});
    spoiled.check(3, {"x_%d.tif"}, {(spoiled.stack / "x_%d.tif").string()});
    spoiled.check(3, {"nolist"}, {"--files-from", (spoiled.folder / "nolist").string()});
    write_file(spoiled.folder / "list", "# nothing\n\n");
    spoiled.check(3, {"no slices"}, {"--files-from", (spoiled.folder / "list").string()});
}

TEST_CASE("slices that break off", "[cli]") {
    SECTION("TIFF") {
        const Spoiled spoiled;
        shorten(spoiled.slice(6), 20);  // within its directory
        spoiled.check(4, {slice_name(6)});
        shorten(spoiled.slice(6), 400);
        spoiled.check(4, {slice_name(6)});
        fs::resize_file(spoiled.slice(6), 8);
        spoiled.check(4, {slice_name(6)});
    }
    SECTION("nothing in it") {
        const Spoiled spoiled;
        fs::resize_file(spoiled.slice(6), 0);
        spoiled.check(4, {slice_name(6), "empty"});
    }
    SECTION("PNG, found only while its samples are read") {
        const Spoiled spoiled;
        const fs::path folder = spoiled.folder / "png";
        fs::create_directory(folder);
        for (int i = 0; i < 8; ++i) {
            write_png(folder / ("s" + std::to_string(i) + ".png"), 64, 64, noise(4096, static_cast<unsigned>(i)));
        }
        shorten(folder / "s5.png", 1000);
        spoiled.check(4, {"s5.png"}, {folder.string()});
        // The first in order is named, whatever the threads did.
        shorten(folder / "s3.png", 1000);
        spoiled.check(4, {"s3.png"}, {folder.string()});
    }
    SECTION("PNG with a bit that flipped") {
        const Spoiled spoiled;
        const fs::path folder = spoiled.folder / "png";
        fs::create_directory(folder);
        for (int i = 0; i < 4; ++i) {
            write_png(folder / ("s" + std::to_string(i) + ".png"), 64, 64, noise(4096, static_cast<unsigned>(i)));
        }
        Bytes bytes = read_file(folder / "s2.png");
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
        write_file(folder / "s2.png", bytes);
        spoiled.check(4, {"s2.png"}, {folder.string()});
    }
    SECTION("BMP") {
        const Spoiled spoiled;
        const fs::path folder = spoiled.folder / "bmp";
        fs::create_directory(folder);
        for (int i = 0; i < 4; ++i) {
            write_file(folder / ("s" + std::to_string(i) + ".bmp"), bmp(30, 20, noise(600, static_cast<unsigned>(i))));
        }
        shorten(folder / "s2.bmp", 100);
        spoiled.check(4, {"s2.bmp"}, {folder.string()});
    }
}

TEST_CASE("what is no slice at all", "[cli]") {
    const Spoiled spoiled;
    SECTION("text among a folder's slices") {
        write_file(spoiled.slice(3), "this is text, not a slice\n");
        spoiled.check(4, {slice_name(3), "TIFF, PNG, JPEG, JPEG 2000 or BMP"});
    }
    SECTION("text in a list") {
        write_file(spoiled.folder / "notes.txt", "this is text, not a slice\n");
        write_list(spoiled.folder / "list", {spoiled.slice(0), spoiled.folder / "notes.txt", spoiled.slice(1)});
        spoiled.check(4, {"notes.txt"}, {"--files-from", (spoiled.folder / "list").string(), "--order", "given"});
    }
    SECTION("a pipe, which nobody writes to") {
        fs::remove(spoiled.slice(3));
        if (!support::made_pipe(spoiled.slice(3))) return;
        spoiled.check(4, {slice_name(3), "regular file"});
    }
    SECTION("a device") {
        if (!support::has_devices()) return;
        spoiled.check(4, {"/dev/zero", "regular file"}, {"/dev/zero", "--order", "given"});
    }
    SECTION("a link that leads nowhere") {
        fs::remove(spoiled.slice(3));
        if (!support::made_link("nowhere.tif", spoiled.slice(3))) return;
        spoiled.check(3, {slice_name(3)});
    }
    SECTION("a list that is no list") {
        if (!support::has_devices()) return;
        spoiled.check(4, {"/dev/zero"}, {"--files-from", "/dev/zero"});
    }
}

TEST_CASE("what is not supported is said by name", "[cli]") {
    const Spoiled spoiled(3);
    SECTION("a complex TIFF") {
        write_file(spoiled.slice(1), tiff(20, 16, noise(4 * 20 * 16, 1), 32, 1, 5));
        spoiled.check(4, {slice_name(1), "complex"});
    }
    SECTION("40 bits") {
        Bytes odd = tiff(20, 16, noise(640, 1));
        const std::size_t bits = odd.find(Bytes("\x02\x01\x03\x00\x01\x00\x00\x00\x10", 9));  // tag 258, 16
        REQUIRE(bits != Bytes::npos);
        odd[bits + 8] = 40;
        write_file(spoiled.slice(1), odd);
        spoiled.check(4, {slice_name(1), "40-bit"});
    }
    SECTION("a compression") {
        Bytes odd = tiff(20, 16, noise(640, 1));
        const std::size_t at = odd.find(Bytes("\x03\x01\x03\x00\x01\x00\x00\x00\x01", 9));  // tag 259, none
        REQUIRE(at != Bytes::npos);
        odd[at + 8] = static_cast<char>(34712 & 0xFF);
        odd[at + 9] = static_cast<char>(34712 >> 8);
        write_file(spoiled.slice(1), odd);
        spoiled.check(4, {slice_name(1), "JPEG 2000"});
    }
    SECTION("a PNG in a BMP") {
        Bytes odd = bmp(20, 16, noise(320, 1));
        odd[30] = 5;
        write_file(spoiled.slice(1), odd);
        spoiled.check(4, {slice_name(1), "PNG compression"});
    }
    SECTION("a damaged volume") {
        write_file(spoiled.folder / "v.nrrd", "NRRD0004\n");
        spoiled.check(4, {"v.nrrd", "NRRD header", "type"}, {(spoiled.folder / "v.nrrd").string()});
    }
}

TEST_CASE("a slice that may not be read", "[cli]") {
    const Spoiled spoiled;
    Arguments wrapper;
    if (!as_nobody(wrapper)) return;
    fs::permissions(spoiled.folder / "out", fs::perms(0777));
    fs::permissions(spoiled.slice(4), fs::perms(0));
    const Result result = Program{{spoiled.stack.string(), "-o", "v.nrrd"}, spoiled.folder / "out", {}, wrapper}.run();
    CHECK(result.status == 5);
    check_sentence(result, {slice_name(4), "ermission denied"});
    check_holds(spoiled.folder / "out", {"old.nrrd"});
}

TEST_CASE("strays beside the slices are left out and listed", "[cli]") {
    const Spoiled spoiled;
    for (const std::string name : {"slice_spr.bmp", "._slice_000.tif", "Thumbs.db", "slice_.log", "notes.txt"}) {
        write_file(spoiled.stack / name, "not a slice");
    }
    const Result info = run({spoiled.stack.string(), "--info"});
    CHECK(info.status == 0);
    CHECK(info.out.find("20 x 16 x 12") != std::string::npos);
    for (const std::string name : {"slice_spr.bmp", "._slice_000.tif", "Thumbs.db", "slice_.log"}) {
        CAPTURE(name);
        CHECK(info.out.find(name) != std::string::npos);
    }
}
