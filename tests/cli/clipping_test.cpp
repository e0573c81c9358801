// What is said of samples that the output's type has no place for.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <string>

using namespace cli_test;

namespace {

nlohmann::json parsed(const Result& result) {
    CAPTURE(result.out, result.err);
    REQUIRE(nlohmann::json::accept(result.out));
    return nlohmann::json::parse(result.out);
}

}  // namespace

TEST_CASE("clipping is said before the run and after it, in every place", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "stack");
    Bytes slice(2 * 20 * 10, '\0');  // 200 samples: 197 zeros, 300, 256 and 255
    slice[0] = 44;
    slice[1] = 1;
    slice[3] = 1;
    slice[4] = '\xFF';
    for (int i = 0; i < 2; ++i) write_file(folder / "stack" / slice_name(i), tiff(20, 10, slice));
    const std::string before = "--type uint8 does not hold the range of the source's uint16";

    const Result info = run_in(folder.path(), {"stack", "--info", "--type", "uint8"});
    CHECK(info.status == 0);
    CHECK(info.out.find("note     " + before) != std::string::npos);
    CHECK(info.out.find("--window auto") != std::string::npos);
    const auto problems = parsed(run_in(folder.path(), {"stack", "--info", "--json", "--type", "uint8"}))["problems"];
    CHECK(problems.dump().find(before) != std::string::npos);
    CHECK(run_in(folder.path(), {"stack", "--info", "--type", "uint8", "--window", "0,9"}).out.find(before) ==
          std::string::npos);

    // Two of 200 are 1 %, which is no warning; the last line has them.
    const Result one = run_in(folder.path(), {"stack", "--type", "uint8", "-o", "one.nrrd", "--json"});
    CHECK(one.status == 0);
    CHECK(one.err.find("warning: " + before) != std::string::npos);
    CHECK(one.err.find("% of the samples") == std::string::npos);
    CHECK(one.err.find("; clipped samples: 0 below the range of the type, 4 (") != std::string::npos);
    CHECK(parsed(one)["run"]["clipped_low"] == 0);
    CHECK(parsed(one)["run"]["clipped_high"] == 4);
    const Bytes file = read_file(folder / "one.nrrd");
    const Bytes blanks(19, ' ');
    CHECK(file.find("\nstack2nrrd_clipped_low:=0" + blanks + "\n") != Bytes::npos);
    CHECK(file.find("\nstack2nrrd_clipped_high:=4" + blanks + "\n") != Bytes::npos);

    const Result more = run_in(folder.path(), {"stack", "--window", "10,400", "-o", "more.nrrd", "--json"});
    CHECK(more.status == 0);
    CHECK(more.err.find(before) == std::string::npos);
    CHECK(more.err.find("warning: 98.5 % of the samples were outside of the window and were clipped: 394 below and 0 "
                        "above it; a wider --window LO,HI keeps them") != std::string::npos);
    CHECK(parsed(more)["run"]["clipped_low"] == 394);
    CHECK(run_in(folder.path(), {"stack", "-o", "none.nrrd"}).err.find("clipped") == std::string::npos);
    CHECK(read_file(folder / "none.nrrd").find("clipped") == Bytes::npos);

    // Slicer shows warnings in the report of a module.
    CHECK(run_in(folder.path(), {"stack", "--window", "10,400", "-o", "slicer.nrrd", "--returnparameterfile", "r.txt"})
              .status == 0);
    CHECK(read_file(folder / "r.txt").find("warning: 98.5 % of the samples") != Bytes::npos);

    // The same file from every set of instructions.
    for (const char* set : {"baseline", "avx2", "avx512"}) {
        Program program;
        program.folder = folder.path();
        program.arguments = {"stack", "--type", "uint8", "-o", std::string(set) + ".nrrd"};
        program.set["STACK2NRRD_INSTRUCTIONS"] = set;
        CHECK(program.run().status == 0);
        CHECK(read_file(folder / (std::string(set) + ".nrrd")) == file);
    }
}
