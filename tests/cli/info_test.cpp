// What goes to stdout: the pre-flight, for a person and for a program, and the report of a run.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

using namespace cli_test;
using nlohmann::json;

namespace {

json parsed(const Result& result) {
    CAPTURE(result.out, result.err);
    REQUIRE(json::accept(result.out));
    json object = json::parse(result.out);
    REQUIRE(object.is_object());
    for (const char* key : {"input", "output", "memory_bytes", "problems", "status"}) {
        CAPTURE(key);
        REQUIRE(object.contains(key));
    }
    return object;
}

/// The command lines that a pre-flight prints: lines that begin with two blanks and the program's name.
std::vector<std::string> command_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("  stack2nrrd ")) lines.push_back(line.substr(2));
    }
    return lines;
}

/// What a user does with them: fills in the spacing and pastes them into a shell.
Result paste(const fs::path& folder, std::string line) {
    const std::size_t spacing = line.find("X,Y,Z");
    if (spacing != std::string::npos) line.replace(spacing, 5, "0.5,0.5,0.5");
    return run_in_shell(folder, line);
}

}  // namespace

TEST_CASE("info as JSON has what was found and what would be made", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9, 30, 20);
    const Result result = run({(folder / "stack").string(), "--info", "--json", "--factor", "2,2,3", "--spacing",
                               "10,20,30", "--space-units", "um", "--origin", "1,2,3"});
    CHECK(result.status == 0);
    CHECK(result.err.empty());
    CHECK(result.out.ends_with("}\n"));
    const json info = parsed(result);
    const json& input = info["input"];
    CHECK(input["kind"] == "folder");
    CHECK(input["slices"] == 9);
    CHECK(input["size"] == json({30, 20, 9}));
    CHECK(input["type"] == "uint16");
    CHECK(input["channels"] == 1);
    CHECK(input["spacing"] == json({0.01, 0.02, 0.03}));
    CHECK(input["spacing_source"] == "command line");
    CHECK(input["units"] == "mm");
    CHECK(input["missing"] == json::array());
    CHECK(input["format"] == "TIFF");
    const json& output = info["output"];
    CHECK(output["size"] == json({15, 10, 3}));
    CHECK(output["type"] == "uint16");
    CHECK(output["channels"] == 1);
    CHECK(output["spacing"][0].get<double>() == Approx(0.02).epsilon(1e-14));
    CHECK(output["spacing"][2].get<double>() == Approx(0.09).epsilon(1e-14));
    CHECK(output["origin"][0].get<double>() == Approx(1.005).epsilon(1e-14));
    CHECK(output["bytes"] == 15 * 10 * 3 * 2);
    CHECK(info["read_bytes"] == 9 * 30 * 20 * 2);
    CHECK(info["memory_bytes"].get<std::int64_t>() > 0);
    CHECK(info["problems"] == json::array());
    check_holds(folder.path(), {"stack"});
}

TEST_CASE("info without a spacing says null, and why", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    const json info = parsed(run({(folder / "stack").string(), "--info", "--json"}));
    CHECK(info["input"]["spacing"].is_null());
    CHECK(info["output"]["spacing"].is_null());
    CHECK(info["input"]["spacing_source"] == "unknown");
    REQUIRE(info["problems"].size() == 1);
    CHECK(info["problems"][0]["text"].get<std::string>().find("--spacing") != std::string::npos);
}

