// The program as a module of 3D Slicer: what it says of itself, and what it prints while it runs. The rules are those
// of Slicer's parser of descriptions and of the place where it makes a command line of them.

#include "program.hpp"
#include "slices.hpp"

#include "sidecar/xml.hpp"
#include "support/catch.hpp"

#include <stack2nrrd/options.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

using namespace cli_test;

namespace {

struct Parameter {
    std::string tag;
    std::string group;
    bool advanced = false;
    bool hidden = false;
    std::map<std::string, std::string> fields;  ///< <name> and so on
    std::vector<std::string> elements;          ///< of an enumeration
};

std::vector<Parameter> parameters_of(const std::string& xml) {
    std::vector<Parameter> result;
    std::string group;
    bool advanced = false;
    stack2nrrd::XmlScanner scanner(xml);
    while (scanner.next()) {
        const std::string name(scanner.name());
        const std::string content = stack2nrrd::unescaped(scanner.content());
        if (scanner.depth() == 2) {
            group = name == "parameters" ? "?" : "";
            advanced = scanner.attribute("advanced") == "true";
        } else if (scanner.depth() == 3 && group == "?" && name == "label") {
            group = content;
        } else if (scanner.depth() == 3 && name != "description") {
            result.push_back({name, group, advanced, scanner.attribute("hidden") == "true", {}, {}});
        } else if (scanner.depth() == 4 && name == "element") {
            result.back().elements.push_back(content);
        } else if (scanner.depth() == 4) {
            CHECK(result.back().fields.emplace(name, content).second);
        }
    }
    return result;
}

std::string described() {
    const Folder folder;
    const Result result = run_in(folder.path(), {"--xml"});
    CHECK(result.status == 0);
    CHECK(result.err.empty());
    return result.out;
}

/// The command line that Slicer makes of what the user left alone: numbers and choices are always given.
Arguments presets() {
    Arguments arguments;
    for (Parameter& p : parameters_of(described())) {
        if (p.fields["longflag"].empty()) continue;
        const bool always = p.tag == "integer" || p.tag == "string-enumeration";
        const bool set = p.tag == "boolean" ? p.fields["default"] == "true" : always || !p.fields["default"].empty();
        if (!set) continue;
        arguments.push_back("--" + p.fields["longflag"]);
        if (p.tag != "boolean") arguments.push_back(p.fields["default"]);
    }
    return arguments;
}

Arguments operator+(Arguments left, const Arguments& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

}  // namespace

TEST_CASE("Slicer can read the description", "[cli]") {
    const std::string xml = described();
    CHECK(xml.starts_with("<?xml"));
    // With Qt 5, Slicer reads a file in the code page of Windows: nothing may depend on it.
    CHECK(std::all_of(xml.begin(), xml.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
    const std::set<std::string> tags{"integer",   "boolean", "string", "string-enumeration", "file",
                                     "directory", "image",   "region", "transform"};
    const std::set<std::string> known{"name", "longflag", "label", "description", "default", "channel", "constraints"};
    const std::regex name("[A-Za-z_][A-Za-z0-9_]*");
    std::set<std::string> names;
    const std::vector<Parameter> parameters = parameters_of(xml);
    for (Parameter p : parameters) {
        CAPTURE(p.tag, p.fields["name"]);
        CHECK(tags.count(p.tag) == 1);
        CHECK(std::regex_match(p.fields["name"], name));
        CHECK(names.insert(p.fields["name"]).second);
        for (const auto& [field, value] : p.fields) {
            CAPTURE(field);
            CHECK((known.count(field) == 1 || value.empty()));
        }
        CHECK_FALSE(p.fields["label"].empty());
        CHECK_FALSE(p.fields["description"].empty());
        const bool output = p.fields["channel"] == "output";
        CHECK((p.fields["channel"].empty() || output || p.fields["channel"] == "input"));
        // A flag, since a place on the command line may not stay empty; what has none comes back in the file of
        // parameters.
        CHECK(p.fields["longflag"].empty() == (p.tag == "string" && output));
        if (!p.fields["longflag"].empty()) CHECK(std::regex_match(p.fields["longflag"], name));
        CHECK((p.tag == "string-enumeration") == !p.elements.empty());
        if (!p.elements.empty()) CHECK(std::count(p.elements.begin(), p.elements.end(), p.fields["default"]) == 1);
        if (p.tag == "integer") CHECK_FALSE(p.fields["default"].empty());
        if (p.hidden) CHECK((p.tag == "boolean" || p.tag == "string-enumeration"));  // others cannot be
    }
}

TEST_CASE("the description has every option that makes one volume, in its group", "[cli]") {
    const std::vector<Parameter> parameters = parameters_of(described());
    for (const stack2nrrd::OptionInfo& option : stack2nrrd::option_table()) {
        std::string flag(option.name);
        std::replace(flag.begin(), flag.end(), '-', '_');
        CAPTURE(flag);
        // What comes back is called "report", too, and was there first.
        const std::string name = flag == "report" ? "report_page" : flag;
        const auto found = std::find_if(parameters.begin(), parameters.end(), [&](Parameter p) {
            return p.fields["longflag"] == flag && p.fields["name"] == name;
        });
        if (option.name == "pyramid" || option.name == "zarr-version") {  // Slicer would look for a NRRD in vain
            CHECK(found == parameters.end());
            continue;
        }
        REQUIRE(found != parameters.end());
        const std::string group(option.group);
        CHECK(found->group == (found->advanced ? group + ", advanced" : group));
        if (!found->hidden) CHECK(found->fields.at("description").starts_with(std::string(option.help)));
    }
}

TEST_CASE("the fields that a user leaves alone change nothing", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9);
    write_file(folder / "v.nrrd",
               "NRRD0004\ntype: short\ndimension: 3\nsizes: 2 2 2\nspace: left-posterior-superior\nspace directions: "
               "(0,2,0) (-1,0,0) (0,0,3)\nspace origin: (5,6,7)\nencoding: ascii\n\n1 2 3 4 5 6 7 -8");
    const std::vector<std::pair<std::string, std::string>> inputs{
        {"--input", std::string("stack/") + slice_name(0)}, {"--input", "v.nrrd"}, {"--input_volume", "v.nrrd"}};
    for (const auto& [flag, input] : inputs) {
        const Result plain = run_in(folder.path(), {input, "-o", "plain.nrrd", "--force"});
        REQUIRE(plain.status == 0);
        const Result slicer = run_in(folder.path(), presets() + Arguments{"--output", "slicer.nrrd", flag, input});
        CAPTURE(slicer.err);
        REQUIRE(slicer.status == 0);
        CHECK(read_file(folder / "slicer.nrrd") == read_file(folder / "plain.nrrd"));
    }
}

TEST_CASE("slices and a volume of the scene are one input too many", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9);
    write_file(folder / "v.nrrd", "NRRD0004\n");
    for (const Arguments& before : {Arguments{"--input", "stack"}, Arguments{"stack"}}) {
        check_sentence(run_in(folder.path(), before + Arguments{"--input_volume", "v.nrrd", "-o", "o.nrrd"}),
                       {"--input-volume: is an input"});
    }
}

TEST_CASE("Slicer is told how far a run is, and nothing else", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 40);
    const Arguments slicer{
        "--processinformationaddress", "0x7f00", "--returnparameterfile", "r.txt", "--progress", "slicer"};
    const Result result = run_in(folder.path(), slicer + Arguments{"--factor", "2", "-o", "o.nrrd", "stack"});
    REQUIRE(result.status == 0);
    CHECK(result.err.empty());  // though the spacing is unknown
    std::string rest = result.out;
    std::vector<double> told;
    const std::regex progress("<filter-progress>([0-9.]+)</filter-progress>\n");
    for (std::sregex_iterator at(rest.begin(), rest.end(), progress); at != std::sregex_iterator(); ++at) {
        told.push_back(std::stod((*at)[1]));
    }
    REQUIRE_FALSE(told.empty());
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(told.back() == 1);
    CHECK(told.size() <= 202);
    rest = std::regex_replace(rest, progress, "");
    rest = std::regex_replace(rest, std::regex("<filter-comment>[^<\n]+</filter-comment>\n"), "");
    CHECK(std::regex_match(rest, std::regex("<filter-start>\n<filter-name>stack2nrrd</filter-name>\n</filter-start>\n"
                                            "<filter-end>\n<filter-name>stack2nrrd</filter-name>\n"
                                            "<filter-time>[0-9.]+</filter-time>\n</filter-end>\n")));
    // What stderr would have said.
    const std::string report = read_file(folder / "r.txt");
    CHECK(report.starts_with("report = o.nrrd: 8 x 6 x 20, "));
    CHECK(report.find("; warning: the spacing is unknown") != std::string::npos);
    CHECK(report.find('\n') == report.size() - 1);
    check_holds(folder.path(), {"o.nrrd", "r.txt", "stack"});
}

