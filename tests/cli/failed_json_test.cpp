// A run with --json that fails prints one object on stdout, too, whatever the failure is.

#include "cli/failed_json.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace cli_test;
using nlohmann::json;

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

TEST_CASE("JSON of a run whose input changes", "[cli]") {
    const LongJsonRun run;
    Program program = run.program;
    bool changed = false;
    program.on_err = [&](const std::string& err, int) {
        if (changed || err.find("{\"done\"") == std::string::npos) return;
        changed = true;
        write_file(run.folder / "stack" / slice_name(3), "other");
    };
    (void)told_failure(program.run(), 7, "changed");
    CHECK_FALSE(fs::exists(run.folder / "v.nrrd"));
    check_holds(run.folder.path(), {"list", "stack"});
}
