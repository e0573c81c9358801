// What the program writes to its streams, and what it says of names and folders that cannot be.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace cli_test;

TEST_CASE("a line ends as everywhere, on stdout, on stderr and in files", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    for (const Arguments& arguments :
         std::vector<Arguments>{{"--help"},
                                {"--version"},
                                {"--xml"},
                                {"stack"},
                                {"stack", "--info", "--json"},
                                {"nowhere"},
                                {"stack", "-o", "v.nhdr", "--json", "--progress", "json"},
                                {"stack", "-o", "w.nrrd", "--progress", "slicer", "--returnparameterfile", "r.txt",
                                 "--manifest", "m.nhdr", "--report", "p.html"}}) {
        CAPTURE(arguments);
        const Result result = run_in(folder.path(), arguments);
        CHECK_FALSE((result.out + result.err).empty());
        CHECK(result.out.find('\r') == std::string::npos);
        CHECK(result.err.find('\r') == std::string::npos);
    }
    for (const char* name : {"v.nhdr", "r.txt", "m.nhdr", "p.html"}) {
        CAPTURE(name);
        const Bytes bytes = read_file(folder / name);
        CHECK_FALSE(bytes.empty());
        CHECK(bytes.find('\r') == Bytes::npos);
    }
}

TEST_CASE("what stands in the way is named truly", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    write_file(folder / "file", "x");
    struct Case {
        Arguments arguments;
        int status;
        std::vector<std::string> parts;
    };
    for (const Case& one : std::vector<Case>{{{"none.tif", "-o", "v.nrrd"}, 3, {"none.tif", "no such file or folder"}},
                                             {{"none\\a_*.tif", "-o", "v.nrrd"}, 3, {"none"}},
                                             {{"Q:\\none\\stack", "-o", "v.nrrd"}, 3, {"Q:\\none"}},
                                             {{"stack", "-o", "none\\v.nrrd"}, 5, {"none"}},
                                             {{"stack", "-o", "file\\v.nrrd"}, 5, {"file"}},
                                             {{"stack", "-o", "Q:\\v.nrrd"}, 5, {"Q:\\"}},
                                             {{"stack", "-o", std::string(251, 'n') + ".nrrd"}, 5, {"too long"}},
                                             {{"stack", "-o", "stack"}, 2, {"stack"}},
                                             {{"--files-from", "none.txt", "-o", "v.nrrd"}, 3, {"none.txt"}}}) {
        CAPTURE(one.arguments);
        const Result result = run_in(folder.path(), one.arguments);
        CHECK(result.status == one.status);
        check_sentence(result, one.parts);
        // Codes of Windows, read as those of POSIX, would give these.
        for (const char* wrong : {"a bug in", "Operation not permitted", "Unknown error", "Exec format"}) {
            CHECK(result.err.find(wrong) == std::string::npos);
        }
        check_holds(folder.path(), {"stack", "file"});
    }
}

TEST_CASE("a run that somebody stops says so, as JSON too, and leaves nothing", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 4, 1024, 1024);
    write_list(folder / "list", {"stack/" + slice_name(0), "stack/" + slice_name(1)}, 500);
    for (const StopSignal& signal : stop_signals()) {
        Program program{{"--files-from", "list", "--order", "given", "--factor", "4", "--spacing", "1", "--json",
                         "--progress", "json", "-o", "v.nrrd"},
                        folder.path()};
        bool sent = false;
        program.on_err = [&](const std::string& err, int process) {
            if (!sent && err.find("{\"done\"") != std::string::npos) sent = signal.send(process);
        };
        const Result result = program.run();
        CAPTURE(signal.name, result.err, result.out);
        CHECK(sent);
        CHECK(result.status == signal.status);
        REQUIRE(nlohmann::json::accept(result.out));
        CHECK(nlohmann::json::parse(result.out)["problems"][0]["code"] == "cancelled");
        check_holds(folder.path(), {"list", "stack"});
    }
}
