// Several results from one reading: each is the one that a run of its own makes, and there are all of them or none.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace cli_test;

namespace {

Arguments joined(Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

/// Every level of `input` has the bytes of its own run.
void check_levels(const Folder& folder, const std::string& input, const std::vector<int>& factors,
                  const Arguments& more, const std::string& suffix = ".nrrd") {
    CAPTURE(input, more);
    std::string list;
    for (const int factor : factors) list += (list.empty() ? "" : ",") + std::to_string(factor);
    const Result all = run_in(folder.path(), joined({input, "--pyramid", list, "-o", "all" + suffix, "--force"}, more));
    CAPTURE(all.err);
    REQUIRE(all.status == 0);
    for (const int factor : factors) {
        CAPTURE(factor);
        const Arguments own{input, "--factor", std::to_string(factor), "-o", "own" + suffix, "--force"};
        REQUIRE(run_in(folder.path(), joined(own, more)).status == 0);
        const std::string name = "all_" + std::to_string(factor);
        if (suffix == ".nrrd") {
            CHECK(read_file(folder / (name + suffix)) == read_file(folder / ("own" + suffix)));
            continue;
        }
        // The header names its file of samples.
        const std::string samples = fs::exists(folder / "own.raw") ? ".raw" : ".raw.gz";
        CHECK(read_file(folder / (name + samples)) == read_file(folder / ("own" + samples)));
        fs::remove(folder / ("own" + samples));
    }
}

}  // namespace

TEST_CASE("each level of a pyramid is the result of its own run", "[cli]") {
    const Folder folder;
    write_stack(folder / "raw", 37, 40, 29);
    const Arguments spacing{"--spacing", "0.3"};
    check_levels(folder, "raw", {2, 4, 8}, spacing);
    check_levels(folder, "raw", {1, 3, 5, 64}, spacing);
    check_levels(folder, "raw", {2, 3}, joined(spacing, {"--labels"}));
    check_levels(folder, "raw", {1, 2}, joined(spacing, {"--window", "auto", "--type", "uint8"}));
    check_levels(folder, "raw", {2, 4}, joined(spacing, {"--crop", "3:33,2:20,5:30", "--threads", "3"}));
    check_levels(folder, "raw", {2, 4}, joined(spacing, {"--reverse", "--step", "2", "--type", "float32"}));
    check_levels(folder, "raw", {2, 4}, joined(spacing, {"--kernel", "box", "--align", "first"}));
    check_levels(folder, "raw", {2, 4}, joined(spacing, {"--encoding", "gzip"}));
    check_levels(folder, "raw", {2, 4}, joined(spacing, {"--encoding", "gzip"}), ".nhdr");
    check_levels(folder, "raw", {2, 4}, spacing, ".nhdr");

    fs::remove(folder / "raw" / slice_name(7));
    check_levels(folder, "raw", {2, 4}, joined(spacing, {"--missing", "blank"}));
    check_levels(folder, "raw", {2, 4}, joined(spacing, {"--missing", "repeat"}));

    // A volume that can be read forward only.
    REQUIRE(run_in(folder.path(), {"all_2.nrrd", "--encoding", "gzip", "-o", "packed.nrrd"}).status == 0);
    check_levels(folder, "packed.nrrd", {1, 2, 3}, {});
    check_levels(folder, "packed.nrrd", {1, 2, 3}, {"--reverse"});
}

TEST_CASE("an automatic pyramid halves until no axis is long", "[cli]") {
    const Folder folder;
    write_stack(folder / "long", 600, 4, 3);
    REQUIRE(run_in(folder.path(), {"long", "--pyramid", "auto", "--spacing", "1", "-o", "v.nrrd"}).status == 0);
    // 600, 300, 150
    for (const char* name : {"v_1.nrrd", "v_2.nrrd", "v_4.nrrd"}) CHECK(fs::exists(folder / name));
    CHECK_FALSE(fs::exists(folder / "v_8.nrrd"));
    CHECK_FALSE(fs::exists(folder / "v.nrrd"));

    write_stack(folder / "short", 256, 4, 3);
    REQUIRE(run_in(folder.path(), {"short", "--pyramid", "auto", "--spacing", "1", "-o", "s.nrrd"}).status == 0);
    CHECK(fs::exists(folder / "s_1.nrrd"));
    CHECK_FALSE(fs::exists(folder / "s_2.nrrd"));
}

TEST_CASE("there are all levels of a pyramid or none", "[cli]") {
    const Folder folder;
    write_stack(folder / "s", 12, 40, 29);
    const Arguments run{"s", "--pyramid", "2,4,8", "--spacing", "1", "-o", "v.nrrd"};

    write_file(folder / "v_4.nrrd", "mine");
    Result result = run_in(folder.path(), run);
    CHECK(result.status == 2);
    CHECK(result.err.find("v_4.nrrd") != std::string::npos);
    CHECK(read_file(folder / "v_4.nrrd") == "mine");
    CHECK_FALSE(fs::exists(folder / "v_2.nrrd"));
    CHECK_FALSE(fs::exists(folder / "v_8.nrrd"));

    // A slice that breaks off, far behind.
    const Bytes last = read_file(folder / "s" / slice_name(11));
    write_file(folder / "s" / slice_name(11), tiff(40, 29, noise(2320, 1)).substr(0, 1000));
    result = run_in(folder.path(), joined(run, {"--force"}));
    CHECK(result.status == 4);
    CHECK(read_file(folder / "v_4.nrrd") == "mine");
    CHECK_FALSE(fs::exists(folder / "v_2.nrrd"));
    write_file(folder / "s" / slice_name(11), last);

    // A level that is one of the inputs.
    fs::copy_file(folder / "s" / slice_name(3), folder / "s" / "v_8.nrrd");
    result = run_in(folder / "s", {"v_8.nrrd", "--pyramid", "1,8", "--spacing", "1", "-o", "v.nrrd", "--force"});
    CHECK(result.status == 2);
    fs::remove(folder / "s" / "v_8.nrrd");

    REQUIRE(run_in(folder.path(), joined(run, {"--force"})).status == 0);
    for (const char* name : {"v_2.nrrd", "v_4.nrrd", "v_8.nrrd"}) CHECK(samples_of(folder / name).size() > 10);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder.path())) ++files;
    CHECK(files == 4);  // and the slices: nothing is left behind
}

