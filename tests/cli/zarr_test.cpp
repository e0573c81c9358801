// OME-Zarr: each level has the samples of its own run, the folder is there whole or not at all, memory is kept.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"
#include "support/system.hpp"
#include "support/zarr_reader.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace cli_test;
using nlohmann::json;

namespace {

Arguments joined(Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

/// Every level of `input` has the samples, the place and the key/values of its own run. No factors: one level.
void check_levels(const Folder& folder, const std::string& input, const std::vector<int>& factors,
                  const Arguments& more) {
    for (const char* version : {"0.5", "0.4"}) {
        CAPTURE(input, more, version);
        Arguments all{input, "--zarr-version", version, "-o", "v.ome.zarr", "--force"};
        std::string list;
        for (const int factor : factors) list += (list.empty() ? "" : ",") + std::to_string(factor);
        if (!factors.empty()) all = joined(all, {"--pyramid", list});
        const Result made = run_in(folder.path(), joined(all, more));
        CAPTURE(made.err);
        REQUIRE(made.status == 0);
        const json datasets = support::multiscale(folder / "v.ome.zarr").at("datasets");
        const json own = support::zarr_attributes(folder / "v.ome.zarr").at("stack2nrrd");
        const std::size_t levels = std::max<std::size_t>(1, factors.size());
        REQUIRE(datasets.size() == levels);
        REQUIRE(own.size() == levels);
        for (std::size_t i = 0; i < levels; ++i) {
            CAPTURE(i);
            Arguments single{input, "-o", "own.nrrd", "--force"};
            if (!factors.empty()) single = joined(single, {"--factor", std::to_string(factors[i])});
            REQUIRE(run_in(folder.path(), joined(single, more)).status == 0);
            const std::string path = datasets[i].at("path");
            CHECK(path == std::to_string(i));
            const std::vector<std::byte> bytes = support::read_zarr_array(folder / "v.ome.zarr" / path).samples;
            const Bytes samples(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            CHECK(samples == samples_of(folder / "own.nrrd"));
            const Bytes header = read_file(folder / "own.nrrd");
            for (const auto& [key, value] : own[i].at("key_values").items()) {
                CAPTURE(key);
                CHECK(header.find("\n" + key + ":=" + value.get<std::string>()) != Bytes::npos);
            }
        }
    }
}

std::int64_t depth_of(const fs::path& level) {
    const std::vector<std::int64_t> chunk = support::read_zarr_array(level).chunk;
    return chunk[chunk.size() - 3];
}

}  // namespace

TEST_CASE("each level of an OME-Zarr has the samples of its own run", "[cli]") {
    const Folder folder;
    write_stack(folder / "raw", 37, 140, 29);
    const Arguments spacing{"--spacing", "0.3"};
    check_levels(folder, "raw", {}, spacing);
    check_levels(folder, "raw", {}, {"--spacing", "0.3", "--factor", "3/2", "--slab", "3:7"});
    check_levels(folder, "raw", {2, 4, 8}, spacing);
    check_levels(folder, "raw", {1, 3, 5, 64}, {});
    check_levels(folder, "raw", {2, 3}, joined(spacing, {"--labels"}));
    check_levels(folder, "raw", {1, 2}, joined(spacing, {"--window", "auto", "--type", "uint8"}));
    check_levels(folder, "raw", {2, 4}, joined(spacing, {"--crop", "3:133,2:20,5:30", "--threads", "3"}));
    check_levels(folder, "raw", {2, 4}, joined(spacing, {"--type", "float32", "--memory", "40M"}));
    fs::remove(folder / "raw" / slice_name(7));
    check_levels(folder, "raw", {2, 4}, joined(spacing, {"--missing", "blank"}));

    fs::create_directory(folder / "rgb");
    for (int i = 0; i < 5; ++i) {
        write_file(folder / "rgb" / slice_name(i), tiff(20, 30, noise(20 * 30 * 3, static_cast<unsigned>(i)), 8, 3));
    }
    check_levels(folder, "rgb", {1, 2}, joined(spacing, {"--channel", "all"}));
}

TEST_CASE("an OME-Zarr and what comes with it are there together, or not at all", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 5);
    const Arguments all{"stack",     "-o", "out/v.ome.zarr", "--pyramid", "1,2", "--preview", "out/p.png",
                        "--spacing", "1",  "--manifest",     "out/m.nhdr"};
    fs::create_directory(folder / "out");
    const Result made = run_in(folder.path(), all);
    CAPTURE(made.err);
    CHECK(made.status == 0);
    check_holds(folder / "out", {"v.ome.zarr", "p.png", "m.nhdr"});

    // Again without --force: refused before anything is done.
    const Result again = run_in(folder.path(), all);
    CHECK(again.status == 2);
    check_sentence(again, {"v.ome.zarr", "--force"});

    // A slice that cannot be read: what was there stays.
    const Bytes before = read_file(folder / "out" / "v.ome.zarr" / "zarr.json");
    write_file(folder / "stack" / slice_name(4), read_file(folder / "stack" / slice_name(4)).substr(0, 300));
    const Result failed = run_in(folder.path(), joined(all, {"--force", "--factor-z-is-no-option"}));
    CHECK(failed.status == 2);
    CHECK(run_in(folder.path(), joined(all, {"--force"})).status == 4);
    CHECK(read_file(folder / "out" / "v.ome.zarr" / "zarr.json") == before);
    check_holds(folder / "out", {"v.ome.zarr", "p.png", "m.nhdr"});
}

TEST_CASE("names that mean a Zarr, and what is refused", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    for (const char* name : {"a.ome.zarr", "b.zarr", "C.OME.ZARR", "d.zarr/"}) {
        CAPTURE(name);
        CHECK(run_in(folder.path(), {"stack", "--spacing", "1", "-o", name}).status == 0);
        CHECK(fs::exists(folder / name / "zarr.json"));
    }
    const auto refused = [&](const Arguments& more, const std::vector<std::string>& parts) {
        CAPTURE(more);
        const Result result = run_in(folder.path(), joined({"stack", "--spacing", "1"}, more));
        CHECK(result.status == 2);
        check_sentence(result, parts);
    };
    refused({"-o", "e.tif"}, {".nrrd, .nhdr, .ome.zarr or .zarr"});
    refused({"-o", "e.nrrd", "--encoding", "zstd"}, {"zstd", "raw or gzip"});
    refused({"-o", "e.ome.zarr", "--zarr-version", "0.3"}, {"--zarr-version", "0.5, 0.4"});
    refused({"-o", "e.ome.zarr", "--pyramid", "1,2", "--slab", "0:1"}, {"--slab"});
    // Nothing may be put into what is replaced as a whole.
    refused({"-o", "a.ome.zarr", "--force", "--preview", "a.ome.zarr/p.png"}, {"a.ome.zarr", "p.png"});
    fs::create_directory(folder / "mine.zarr");
    refused({"-o", "mine.zarr", "--force"}, {"mine.zarr", "no Zarr group"});

    // Nor is a store replaced that the slices are in.
    fs::rename(folder / "stack", folder / "b.zarr" / "0" / "stack");
    const Result own = run_in(folder.path(), {"b.zarr/0/stack", "--spacing", "1", "-o", "b.zarr", "--force"});
    CHECK(own.status == 2);
    check_sentence(own, {"b.zarr", "inputs"});
    CHECK(fs::exists(folder / "b.zarr" / "0" / "stack"));
}

TEST_CASE("the depth of chunks is what memory allows, whatever the threads", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 70, 700, 500);
    const auto run_with = [&](const std::string& memory, const std::string& threads) {
        return run_in(folder.path(), {"stack", "-o", "v.zarr", "--pyramid", "1,2", "--spacing", "1", "--force",
                                      "--memory", memory, "--threads", threads});
    };
    std::int64_t last = 0;
    constexpr int libraries = support::is_windows ? 16 : 0;  // the system's own are larger there, as the plan knows
    for (const int mebibytes : {64, 84, 110, 160}) {
        const std::string memory = std::to_string(mebibytes + libraries) + "M";
        std::int64_t depth = 0;
        for (const char* threads : {"1", "4"}) {
            CAPTURE(memory, threads);
            const Result made = run_with(memory, threads);
            CAPTURE(made.err);
            REQUIRE(made.status == 0);
            if (!is_sanitized()) CHECK(made.peak_bytes <= std::int64_t{mebibytes + libraries} << 20);
            const std::int64_t got = depth_of(folder / "v.zarr" / "0");
            CHECK((depth == 0 || got == depth));
            depth = got;
        }
        CHECK(depth >= last);
        last = depth;
    }
    CHECK(last == 64);
    // The least that does, as the refusal has it.
    const Result refused = run_with("20M", "1");
    CHECK(refused.status == 6);
    const std::size_t at = refused.err.find("at least ") + 9;
    const std::string least = refused.err.substr(at, refused.err.find(' ', at) - at);
    CAPTURE(least);
    CHECK(run_with(least, "1").status == 0);
    CHECK(depth_of(folder / "v.zarr" / "0") == 8);
}

