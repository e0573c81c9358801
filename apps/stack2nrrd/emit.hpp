#pragma once

// Scripts that make a result in shards, on many machines or processors, and join them when all are there. Values go in,
// text comes out: nothing is asked of the system here.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a script says.
struct ShardScript {
    std::string program;                      ///< absolute
    std::string folder;                       ///< the one that relative names are in; absolute
    std::vector<std::string> words;           ///< what the program is given, but for the number of the shard
    std::vector<std::string> more_to_finish;  ///< what only what joins is given, before these
    std::string output;                       ///< as given
    std::vector<std::string> results;         ///< the files, or the folder, that are there in the end
    bool makes_folder = false;
    std::int64_t shards = 1;
    std::string reason;             ///< why there are no more, as the rest of a sentence; empty if they were asked for
    unsigned threads = 1;           ///< of each shard
    std::int64_t memory_bytes = 0;  ///< that a shard takes at most
    std::int64_t read_bytes = 0;    ///< of source files, that the shard in the middle reads
    std::int64_t joined_bytes = 0;  ///< of the results, and of scratch files that they go through
};

/// One task is taken to read, decode and reduce source files, and to join results, at this rate, in bytes a second.
inline constexpr double assumed_rate = 100e6;

/// For an engine of --emit. `slurm` and `parallel` are scripts of bash that are run once: they submit an array job and,
/// behind it, the job that joins, or run GNU parallel, and join. `snakemake` is a Snakefile.
/// \throws stack2nrrd::Error invalid_argument for names that Snakemake would take for something else.
[[nodiscard]] std::string script_text(const ShardScript& script, std::string_view engine);

/// The minutes that a task is given for so many bytes: a few times what it is reckoned to take.
[[nodiscard]] std::int64_t minutes_for(std::int64_t bytes);

/// What decides how many shards are worth while.
struct ShardCosts {
    std::int64_t read_bytes = 0;     ///< of source files
    std::int64_t source_slices = 0;  ///< that are read
    std::int64_t shared_slices = 0;  ///< that the shards on both sides of a border read
    std::int64_t output_slices = 0;  ///< of the result that has the most
};

struct ShardCount {
    std::int64_t shards = 1;
    std::string reason;  ///< the rest of a sentence: why not more
};

/// As many as keep each at it for ten minutes or more, and read no more than 5 % of its slices for its neighbours'
/// sake.
[[nodiscard]] ShardCount good_count(const ShardCosts& costs);
