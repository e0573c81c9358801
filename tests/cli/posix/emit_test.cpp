// Scripts of --emit: a job calls the program with the very words that --emit was given, whatever is in them.

#include "emit.hpp"

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// Every byte that an argument may have, by itself and between others; and what shells like to take for their own.
std::vector<std::string> odd_words() {
    std::vector<std::string> words{"",
                                   "-",
                                   "$HOME",
                                   "`ls`",
                                   "a  b",
                                   "~",
                                   "*",
                                   "END_OF_JOB",
                                   "\nEND_OF_JOB\n",
                                   "{1}",
                                   "{}",
                                   "{wildcards}",
                                   "%a",
                                   "\xC3\xBC \xE2\x82\xAC",
                                   "\xFF\xC3"};
    for (int byte = 1; byte < 256; ++byte) {
        const std::string one(1, static_cast<char>(byte));
        words.insert(words.end(), {one, "a" + one + "b"});
    }
    return words;
}

void write_tool(const fs::path& file, const std::string& text) {
    write_file(file, "#!/bin/bash\n" + text);
    fs::permissions(file, fs::perms::owner_all);
}

Bytes joined(const std::vector<std::string>& words) {
    Bytes text;
    for (const std::string& word : words) text += word + '\0';
    return text;
}

}  // namespace

TEST_CASE("jobs call the program with the words of --emit", "[cli]") {
    if (!is_installed("bash")) return say_skipped("there is no bash here");
    const Folder folder;
    const fs::path place = folder / "pl'ace $1";
    fs::create_directory(place);
    fs::create_directory(folder / "bin");
    ShardScript script;
    script.program = (folder / "pro gram's").string();
    script.folder = place.string();
    script.words = odd_words();
    script.output = script.words.back();
    script.results = {script.output};
    script.shards = 2;
    write_tool(script.program, "printf '%s\\0' \"$@\" >\"call.${SLURM_ARRAY_TASK_ID-finish}\"\n");

    SECTION("slurm") {
        // Runs what comes in at once, as often as it asks for.
        write_tool(folder / "bin/sbatch",
                   "job=$(cat; echo x); job=${job%x}\n"
                   "[[ $job == *--array=0-1* ]] && for i in 0 1; do SLURM_ARRAY_TASK_ID=$i bash -c \"$job\" >&2; done\n"
                   "[[ $job == *--array=* ]] || bash -c \"$job\" >&2\n"
                   "echo \"7;somewhere\"\n");
    }
    SECTION("parallel") {
        write_tool(folder / "bin/parallel",
                   "while [[ $1 != stack2nrrd_shard ]]; do shift; done\n"
                   "for i in \"${@:3}\"; do SLURM_ARRAY_TASK_ID=$i bash -c \"stack2nrrd_shard $i\"; done\n");
    }
    const bool is_slurm = is_regular_file(folder / "bin/sbatch");
    const std::string path = (folder / "bin").string() + ":/usr/local/bin:/usr/bin:/bin";
    const Result result = Program{.arguments = {},
                                  .folder = folder.path(),
                                  .input = script_text(script, is_slurm ? "slurm" : "parallel"),
                                  .set = {{"PATH", path}},
                                  .program = "bash"}
                              .run();
    CAPTURE(result.err);
    CHECK(result.status == 0);
    CHECK(result.err.empty());
    for (const std::string shard : {"0", "1"}) {
        const std::vector<std::string> first =
            is_slurm ? std::vector<std::string>{"--shards", "2"} : std::vector<std::string>{"--shard", shard + "/2"};
        CHECK(read_file(place / ("call." + shard)) == joined(first) + joined(script.words));
    }
    CHECK(read_file(place / "call.finish") == joined({"--shards", "2", "--finish"}) + joined(script.words));
}
