// --shard, --finish and --resume: results that are made piece by piece, with the bytes of one run.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace cli_test;

namespace {

Arguments operator+(Arguments left, const Arguments& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// All files in a folder, with their bytes.
std::map<std::string, Bytes> contents(const fs::path& folder) {
    std::map<std::string, Bytes> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files[fs::relative(entry.path(), folder).generic_string()] = read_file(entry);
    }
    return files;
}

std::string of(int shard, int count) { return std::to_string(shard) + "/" + std::to_string(count); }

struct Wish {
    Arguments options;
    std::string output;
};

/// Every sink, and every stage that needs the whole result.
const std::vector<Wish>& wishes() {
    static const std::vector<Wish> all{
        {{"--factor", "3/2"}, "v.nrrd"},
        {{"--factor", "2", "--encoding", "gzip", "--level", "3"}, "v.nhdr"},
        {{"--factor", "2", "--preview", "v.png", "--manifest", "list.nhdr"}, "v.nhdr"},
        {{"--pyramid", "1,2,4", "--type", "uint8"}, "v.nrrd"},
        {{"--pyramid", "1,2"}, "v.ome.zarr"},
        {{"--window", "auto", "--type", "uint8", "--factor", "2"}, "v.nrrd"},
        {{"--flip", "z", "--factor", "1,1,7/3"}, "v.nrrd"},
        {{"--dehaze", "30000", "--factor", "2"}, "v.nrrd"},
        {{"--labels", "--factor", "3"}, "v.nrrd"},
        {{"--slab", "3:9", "--factor", "2", "--reverse"}, "v.nrrd"},
        {{"--transform", "affine:1,0.1,0,0,-0.1,1,0,0,0,0,1,0.4", "--factor", "2"}, "v.nrrd"},
    };
    return all;
}

}  // namespace

TEST_CASE("shards, put together, are the bytes of one run", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 24);
    for (const Wish& wish : wishes()) {
        const Arguments common =
            Arguments{"../stack", "-q", "--spacing", "1"} + wish.options + Arguments{"-o", wish.output};
        fs::create_directory(folder / "whole");
        const Result whole = run_in(folder / "whole", common);
        CAPTURE(wish.options, wish.output, whole.err);
        REQUIRE(whole.status == 0);
        for (const int count : wish.options.size() == 2 ? std::vector{1, 3, 7, 40} : std::vector{3}) {
            fs::create_directory(folder / "out");
            Arguments shard_options = common;  // a list is written by the end alone
            const auto manifest = std::find(shard_options.begin(), shard_options.end(), "--manifest");
            if (manifest != shard_options.end()) shard_options.erase(manifest, manifest + 2);
            for (int i = 0; i < count; ++i) {
                const int shard = (i * 11 + 2) % count;  // in no order
                const Arguments threads{"--threads", std::to_string(1 + i % 3)};
                const Result made =
                    run_in(folder / "out", shard_options + threads + Arguments{"--shard", of(shard, count)});
                CAPTURE(made.err);
                REQUIRE(made.status == 0);
                CHECK_FALSE(fs::exists(folder / ("out/" + wish.output)));
            }
            // Once more changes nothing.
            CHECK(run_in(folder / "out", shard_options + Arguments{"--shard", of(0, count)}).status == 0);
            const Result finished =
                run_in(folder / "out", common + Arguments{"--shards", std::to_string(count), "--finish"});
            CAPTURE(count, finished.err);
            CHECK(finished.status == 0);
            CHECK(contents(folder / "out") == contents(folder / "whole"));
            fs::remove_all(folder / "out");
        }
        fs::create_directory(folder / "out");
        CHECK(run_in(folder / "out", common + Arguments{"--resume"}).status == 0);
        CHECK(contents(folder / "out") == contents(folder / "whole"));
        fs::remove_all(folder / "out");
        fs::remove_all(folder / "whole");
    }
}

