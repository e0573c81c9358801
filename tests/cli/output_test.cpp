// Outputs: all or nothing, and never over anything that was not given up.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// A folder with a stack in it and an empty folder for outputs.
struct Place {
    Folder folder;
    std::string stack;
    fs::path out;
    Place() : stack((folder / "stack").string()), out(folder / "out") {
        write_stack(stack, 6, 32, 24);
        fs::create_directory(out);
    }
    [[nodiscard]] Result make(Arguments arguments) const {
        arguments.insert(arguments.begin(), stack);
        return run_in(out, std::move(arguments));
    }
};

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

TEST_CASE("an existing output is replaced with --force only", "[cli]") {
    const Place place;
    for (const std::string name : {"v.nrrd", "v.nhdr"}) {
        write_file(place.out / name, "old");
        const Result refused = place.make({"-o", name});
        CHECK(refused.status == 2);
        check_sentence(refused, {name, "--force"});
        CHECK(read_file(place.out / name) == "old");
        check_holds(place.out, {name});
        CHECK(place.make({"-o", name, "--force"}).status == 0);
        CHECK(read_file(place.out / name).starts_with("NRRD000"));
        if (name == "v.nhdr") check_holds(place.out, {"v.nhdr", "v.raw"});
        fs::remove(place.out / name);
    }
    // Samples beside a header are an output, too.
    write_file(place.out / "w.raw", "old");
    CHECK(place.make({"-o", "w.nhdr"}).status == 2);
    CHECK(read_file(place.out / "w.raw") == "old");
    write_file(place.out / "p.png", "old");
    CHECK(place.make({"-o", "p.nrrd", "--preview", "p.png"}).status == 2);
    CHECK(read_file(place.out / "p.png") == "old");
    fs::create_directory(place.out / "d.nrrd");
    CHECK(place.make({"-o", "d.nrrd", "--force"}).status == 2);
}

TEST_CASE("an output is no input, under whatever name", "[cli]") {
    const Place place;
    const fs::path slice = fs::path(place.stack) / slice_name(2);
    const Bytes before = read_file(slice);
    fs::create_symlink(slice, place.out / "sym.nrrd");
    fs::create_hard_link(slice, place.out / "hard.nrrd");
    fs::create_hard_link(slice, place.out / "hard.png");
    fs::create_hard_link(slice, place.out / "detached.raw");
    for (const Arguments& arguments : std::vector<Arguments>{{"-o", "sym.nrrd"},
                                                             {"-o", "hard.nrrd"},
                                                             {"-o", "detached.nhdr"},
                                                             {"-o", "fine.nrrd", "--preview", "hard.png"}}) {
        CAPTURE(arguments);
        Arguments forced = arguments;
        forced.push_back("--force");
        const Result result = place.make(forced);
        CHECK(result.status == 2);
        check_sentence(result, {slice_name(2)});
        CHECK(read_file(slice) == before);
        CHECK(fs::hard_link_count(slice) == 4);
        check_holds(place.out, {"sym.nrrd", "hard.nrrd", "hard.png", "detached.raw"});
    }
    // The slices' own names: a stack of files that are called .nrrd.
    fs::copy_file(slice, place.out / "a.nrrd");
    CHECK(place.make({"-o", fs::path(place.out / "a.nrrd").string()}).status == 2);
}

TEST_CASE("a list of inputs is an input, too", "[cli]") {
    const Place place;
    const std::vector<fs::path> files{fs::path(place.stack) / slice_name(0), fs::path(place.stack) / slice_name(1)};
    for (const Arguments& output :
         std::vector<Arguments>{{"-o", "list.nrrd"}, {"-o", "list.nhdr"}, {"-o", "v.nrrd", "--preview", "list.nrrd"}}) {
        const std::string list = output.back();
        CAPTURE(output);
        write_list(place.out / list, files);
        const Bytes before = read_file(place.out / list);
        Arguments all{"--files-from", list, "--force"};
        all.insert(all.end(), output.begin(), output.end());
        CHECK(run_in(place.out, all).status == 2);
        CHECK(read_file(place.out / list) == before);
        check_holds(place.out, {list});
        for (const auto& entry : fs::directory_iterator(place.out)) fs::remove(entry.path());
    }
}

TEST_CASE("preview and volume are two files, and the preview is a PNG", "[cli]") {
    const Place place;
    for (const Arguments& arguments : std::vector<Arguments>{{"-o", "v.nrrd", "--preview", "v.nrrd"},
                                                             {"-o", "v.nrrd", "--preview", "./v.nrrd"},
                                                             {"-o", "v.nhdr", "--preview", "v.raw"},
                                                             {"-o", "v.nrrd", "--preview", "v.jpg"}}) {
        CAPTURE(arguments);
        CHECK(place.make(arguments).status == 2);
        check_holds(place.out, {});
    }
    CHECK(place.make({"-o", "v.nrrd", "--preview", "v.png"}).status == 0);
    CHECK(read_file(place.out / "v.png").starts_with("\x89PNG"));
    check_holds(place.out, {"v.nrrd", "v.png"});
}

TEST_CASE("a folder that is not there is said before any slice is read", "[cli]") {
    const Place place;
    for (const Arguments& arguments : std::vector<Arguments>{
             {"-o", "none/v.nrrd"}, {"-o", "none/v.nhdr"}, {"-o", "v.nrrd", "--preview", "none/v.png"}}) {
        CAPTURE(arguments);
        const Result result = place.make(arguments);
        CHECK(result.status == 5);
        check_sentence(result, {"none"});
        check_holds(place.out, {});
    }
    write_file(place.out / "file", "x");
    CHECK(place.make({"-o", "file/v.nrrd"}).status == 5);
}

TEST_CASE("a folder that may not be written to", "[cli]") {
    const Place place;
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
    const Place place;
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
    const Place place;
    write_file(place.out / "v.nrrd", "old");
    for (const std::string encoding : {"raw", "gzip"}) {
        for (const rlim_t most : {0UL, 100UL, 5000UL}) {
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
    const Place place;
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
    const Place place;
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
    const Place place;
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

TEST_CASE("detached samples lie beside their header", "[cli]") {
    const Place place;
    CHECK(place.make({"-o", "one.nrrd"}).status == 0);
    CHECK(place.make({"-o", "two.nhdr"}).status == 0);
    CHECK(place.make({"-o", "three.nhdr", "--encoding", "gzip"}).status == 0);
    check_holds(place.out, {"one.nrrd", "two.nhdr", "two.raw", "three.nhdr", "three.raw.gz"});
    CHECK(read_file(place.out / "two.raw") == samples_of(place.out / "one.nrrd"));
    CHECK(read_file(place.out / "two.nhdr").ends_with("data file: two.raw\n"));
    CHECK(read_file(place.out / "three.nhdr").ends_with("data file: three.raw.gz\n"));
}
