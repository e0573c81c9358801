// Where the program says that the spacing comes from, and what becomes of it.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <string>

using namespace cli_test;
using nlohmann::json;

namespace {

/// Three slices with a file of GE's beside them.
void write_scan(const fs::path& folder) {
    write_stack(folder, 3);
    write_file(folder / "scan.pcr",
               "[VolumeData]\r\nVolume_SizeX=16\r\nVolume_SizeY=12\r\nVolume_SizeZ=3\r\nVoxelSizeRec=0.02\r\n");
}

json info_of(const fs::path& folder, Arguments more = {}) {
    Arguments all{"stack", "--info", "--json"};
    all.insert(all.end(), more.begin(), more.end());
    const Result result = run_in(folder, all);
    CAPTURE(result.out, result.err);
    REQUIRE(result.status == 0);
    return json::parse(result.out);
}

}  // namespace

TEST_CASE("the spacing of a file beside the slices is used and named", "[cli]") {
    const Folder folder;
    write_scan(folder / "stack");
    const json info = info_of(folder.path(), {"--factor", "2,2,1"});
    CHECK(info["input"]["spacing"] == json({0.02, 0.02, 0.02}));
    CHECK(info["input"]["spacing_source"] == "scan.pcr");
    CHECK(info["input"]["units"] == "mm");
    CHECK(info["input"]["sidecars"] == json({"scan.pcr"}));
    CHECK(info["input"]["strays"] == json::array());
    CHECK(info["output"]["spacing"] == json({0.04, 0.04, 0.02}));
    CHECK(info["problems"] == json::array());

    const Result text = run_in(folder.path(), {"stack"});
    CHECK(text.out.find("spacing  0.02, 0.02, 0.02 mm, from scan.pcr\n") != std::string::npos);
    CHECK(text.out.find("--spacing") == std::string::npos);
    CHECK(text.out.find("left out") == std::string::npos);

    const Result made = run_in(folder.path(), {"stack", "-o", "v.nrrd"});
    CHECK(made.status == 0);
    CHECK(made.err.find("spacing") == std::string::npos);
    const Bytes nrrd = read_file(folder / "v.nrrd");
    CHECK(nrrd.find("space directions: (0.02,0,0) (0,0.02,0) (0,0,0.02)\n") != std::string::npos);
    CHECK(nrrd.find("space units: \"mm\" \"mm\" \"mm\"\n") != std::string::npos);
}

TEST_CASE("--spacing comes before what was found, and says so where they differ", "[cli]") {
    const Folder folder;
    write_scan(folder / "stack");
    json info = info_of(folder.path(), {"--spacing", "20", "--space-units", "um"});
    CHECK(info["input"]["spacing_source"] == "command line");
    CHECK(info["problems"] == json::array());

    info = info_of(folder.path(), {"--spacing", "0.02,0.02,0.021"});
    CHECK(info["input"]["spacing"] == json({0.02, 0.02, 0.021}));
    CHECK(info["input"]["spacing_source"] == "command line");
    REQUIRE(info["problems"].size() == 1);
    CHECK(info["problems"][0]["fatal"] == false);
    CHECK(info["problems"][0]["text"] ==
          "the spacing is 0.02, 0.02, 0.021 mm by the command line and 0.02 mm by scan.pcr; the first is used");

    const Result made = run_in(folder.path(), {"stack", "-o", "v.nrrd", "--spacing", "1"});
    CHECK(made.status == 0);
    CHECK(made.err.find("the spacing is 1 mm by the command line and 0.02 mm by scan.pcr") != std::string::npos);
    CHECK(read_file(folder / "v.nrrd").find("space directions: (1,0,0) (0,1,0) (0,0,1)\n") != std::string::npos);
}

TEST_CASE("a file beside the slices that does not fit is told on stderr", "[cli]") {
    const Folder folder;
    write_scan(folder / "stack");
    write_file(folder / "stack" / "scan.pcr", "[VolumeData]\nVolume_SizeX=32\nVolume_SizeY=24\nVoxelSizeRec=0.01\n");
    const Result made = run_in(folder.path(), {"stack", "-o", "v.nrrd"});
    CHECK(made.status == 0);
    CHECK(made.err.find("scan.pcr: reports slices of 32 x 24, these are 16 x 12") != std::string::npos);
    CHECK(made.err.find("the spacing is unknown") != std::string::npos);
    CHECK(read_file(folder / "v.nrrd").find("space units") == std::string::npos);
}