TEST_CASE("counts of shards add up to those of the whole", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 50);
    const Arguments common{"stack", "-q", "--json", "--factor", "5/3", "--window", "9000,50000", "--type", "uint8"};
    const auto run_of = [&](const Arguments& more) {
        const Result result = run_in(folder.path(), common + more);
        CAPTURE(result.err);
        REQUIRE(result.status == 0);
        return nlohmann::json::parse(result.out);
    };
    const auto whole = run_of({"-o", "w.nrrd"})["run"];
    for (const char* shard : {"0/3", "1/3", "2/3"}) run_of({"-o", "s.nrrd", "--shard", shard});
    const auto run = run_of({"-o", "s.nrrd", "--shards", "3", "--finish"})["run"];
    REQUIRE(whole["clipped_low"] > 0);
    for (const char* key : {"clipped_low", "clipped_high", "nan_samples", "slices_read"}) {
        CAPTURE(key);
        CHECK(run[key] == whole[key]);
    }
    CHECK(samples_of(folder / "s.nrrd") == samples_of(folder / "w.nrrd"));
}

TEST_CASE("an array's task knows its shard", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 8);
    struct Case {
        std::map<std::string, std::string> set;
        int shard;  ///< -1: refused
    };
    const std::vector<Case> cases{{{{"SLURM_ARRAY_TASK_ID", "2"}}, 2},
                                  {{{"PBS_ARRAY_INDEX", "0"}}, 0},
                                  {{{"PBS_ARRAYID", "3"}}, 3},
                                  {{{"LSB_JOBINDEX", "1"}}, 0},
                                  {{{"SGE_TASK_ID", "4"}}, 3},
                                  {{{"SGE_TASK_ID", "undefined"}, {"SLURM_ARRAY_TASK_ID", "1"}}, 1},
                                  {{{"LSB_JOBINDEX", "0"}, {"PBS_ARRAYID", "1"}}, 1},
                                  {{{"LSB_JOBINDEX", "3"}, {"PBS_ARRAYID", "2"}}, 2},
                                  {{}, -1},
                                  {{{"LSB_JOBINDEX", "0"}}, -1},
                                  {{{"SLURM_ARRAY_TASK_ID", "4"}}, -1},
                                  {{{"SGE_TASK_ID", "5"}}, -1},
                                  {{{"SLURM_ARRAY_TASK_ID", "-1"}}, -1},
                                  {{{"SLURM_ARRAY_TASK_ID", "one"}}, -1},
                                  {{{"SLURM_ARRAY_TASK_ID", "1"}, {"SGE_TASK_ID", "1"}}, -1}};
    for (const Case& each : cases) {
        Program program{{"stack", "-q", "-o", "v.nrrd", "--shards", "4", "--json"}, folder.path()};
        program.set = each.set;
        const Result result = program.run();
        CAPTURE(each.set, result.err);
        if (each.shard < 0) {
            CHECK(result.status == 2);
            check_sentence(result, {"--shards", "--shard K/N"});
            continue;
        }
        REQUIRE(result.status == 0);
        const auto shard = nlohmann::json::parse(result.out)["shard"];
        CHECK(shard["index"] == each.shard);
        CHECK(shard["count"] == 4);
        fs::remove_all(folder / "v.nrrd.unfinished");
    }
}

TEST_CASE("shards that are missing or damaged are named, and nothing is published", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 12);
    const Arguments common{"stack", "-q", "-o", "v.nrrd", "--force"};
    write_file(folder / "v.nrrd", "old");
    const Arguments finish = common + Arguments{"--shards", "9", "--finish"};
    Result result = run_in(folder.path(), finish);
    CHECK(result.status == 2);
    check_sentence(result, {"v.nrrd.unfinished", "make its shards first"});
    for (const int shard : {1, 5}) {
        REQUIRE(run_in(folder.path(), common + Arguments{"--shard", of(shard, 9)}).status == 0);
    }
    result = run_in(folder.path(), finish);
    CHECK(result.status == 3);
    check_sentence(result, {"0, 2..4, 6..8", "--shard K/9"});
    for (const int shard : {0, 2, 3, 4, 6, 7, 8}) {
        REQUIRE(run_in(folder.path(), common + Arguments{"--shard", of(shard, 9)}).status == 0);
    }
    std::vector<fs::path> parts;
    for (const auto& entry : fs::directory_iterator(folder / "v.nrrd.unfinished")) {
        if (entry.path().extension() == ".nrrd") parts.push_back(entry.path());
    }
    std::sort(parts.begin(), parts.end());
    Bytes bytes = read_file(parts.back());
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    write_file(parts.back(), bytes);
    result = run_in(folder.path(), finish);
    CHECK(result.status == 4);
    check_sentence(result, {"removed", "shard 8 of 9"});
    CHECK(read_file(folder / "v.nrrd") == "old");
    // What the sentence says helps.
    REQUIRE(run_in(folder.path(), common + Arguments{"--shard", "8/9"}).status == 0);
    REQUIRE(run_in(folder.path(), finish).status == 0);
    REQUIRE(run_in(folder.path(), {"stack", "-q", "-o", "w.nrrd"}).status == 0);
    CHECK(read_file(folder / "v.nrrd") == read_file(folder / "w.nrrd"));
    CHECK_FALSE(fs::exists(folder / "v.nrrd.unfinished"));
}

