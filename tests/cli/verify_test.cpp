// --verify and --replay as a user has them: sentences, statuses, JSON.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <regex>
#include <set>
#include <sstream>
#include <string>

using namespace cli_test;
using nlohmann::json;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A folder with a stack of 9 slices, and what is made of it.
struct Made {
    Made() {
        write_stack(folder / "scan", 9);
        REQUIRE(run({"scan", "-o", "v.nrrd", "--factor", "2,2,1", "-q"}).status == 0);
    }

    [[nodiscard]] Result run(const Arguments& arguments) const { return run_in(folder.path(), arguments); }

    /// Changes a byte so many in front of the end.
    void damage(const std::string& name, std::size_t from_end) const {
        Bytes bytes = read_file(folder / name);
        char& byte = bytes[bytes.size() - from_end];
        byte = static_cast<char>(byte ^ 4);
        write_file(folder / name, bytes);
    }

    Folder folder;
};

}  // namespace

TEST_CASE("a volume is verified, and what is damaged is named", "[cli]") {
    const Made made;
    Result result = made.run({"--verify", "v.nrrd"});
    CHECK(result.status == 0);
    CHECK(result.out == "v.nrrd: 9 slices in 9 slabs as written; inputs unchanged (9 files)\n");
    CHECK(result.err.empty());
    CHECK(made.run({"--verify", "v.nrrd", "-q"}).out.empty());

    made.damage("v.nrrd", 1);
    result = made.run({"--verify", "v.nrrd"});
    CHECK(result.status == 4);
    CHECK(has(result.err, "v.nrrd: slab 8 (slice 8) is not as it was written"));
    CHECK(has(result.out, "not as written"));
    made.damage("v.nrrd", 1 + 2 * 48 * 2);  // two slices of 8 x 6 samples of 16 bits before
    result = made.run({"--verify", "v.nrrd", "--json"});
    CHECK(result.status == 4);
    json found = json::parse(result.out);
    CHECK(found["verify"]["damaged"] == json({6, 8}));
    CHECK(found["status"] == 4);
    CHECK(found["problems"][0]["code"] == "corrupt");
    CHECK(found["problems"][0]["fatal"] == true);
    made.damage("v.nrrd", 1);
    made.damage("v.nrrd", 1 + 2 * 48 * 2);
    CHECK(made.run({"--verify", "v.nrrd"}).status == 0);
}

TEST_CASE("an input that was changed has a status of its own", "[cli]") {
    const Made made;
    fs::remove(made.folder / "scan" / slice_name(8));
    Result result = made.run({"--verify", "v.nrrd"});
    CHECK(result.status == 7);
    CHECK(has(result.err, "its input scan has 8 files, those 9 files were expected"));
    CHECK(has(result.out, "9 slices in 9 slabs as written; inputs changed"));
    CHECK(json::parse(made.run({"--verify", "v.nrrd", "--json"}).out)["verify"]["inputs"] == "changed");

    fs::rename(made.folder / "scan", made.folder / "elsewhere");
    result = made.run({"--verify", "v.nrrd"});
    CHECK(result.status == 0);
    CHECK(has(result.out, "inputs not compared: nothing of their name is beside it or in the working directory"));
    CHECK(made.run({"--verify", "v.nrrd", "elsewhere"}).status == 7);
    result = made.run({"--replay", "v.nrrd"});
    CHECK(result.status == 3);
    check_sentence(result, {"v.nrrd", "name it"});
    // Damage counts for more.
    made.damage("v.nrrd", 1);
    CHECK(made.run({"--verify", "v.nrrd", "elsewhere"}).status == 4);
}

TEST_CASE("a volume is made again and compared", "[cli]") {
    const Made made;
    Result result = made.run({"--replay", "v.nrrd"});
    CHECK(result.status == 0);
    CHECK(result.out == "v.nrrd: made again, and the same 432 samples at the same places\n");
    CHECK(result.err.empty());
    check_holds(made.folder.path(), {"scan", "v.nrrd"});
    CHECK(made.run({"--replay", "v.nrrd", "scan", "--threads", "1", "--memory", "1G"}).status == 0);

    const std::string list = "list.txt";
    std::string names;
    for (int i = 8; i >= 0; --i) names += "scan/" + slice_name(i) + "\n";
    write_file(made.folder / list, names);
    CHECK(made.run({"--files-from", list, "--order", "given", "-o", "w.nrrd", "-q"}).status == 0);
    CHECK(made.run({"--replay", "w.nrrd", "--files-from", list}).status == 0);
    CHECK(made.run({"--verify", "w.nrrd", "--files-from", list}).status == 0);
    CHECK(made.run({"--replay", "w.nrrd", "scan"}).status == 4);  // in another order

    made.damage("v.nrrd", 1);
    result = made.run({"--replay", "v.nrrd"});
    CHECK(result.status == 4);
    CHECK(has(result.err, "1 of 432 samples are not those that are made again, the first of them at 7, 5, 8"));
    CHECK(result.out == "v.nrrd: made again, and not the same\n");
    const json found = json::parse(made.run({"--replay", "v.nrrd", "--json"}).out);
    CHECK(found["replay"]["different"] == 1);
    CHECK(found["replay"]["first"] == json({7, 5, 8}));
    CHECK(found["status"] == 4);
}

