// --slab: some slices of the result, each as it is in the whole.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

Arguments operator+(Arguments left, const Arguments& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

std::string range(int first, int end) { return std::to_string(first) + ":" + std::to_string(end); }

/// A field or a key of a header.
std::string field(const Bytes& header, const std::string& name) {
    const std::size_t at = header.find("\n" + name + ":");
    if (at == Bytes::npos) return {};
    return header.substr(at + 1, header.find('\n', at + 1) - at - 1);
}

int slices_of(const Bytes& header) {
    const std::string sizes = field(header, "sizes");
    return std::stoi(sizes.substr(sizes.rfind(' ')));
}

}  // namespace

TEST_CASE("slabs of the program, put together, are the whole", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 23, 16, 12);
    const Arguments input{"stack", "-q", "--force", "--spacing", "0.1,0.2,0.3", "--origin", "1000,-7,0.7"};
    const std::vector<Arguments> wanted{{"--factor", "3/2"},
                                        {"--factor", "2", "--kernel", "box", "--align", "first"},
                                        {"--labels", "--factor", "3"},
                                        {"--reverse", "--factor", "7/3", "--crop", ",,2:21"},
                                        {"--factor", "2", "--type", "uint8", "--window", "0,65535", "--step", "2"},
                                        {}};
    for (const Arguments& more : wanted) {
        REQUIRE(run_in(folder.path(), input + more + Arguments{"-o", "whole.nrrd"}).status == 0);
        const Bytes whole = read_file(folder / "whole.nrrd");
        const Bytes samples = samples_of(folder / "whole.nrrd");
        const int slices = slices_of(whole);
        const std::size_t slice = samples.size() / static_cast<std::size_t>(slices);
        for (const int thick : {1, 4}) {
            Bytes joined;
            for (int z = 0; z < slices; z += thick) {
                const int end = std::min(z + thick, slices);
                CAPTURE(more, z, end, slices);
                const std::string name = thick == 1 ? "slab.nrrd" : "slab.nhdr";  // attached and detached
                REQUIRE(run_in(folder.path(), input + more + Arguments{"-o", name, "--slab", range(z, end)}).status ==
                        0);
                const Bytes header = read_file(folder / name);
                CHECK(slices_of(header) == end - z);
                for (const char* same : {"type", "space directions", "stack2nrrd_crop", "stack2nrrd_factor"})
                    CHECK(field(header, same) == field(whole, same));
                if (z == 0) CHECK(field(header, "space origin") == field(whole, "space origin"));
                if (z > 0) CHECK(field(header, "space origin") != field(whole, "space origin"));
                // What shapes the result is recorded: all but one that is the whole.
                const bool says_so =
                    field(header, "stack2nrrd_options").find(" slab=" + range(z, end)) != std::string::npos;
                CHECK(says_so == (end - z < slices));
                joined += thick == 1 ? samples_of(folder / name) : read_file(folder / "slab.raw");
            }
            CHECK(joined.size() == samples.size());
            CHECK(joined == samples);
            CHECK(slice * static_cast<std::size_t>(slices) == samples.size());
        }
        // All of it is the same file, byte for byte.
        REQUIRE(run_in(folder.path(), input + more + Arguments{"-o", "all.nrrd", "--slab", range(0, slices)}).status ==
                0);
        CHECK(read_file(folder / "all.nrrd") == whole);
    }
}

TEST_CASE("a slab is planned as it is made", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 40);
    const auto info = [&](const Arguments& more) {
        const Result result = run_in(folder.path(), Arguments{"stack", "--info", "--json"} + more);
        CAPTURE(result.err);
        REQUIRE(result.status == 0);
        return nlohmann::json::parse(result.out);
    };
    const auto slab = info({"--factor", "2", "--kernel", "box", "--slab", "3:8"});
    CHECK(slab["output"]["size"] == nlohmann::json{8, 6, 5});
    CHECK(slab["output"]["bytes"] == 8 * 6 * 5 * 2);
    CHECK(slab["input"]["slices"] == 40);
    // Blanks are fine, and a value with = as well.
    CHECK(info({"--factor", "2", "--slab= 3:8 "})["output"]["size"][2] == 5);
    // Slices that no output needs are not even opened.
    for (int i = 0; i < 40; ++i) {
        if (i >= 6 && i < 16) continue;
        Bytes bytes = read_file(folder / "stack" / slice_name(i));
        std::fill(bytes.begin() + 8, bytes.begin() + 200, 'x');
        write_file(folder / "stack" / slice_name(i), bytes);
    }
    CHECK(run_in(folder.path(), {"stack", "-q", "--factor", "2", "--kernel", "box", "--slab", "3:8", "-o", "part.nrrd"})
              .status == 0);
}

TEST_CASE("what is no slab is refused by name", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 10);
    struct Row {
        const char* slab;
        std::vector<std::string> parts;
    };
    for (const Row& row : std::vector<Row>{{"5:3", {"--slab", "5:3", "empty"}},
                                           {"3:3", {"--slab", "3:3", "empty"}},
                                           {"0:0", {"--slab", "0:0", "empty"}},
                                           {"-1:3", {"--slab", "-1"}},
                                           {"2:-1", {"--slab", "-1"}},
                                           {"0:6", {"--slab: 0:6 is not within the 5 slices of the result", "0:5"}},
                                           {"5:6", {"--slab: 5:6 is not within the 5 slices of the result", "0:5"}},
                                           {"7:9", {"--slab", "7:9", "0:5"}},
                                           {"3", {"--slab", "'3'", "FIRST:END"}},
                                           {"", {"--slab"}},
                                           {"a:b", {"--slab", "a"}},
                                           {"1:2:3", {"--slab"}},
                                           {"1.5:3", {"--slab", "1.5"}},
                                           {"0:99999999999999999999", {"--slab", "99999999999999999999"}}}) {
        CAPTURE(row.slab);
        const Result result = run_in(folder.path(), {"stack", "--factor", "2", "-o", "v.nrrd", "--slab", row.slab});
        CHECK(result.status == 2);
        check_sentence(result, row.parts);
        check_holds(folder.path(), {"stack"});
    }
}