TEST_CASE("what was begun otherwise does not go on", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 12);
    const Arguments common{"stack", "-q", "-o", "v.nrrd"};
    REQUIRE(run_in(folder.path(), common + Arguments{"--factor", "2", "--shard", "0/2"}).status == 0);
    const auto refused = [&](const Arguments& more, int status, const std::string& says) {
        const Result result = run_in(folder.path(), common + more);
        CAPTURE(more);
        CHECK(result.status == status);
        check_sentence(result, {"v.nrrd.unfinished", says});
    };
    refused({"--factor", "3", "--shard", "1/2"}, 2, "factor=3");
    refused({"--factor", "2", "--kernel", "box", "--shard", "1/2"}, 2, "kernel:=box");
    refused({"--factor", "2", "--shard", "1/3"}, 2, "shards: 3");
    refused({"--factor", "2", "--resume"}, 2, "shards: 1");
    refused({"--factor", "2", "--spacing", "2", "--shard", "1/2"}, 2, "spacing=2");
    write_file(folder / "stack/slice_003.tif", tiff(16, 12, noise(16 * 12 * 2, 77)));
    // A task takes the stack that the first one has found, and looks at what it reads.
    const Result shard = run_in(folder.path(), common + Arguments{"--factor", "2", "--shard", "1/2"});
    CHECK(shard.status == 7);
    check_sentence(shard, {"slice_003.tif", "changed"});
    refused({"--factor", "2", "--shards", "2", "--finish"}, 7, "inputs: 12 files");
}

TEST_CASE("headers are read for the first shard alone", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 12);
    const Arguments common{"stack", "-q", "-o", "v.nrrd"};
    REQUIRE(run_in(folder.path(), common + Arguments{"--shard", "0/6"}).status == 0);
    // Shard 5 reads the slices 10 and 11: those before are not even there.
    fs::rename(folder / "stack/slice_000.tif", folder / "other.tif");
    write_file(folder / "stack/slice_012.tif", read_file(folder / "other.tif"));  // nor does a new one matter
    CHECK(run_in(folder.path(), common + Arguments{"--shard", "5/6"}).status == 0);
    // With other words it is looked for again.
    const Result other = run_in(folder.path(), {"stack/", "-q", "-o", "v.nrrd", "--shard", "5/6"});
    CHECK(other.status != 0);
    fs::rename(folder / "other.tif", folder / "stack/slice_000.tif");
    fs::remove(folder / "stack/slice_012.tif");
    for (const int shard : {1, 2, 3, 4}) {
        REQUIRE(run_in(folder.path(), common + Arguments{"--shard", of(shard, 6)}).status == 0);
    }
    REQUIRE(run_in(folder.path(), common + Arguments{"--shards", "6", "--finish"}).status == 0);
    REQUIRE(run_in(folder.path(), {"stack", "-q", "-o", "w.nrrd"}).status == 0);
    CHECK(read_file(folder / "v.nrrd") == read_file(folder / "w.nrrd"));
    // Damage to what was found is no other stack.
    REQUIRE(run_in(folder.path(), {"stack", "-q", "-o", "x.nrrd", "--shard", "0/6"}).status == 0);
    Bytes text = read_file(folder / "x.nrrd.unfinished/stack.txt");
    text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
    write_file(folder / "x.nrrd.unfinished/stack.txt", text);
    const Result damaged = run_in(folder.path(), {"stack", "-q", "-o", "x.nrrd", "--shard", "1/6"});
    CHECK(damaged.status == 4);
    check_sentence(damaged, {"stack.txt", "damaged", "remove its folder"});
}

