// Signals to a run: early ones, several, and those that somebody has it ignore.

#include "cli/long_run.hpp"
#include "support/catch.hpp"

#include <unistd.h>

#include <csignal>

using namespace cli_test;

TEST_CASE("a signal during the reading of headers", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "stack");
    const Bytes slice = tiff(4, 4, noise(32, 1));
    for (int i = 0; i < 3000; ++i) write_file(folder / "stack" / slice_name(i), slice);
    fs::create_directory(folder / "out");
    // Sent by `timeout` at moments that differ; whenever it comes, the run is done or nothing is there.
    if (!is_installed("timeout")) return say_skipped("timeout (coreutils) is not installed");
    for (const std::string delay : {"0.005", "0.01", "0.02", "0.03", "0.05", "0.1"}) {
        CAPTURE(delay);
        Program program{{(folder / "stack").string(), "-o", "v.nrrd", "-q"}, folder / "out"};
        program.wrapper = {"timeout", "--preserve-status", "-s", "INT", delay};
        const Result result = program.run();
        CHECK((result.status == 130 || result.status == 0));
        if (result.status == 0) {
            CHECK(samples_of(folder / "out/v.nrrd").size() == 32 * 3000);
            fs::remove(folder / "out/v.nrrd");
        }
        check_holds(folder / "out", {});
    }
}

TEST_CASE("a second signal does no harm", "[cli]") {
    const LongRun run(20000);
    const Result result = LongRun::run_and(run.program({"-o", "v.nrrd"}), [&](pid_t process) {
        for (int i = 0; i < 20; ++i) {
            ::kill(process, i % 2 == 0 ? SIGINT : SIGTERM);
            ::usleep(500);
        }
    });
    CHECK((result.status == 130 || result.status == 143));
    check_holds(run.folder / "out", {});
}

TEST_CASE("signals that were ignored stay ignored: nohup", "[cli]") {
    if (!is_installed("nohup")) return say_skipped("nohup is not installed");
    const LongRun run;
    Program program = run.program({"-o", "v.nrrd"});
    program.wrapper = {"nohup"};
    const Result result = LongRun::run_and(program, [](pid_t process) { ::kill(process, SIGHUP); });
    CHECK(result.status == 0);
    check_holds(run.folder / "out", {"v.nrrd"});
}
