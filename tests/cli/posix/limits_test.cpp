// Limits of the system: open files, threads, address space.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

using namespace cli_test;

TEST_CASE("sixteen open files are enough", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 100);
    for (const std::string name : {"v.nrrd", "v.nhdr"}) {
        Program program{{"stack", "-o", name, "--threads", "4", "--preview", name + ".png"}, folder.path()};
        program.limits = {{RLIMIT_NOFILE, 16}};
        const Result result = program.run();
        CAPTURE(result.err);
        CHECK(result.status == 0);
    }
    // Too few even for that: an error, nothing worse.
    Program program{{"stack", "-o", "w.nrrd", "--threads", "8"}, folder.path()};
    program.limits = {{RLIMIT_NOFILE, 6}};
    const Result result = program.run();
    CHECK((result.status == 0 || result.status == 5));
    if (result.status != 0) CHECK_FALSE(fs::exists(folder / "w.nrrd"));
}

TEST_CASE("a system that gives no threads gets its work done by one", "[cli]") {
    if (is_sanitized()) return say_skipped("a sanitizer starts threads of its own");
    const Folder folder;
    write_stack(folder / "stack", 20);
    CHECK(run_in(folder.path(), {"stack", "-o", "a.nrrd"}).status == 0);
    Arguments wrapper;
    if (!as_nobody(wrapper, 60000U + static_cast<unsigned>(::getpid()) % 5000U)) return;
    fs::permissions(folder.path(), fs::perms(0777));
    Program program{{"stack", "-o", "b.nrrd", "--threads", "8", "--json"}, folder.path(), {}, wrapper};
    program.limits = {{RLIMIT_NPROC, 1}};
    const Result result = program.run();
    CAPTURE(result.err);
    CHECK(result.status == 0);
    CHECK(nlohmann::json::accept(result.out));
    CHECK(read_file(folder / "a.nrrd") == read_file(folder / "b.nrrd"));
}

TEST_CASE("a system with little memory ends a run with status 6, not with a crash", "[cli]") {
    if (is_sanitized()) return say_skipped("a sanitizer takes address space of its own");
    const Folder folder;
    write_stack(folder / "stack", 6, 2000, 1500);
    fs::create_directory(folder / "png");
    for (int i = 0; i < 4; ++i) {
        write_png(folder / ("png/s" + std::to_string(i) + ".png"), 2000, 1500,
                  noise(3000000, static_cast<unsigned>(i)));
    }
    int refused = 0;
    bool done = false;
    for (const std::string stack : {"stack", "png"}) {
        for (rlim_t mebibytes = 20; mebibytes <= 164; mebibytes += 8) {
            CAPTURE(stack, mebibytes);
            Program program{{stack, "-o", "v.nrrd", "--threads", mebibytes % 16 == 4 ? "4" : "1"}, folder.path()};
            program.limits = {{RLIMIT_AS, mebibytes << 20}};
            const Result result = program.run();
            if (result.err.find("shared libraries") != std::string::npos || result.status == 127) continue;
            CAPTURE(result.err);
            if (result.status == 1000 + SIGSEGV && result.err.empty() && mebibytes < 40) continue;  // within the loader
            CHECK((result.status == 0 || result.status == 6));
            if (result.status == 0) {
                CHECK(samples_of(folder / "v.nrrd").size() % (2000 * 1500) == 0);
                fs::remove(folder / "v.nrrd");
                done = true;
            } else {
                ++refused;
                check_sentence(result, {"memory"});
            }
            check_holds(folder.path(), {"png", "stack"});
        }
    }
    if (refused == 0 || !done) say_skipped("address space is not limited here");
}

TEST_CASE("a volume beyond 4 GiB is read where it is asked for", "[cli]") {
    const Folder folder;
    constexpr std::uint64_t side = 2048, slices = 1100, wanted = 1090;  // 4.6 GB, almost all of it a hole
    const std::string header = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2048 2048 1100\nencoding: raw\n\n";
    const fs::path file = folder / "v.nrrd";
    write_file(file, header);
    std::error_code failure;
    fs::resize_file(file, header.size() + side * side * slices, failure);
    if (failure) return say_skipped("a file of 4.6 GB: " + failure.message());
    {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(header.size() + side * side * wanted + side * 7 + 5));
        stream << "far";
    }
    const Result result = run_in(folder.path(), {"v.nrrd", "-o", "w.nrrd", "--crop", "4:9,7:8,1089:1092"});
    CAPTURE(result.err);
    CHECK(result.status == 0);
    const Bytes none(5, '\0');
    CHECK(samples_of(folder / "w.nrrd") == none + Bytes("\0far\0", 5) + none);
}
