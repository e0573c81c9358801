// Allocations that fail, one at a time or all from one on: exit status 6 and one sentence, or no harm at all; never the
// end of the program by a signal, never "damaged", and nothing left behind. A small library that is loaded before the C
// library lets them fail (faults/failing_allocations.c); which ones differs from run to run of this table, so strides
// are odd.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#if defined(STACK2NRRD_FAILING_ALLOCATIONS)

using namespace cli_test;

namespace {

struct Case {
    Arguments arguments;
    int points = 10;         ///< of failure, for each way to fail
    bool is_folder = false;  ///< is the output one?
};

/// All files of a folder, with their bytes.
std::map<std::string, Bytes> contents(const fs::path& folder) {
    std::map<std::string, Bytes> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
    }
    return files;
}

int sentences(const std::string& err) {
    std::istringstream lines(err);
    int count = 0;
    for (std::string line; std::getline(lines, line);) count += line.starts_with("stack2nrrd: warning: ") ? 0 : 1;
    return count;
}

/// Nothing but `old.nrrd`.
void prepare(const fs::path& out) {
    fs::remove_all(out);
    fs::create_directory(out);
    write_file(out / "old.nrrd", "old");
}

void sweep(const Folder& folder, const Case& test) {
    const fs::path out = folder / "out";
    Program program{test.arguments, folder.path()};
    const fs::path counted = folder / "count";
    prepare(out);
    program.set = {{"LD_PRELOAD", STACK2NRRD_FAILING_ALLOCATIONS}, {"FAIL_COUNT", counted.string()}};
    const Result good = program.run();
    INFO(good.err);
    REQUIRE(good.status == 0);
    const std::map<std::string, Bytes> made = contents(out);
    const int count = std::stoi(read_file(counted));
    REQUIRE(count > 50);

    for (const char* way : {"FAIL_AT", "FAIL_FROM"}) {
        const int stride = std::max(1, count / test.points) | 1;
        for (int n = 1 + stride / 3; n <= count; n += stride) {
            prepare(out);
            program.set = {{"LD_PRELOAD", STACK2NRRD_FAILING_ALLOCATIONS}, {way, std::to_string(n)}};
            const Result result = program.run();
            std::string shown;
            for (const std::string& argument : test.arguments) shown += argument + " ";
            INFO(shown << way << "=" << n << " of " << count << "\n" << result.err << result.out);
            CHECK(result.err.find("damaged") == std::string::npos);
            CHECK(result.err.find("a bug in") == std::string::npos);
            CHECK(result.out.find("damaged") == std::string::npos);
            if (result.status == 0) {  // what failed was not needed
                CHECK(contents(out) == made);
            } else {
                CHECK(result.status == 6);
                // The sentence is on stderr, or what was asked for has it; JSON may have it besides.
                const bool is_told = result.out.find("has no more memory") != std::string::npos;
                const int said = sentences(result.err);
                if (test.arguments.back() == "--json") {
                    CHECK(said + (is_told ? 1 : 0) >= 1);
                    CHECK(said <= 1);
                    CHECK((result.out.empty() || nlohmann::json::accept(result.out)));
                } else {
                    CHECK(said == (is_told ? 0 : 1));
                }
                // Where there is no memory at all, a hidden folder cannot be emptied: the next run does.
                if (test.is_folder && std::string(way) == "FAIL_FROM") {
                    program.set.clear();
                    CHECK(program.run().status == 0);
                    CHECK(contents(out) == made);
                } else {
                    CHECK(contents(out) == std::map<std::string, Bytes>{{"old.nrrd", "old"}});
                }
            }
        }
    }
}

}  // namespace

TEST_CASE("an allocation that fails ends in status 6 and leaves nothing behind", "[cli]") {
    if (is_sanitized()) return say_skipped("failing allocations: sanitizers have an allocator of their own");
    const Folder folder;
    write_stack(folder / "grey", 5);
    fs::create_directory(folder / "tiled");
    fs::create_directory(folder / "png");
    fs::create_directory(folder / "bmp");
    for (int z = 0; z < 4; ++z) {
        const auto seed = static_cast<std::uint32_t>(z);
        write_tiled_tiff(folder / "tiled" / slice_name(z), 70, 50, noise(7000, seed));
        write_png(folder / "png" / ("a" + std::to_string(z) + ".png"), 20, 15, noise(300, seed));
        write_file(folder / "bmp" / ("a" + std::to_string(z) + ".bmp"), bmp(20, 15, noise(300, seed)));
    }
    const Program volume{{"grey", "-o", (folder / "v.nrrd").string(), "--encoding", "gzip"}, folder.path()};
    REQUIRE(volume.run().status == 0);

    for (const Case& test : std::vector<Case>{{{"grey", "--info"}, 12},
                                              {{"grey", "--info", "--json"}},
                                              {{"grey", "-o", "out/o.nrrd", "--factor", "2", "--json"}, 14},
                                              {{"grey", "-o", "out/o.nrrd", "--factor", "2", "--threads", "3"}, 14},
                                              {{"tiled", "-o", "out/o.nrrd", "--threads", "1"}, 16},
                                              {{"png", "-o", "out/o.nhdr", "--factor", "3/2"}, 14},
                                              {{"bmp", "-o", "out/o.nrrd", "--labels", "--factor", "2"}},
                                              {{"v.nrrd", "-o", "out/o.nrrd", "--reverse", "--threads", "3"}, 14},
                                              {{"grey", "-o", "out/o.nrrd", "--encoding", "gzip", "--threads", "3"}},
                                              {{"grey", "-o", "out/old.nrrd", "--force", "--preview", "out/p.png"}},
                                              {{"grey", "-o", "out/o.ome.zarr", "--threads", "3"}, 14, true},
                                              {{"grey", "--manifest", "out/m.nhdr"}}}) {
        sweep(folder, test);
    }
}

#else

TEST_CASE("an allocation that fails ends in status 6 and leaves nothing behind", "[cli]") {
    cli_test::say_skipped("failing allocations: this C library does not let its own be replaced");
}

#endif