TEST_CASE("info has the exit status of what stands in the way, and still parses", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9);
    const auto check = [&](int status, const std::string& named, Arguments more = {}) {
        for (const bool as_json : {true, false}) {
            Arguments all{(folder / "stack").string(), "--info"};
            all.insert(all.end(), more.begin(), more.end());
            if (as_json) all.push_back("--json");
            const Result result = run(all);
            CAPTURE(named, as_json, result.out, result.err);
            CHECK(result.status == status);
            CHECK((result.out + result.err).find(named) != std::string::npos);
            if (as_json) CHECK_FALSE(parsed(result)["problems"].empty());
        }
    };
    check(6, "--memory", {"--memory", "1k"});
    check(2, "crop", {"--crop", "0:99,,"});
    fs::remove(folder / "stack" / slice_name(4));
    check(3, "004");
    const json gap = parsed(run({(folder / "stack").string(), "--info", "--json"}));
    CHECK(gap["input"]["missing"] == json({"004"}));
    CHECK(gap["input"]["slices"] == 9);
    check(0, "004", {"--missing", "repeat"});
    write_file(folder / "stack" / slice_name(4), "text");
    check(4, slice_name(4));
}

TEST_CASE("json with a run prints its report", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9, 30, 20);
    const Result result = run_in(folder.path(), {"stack", "-o", "v.nrrd", "--factor", "2", "--json", "-q"});
    CHECK(result.status == 0);
    CHECK(result.err.empty());
    const json report = parsed(result);
    CHECK(report["output"]["size"] == json({15, 10, 4}));
    CHECK(report["output"]["bytes"].get<std::size_t>() == samples_of(folder / "v.nrrd").size());
    CHECK(report["run"]["slices_read"] == 9);
}

TEST_CASE("nothing goes to stdout that was not asked for", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9, 30, 20);
    for (const std::string progress : {"auto", "bar", "json", "none"}) {
        CAPTURE(progress);
        const Result result = run_in(folder.path(), {"stack", "-o", "v.nrrd", "--force", "--progress", progress});
        CHECK(result.status == 0);
        CHECK(result.out.empty());
        CHECK_FALSE(result.err.empty());
    }
    const Result quiet = run_in(folder.path(), {"stack", "-o", "v.nrrd", "--force", "-q", "--progress", "bar"});
    CHECK(quiet.status == 0);
    CHECK(quiet.out.empty());
    CHECK(quiet.err.empty());
    const Result loud = run_in(folder.path(), {"nowhere", "-o", "v.nrrd", "--force", "-q"});
    CHECK(loud.status == 3);
    check_sentence(loud, {"nowhere"});
}

TEST_CASE("progress as JSON is one object a line", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9, 30, 20);
    const Result result =
        run_in(folder.path(), {"stack", "-o", "v.nrrd", "--progress", "json", "--spacing", "1", "--threads", "1"});
    CHECK(result.status == 0);
    std::istringstream lines(result.err);
    int objects = 0;
    json last;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('{')) continue;
        CAPTURE(line);
        REQUIRE(json::accept(line));
        last = json::parse(line);
        ++objects;
    }
    REQUIRE(objects > 0);
    CHECK(last["done"] == 9);
    CHECK(last["total"] == 9);
}

