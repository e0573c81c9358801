#include "emit.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/report.hpp>
#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

using stack2nrrd::Error;
using stack2nrrd::ErrorCode;

namespace {

// Between two @ is the name of a value. Bash reads a function whole before it does anything, so that a script which
// comes through a pipe, and breaks off, does nothing.
//
// Words are quoted by command_text(): they have no line breaks, so that no word can end a here-document.

constexpr std::string_view slurm_template = R"(#!/bin/bash
# @title@
# Submit both jobs by    bash FILE    or    stack2nrrd ... --emit slurm | bash
# If a shard fails, the job that joins is cancelled. Submit again: shards that are complete are not made again.
# Partition, account and the like come from SBATCH_PARTITION, SBATCH_ACCOUNT and so on. These also go before what is
# written here (SBATCH_TIMELIMIT, SBATCH_MEM_PER_NODE).
#
@costs@
set -euo pipefail

shards() {
    cat <<'END_OF_JOB'
#!/bin/bash
#SBATCH --job-name=stack2nrrd
#SBATCH --array=0-@last@
#SBATCH --requeue
#SBATCH --cpus-per-task=@threads@
#SBATCH --mem=@memory@M
#SBATCH --time=@minutes@
set -eu
cd -- @folder@
status=0
# Which shard it is, SLURM_ARRAY_TASK_ID says.
@program@ --shards @shards@ @words@ || status=$?
# Killed, as where memory was short: once more, three times at most. SLURM waits two minutes before it begins.
if ((status == 137 && ${SLURM_RESTART_COUNT:-0} < 3)); then
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && sleep 600
fi
exit "$status"
END_OF_JOB
}

finish() {
    cat <<'END_OF_JOB'
#!/bin/bash
#SBATCH --job-name=stack2nrrd-finish
#SBATCH --requeue
#SBATCH --cpus-per-task=@threads@
#SBATCH --mem=@memory@M
#SBATCH --time=@finish_minutes@
set -eu
cd -- @folder@
exec @program@ --shards @shards@ --finish @finish_words@
END_OF_JOB
}

main() {
    local array join
    cd -- @folder@
    array=$(shards | sbatch --parsable)
    array=${array%%;*}  # behind it may be the name of the cluster
    join=$(finish | sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes)
    echo "array job $array makes the shards, job ${join%%;*} joins them"
}

main
)";

constexpr std::string_view parallel_template = R"(#!/bin/bash
# @title@
# Run it by    bash FILE    or    stack2nrrd ... --emit parallel | bash
# If a shard fails, do that again: shards that are complete are not made again. JOBS=4 bash FILE runs four at a time;
# by itself there are as many as the processors have room for.
#
@costs@
set -euo pipefail

stack2nrrd_shard() {
    @program@ --shard "$1/@shards@" @words@
}
export -f stack2nrrd_shard

main() {
    local jobs=$(($(nproc) / @threads@))
    cd -- @folder@
    [[ -e @unfinished@ ]] || rm -f -- @joblog@  # of a run that is over
    if ! PARALLEL_SHELL=$BASH parallel --jobs "${JOBS:-$((jobs > 0 ? jobs : 1))}" \
            --joblog @joblog@ --resume-failed stack2nrrd_shard ::: {0..@last@}; then
        echo "a shard failed; the same command again makes those that are missing" >&2
        return 1
    fi
    local status=0
    @program@ --shards @shards@ --finish @finish_words@ || status=$?
    rm -f -- @joblog@  # if a part was damaged, all shards are asked again what is missing
    return "$status"
}

main </dev/null
)";

constexpr std::string_view snakemake_template = R"(# @title@
# Run it by    snakemake --snakefile FILE --cores 4    or with what your cluster needs instead of --cores
# If a shard fails, do that again: shards that are complete are not made again.
#
@costs@
workdir: "@folder_text@"

rule finish:
    input: expand("@mark@", shard=range(@shards@))
    output: @results@
    threads: @threads@
    resources: mem_mb=@memory@, runtime=@finish_minutes@
    # If a part was damaged, all shards are asked again what is missing.
    shell: "@program_in_rule@ --shards @shards@ --finish @finish_words_in_rule@"
        " || {{ status=$?; rm -f -- {input:q}; exit $status; }}"

rule shard:
    output: temp(touch("@mark@"))
    wildcard_constraints: shard="[0-9]+"
    threads: @threads@
    resources: mem_mb=@memory@, runtime=@minutes@
    shell: "@program_in_rule@ --shard {wildcards.shard}/@shards@ @words_in_rule@"
)";

using Values = std::map<std::string_view, std::string>;

std::string filled(std::string_view form, const Values& values) {
    std::string text;
    for (;;) {
        const std::size_t begin = form.find('@');
        text += form.substr(0, begin);
        if (begin == std::string_view::npos) return text;
        const std::size_t end = form.find('@', begin + 1);
        text += values.at(form.substr(begin + 1, end - begin - 1));
        form.remove_prefix(end + 1);
    }
}

std::string quoted(const std::string& word) { return stack2nrrd::command_text({&word, 1}); }

std::string in_units(std::int64_t bytes, std::int64_t unit) { return std::to_string((bytes + unit - 1) / unit); }

constexpr std::int64_t mega = 1000 * 1000, mebi = 1024 * 1024;

/// Memory that a job asks for besides that of the program: its shell takes some, and what watches over it.
constexpr std::int64_t surroundings = 64 * mebi;

