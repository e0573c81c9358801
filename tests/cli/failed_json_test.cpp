// A run with --json that fails prints one object on stdout, too, whatever the failure is.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>
#include <vector>

using namespace cli_test;
using nlohmann::json;

namespace {

/// The object on stdout of a run that ended with `status`, whose one fatal problem of `code` is the sentence on stderr.
json failure(const Result& result, int status, const std::string& code) {
    CAPTURE(result.out, result.err, status, code);
    CHECK(result.status == status);
    REQUIRE(json::accept(result.out));
    json object = json::parse(result.out);
    CHECK(object["status"] == status);
    CHECK_FALSE(object.contains("run"));
    for (const char* key : {"stack2nrrd", "input", "output", "read_bytes", "memory_bytes", "problems"}) {
        CAPTURE(key);
        CHECK(object.contains(key));
    }
    REQUIRE_FALSE(object["problems"].empty());
    const json& problem = object["problems"][0];
    CHECK(problem["fatal"] == true);
    CHECK(problem["code"] == code);
    return object;
}

/// The same where stderr has the sentence.
json told_failure(const Result& result, int status, const std::string& code) {
    json object = failure(result, status, code);
    CHECK(result.err.find("stack2nrrd: " + object["problems"][0]["text"].get<std::string>() + "\n") !=
          std::string::npos);
    return object;
}

/// A run of some time: a list that names a few slices many times.
struct LongRun {
    Folder folder;
    Program program{{"--files-from", "list", "--order", "given", "--factor", "4", "--spacing", "1", "--json",
                     "--progress", "json", "-o", "v.nrrd"},
                    folder.path()};
    LongRun() {
        write_stack(folder / "stack", 4, 1024, 1024);
        std::vector<fs::path> files;
        for (int i = 0; i < 500; ++i) files.push_back(fs::path("stack") / slice_name(i % 4));
        write_list(folder / "list", files, 2);
    }
};

}  // namespace

TEST_CASE("JSON of a wrong command line, wherever --json is in it", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    const std::vector<Arguments> cases{{"--json", "stack", "--facto", "2"},
                                       {"stack", "--factor", "0.5", "--json"},
                                       {"--json"},
                                       {"stack", "--json", "-o"},
                                       {"stack", "--json", "--json"},
                                       {"stack", "--json", "--progress", "slicer", "-o", "v.nrrd"}};
    for (const Arguments& arguments : cases) {
        CAPTURE(arguments);
        const json object = told_failure(run_in(folder.path(), arguments), 2, "invalid_argument");
        CHECK(object["input"].is_null());
        CHECK(object["output"].is_null());
    }
    // What is no option is not one.
    CHECK(run_in(folder.path(), {"--facto", "--", "--json"}).out.empty());
    CHECK(run_in(folder.path(), {"--json", "--version"}).out.starts_with("stack2nrrd "));
}

TEST_CASE("JSON of stacks and files that cannot be imported", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 5);
    write_stack(folder / "gap", 5);
    fs::remove(folder / "gap" / slice_name(2));
    write_stack(folder / "odd", 5);
    write_file(folder / "odd" / slice_name(1), tiff(3, 4, noise(24, 1)));
    write_stack(folder / "short", 5);
    fs::resize_file(folder / "short" / slice_name(2), 150);
    write_file(folder / "there.nrrd", "old");
    struct Case {
        Arguments arguments;
        int status;
        const char* code;
        bool found;  ///< is the input known?
    };
    const std::vector<Case> cases{
        {{"nowhere", "-o", "v.nrrd"}, 3, "not_found", false},
        {{"nowhere", "--info"}, 3, "not_found", false},
        {{"gap", "-o", "v.nrrd"}, 3, "missing_slices", true},
        {{"odd", "-o", "v.nrrd"}, 3, "inconsistent", true},
        {{"short", "-o", "v.nrrd"}, 4, "corrupt", true},
        {{"stack", "-o", "there.nrrd"}, 2, "invalid_argument", true},
        {{"stack", "-o", "v.txt", "--info"}, 2, "invalid_argument", true},
        {{"stack", "-o", "v.txt"}, 2, "invalid_argument", true},
        {{"stack", "-o", "no/folder/v.nrrd"}, 5, "io", true},
        {{"stack", "-o", "v.nrrd", "--memory", "1M"}, 6, "limit", true},
        {{"stack", "--manifest", "there.nhdr.txt"}, 2, "invalid_argument", true},
    };
    for (const auto& [arguments, status, code, found] : cases) {
        Arguments all = arguments;
        all.emplace_back("--json");
        CAPTURE(all);
        const json object = told_failure(run_in(folder.path(), all), status, code);
        CHECK(object["input"].is_null() == !found);
        if (found) CHECK(object["input"]["slices"] == 5);
    }
    CHECK(read_file(folder / "there.nrrd") == "old");
    // All goes well.
    const json list = json::parse(run_in(folder.path(), {"stack", "--manifest", "m.nhdr", "--json"}).out);
    CHECK(list["status"] == 0);
    CHECK(json::parse(run_in(folder.path(), {"stack", "-o", "v.nrrd", "--json"}).out)["status"] == 0);
}