TEST_CASE("a run for Slicer that fails says why on stderr", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9);
    const Result turned = run_in(
        folder.path(),
        {"--progress", "slicer", "--roi", "3,3,3,2,2,2,0.6,0.8,0,-0.8,0.6,0,0,0,1", "--output", "o.nrrd", "stack"});
    CHECK(turned.status == 2);
    check_sentence(turned, {"--roi: the box is turned", "--crop"});
    const Result unwritable = run_in(
        folder.path(), {"--progress", "slicer", "--returnparameterfile", "none/r.txt", "--output", "o.nrrd", "stack"});
    CHECK(unwritable.status == 5);
    check_sentence(unwritable, {"none: "});
    check_holds(folder.path(), {"stack"});
    const Result both = run_in(folder.path(), {"--progress", "slicer", "--json", "-o", "o.nrrd", "stack"});
    CHECK(both.status == 2);
    CHECK(both.out.starts_with("{"));  // for whoever wanted JSON, and no tags
}

TEST_CASE("kernels and labels go with all that Slicer always gives", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 6);
    for (const Arguments& more : std::vector<Arguments>{{"--kernel", "box"}, {"--labels"}, {"--quality", "max"}}) {
        const Result made = run_in(folder.path(), presets() + more + Arguments{"-o", "v.nrrd", "stack"});
        CAPTURE(more, made.err);
        CHECK(made.status == 0);
    }
}