TEST_CASE("an input alone prints three commands that run when they are copied", "[cli]") {
    if (support::is_windows) return support::say_skipped("commands are pasted into a shell of POSIX");
    const Folder folder;
    const std::string weird = "a 'weird' $HOME & \"name\"";
    write_stack(folder / "stack", 8, 16, 12);
    write_stack(folder / weird, 8, 16, 12);
    write_stack(folder / "-dash", 8, 16, 12);
    std::vector<fs::path> files;
    for (int i = 0; i < 8; ++i) files.push_back(fs::path("stack") / slice_name(i));
    write_list(folder / "list", files, 2);
    write_stack(folder / "gap", 8, 16, 12);
    fs::remove(folder / "gap" / slice_name(4));

    struct Case {
        Arguments arguments;
        int slices;
    };
    const std::vector<Case> cases{{{"stack"}, 8},
                                  {{"stack/"}, 8},
                                  {{"./stack/."}, 8},
                                  {{weird}, 8},
                                  {{"--", "-dash"}, 8},
                                  {{"stack/" + slice_name(3)}, 8},
                                  {{"stack/slice_%03d.tif"}, 8},
                                  {{"stack/*.tif"}, 8},
                                  {{"stack/" + slice_name(0), "stack/" + slice_name(1)}, 2},
                                  {{"stack", "--spacing", "10, 20, 30", "--space-units", "um"}, 8},
                                  {{"--files-from", "list", "--order", "given"}, 16},
                                  {{"gap", "--missing", "repeat"}, 8}};
    for (const auto& [arguments, slices] : cases) {
        CAPTURE(arguments);
        const Result info = run_in(folder.path(), arguments);
        CHECK(info.status == 0);
        CAPTURE(info.out);
        const std::vector<std::string> lines = command_lines(info.out);
        REQUIRE(lines.size() == 3);
        int factor = 1;
        for (const std::string& line : lines) {
            CAPTURE(line);
            const Folder copy;  // to see what it makes, and nothing else
            fs::copy(folder.path(), copy.path(), fs::copy_options::recursive);
            const Result made = paste(copy.path(), line);
            CAPTURE(made.err);
            CHECK(made.status == 0);
            std::vector<fs::path> outputs;
            for (const auto& entry : fs::directory_iterator(copy.path())) {
                if (entry.path().extension() == ".nrrd") outputs.push_back(entry.path());
            }
            CHECK(outputs.size() == 1);
            if (outputs.empty()) break;
            const Bytes header = read_file(outputs[0]);
            const std::string sizes = "sizes: " + std::to_string(16 / factor) + " " + std::to_string(12 / factor) +
                                      " " + std::to_string(slices / factor) + "\n";
            CAPTURE(sizes);
            CHECK((header.find(sizes) != Bytes::npos || slices / factor == 0));
            CHECK(header.find("space units: \"mm\" \"mm\" \"mm\"\n") != Bytes::npos);
            factor *= 2;
        }
    }
}

TEST_CASE("above each command is what it makes", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 12, 40, 28);
    const std::vector<std::pair<Arguments, std::size_t>> cases{
        {{"stack", "--spacing", "1,2,4"}, 3},
        {{"stack", "--spacing", "1,1,2", "--isotropic"}, 4},
        {{"stack", "--spacing", ".3", "--target-spacing", "1"}, 4},
        {{"stack", "--spacing", "1", "--fit", "5K"}, 4},
        {{"stack", "--spacing", "1", "--max-dim", "16"}, 4},
        {{"stack", "--spacing", "1", "--size", "10,0,0"}, 4},
        {{"stack", "--crop", "3:33,,", "--quality", "fast"}, 3}};
    for (const auto& [arguments, count] : cases) {
        CAPTURE(arguments);
        const Result info = run_in(folder.path(), arguments);
        CHECK(info.status == 0);
        CAPTURE(info.out);
        std::istringstream lines(info.out);
        std::string comment;
        std::size_t commands = 0;
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("  # ")) comment = line;
            if (!line.starts_with("  stack2nrrd ")) continue;
            ++commands;
            CAPTURE(comment, line);
            std::array<double, 3> size{}, spacing{};
            double amount = 0;
            char unit[10] = "";
            REQUIRE(std::sscanf(comment.c_str(), "  # %lf x %lf x %lf, %lf %9[a-zA-Z], spacing %lf, %lf, %lf", &size[0],
                                &size[1], &size[2], &amount, unit, &spacing[0], &spacing[1], &spacing[2]) == 8);
            const Result made = paste(folder.path(), line.substr(2) + " --json -q --force");
            CAPTURE(made.err);
            const json report = parsed(made);
            const json& output = report["output"];
            CHECK(output["size"] == json(std::array<int, 3>{int(size[0]), int(size[1]), int(size[2])}));
            const double bytes = std::string(unit) == "KiB" ? 1024 * amount : amount;
            CHECK(std::abs(output["bytes"].get<double>() - bytes) <= 0.051 * 1024);
            const bool known = arguments[1] == "--spacing";
            if (known) CHECK(output["spacing"] == json(spacing));
            CHECK((comment.find(" mm, memory ") != std::string::npos) == known);
            const double mebibytes = std::atof(comment.c_str() + comment.find("memory ") + 7);
            CHECK(std::abs(report["memory_bytes"].get<double>() / (1 << 20) - mebibytes) <= 0.051);
            comment.clear();
        }
        CHECK(commands == count);
    }
}

