// --resume after a run that was killed, at whatever call: the same command makes the rest, or says that the result is
// there. A library that is loaded before the C library kills the program (faults.c).

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

using namespace cli_test;

#if defined(STACK2NRRD_FAULTS)

namespace {

/// What is written; the first is FILE of FILE.unfinished.
const std::vector<Arguments>& forms() {
    static const std::vector<Arguments> all{
        {"v.nrrd"}, {"v.nhdr", "--preview", "p.png"}, {"v.nrrd", "--pyramid", "1,2"}, {"v.ome.zarr"}};
    return all;
}

/// Each file with its bytes, those of folders, too.
std::map<std::string, Bytes> files_in(const fs::path& folder) {
    std::map<std::string, Bytes> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_directory()) files[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
    }
    return files;
}

}  // namespace

TEST_CASE("--resume goes on after a kill at a call", "[sweep]") {
    if (is_sanitized()) return say_skipped("sanitizers have calls of their own");
    const Folder place;
    write_stack(place / "stack", 4, 16, 12);
    const fs::path out = place / "out";
    const bool every = std::getenv("STACK2NRRD_EVERY_CALL") != nullptr;
    int next = 0;
    int killed = 0;
    int there = 0;
    for (const Arguments& form : forms()) {
        Program program{{"../stack", "-q", "--threads=1", "--resume", "-o"}, out};
        program.arguments.insert(program.arguments.end(), form.begin(), form.end());
        const auto run_afresh = [&](const std::string& call, int at) {
            fs::remove_all(out);
            fs::create_directory(out);
            Program faulty = program;
            faulty.set = {{"LD_PRELOAD", STACK2NRRD_FAULTS},
                          {"FAULT_CALL", call},
                          {"FAULT_AT", std::to_string(at)},
                          {"FAULT_ERRNO", "0"},
                          {"FAULT_COUNT", (place / "count").string()}};
            return faulty.run().status;
        };
        REQUIRE(run_afresh("open", 0) == 0);
        const auto wanted = files_in(out);
        REQUIRE(!wanted.empty());
        const std::string counts = "\n" + read_file(place / "count");
        for (const std::string call : {"rename", "link", "unlink", "fsync", "mkdir", "open", "write"}) {
            const std::size_t line = counts.find("\n" + call + " ");
            if (line == Bytes::npos) continue;
            const int count = std::stoi(counts.substr(line + call.size() + 2));
            // All of them where the environment asks for it.
            const int step = every ? 1 : call == "open" || call == "write" ? 7 : 2;
            for (int at = 1 + next++ % step; at <= count; at += step) {
                if (run_afresh(call, at) == 0) continue;  // one that only the process's end makes
                ++killed;
                const Result again = program.run();
                CAPTURE(form, call, at, count, again.err);
                if (again.status == 2) {
                    ++there;
                    CHECK(again.err.find("exists") != std::string::npos);
                } else {
                    CHECK(again.status == 0);
                }
                auto got = files_in(out);
                // A lock is removed by who makes the output the next time.
                if (again.status == 2) std::erase_if(got, [](const auto& file) { return file.first[0] == '.'; });
                CHECK((got == wanted));
                CHECK_FALSE(fs::exists(out / (form[0] + ".unfinished")));
            }
        }
    }
    CHECK(killed > 90);
    CHECK(there > 0);
    CHECK(there < killed / 2);
}

#endif
