// What happens while a run is under way: inputs that change (status 7), and signals (130, 143).
//
// A run is made long by a list that names a few slices many times. It says on stderr how far it is, so that a test
// acts in the middle of it, however fast the machine.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

struct LongRun {
    Folder folder;
    fs::path last;
    explicit LongRun(int slices = 400) : last(folder / "stack" / slice_name(4)) {
        write_stack(folder / "stack", 5, 1024, 1024);
        fs::create_directory(folder / "out");
        std::vector<fs::path> files;
        for (int i = 0; i < slices; ++i) files.push_back(folder / "stack" / slice_name(i % 4));
        files.push_back(last);
        write_list(folder / "list", files);
    }

    [[nodiscard]] Program program(Arguments more) const {
        Program program{{"--files-from", (folder / "list").string(), "--order", "given", "--factor", "4", "--progress",
                         "json", "--spacing", "1"},
                        folder / "out"};
        program.arguments.insert(program.arguments.end(), more.begin(), more.end());
        return program;
    }

    /// Runs `program` and does `act` once, when the run is under way.
    static Result run_and(Program program, const std::function<void(pid_t)>& act) {
        bool acted = false;
        program.on_err = [&](const std::string& err, pid_t process) {
            if (acted || err.find("{\"done\":") == std::string::npos) return;
            acted = true;
            act(process);
        };
        Result result = program.run();
        CHECK(acted);
        // Progress is no sentence.
        std::string rest;
        for (std::size_t at = 0; at < result.err.size();) {
            const std::size_t end = result.err.find('\n', at);
            const std::string line = result.err.substr(at, end - at + 1);
            if (!line.starts_with('{')) rest += line;
            at = end == std::string::npos ? result.err.size() : end + 1;
        }
        result.err = rest;
        return result;
    }
};

struct Output {
    Arguments arguments;
    std::vector<std::string> old;
};

const std::vector<Output>& outputs() {
    static const std::vector<Output> all{{{"-o", "v.nrrd"}, {}},
                                         {{"-o", "v.nrrd", "--force", "--preview", "v.png"}, {"v.nrrd", "v.png"}},
                                         {{"-o", "v.nhdr", "--force", "--encoding", "gzip"}, {"v.nhdr", "v.raw.gz"}}};
    return all;
}

void check_untouched(const fs::path& folder, const std::vector<std::string>& old) {
    check_holds(folder, old);
    for (const std::string& name : old) CHECK(read_file(folder / name) == "old " + name);
}

}  // namespace

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
        const Result result = LongRun::run_and(run.program(output.arguments), [&](pid_t) { change.make(); });
        CHECK(result.status == 7);
        check_sentence(result, {slice_name(4), "changed"});
        check_untouched(run.folder / "out", output.old);
        for (const std::string& name : output.old) fs::remove(run.folder / "out" / name);
    }
}

TEST_CASE("files that appear beside the slices during the run do not matter", "[cli]") {
    const LongRun run;
    const Result result = LongRun::run_and(run.program({"-o", "v.nrrd"}),
                                           [&](pid_t) { write_file(run.folder / "stack" / slice_name(77), "new"); });
    CHECK(result.status == 0);
    CHECK(read_file(run.folder / "out/v.nrrd").find("sizes: 256 256 100\n") != Bytes::npos);
}

TEST_CASE("an output that appears during the run is not replaced without --force", "[cli]") {
    const LongRun run;
    for (const Arguments& output :
         std::vector<Arguments>{{"-o", "v.nrrd"}, {"-o", "v.nhdr"}, {"-o", "w.nrrd", "--preview", "v.png"}}) {
        CAPTURE(output);
        const std::string name = output.back();
        const Result result = LongRun::run_and(
            run.program(output), [&](pid_t) { write_file(run.folder / "out" / name, "of someone else"); });
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
    for (const auto& [signal, status] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}, std::pair{SIGHUP, 129}}) {
        for (const Output& output : outputs()) {
            for (const std::string threads : {"1", "4"}) {
                CAPTURE(signal, output.arguments, threads);
                for (const std::string& name : output.old) write_file(run.folder / "out" / name, "old " + name);
                Program program = run.program(output.arguments);
                program.arguments.insert(program.arguments.end(), {"--threads", threads});
                std::chrono::steady_clock::time_point sent;
                const Result result = LongRun::run_and(program, [&, number = signal](pid_t process) {
                    ::usleep(50000);
                    sent = std::chrono::steady_clock::now();
                    REQUIRE(::kill(process, number) == 0);
                });
                const std::chrono::duration<double> took = std::chrono::steady_clock::now() - sent;
                CHECK(result.status == status);
                CHECK(took.count() < patience);
                check_sentence(result, {"interrupted at slice", "20001"});
                check_untouched(run.folder / "out", output.old);
                for (const std::string& name : output.old) fs::remove(run.folder / "out" / name);
            }
        }
    }
}

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

TEST_CASE("SIGKILL leaves the old output, and the next run succeeds", "[cli]") {
    const LongRun run;
    write_file(run.folder / "out/v.nrrd", "old");
    const Result killed =
        LongRun::run_and(run.program({"-o", "v.nrrd", "--force"}), [](pid_t process) { ::kill(process, SIGKILL); });
    CHECK(killed.status == 1000 + SIGKILL);
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