TEST_CASE("JSON of a run that fails in its midst, and at its end", "[cli]") {
    const LongRun run;
    SECTION("no room") {
        Program program = run.program;
        program.limits = {{RLIMIT_FSIZE, 1 << 20}};
        const json object = told_failure(program.run(), 5, "io");
        CHECK(object["input"]["slices"] == 1000);
        CHECK(object["output"]["size"] == json({256, 256, 250}));
    }
    SECTION("an input that changes") {
        Program program = run.program;
        bool changed = false;
        program.on_err = [&](const std::string& err, pid_t) {
            if (changed || err.find("{\"done\"") == std::string::npos) return;
            changed = true;
            write_file(run.folder / "stack" / slice_name(3), "other");
        };
        (void)told_failure(program.run(), 7, "changed");
    }
    SECTION("stdout cannot be written: no result remains, and the exit status is that") {
        if (!fs::exists("/dev/full")) return say_skipped("there is no /dev/full");
        Program program = run.program;
        program.out_file = "/dev/full";
        const Result result = program.run();
        CHECK(result.status == 5);
        CHECK(result.err.find("standard output: cannot be written") != std::string::npos);
        // Where there was a failure before, that is what counts.
        write_file(run.folder / "v.nrrd", "old");
        CHECK(program.run().status == 2);
        CHECK(read_file(run.folder / "v.nrrd") == "old");
        program.arguments.insert(program.arguments.end(), {"--force", "--preview", "p.png"});
        CHECK(program.run().status == 5);
        CHECK(read_file(run.folder / "v.nrrd") == "old");
        fs::remove(run.folder / "v.nrrd");
    }
    CHECK_FALSE(fs::exists(run.folder / "v.nrrd"));
    check_holds(run.folder.path(), {"list", "stack"});
}

TEST_CASE("JSON of a run that a signal stops", "[cli]") {
    const LongRun run;
    for (const auto& [number, status] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143), std::pair(SIGHUP, 129)}) {
        CAPTURE(number);
        Program program = run.program;
        bool sent = false;
        program.on_err = [&, number = number](const std::string& err, pid_t process) {
            if (!sent && err.find("{\"done\"") != std::string::npos) sent = ::kill(process, number) == 0;
        };
        const json object = told_failure(program.run(), status, "cancelled");
        CHECK(object["input"]["slices"] == 1000);
        CHECK(object["output"]["file"] == "v.nrrd");
        CHECK(object["problems"][0]["text"].get<std::string>().find("nothing was written") != std::string::npos);
        check_holds(run.folder.path(), {"list", "stack"});

        // Before there is anything to clean up: while the list is waited for.
        const std::string pipe = (run.folder / "pipe").string();
        REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
        Program shell{{"-c", "'" STACK2NRRD_PROGRAM "' --files-from pipe --json & sleep 0.3; exec 3>pipe; kill -" +
                                 std::to_string(number) + " $!; wait $!"},
                      run.folder.path()};
        shell.program = "bash";
        if (number != SIGINT) {  // which shells let what is in their background ignore
            const json early = failure(shell.run(), status, "cancelled");
            CHECK(early["input"].is_null());
        }
        fs::remove(pipe);
    }
}