TEST_CASE("what a run found out is a warning, and in its report", "[cli]") {
    const Folder folder;
    write_file(folder / "v.nrrd",
               "NRRD0001\ntype: int64\ndimension: 3\nsizes: 1 1 2\nencoding: ascii\n\n1 9007199254740993 3");
    const Result result = run_in(folder.path(), {"v.nrrd", "-o", "o.nrrd", "--json", "--type", "float64"});
    CHECK(result.status == 0);
    const json report = parsed(result);
    CHECK(report["run"]["rounded_integers"] == true);
    CHECK(report["run"]["files_with_surplus"] == 1);
    for (const std::string text : {"beyond 2^53", "1 data file has more samples"}) {
        CAPTURE(text);
        CHECK(result.err.find(text) != std::string::npos);
        const json& problems = report["problems"];
        CHECK(std::any_of(problems.begin(), problems.end(), [&](const json& problem) {
            return problem["text"].get<std::string>().find(text) != std::string::npos && problem["fatal"] == false;
        }));
    }

    write_file(folder / "w.nrrd",
               "NRRD0001\ntype: int64\ndimension: 3\nsizes: 1 1 2\nencoding: ascii\n\n1 9007199254740992");
    const Result plain = run_in(folder.path(), {"w.nrrd", "-o", "p.nrrd", "--json", "--type", "float64"});
    CHECK(plain.err.find("beyond 2^53") == std::string::npos);
    CHECK(plain.err.find("more samples") == std::string::npos);
    CHECK(parsed(plain)["run"]["rounded_integers"] == false);
    CHECK(parsed(plain)["run"]["files_with_surplus"] == 0);
}

TEST_CASE("info tells all that is wrong at once", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9);
    fs::remove(folder / "stack" / slice_name(3));
    fs::remove(folder / "stack" / slice_name(4));
    write_file(folder / "stack" / slice_name(7), tiff(3, 4, noise(24, 1)));
    fs::copy_file(folder / "stack" / slice_name(1), folder / "stack" / "slice_01.tif");
    write_file(folder / "stack" / "notes.txt", "text");
    const auto count = [&](const json& info, const std::string& code, const std::string& part) {
        const json& problems = info["problems"];
        return std::count_if(problems.begin(), problems.end(), [&](const json& problem) {
            return problem["code"] == code && problem["fatal"] == true &&
                   problem["text"].get<std::string>().find(part) != std::string::npos;
        });
    };
    const Result result = run_in(folder.path(), {"stack", "--info", "--json"});
    CHECK(result.status == 3);
    const json all = parsed(result);
    CHECK(count(all, "inconsistent", slice_name(7)) == 1);
    CHECK(count(all, "inconsistent", "slice_01.tif") == 1);
    CHECK(count(all, "missing_slices", "003..004") == 1);
    CHECK(all["input"]["strays"] == json({"notes.txt"}));
    const Result text = run_in(folder.path(), {"stack", "--info"});
    CHECK(text.out.find("missing  2 slices: 003..004\n") != std::string::npos);

    const json closed = parsed(run_in(folder.path(), {"stack", "--info", "--json", "--missing", "close"}));
    CHECK(count(closed, "missing_slices", "") == 0);
    fs::remove(folder / "stack" / "slice_01.tif");
    fs::remove(folder / "stack" / slice_name(7));
    const json gaps = parsed(run_in(folder.path(), {"stack", "--info", "--json"}));
    CHECK(count(gaps, "missing_slices", "003..004, 007") == 1);
    CHECK(gaps["problems"].size() == 1);
}