TEST_CASE("a line that was added to a header is damage, wherever it is", "[cli]") {
    const Made made;
    const Bytes whole = read_file(made.folder / "v.nrrd");
    const std::size_t end = whole.find("\n\n");
    for (const std::string line : {"measurement frame: (1,0,0) (0,1,0) (0,0,1)", "content: hello", "foo:=bar", "# x"}) {
        CAPTURE(line);
        write_file(made.folder / "w.nrrd", whole.substr(0, end + 1) + line + whole.substr(end));
        const Result result = made.run({"--verify", "w.nrrd"});
        CHECK(result.status == 4);
        CHECK(has(result.err, "its header was changed since it was written"));
    }
    REQUIRE(made.run({"scan", "-o", "d.nhdr", "-q"}).status == 0);
    CHECK(made.run({"--verify", "d.nhdr"}).status == 0);
    fs::rename(made.folder / "d.raw", made.folder / "e.raw");
    Bytes detached = read_file(made.folder / "d.nhdr");
    detached.replace(detached.find("d.raw"), 5, "e.raw");
    write_file(made.folder / "d.nhdr", detached);
    CHECK(made.run({"--verify", "d.nhdr"}).status == 0);
}

TEST_CASE("some files of a series are not the whole series", "[cli]") {
    const Made made;
    REQUIRE(made.run({"scan/" + slice_name(0), "scan/" + slice_name(1), "-o", "scan/part.nrrd", "-q"}).status == 0);
    const Result verified = made.run({"--verify", "scan/part.nrrd"});
    CHECK(verified.status == 0);
    CHECK(has(verified.out, "inputs not compared: it was made from 2 files"));
    const Result replayed = made.run({"--replay", "scan/part.nrrd"});
    CHECK(replayed.status == 7);
    CHECK(has(replayed.err, "was made from 2 files"));
    for (const std::string what : {"--verify", "--replay"}) {
        CHECK(made.run({what, "scan/part.nrrd", "scan/" + slice_name(0), "scan/" + slice_name(1)}).status == 0);
    }
}

TEST_CASE("the input itself is not taken for its mask", "[cli]") {
    const Made made;
    fs::create_directories(made.folder / "raw");
    fs::create_directories(made.folder / "mask");
    fs::rename(made.folder / "scan", made.folder / "raw" / "slices");
    write_stack(made.folder / "mask" / "slices", 9);
    REQUIRE(made.run({"raw/slices", "--mask", "mask/slices", "-o", "m.nrrd", "-q"}).status == 0);
    const Result missing = made.run({"--replay", "m.nrrd", "raw/slices"});
    CHECK(missing.status == 3);
    CHECK(has(missing.err, "put it beside the volume"));
    fs::rename(made.folder / "mask" / "slices", made.folder / "slices");
    CHECK(made.run({"--replay", "m.nrrd", "raw/slices"}).status == 0);
}

TEST_CASE("what does not go with --verify and --replay is refused", "[cli]") {
    const Made made;
    REQUIRE(made.run({"scan", "-o", "v.ome.zarr", "-q"}).status == 0);
    write_file(made.folder / "o.nrrd", "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 1 1 2\nencoding: raw\n\nab");
    const std::vector<std::pair<Arguments, std::vector<std::string>>> cases{
        {{"--verify", "v.nrrd", "--factor", "2"}, {"--factor", "--verify", "leave it out"}},
        {{"--replay", "v.nrrd", "-o", "w.nrrd"}, {"--output", "--replay", "leave it out"}},
        {{"--replay", "v.nrrd", "--verify", "v.nrrd"}, {"--verify, --replay", "give one"}},
        {{"--replay", "v.nrrd", "scan", "--files-from", "list"}, {"INPUT and --files-from", "give one"}},
        {{"--verify", "o.nrrd"}, {"o.nrrd", "has no checksums"}},
        {{"--replay", "o.nrrd", "scan"}, {"o.nrrd", "does not say how it was made"}},
        {{"--verify", "v.ome.zarr"}, {"v.ome.zarr", "OME-Zarr", "attribute"}},
        {{"--replay", "v.ome.zarr", "scan"}, {"v.ome.zarr", "OME-Zarr"}},
    };
    for (const auto& [arguments, parts] : cases) {
        const Result result = made.run(arguments);
        CAPTURE(arguments);
        CHECK(result.status == 2);
        CHECK(result.out.empty());
        check_sentence(result, parts);
        Arguments with_json = arguments;
        with_json.emplace_back("--json");
        const Result as_json = made.run(with_json);
        REQUIRE(json::accept(as_json.out));
        CHECK(json::parse(as_json.out)["status"] == 2);
        CHECK(json::parse(as_json.out)["problems"][0]["code"] == "invalid_argument");
    }
    CHECK(made.run({"--verify", "nothing.nrrd"}).status == 3);
}

TEST_CASE("every field of the JSON of --verify and --replay is in README.md, and no other", "[cli]") {
    const Made made;
    std::set<std::string> printed;
    for (const std::string what : {"verify", "replay"}) {
        const json found = json::parse(made.run({"--" + what, "v.nrrd", "--json"}).out);
        for (const char* name : {"stack2nrrd", "problems", "status"}) CHECK(found.contains(name));
        CHECK(found.size() == 4);
        for (const auto& [key, value] : found[what].items()) printed.insert(what + "." + key);
    }
    const Bytes readme = read_file(fs::path(STACK2NRRD_SOURCE_DIR) / "README.md");
    const std::size_t begin = readme.find("<!-- json verify -->\n");
    const std::size_t end = readme.find("<!-- /json verify -->");
    REQUIRE(begin < end);
    REQUIRE(end != Bytes::npos);
    std::set<std::string> told;
    std::istringstream lines(readme.substr(begin, end - begin));
    const std::regex name("`([a-z0-9_.]+)`");
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `")) continue;
        const std::string field = line.substr(0, line.find(" | "));
        for (std::sregex_iterator at(field.begin(), field.end(), name); at != std::sregex_iterator(); ++at) {
            told.insert((*at)[1]);
        }
    }
    CHECK(told == printed);
}