TEST_CASE("what an OME-Zarr takes is planned", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 30, 600, 400);
    for (const Arguments& more : std::vector<Arguments>{{},
                                                        {"--zarr-version", "0.4"},
                                                        {"--encoding", "raw"},
                                                        {"--encoding", "zstd", "--level", "9"},
                                                        {"--level", "9", "--threads", "4"},
                                                        {"--pyramid", "1,2,4", "--preview", "p.png"},
                                                        {"--type", "float64"}}) {
        if (!support::reads_zstd() && more.size() == 4 && more[1] == "zstd") continue;
        CAPTURE(more);
        const Arguments all = joined({"stack", "-o", "v.ome.zarr", "--spacing", "1", "--force", "--json"}, more);
        const Result made = run_in(folder.path(), all);
        CAPTURE(made.err);
        REQUIRE(made.status == 0);
        const json report = json::parse(made.out);
        if (!is_sanitized()) CHECK(made.peak_bytes <= report.at("memory_bytes").get<std::int64_t>());
        CHECK(fs::path(report.at("output").at("file").get<std::string>()) == fs::path("v.ome.zarr/0"));
        const Result info = run_in(folder.path(), joined(all, {"--info"}));
        CHECK(json::parse(info.out).at("memory_bytes") == report.at("memory_bytes"));
    }
}

TEST_CASE("axes that do not point left, posterior and superior are said", "[cli]") {
    const Folder folder;
    const std::string header =
        "NRRD0005\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 2 2 2\n"
        "space directions: (0,2,0) (1,0,0) (0,0,3)\nspace origin: (5,6,7)\nencoding: ascii\n\n"
        "1 2 3 4 5 6 7 8";
    write_file(folder / "turned.nrrd", header);
    const Result turned = run_in(folder.path(), {"turned.nrrd", "-o", "v.ome.zarr"});
    CHECK(turned.status == 0);
    CHECK(turned.err.find("do not point left, posterior and superior") != std::string::npos);
    CHECK(run_in(folder.path(), {"turned.nrrd", "-o", "v.nrrd"}).err.find("posterior") == std::string::npos);
}
