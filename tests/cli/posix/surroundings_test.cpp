// What surrounds the program, by tools that POSIX has: shells, full devices, and system calls that fail.

#include "cli/surrounded.hpp"
#include "support/catch.hpp"

#include <array>
#include <sstream>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// Makes system calls fail: those of `calls`, as `fault` says, on `file` only if there is one.
Arguments strace(const std::string& calls, const std::string& fault, const fs::path& file) {
    Arguments wrapper{"strace", "-f", "-qq", "-o", "/dev/null"};
    if (!file.empty()) wrapper.insert(wrapper.end(), {"-P", file.string()});
    wrapper.insert(wrapper.end(), {"-e", "trace=" + calls, "-e", "inject=" + calls + ":" + fault});
    return wrapper;
}

}  // namespace

TEST_CASE("stderr may be full", "[cli]") {
    const Surrounded place;
    if (!fs::exists("/dev/full")) return say_skipped("there is no /dev/full");
    Program shell{{"-c", "exec '" STACK2NRRD_PROGRAM "' stack -o v.nrrd --progress json 2>/dev/full"},
                  place.folder.path()};
    shell.program = "sh";
    CHECK(shell.run().status == 0);
    CHECK(samples_of(place.folder / "v.nrrd").size() == 2 * 40 * 30 * 12);
}

TEST_CASE("a reader of stdout may go away", "[cli]") {
    const Surrounded place;
    Program shell{{"-c", "'" STACK2NRRD_PROGRAM "' stack --info --json | true"}, place.folder.path()};
    shell.program = "sh";
    CHECK(shell.run().status == 0);
    check_holds(place.folder.path(), {"stack"});
}

TEST_CASE("runs to the same output at once leave one complete file", "[cli]") {
    const Surrounded place;
    for (const std::string name : {"v.nrrd", "v.nhdr"}) {
        for (const bool preview : {false, true}) {
            CAPTURE(name, preview);
            constexpr std::size_t runs = 4;
            std::string script;
            for (std::size_t i = 0; i < runs; ++i) {
                script += "'" STACK2NRRD_PROGRAM "' stack -q --force --factor 3/2 -o " + name +
                          (preview ? " --preview v.png" : "") + " & p" + std::to_string(i) + "=$!; ";
            }
            script += "done=0; ";
            for (std::size_t i = 0; i < runs; ++i) {
                script += "wait $p" + std::to_string(i) + "; case $? in 0) done=1;; 2) ;; *) exit 9;; esac; ";
            }
            script += "[ $done = 1 ]";
            Program shell{{"-c", script}, place.folder.path()};
            shell.program = "sh";
            const Result result = shell.run();
            CAPTURE(result.err);
            CHECK(result.status == 0);
            // Whoever does not win says so.
            std::istringstream lines(result.err);
            for (std::string line; std::getline(lines, line);) {
                CHECK(line.find("is being written by another run") != std::string::npos);
            }
            std::vector<std::string> names{"stack", name};
            if (name == "v.nhdr") names.push_back("v.raw");
            if (preview) names.push_back("v.png");
            check_holds(place.folder.path(), names);
            const Bytes wanted = place.wanted.substr(place.wanted.find("\n\n") + 2);
            const Bytes got = name == "v.nhdr" ? read_file(place.folder / "v.raw") : samples_of(place.folder / name);
            CHECK(got == wanted);
            for (const std::string& made : names) {
                if (made != "stack") fs::remove(place.folder / made);
            }
        }
    }
}

TEST_CASE("inputs are never opened for writing", "[cli]") {
    if (!is_installed("strace")) return say_skipped("strace is not installed");
    const Surrounded place;
    const fs::path log = place.folder / "stack" / "log.txt";
    Program program{place.usual};
    program.wrapper = {
        "strace", "-f", "-qq", "-o", log.string(), "-e", "trace=openat,open,creat,truncate,unlink,rename"};
    const Bytes made = place.made(program);
    if (made.empty() || !fs::exists(log)) return say_skipped("strace does not work here");
    CHECK(made == place.wanted);
    const std::string calls = read_file(log);
    int slices = 0;
    for (std::size_t at = calls.find("slice_"); at != std::string::npos; at = calls.find("slice_", at + 1)) {
        const std::string line = calls.substr(at, calls.find('\n', at) - at);
        CAPTURE(line);
        CHECK(line.find("O_RDONLY") != std::string::npos);
        ++slices;
    }
    CHECK(slices >= 12);
}

TEST_CASE("reads that come in pieces or are interrupted do not matter", "[cli]") {
    if (!is_installed("strace")) return say_skipped("strace is not installed");
    const Surrounded place;
    for (const auto& [calls, fault, slice] : std::vector<std::array<std::string, 3>>{
             {"pread64", "error=EINTR:when=1+3", "slice_003.tif"}, {"write,pwrite64", "error=EINTR:when=1+2", ""}}) {
        CAPTURE(calls);
        Program program{place.usual};
        program.arguments.push_back("-q");
        program.wrapper = strace(calls, fault, slice.empty() ? fs::path() : place.folder / "stack" / slice);
        CHECK(place.made(program) == place.wanted);
    }
}

TEST_CASE("faults of the system end with status 5 and leave what was there", "[cli]") {
    if (!is_installed("strace")) return say_skipped("strace is not installed");
    const Surrounded place;
    struct Fault {
        std::string calls, error, named;
        int most;
        std::string slice{};  // calls on this file only: the loader reads, too
    };
    // The first of these calls that are the program's own; the sweep over all of them is too long for a test.
    const std::vector<Fault> faults{{"pread64", "EIO", "Input/output error", 3, slice_name(3)},
                                    {"write,pwrite64", "ENOSPC", "No space left", 4},
                                    {"fsync", "EIO", "Input/output error", 2},
                                    {"rename,renameat,renameat2", "EXDEV", "cross-device", 2}};
    for (const std::string name : {"v.nrrd", "v.nhdr"}) {
        for (const Fault& fault : faults) {
            for (int n = 1; n <= fault.most; ++n) {
                CAPTURE(name, fault.calls, n);
                const Folder out;
                std::vector<std::string> names{name};
                write_file(out / name, "old");
                if (name == "v.nhdr") {
                    names.push_back("v.raw");
                    write_file(out / "v.raw", "old samples");
                }
                Program program{{(place.folder / "stack").string(), "-q", "--force", "-o", name, "--threads=1"},
                                out.path()};
                program.wrapper = strace(fault.calls, "error=" + fault.error + ":when=" + std::to_string(n),
                                         fault.slice.empty() ? fs::path() : place.folder / "stack" / fault.slice);
                const Result result = program.run();
                check_holds(out.path(), names);
                if (result.status == 0) {  // it hit nothing, or the folder's fsync, which cannot be undone
                    CHECK(read_file(out / name).starts_with("NRRD"));
                    CHECK(n > 1);
                    continue;
                }
                if (result.err.find("shared libraries") != std::string::npos) continue;  // the loader's own call
                CHECK(result.status == 5);
                check_sentence(result, {fault.named});
                CHECK(read_file(out / name) == "old");
                if (name == "v.nhdr") CHECK(read_file(out / "v.raw") == "old samples");
            }
        }
    }
}
