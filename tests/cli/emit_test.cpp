// --emit: how many shards are worth while, what is refused, and that nothing is made.

#include "emit.hpp"

#include "program.hpp"
#include "slices.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

bool is_long_enough(const ShardCosts& costs, std::int64_t shards) {
    return costs.read_bytes >= std::int64_t{600} * 100'000'000 * shards;
}

bool has_little_halo(const ShardCosts& costs, std::int64_t shards) {
    return 20 * costs.shared_slices * shards <= costs.source_slices;
}

}  // namespace

TEST_CASE("as many shards as take ten minutes each, and read little twice", "[cli]") {
    constexpr std::int64_t giga = 1'000'000'000;
    for (const std::int64_t bytes :
         {0 * giga, 1 * giga, 60 * giga, 119 * giga, 120 * giga, 2000 * giga, 9'000'000 * giga}) {
        for (const std::int64_t slices : {1, 100, 10'000, 400'000}) {
            for (const std::int64_t shared : {0, 1, 48, 20'000}) {
                for (const std::int64_t outputs : {1, 2, 1250, 100'000}) {
                    CAPTURE(bytes, slices, shared, outputs);
                    const ShardCosts costs{bytes, slices, shared, outputs};
                    const auto fits = [&](std::int64_t n) {
                        return is_long_enough(costs, n) && has_little_halo(costs, n) && n <= outputs && n <= 1000;
                    };
                    const ShardCount good = good_count(costs);
                    REQUIRE(good.shards >= 1);
                    CHECK((good.shards == 1 || fits(good.shards)));
                    CHECK(!fits(good.shards + 1));
                    CHECK(!good.reason.empty());
                }
            }
        }
    }
    // 10 000 x 10 000 x 10 000 of 16 bits to an eighth: 33 shards would take ten minutes, and 10 have little to share.
    CHECK(good_count({2000 * giga, 10'000, 48, 1250}).shards == 10);
    CHECK(good_count({2000 * giga, 10'000, 1, 1250}).shards == 33);
}

TEST_CASE("a shard has four times as long as it is reckoned to take", "[cli]") {
    CHECK(minutes_for(0) == 30);
    std::int64_t before = 0;
    for (std::int64_t bytes = 1; bytes < 1'000'000'000'000'000; bytes = bytes * 3 + 1) {
        const std::int64_t minutes = minutes_for(bytes);
        CAPTURE(bytes, minutes);
        CHECK(minutes % 10 == 0);
        CHECK(minutes >= before);
        const double four_times = 4 * static_cast<double>(bytes) / 100e6 / 60;
        CHECK(static_cast<double>(minutes) >= four_times);
        CHECK((minutes == 30 || static_cast<double>(minutes) < four_times + 10));
        before = minutes;
    }
}

TEST_CASE("--emit prints a script, says how many shards it chose, and makes nothing", "[cli]") {
    if (support::is_windows) return;  // where it is refused
    const Folder folder;
    write_stack(folder / "stack", 9);
    const std::vector<std::pair<std::string, std::string>> engines{
        {"slurm", "#!/bin/bash\n"}, {"parallel", "#!/bin/bash\n"}, {"snakemake", "# out.nrrd in "}};
    for (const auto& [engine, beginning] : engines) {
        CAPTURE(engine);
        Arguments words{"stack", "--factor", "2", "-o", "out.nrrd", "--emit", engine};
        const Result chosen = run_in(folder.path(), words);
        CHECK(chosen.status == 0);
        CHECK(chosen.out.starts_with(beginning));
        CHECK(chosen.err.starts_with("stack2nrrd: --shards 1: with more, "));
        CHECK(std::count(chosen.err.begin(), chosen.err.end(), '\n') == 1);
        words.insert(words.end(), {"--shards", "4"});
        const Result asked = run_in(folder.path(), words);
        CHECK(asked.status == 0);
        CHECK(asked.err.empty());
        CHECK(asked.out.find("out.nrrd in 4 shards") != std::string::npos);
        check_holds(folder.path(), {"stack"});
    }
}

TEST_CASE("what does not go with --emit is refused before anything is printed", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 9);
    write_file(folder / "there.nrrd", "something");
    write_file(folder / "list", "stack/slice_000.tif\n");
    struct Case {
        Arguments arguments;
        std::string said;
    };
    const std::vector<Case> cases{
        {{"stack", "--shards", "2", "--emit", "slurm"}, "give -o FILE"},
        {{"stack", "-o", "o.nrrd", "--emit", "slurn"}, "did you mean 'slurm'?"},
        {{"stack", "-o", "o.nrrd", "--emit", "slurm", "--info"}, "give one of them"},
        {{"stack", "-o", "o.nrrd", "--emit", "slurm", "--shards", "0"}, "from 1 on"},
        {{"stack", "-o", "o.nrrd", "--emit", "slurm", "--shards", "two"}, "from 1 on"},
        {{"stack", "-o", "there.nrrd", "--emit", "slurm"}, "there.nrrd"},
        {{"--files-from", "-", "-o", "o.nrrd", "--emit", "slurm"}, "no standard input"},
        {{"stack", "-o", "o{a}.nrrd", "--emit", "snakemake"}, "wildcards"},
    };
    for (const Case& one : cases) {
        const Result result = run_in(folder.path(), one.arguments);
        CAPTURE(one.arguments, result.err);
        CHECK(result.status == 2);
        CHECK(result.out.empty());
        if (support::is_windows) continue;  // where it is refused for another reason
        CHECK(result.err.find(one.said) != std::string::npos);
    }
    check_holds(folder.path(), {"list", "stack", "there.nrrd"});
}