TEST_CASE("--resume goes on after kill -9, wherever it comes", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 150, 64, 64);
    const Arguments common{"stack", "--threads", "1", "--factor", "2", "--progress", "json"};
    REQUIRE(run_in(folder.path(), common + Arguments{"-o", "whole.nrrd"}).status == 0);
    const Bytes whole = read_file(folder / "whole.nrrd");
    int killed_runs = 0;
    std::size_t most_kept = 0;
    for (int wait = 1; wait < 40; wait += 3) {
        fs::remove(folder / "v.nrrd");
        Program program{common + Arguments{"-o", "v.nrrd", "--resume"}, folder.path()};
        bool is_killed = false;
        program.on_err = [&](const std::string&, int process) {
            if (std::exchange(is_killed, true)) return;
            // When the folder has that many parts, or the result is there.
            const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            std::size_t there = 0;
            while (there < static_cast<std::size_t>(wait) && !fs::exists(folder / "v.nrrd") &&
                   std::chrono::steady_clock::now() < end) {
                std::error_code none;
                there = 0;
                for (const auto& entry : fs::directory_iterator(folder / "v.nrrd.unfinished", none)) {
                    there += entry.path().extension() == ".nrrd" ? 1 : 0;
                }
            }
            most_kept = std::max(most_kept, there);
            kill_process(process);
        };
        const Result first = program.run();
        killed_runs += first.status == killed ? 1 : 0;
        const Result second = run_in(folder.path(), common + Arguments{"-o", "v.nrrd", "--resume"});
        CAPTURE(wait, first.status, second.err);
        // Where the kill came too late, the result is there already.
        CHECK((second.status == 0 || (second.status == 2 && second.err.find("exists") != std::string::npos)));
        CHECK(read_file(folder / "v.nrrd") == whole);
        CHECK_FALSE(fs::exists(folder / "v.nrrd.unfinished"));
    }
    CHECK(killed_runs > 0);
    CHECK(most_kept > 1);
}

TEST_CASE("who stops a run that can go on is told so", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 400, 64, 64);
    for (const StopSignal& stop : stop_signals()) {
        Program program{{"stack", "--threads", "1", "--progress", "json", "-o", "v.nrrd", "--resume"}, folder.path()};
        bool sent = false;
        program.on_err = [&](const std::string&, int process) {
            std::error_code none;
            const auto parts = [&] {
                return std::distance(fs::directory_iterator(folder / "v.nrrd.unfinished", none),
                                     fs::directory_iterator());
            };
            const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            while (!sent && parts() < 6 && !fs::exists(folder / "v.nrrd") && std::chrono::steady_clock::now() < end) {
            }
            if (!sent) sent = stop.send(process);
        };
        const Result result = program.run();
        if (!sent) continue;
        CAPTURE(stop.name, result.err);
        if (result.status != 0) {  // it may have been too late
            CHECK(result.status == stop.status);
            CHECK(result.err.find("kept in v.nrrd.unfinished, the same command goes on") != std::string::npos);
        }
        CHECK(run_in(folder.path(), {"stack", "-q", "-o", "v.nrrd", "--resume", "--force"}).status == 0);
        CHECK_FALSE(fs::exists(folder / "v.nrrd.unfinished"));
        fs::remove(folder / "v.nrrd");
    }
}

TEST_CASE("a run that goes on and fails at once leaves nothing", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 4);
    write_file(folder / "stack/slice_000.tif", read_file(folder / "stack/slice_000.tif").substr(0, 300));
    const Result result = run_in(folder.path(), {"stack", "-o", "v.nrrd", "--resume", "--factor", "4"});
    CHECK(result.status == 4);
    check_holds(folder.path(), {"stack"});
}

TEST_CASE("options of shards that make no sense are refused", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 4);
    struct Case {
        Arguments options;
        std::string says;
    };
    const std::vector<Case> cases{{{"--shard", "2/2"}, "K from 0 to N - 1"},
                                  {{"--shard", "1"}, "K/N"},
                                  {{"--shard", "-1/2"}, "K/N"},
                                  {{"--shard", "1/x"}, "K/N"},
                                  {{"--shards", "0", "--finish"}, "from 1 on"},
                                  {{"--finish"}, "--shards N"},
                                  {{"--shard", "0/2", "--finish"}, "one of them"},
                                  {{"--shard", "0/2", "--shards", "3"}, "one of them"},
                                  {{"--shard", "0/2", "--resume"}, "leave out --resume"},
                                  {{"--shard", "0/2", "--manifest", "l.nhdr"}, "--finish"},
                                  {{"--shards", "2000000", "--finish"}, "1000000"}};
    for (const Case& each : cases) {
        const Result result = run_in(folder.path(), Arguments{"stack", "-o", "v.nrrd"} + each.options);
        CAPTURE(each.options, result.err);
        CHECK(result.status == 2);
        check_sentence(result, {each.says});
        check_holds(folder.path(), {"stack"});
    }
    const Result nothing = run_in(folder.path(), {"stack", "--resume"});
    CHECK(nothing.status == 2);
    check_sentence(nothing, {"-o FILE"});
}

