// --dehaze where there is no room for its scratch file.

#include "cli/dehaze_place.hpp"
#include "support/catch.hpp"

#include <sys/mount.h>

#include <string>

using namespace cli_test;

TEST_CASE("a scratch folder that is full ends with status 5", "[cli]") {
    const DehazePlace place;
    if (::mount("none", place.scratch.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=32k") != 0) {
        return say_skipped("a tmpfs cannot be mounted here");
    }
    struct Unmount {
        const fs::path& folder;
        ~Unmount() { ::umount2(folder.c_str(), MNT_DETACH); }
    } const unmount{place.scratch};
    const Arguments arguments{"-o", "v.nrrd", "--dehaze", "auto", "--scratch", place.scratch.string()};
    const Result full = place.make(arguments);
    CHECK(full.status == 5);
    check_sentence(full, {place.scratch.string(), "64", "--scratch"});
    check_holds(place.out, {});
    // There was room when the run began.
    if (!is_installed("strace")) return say_skipped("strace is not installed");
    Program later{{(place.folder / "scan.nrrd").string(), "-q", "--threads", "1", "--spacing", "1", "-o", "v.nrrd",
                   "--dehaze", "auto", "--scratch", place.folder.path().string()},
                  place.out};
    later.wrapper = {"strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=pwrite64:error=ENOSPC:when=7"};
    const Result broken = later.run();
    CHECK(broken.status == 5);
    check_sentence(broken, {"scratch file", "No space left", "--scratch"});
    check_holds(place.out, {});
}