/// How time and memory were reckoned, as comments.
std::string costs_text(const ShardScript& script) {
    const auto rate = static_cast<std::int64_t>(assumed_rate);
    return "# Time: a shard reads about " + in_units(script.read_bytes, mega) + " MB of source files, which takes " +
           in_units(script.read_bytes, rate) + " s at 100 MB a second; the " + in_units(script.joined_bytes, mega) +
           " MB of\n# the result take " + in_units(script.joined_bytes, rate) +
           " s to join. Each is given four times that, and at least half an hour.\n"
           "# Memory: each takes at most " +
           in_units(script.memory_bytes, mebi) + " MiB; 64 are added for what is around it.";
}

Values values_of(const ShardScript& script) {
    std::vector<std::string> finish_words = script.more_to_finish;
    finish_words.insert(finish_words.end(), script.words.begin(), script.words.end());
    const std::string shards = std::to_string(script.shards);
    return {{"title", quoted(script.output) + " in " + shards + (script.shards == 1 ? " shard" : " shards") +
                          ", joined when all are there. Written by stack2nrrd " STACK2NRRD_VERSION "."},
            {"costs", costs_text(script)},
            {"shards", shards},
            {"last", std::to_string(script.shards - 1)},
            {"threads", std::to_string(script.threads)},
            {"memory", in_units(script.memory_bytes + surroundings, mebi)},
            {"minutes", std::to_string(minutes_for(script.read_bytes))},
            {"finish_minutes", std::to_string(minutes_for(script.joined_bytes))},
            {"folder", quoted(script.folder)},
            {"program", quoted(script.program)},
            {"words", stack2nrrd::command_text(script.words)},
            {"finish_words", stack2nrrd::command_text(finish_words)}};
}

/// What is between the quotes of a text in Python.
std::string in_python(std::string_view text) {
    std::string literal;
    for (const char c : text) {
        if (c == '"' || c == '\\') literal += '\\';
        literal += c;
    }
    return literal;
}

/// The same for a command, in which Snakemake replaces what is in braces.
std::string in_rule(std::string_view text) {
    std::string form;
    for (const char c : text) form += c == '{' || c == '}' ? std::string(2, c) : std::string(1, c);
    return in_python(form);
}

/// \throws Error if Snakemake cannot have a folder of this name or, if it `has_wildcards`, a file.
void check_name(const std::string& name, bool has_wildcards = true) {
    const bool has_braces = has_wildcards && name.find_first_of("{}") != std::string::npos;
    if (!has_braces && !quoted(name).starts_with("$")) return;
    throw Error(ErrorCode::invalid_argument,
                "--emit snakemake: " + quoted(name) + " has " +
                    (has_braces ? "braces, which Snakemake takes for wildcards"
                                : "characters that cannot be shown, which Snakemake does not take") +
                    "; choose another name");
}

std::string parallel_script(const ShardScript& script) {
    Values values = values_of(script);
    values["joblog"] = quoted(script.output + ".joblog");
    values["unfinished"] = quoted(script.output + ".unfinished");
    return filled(parallel_template, values);
}

std::string snakefile(const ShardScript& script) {
    Values values = values_of(script);
    std::string results;
    for (const std::string& name : script.results) {
        check_name(name);
        const std::string text = "\"" + in_python(name) + "\"";
        results += (results.empty() ? "" : ", ") + (script.makes_folder ? "directory(" + text + ")" : text);
    }
    values["results"] = results;
    check_name(script.output);
    values["mark"] = in_python(script.output) + ".shard_{shard}_of_" + values["shards"];
    check_name(script.folder, false);
    values["folder_text"] = in_python(script.folder);
    values["program_in_rule"] = in_rule(values["program"]);
    values["words_in_rule"] = in_rule(values["words"]);
    values["finish_words_in_rule"] = in_rule(values["finish_words"]);
    return filled(snakemake_template, values);
}

}  // namespace

std::int64_t minutes_for(std::int64_t bytes) {
    constexpr double margin = 4, seconds = 60;
    constexpr std::int64_t least = 30, step = 10;
    const double minutes = margin * static_cast<double>(bytes) / assumed_rate / seconds;
    return std::max(least, static_cast<std::int64_t>(std::ceil(minutes / static_cast<double>(step))) * step);
}

std::string script_text(const ShardScript& script, std::string_view engine) {
    if (engine == "slurm") return filled(slurm_template, values_of(script));
    return engine == "parallel" ? parallel_script(script) : snakefile(script);
}

ShardCount good_count(const ShardCosts& costs) {
    constexpr double seconds = 600, halo = .05;
    constexpr std::int64_t most_tasks = 1000;
    const auto at_least_one = [](double value) { return std::max<std::int64_t>(1, static_cast<std::int64_t>(value)); };
    ShardCount best{most_tasks, "SLURM takes no more tasks of a job as it is set up by itself"};
    const auto limit = [&](std::int64_t most, const std::string& reason) {
        if (most < best.shards) best = {most, reason};
    };
    if (costs.shared_slices > 0) {
        const double most = halo * static_cast<double>(costs.source_slices) / static_cast<double>(costs.shared_slices);
        limit(at_least_one(most),
              "with more, over 5 % of the slices that a shard reads would be read by the next one, too (" +
                  std::to_string(costs.shared_slices) + " at each border)");
    }
    limit(at_least_one(static_cast<double>(costs.read_bytes) / (assumed_rate * seconds)),
          "with more, a shard would take less than ten minutes at 100 MB of source files a second");
    limit(std::max<std::int64_t>(1, costs.output_slices), "the result has no more slices");
    return best;
}