TEST_CASE("parts of a task that was begun with other options are made again", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 12, 20, 16);
    const auto shard = [&](const fs::path& place, int k, const std::string& kernel) {
        const Arguments arguments{"stack", "-o",      (place / "v.nrrd").string(), "--kernel", kernel, "--factor",
                                  "2",     "--shard", std::to_string(k) + "/2"};
        return run_in(folder.path(), arguments);
    };
    fs::create_directory(folder / "old");
    REQUIRE(shard("old", 0, "nearest").status == 0);
    REQUIRE(shard(".", 1, "box").status == 0);
    // It was still at work when the folder was begun anew.
    for (const auto& entry : fs::directory_iterator(folder / "old" / "v.nrrd.unfinished")) {
        if (entry.path().extension() == ".nrrd") {
            fs::copy_file(entry.path(), folder / "v.nrrd.unfinished" / entry.path().filename());
        }
    }
    const Arguments finish{"stack", "-o", "v.nrrd", "--kernel", "box", "--factor", "2", "--shards", "2", "--finish"};
    CHECK(run_in(folder.path(), finish).status == 3);
    const Result again = shard(".", 0, "box");
    CHECK(again.status == 0);
    CHECK(again.err.find("already") == std::string::npos);
    // Two parts that have changed their places are none.
    const fs::path one = folder / "v.nrrd.unfinished" / "0-000000-000001.nrrd";
    const fs::path other = folder / "v.nrrd.unfinished" / "0-000001-000002.nrrd";
    const Bytes bytes = read_file(one);
    write_file(one, read_file(other));
    write_file(other, bytes);
    CHECK(run_in(folder.path(), finish).status == 3);
    REQUIRE(shard(".", 0, "box").status == 0);
    REQUIRE(run_in(folder.path(), finish).status == 0);
    REQUIRE(run_in(folder.path(), {"stack", "-o", "w.nrrd", "--kernel", "box", "--factor", "2"}).status == 0);
    CHECK(read_file(folder / "v.nrrd") == read_file(folder / "w.nrrd"));
}

TEST_CASE("shards of other windows are refused", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 6, 20, 16);
    const auto shard = [&](int k, const std::string& window) {
        return run_in(folder.path(), {"stack", "-o", "v.nrrd", "--type", "uint8", "--window", window, "--shard",
                                      std::to_string(k) + "/2"});
    };
    REQUIRE(shard(0, "auto").status == 0);
    for (const std::string window : {"auto:1,99", "0,40000"}) {
        const Result result = shard(1, window);
        CAPTURE(window);
        CHECK(result.status == 2);
        check_sentence(result, {"v.nrrd.unfinished", "was begun with 'window: "});
    }
    CHECK(shard(1, "auto").status == 0);
}

TEST_CASE("what was written under the result's name after a kill is not replaced", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 6, 20, 16);
    const Arguments resume{"stack", "-o", "v.nrrd", "--resume"};
    const fs::path unfinished = folder / "v.nrrd.unfinished";
    REQUIRE(run_in(folder.path(), {"stack", "-o", "v.nrrd", "--shard", "0/1"}).status == 0);
    write_file(unfinished / "naming.txt", "x");
    const auto now = fs::file_time_type::clock::now();
    fs::last_write_time(unfinished / "naming.txt", now);
    write_file(folder / "v.nrrd", "somebody's");
    fs::last_write_time(folder / "v.nrrd", now + std::chrono::seconds(1));
    const Result refused = run_in(folder.path(), resume);
    CHECK(refused.status == 2);
    check_sentence(refused, {"v.nrrd", "exists already"});
    CHECK(read_file(folder / "v.nrrd") == "somebody's");
    fs::last_write_time(folder / "v.nrrd", now - std::chrono::seconds(1));  // the run's own
    CHECK(run_in(folder.path(), resume).status == 0);
    CHECK(read_file(folder / "v.nrrd") != "somebody's");
    CHECK_FALSE(fs::exists(unfinished));
}