TEST_CASE("a pyramid that is none is refused", "[cli]") {
    const Folder folder;
    write_stack(folder / "s", 3);
    const auto refused = [&](const Arguments& arguments, const std::string& part) {
        CAPTURE(arguments);
        const Result result = run_in(folder.path(), joined({"s", "-o", "v.nrrd"}, arguments));
        CAPTURE(result.err);
        CHECK(result.status == 2);
        CHECK(result.err.find("--pyramid") != std::string::npos);
        CHECK(result.err.find(part) != std::string::npos);
    };
    refused({"--pyramid", "2,2"}, "ascending");
    refused({"--pyramid", "4,2"}, "ascending");
    refused({"--pyramid", "0,2"}, "'0'");
    refused({"--pyramid", "2,3.5"}, "'3.5'");
    refused({"--pyramid", "2,,4"}, "''");
    refused({"--pyramid", "all"}, "'all'");
    refused({"--pyramid", "2,4", "--factor", "2"}, "--factor");
    refused({"--pyramid", "auto", "--size", "10,0,0"}, "--size");
    refused({"--pyramid", "2,4", "--slab", "0:1"}, "--slab");
}

TEST_CASE("the memory of a pyramid is reported, and capped for all of it", "[cli]") {
    const Folder folder;
    write_stack(folder / "s", 40, 900, 700);
    const Result all = run_in(folder.path(), {"s", "--pyramid", "1,2,4", "--spacing", "1", "--info", "--json"});
    REQUIRE(all.status == 0);
    const auto memory = [](const Result& result) {
        return std::stoll(result.out.substr(result.out.find("\"memory_bytes\": ") + 16));
    };
    std::int64_t most = 0;
    for (const char* factor : {"1", "2", "4"}) {
        const Result own = run_in(folder.path(), {"s", "--factor", factor, "--spacing", "1", "--info", "--json"});
        most = std::max<std::int64_t>(most, memory(own));
    }
    CHECK(memory(all) > most);
    const std::string cap = std::to_string((memory(all) >> 20) - 8) + "M";
    const Result capped =
        run_in(folder.path(), {"s", "--pyramid", "1,2,4", "--spacing", "1", "--memory", cap, "-o", "c.nrrd"});
    CAPTURE(capped.err, cap);
    REQUIRE(capped.status == 0);
    if (!is_sanitized()) CHECK(capped.peak_bytes < std::stoll(cap) << 20);
    CHECK(run_in(folder.path(), {"s", "--pyramid", "1,2,4", "--memory", "17M", "-o", "d.nrrd"}).status == 6);
}
