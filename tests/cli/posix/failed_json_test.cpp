// The same where files may not grow, where stdout cannot be written, and where signals come.

#include "cli/failed_json.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <string>
#include <utility>

using namespace cli_test;
using nlohmann::json;

TEST_CASE("JSON of a run that fails in its midst, and at its end", "[cli]") {
    const LongJsonRun run;
    SECTION("no room") {
        Program program = run.program;
        program.limits = {{RLIMIT_FSIZE, 1 << 20}};
        const json object = told_failure(program.run(), 5, "io");
        CHECK(object["input"]["slices"] == 1000);
        CHECK(object["output"]["size"] == json({256, 256, 250}));
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
    const LongJsonRun run;
    for (const auto& [number, status] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143), std::pair(SIGHUP, 129)}) {
        CAPTURE(number);
        Program program = run.program;
        bool sent = false;
        program.on_err = [&, number = number](const std::string& err, int process) {
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
