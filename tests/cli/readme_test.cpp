// What README.md says of the options is what --help says, and what it says of JSON is what is printed.

#include "program.hpp"
#include "slices.hpp"

#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

using namespace cli_test;
using nlohmann::json;

namespace {

using Names = std::set<std::string>;

/// "input", "input.kind", ...: the elements of a list have its name.
void add_names(const json& value, const std::string& prefix, Names& names) {
    if (value.is_array()) {
        for (const json& element : value) add_names(element, prefix, names);
    }
    if (!value.is_object()) return;
    for (const auto& [key, inside] : value.items()) {
        const std::string name = prefix.empty() ? key : prefix + "." + key;
        names.insert(name);
        add_names(inside, name, names);
    }
}

/// The names in the first column of the table between the marks.
Names documented() {
    const Bytes readme = read_file(fs::path(STACK2NRRD_SOURCE_DIR) / "README.md");
    const std::size_t begin = readme.find("<!-- json -->\n");
    const std::size_t end = readme.find("<!-- /json -->");
    REQUIRE(begin < end);
    REQUIRE(end != Bytes::npos);
    Names names;
    std::istringstream lines(readme.substr(begin, end - begin));
    const std::regex name("`([a-z0-9_.]+)`");
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `")) continue;
        const std::string field = line.substr(0, line.find(" | "));
        for (std::sregex_iterator at(field.begin(), field.end(), name); at != std::sregex_iterator(); ++at) {
            CAPTURE((*at)[1].str());
            CHECK(names.insert((*at)[1]).second);
        }
    }
    return names;
}

}  // namespace

TEST_CASE("the options in README.md are those of --help", "[cli]") {
    const Folder folder;
    const Result help = run_in(folder.path(), {"--help"});
    REQUIRE(help.status == 0);
    const std::size_t begin = help.out.find("\nInput:\n") + 1;
    const std::size_t end = help.out.find("\nExit status:");
    REQUIRE(begin < end);
    const Bytes readme = read_file(fs::path(STACK2NRRD_SOURCE_DIR) / "README.md");
    const std::string block =
        "<!-- options -->\n```text\n" + help.out.substr(begin, end - begin) + "```\n<!-- /options -->";
    CHECK(readme.find(block) != Bytes::npos);
}

TEST_CASE("every field of the JSON is in README.md, and no other", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9);
    write_stack(folder / "gap", 9);
    fs::remove(folder / "gap" / slice_name(4));
    write_file(folder / "gap" / "notes.txt", "text");
    write_stack(folder / "odd", 3);
    write_file(folder / "odd" / slice_name(1), tiff(3, 4, noise(24, 1)));
    write_file(folder / "v.nrrd", "NRRD0001\ntype: int64\ndimension: 3\nsizes: 1 1 2\nencoding: ascii\n\n1 2 3");
    const std::vector<Arguments> cases{
        {"stack", "--info"},
        {"stack", "--info", "--spacing", "1,2,3", "-o", "o.nrrd"},
        {"gap", "--info"},
        {"gap", "--info", "--missing", "close"},
        {"odd", "--info"},
        {"v.nrrd", "--info"},
        {"stack", "-o", "a.nrrd", "--factor", "2"},
        {"stack", "-o", "d.nrrd", "--dehaze", "30000"},
        {"stack", "-o", "p.nrrd", "--pyramid", "1,2"},
        {"stack", "-o", "s.nrrd", "--shard", "1/2"},
        {"stack", "--info", "--spacing", "1", "--transform", "affine:1,.1,0,0,-.1,1,0,0,0,0,1,0"},
        {"v.nrrd", "-o", "b.nrrd"}};
    Names printed;
    for (Arguments arguments : cases) {
        arguments.emplace_back("--json");
        const Result result = run_in(folder.path(), arguments);
        CAPTURE(arguments, result.out);
        REQUIRE(json::accept(result.out));
        Names names;
        add_names(json::parse(result.out), "", names);
        CHECK(names.count("problems") == 1);
        // What depends on the case is there when it should be.
        const bool makes = std::find(arguments.begin(), arguments.end(), "-o") != arguments.end();
        const bool looks = std::find(arguments.begin(), arguments.end(), "--info") != arguments.end();
        const bool shares = std::find(arguments.begin(), arguments.end(), "--shard") != arguments.end();
        CHECK(names.count("run") == (looks || shares ? 0 : 1));
        CHECK(names.count("shard") == (shares ? 1 : 0));
        CHECK(names.count("output.file") == (makes ? 1 : 0));
        printed.insert(names.begin(), names.end());
    }
    const Names told = documented();
    for (const std::string& name : printed) {
        CAPTURE(name);
        if (const std::string level = "levels."; name.starts_with(level)) {  // each as output has it
            CHECK(printed.count("output." + name.substr(level.size())) == 1);
            continue;
        }
        const bool has_inside = printed.lower_bound(name + ".") != printed.lower_bound(name + "/");
        CHECK((told.count(name) == 1 || has_inside));  // a name with names inside needs no line of its own
    }
    for (const std::string& name : told) {
        CAPTURE(name);
        CHECK(printed.count(name) == 1);
    }
}
