// Outputs where a disk is full, a file may not grow, a folder is somebody else's; and modes and links.

#include "cli/output_place.hpp"
#include "support/catch.hpp"

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <string>
#include <utility>
#include <vector>

using namespace cli_test;

namespace {

/// A small file system that is soon full. Absent where it cannot be mounted.
class TinyDisk {
public:
    explicit TinyDisk(fs::path folder) : folder_(std::move(folder)) {
        fs::create_directory(folder_);
        mounted_ = ::mount("none", folder_.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=64k") == 0;
        if (!mounted_) say_skipped("a tmpfs cannot be mounted here");
    }
    ~TinyDisk() {
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    TinyDisk(const TinyDisk&) = delete;
    TinyDisk& operator=(const TinyDisk&) = delete;
    [[nodiscard]] bool is_there() const { return mounted_; }

private:
    fs::path folder_;
    bool mounted_ = false;
};

}  // namespace

TEST_CASE("a folder that may not be written to", "[cli]") {
    const OutputPlace place;
    Arguments wrapper;
    if (!as_nobody(wrapper)) return;
    fs::permissions(place.out, fs::perms(0555));
    const Result result = Program{{place.stack, "-o", "v.nrrd"}, place.out, {}, wrapper}.run();
    fs::permissions(place.out, fs::perms(0755));
    CHECK(result.status == 5);
    check_sentence(result, {"v.nrrd", "ermission denied"});
    check_holds(place.out, {});
}

TEST_CASE("a full disk leaves what was there", "[cli]") {
    const OutputPlace place;
    const TinyDisk disk(place.folder / "disk");
    if (!disk.is_there()) return;
    const fs::path folder = place.folder / "disk";
    write_stack(place.folder / "big", 4, 256, 128);  // 256 KiB
    const std::string big = (place.folder / "big").string();
    for (const std::string name : {"v.nrrd", "v.nhdr"}) {
        write_file(folder / name, "old");
        // Raw samples are known to be too many beforehand; compressed ones are not.
        for (const std::string encoding : {"raw", "gzip"}) {
            CAPTURE(name, encoding);
            const Result result = run_in(folder, {big, "-o", name, "--force", "--encoding", encoding});
            CHECK(result.status == 5);
            check_sentence(result, {encoding == "raw" ? "free" : "No space left"});
            CHECK(read_file(folder / name) == "old");
            check_holds(folder, {name});
        }
        fs::remove(folder / name);
    }
}

TEST_CASE("a file that may not grow", "[cli]") {
    const OutputPlace place;
    write_file(place.out / "v.nrrd", "old");
    for (const std::string encoding : {"raw", "gzip"}) {
        for (const std::uint64_t most : {0U, 100U, 5000U}) {
            CAPTURE(encoding, most);
            Program program{{place.stack, "-o", "v.nrrd", "--force", "--encoding", encoding}, place.out};
            program.limits = {{RLIMIT_FSIZE, most}};
            const Result result = program.run();
            CHECK(result.status == 5);
            check_sentence(result, {"v.nrrd", "File too large"});
            CHECK(read_file(place.out / "v.nrrd") == "old");
            check_holds(place.out, {"v.nrrd"});
        }
    }
    // A preview that is larger than its volume.
    const Arguments both{"-o", "w.nrrd", "--type", "uint8", "--crop", "0:4,0:4,0:4", "--preview", "w.png"};
    CHECK(place.make(both).status == 0);
    const std::uintmax_t volume = fs::file_size(place.out / "w.nrrd"), preview = fs::file_size(place.out / "w.png");
    REQUIRE(preview > volume + 20);
    fs::remove(place.out / "w.nrrd");
    fs::remove(place.out / "w.png");
    Program program{both, place.out};
    program.arguments.insert(program.arguments.begin(), place.stack);
    program.limits = {{RLIMIT_FSIZE, (volume + preview) / 2}};
    const Result result = program.run();
    CHECK(result.status == 5);
    check_sentence(result, {"w.png"});
    check_holds(place.out, {"v.nrrd"});
}

TEST_CASE("a report that cannot be printed leaves no output behind an error", "[cli]") {
    if (!fs::exists("/dev/full")) return say_skipped("there is no /dev/full");
    const OutputPlace place;
    for (const Arguments& arguments : std::vector<Arguments>{{"--info"}, {"--info", "--json"}, {}}) {
        Program info{arguments, place.out};
        info.arguments.insert(info.arguments.begin(), place.stack);
        info.out_file = "/dev/full";
        const Result result = info.run();
        CHECK(result.status == 5);
        check_sentence(result, {"output"});
    }
    write_file(place.out / "v.nrrd", "old");
    Program program{{place.stack, "-o", "v.nrrd", "--force", "--json"}, place.out};
    program.out_file = "/dev/full";
    // Either is honest: done, with a complaint; or not done, with the old output in its place.
    if (program.run().status == 0) {
        CHECK(read_file(place.out / "v.nrrd") != "old");
    } else {
        CHECK(read_file(place.out / "v.nrrd") == "old");
    }
    check_holds(place.out, {"v.nrrd"});
}

TEST_CASE("an output through a symbolic link replaces what the link names", "[cli]") {
    const OutputPlace place;
    const fs::path elsewhere = place.folder / "elsewhere";
    fs::create_directory(elsewhere);
    for (const bool dangling : {true, false}) {
        CAPTURE(dangling);
        const fs::path target = elsewhere / (dangling ? "new.nrrd" : "old.nrrd");
        const std::string link = dangling ? "to_new.nrrd" : "to_old.nrrd";
        if (!dangling) write_file(target, "old");
        fs::create_symlink(target, place.out / link);
        CHECK(place.make({"-o", link, "--force"}).status == 0);
        CHECK(fs::is_symlink(place.out / link));
        CHECK(read_file(target).starts_with("NRRD000"));
    }
    check_holds(elsewhere, {"new.nrrd", "old.nrrd"});
    check_holds(place.out, {"to_new.nrrd", "to_old.nrrd"});
}

TEST_CASE("umask holds for all that is written", "[cli]") {
    const OutputPlace place;
    const auto mode = [&](const std::string& name) {
        struct stat status {};
        REQUIRE(::stat((place.out / name).c_str(), &status) == 0);
        return status.st_mode & 07777;
    };
    for (const int mask : {077, 022, 0}) {
        CAPTURE(mask);
        Program program{{place.stack, "-o", "v.nhdr", "--preview", "v.png", "--force"}, place.out};
        program.mask = mask;
        CHECK(program.run().status == 0);
        for (const std::string name : {"v.nhdr", "v.raw", "v.png"}) {
            CHECK(mode(name) == (0666U & ~static_cast<unsigned>(mask)));
            // What replaces a file takes its mode.
            fs::permissions(place.out / name, fs::perms(0640));
        }
        CHECK(program.run().status == 0);
        for (const std::string name : {"v.nhdr", "v.raw", "v.png"}) {
            CHECK(mode(name) == 0640);
            fs::remove(place.out / name);
        }
    }
}

TEST_CASE("a reference whose name looks like a grid is found again by --replay", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 6);
    REQUIRE(run_in(folder.path(), {"stack", "-o", "like.nrrd", "--spacing", "1", "--factor", "2", "-q"}).status == 0);
    fs::rename(folder / "like.nrrd", folder / "grid:1.nrrd");
    REQUIRE(
        run_in(folder.path(), {"stack", "--like", "./grid:1.nrrd", "--spacing", "1", "-o", "v.nrrd", "-q"}).status ==
        0);
    const Result result = run_in(folder.path(), {"--replay", "v.nrrd"});
    CAPTURE(result.err);
    CHECK(result.status == 0);
}
