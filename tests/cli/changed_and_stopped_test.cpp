// What happens while a run is under way: inputs that change (status 7), and whoever stops it (130, 143).

#include "cli/long_run.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace cli_test;

TEST_CASE("an input that changes during the run", "[cli]") {
    const LongRun run;
    const auto slice = tiff(1024, 1024, noise(2 << 20, 99));
    struct Change {
        std::string what;
        std::function<void()> make;
    };
    const std::vector<Change> changes{
        {"touched", [&] { fs::last_write_time(run.last, fs::file_time_type::clock::now()); }},
        {"rewritten", [&] { write_file(run.last, slice); }},
        {"replaced",
         [&] {
             write_file(run.folder / "new", slice);
             fs::last_write_time(run.folder / "new", fs::last_write_time(run.last));
             fs::rename(run.folder / "new", run.last);
         }},
        {"longer", [&] { write_file(run.last, slice + "more"); }},
        {"shorter", [&] { fs::resize_file(run.last, 1000); }},
        {"gone", [&] { fs::remove(run.last); }},
        {"a folder by now",
         [&] {
             fs::remove(run.last);
             fs::create_directory(run.last);
         }},
    };
    std::size_t next = 0;
    for (const Change& change : changes) {
        const Output& output = outputs()[next++ % outputs().size()];
        CAPTURE(change.what, output.arguments);
        fs::remove(run.last);
        write_file(run.last, slice);
        for (const std::string& name : output.old) write_file(run.folder / "out" / name, "old " + name);
        const Result result = LongRun::run_and(run.program(output.arguments), [&](int) { change.make(); });
        CHECK(result.status == 7);
        check_sentence(result, {slice_name(4), "changed"});
        check_untouched(run.folder / "out", output.old);
        for (const std::string& name : output.old) fs::remove(run.folder / "out" / name);
    }
}

TEST_CASE("files that appear beside the slices during the run do not matter", "[cli]") {
    const LongRun run;
    const Result result = LongRun::run_and(run.program({"-o", "v.nrrd"}),
                                           [&](int) { write_file(run.folder / "stack" / slice_name(77), "new"); });
    CHECK(result.status == 0);
    CHECK(read_file(run.folder / "out/v.nrrd").find("sizes: 256 256 100\n") != Bytes::npos);
}

TEST_CASE("an output that appears during the run is not replaced without --force", "[cli]") {
    const LongRun run;
    for (const Arguments& output :
         std::vector<Arguments>{{"-o", "v.nrrd"}, {"-o", "v.nhdr"}, {"-o", "w.nrrd", "--preview", "v.png"}}) {
        CAPTURE(output);
        const std::string name = output.back();
        const Result result = LongRun::run_and(run.program(output),
                                               [&](int) { write_file(run.folder / "out" / name, "of someone else"); });
        CHECK(result.status == 2);
        check_sentence(result, {name});
        CHECK(read_file(run.folder / "out" / name) == "of someone else");
        check_holds(run.folder / "out", {name});
        for (const auto& entry : fs::directory_iterator(run.folder / "out")) fs::remove(entry.path());
    }
}

TEST_CASE("SIGINT and SIGTERM stop a run within a second", "[cli]") {
    const LongRun run(20000);
    const double patience = is_sanitized() ? 5 : 1;
    for (const StopSignal& signal : stop_signals()) {
        for (const Output& output : outputs()) {
            for (const std::string threads : {"1", "4"}) {
                CAPTURE(signal.name, output.arguments, threads);
                for (const std::string& name : output.old) write_file(run.folder / "out" / name, "old " + name);
                Program program = run.program(output.arguments);
                program.arguments.insert(program.arguments.end(), {"--threads", threads});
                std::chrono::steady_clock::time_point sent;
                const Result result = LongRun::run_and(program, [&](int process) {
                    std::this_thread::sleep_for(std::chrono::milliseconds(50));
                    sent = std::chrono::steady_clock::now();
                    REQUIRE(signal.send(process));
                });
                const std::chrono::duration<double> took = std::chrono::steady_clock::now() - sent;
                CHECK(result.status == signal.status);
                CHECK(took.count() < patience);
                check_sentence(result, {"interrupted at slice", "20001"});
                check_untouched(run.folder / "out", output.old);
                for (const std::string& name : output.old) fs::remove(run.folder / "out" / name);
            }
        }
    }
}

TEST_CASE("SIGKILL leaves the old output, and the next run succeeds", "[cli]") {
    const LongRun run;
    write_file(run.folder / "out/v.nrrd", "old");
    const Result ended =
        LongRun::run_and(run.program({"-o", "v.nrrd", "--force"}), [](int process) { kill_process(process); });
    CHECK(ended.status == killed);
    CHECK(read_file(run.folder / "out/v.nrrd") == "old");
    for (const auto& entry : fs::directory_iterator(run.folder / "out")) {
        const std::string name = entry.path().filename().string();
        CAPTURE(name);
        CHECK((name == "v.nrrd" || name.starts_with(".v.nrrd.")));
    }
    CHECK(run.program({"-o", "v.nrrd", "--force"}).run().status == 0);
    CHECK(read_file(run.folder / "out/v.nrrd").starts_with("NRRD"));
    check_holds(run.folder / "out", {"v.nrrd"});
}
