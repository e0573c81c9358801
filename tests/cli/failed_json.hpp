#pragma once

// What a run with --json prints when it fails.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace cli_test {

/// The object on stdout of a run that ended with `status`, whose one fatal problem of `code` is the sentence on stderr.
inline nlohmann::json failure(const Result& result, int status, const std::string& code) {
    CAPTURE(result.out, result.err, status, code);
    CHECK(result.status == status);
    REQUIRE(nlohmann::json::accept(result.out));
    nlohmann::json object = nlohmann::json::parse(result.out);
    CHECK(object["status"] == status);
    CHECK_FALSE(object.contains("run"));
    for (const char* key : {"stack2nrrd", "input", "output", "read_bytes", "memory_bytes", "problems"}) {
        CAPTURE(key);
        CHECK(object.contains(key));
    }
    REQUIRE_FALSE(object["problems"].empty());
    const nlohmann::json& problem = object["problems"][0];
    CHECK(problem["fatal"] == true);
    CHECK(problem["code"] == code);
    return object;
}

/// The same where stderr has the sentence.
inline nlohmann::json told_failure(const Result& result, int status, const std::string& code) {
    nlohmann::json object = failure(result, status, code);
    CHECK(result.err.find("stack2nrrd: " + object["problems"][0]["text"].get<std::string>() + "\n") !=
          std::string::npos);
    return object;
}

/// A run of some time: a list that names a few slices many times.
struct LongJsonRun {
    Folder folder;
    Program program{{"--files-from", "list", "--order", "given", "--factor", "4", "--spacing", "1", "--json",
                     "--progress", "json", "-o", "v.nrrd"},
                    folder.path()};
    LongJsonRun() {
        write_stack(folder / "stack", 4, 1024, 1024);
        std::vector<fs::path> files;
        for (int i = 0; i < 500; ++i) files.push_back(fs::path("stack") / slice_name(i % 4));
        write_list(folder / "list", files, 2);
    }
};

}  // namespace cli_test
