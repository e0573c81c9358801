#pragma once

// An import in shards, that any number of processes make, in any order, on any machines that see the same files; and,
// as its only shard, an import that can go on where it was interrupted. The bytes are those of run_imports().

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/import.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// One of `count` shards of equal size. They divide the z axis of each result, before Options::flip, Options::like,
/// Options::dehaze or a turned grid put it into another order.
struct Shard {
    Index index = 0;  ///< from 0
    Index count = 1;  ///< at most a million; those beyond the number of slices have nothing to do
};

/// What a shard has to do.
struct ShardAmount {
    Index slices = 0;             ///< of the result that has the most of them
    Index source_slices = 0;      ///< that are read, counted as ImportPlan::source_slices()
    std::int64_t read_bytes = 0;  ///< about how many of the source files, as ImportPlan::read_bytes()
};

/// Worked out without reading anything. `stack` and `plans`: as for run_shard().
[[nodiscard]] STACK2NRRD_EXPORT ShardAmount amount_of_shard(const Stack& stack, std::span<const ImportPlan> plans,
                                                            Shard shard);

/// Where the parts of an unfinished result are kept: `FILE.unfinished`, a folder. It has about the size of the result,
/// uncompressed. It may be removed at any time: then all begins anew.
[[nodiscard]] STACK2NRRD_EXPORT std::filesystem::path work_folder(const std::filesystem::path& output);

/// Was a run killed while it finished shards of `output` and gave the results their names, which were free before? Then
/// what has these names is made of these shards: it may be replaced by the same. \throws Error io.
[[nodiscard]] STACK2NRRD_EXPORT bool results_are_of_shards(const std::filesystem::path& output);

/// Checks that of what has such a name nothing has been written since. \throws Error invalid_argument, io.
STACK2NRRD_EXPORT void check_results_of_shards(const std::filesystem::path& output, std::span<Sink* const> sinks);

/// Removes the work folder if all results have their names, and the run that made them was killed before it could.
/// \throws Error io.
STACK2NRRD_EXPORT void remove_finished_shards(const std::filesystem::path& output);

/// The window that the first shard has found, for Options::window_auto. None if nothing has been begun.
/// \throws Error io, corrupt.
[[nodiscard]] STACK2NRRD_EXPORT std::optional<Window> window_of_shards(const std::filesystem::path& output);

/// The stack that the first shard has found, so that the others need not read the headers of all slices again; none if
/// nothing has been begun, if something else was asked for, or if it is no stack of image files. Each file is still
/// compared with its stamp when it is read. `request`: see run_shard().
/// \throws Error io, corrupt.
[[nodiscard]] STACK2NRRD_EXPORT std::optional<Stack> stack_of_shards(const std::filesystem::path& output,
                                                                     std::string_view request);

/// What a shard has done.
struct ShardReport {
    std::vector<Report> reports{};  ///< for each result, of the slices that were made now
    Index slices_made = 0;          ///< of all results
    Index slices_kept = 0;          ///< that were there already
    std::vector<Index> missing{};   ///< shards that are not complete now
};

/// Makes what is missing of a shard, in the work folder of `output`. Parts of it are durable as they are finished: a
/// run that is killed has lost the last one at most. `stack` and `plans`: of plan_imports() or surveyed_plans(), with
/// the same inputs and options for each shard; Options::threads, memory, and how results are written, may differ.
/// `request`: any text that says what `stack` was found by, input and FindOptions; empty: it is not kept for others.
/// \throws Error as run_imports(); invalid_argument if an unfinished result of other options, of another version or of
///         another number of shards is there, or if another process makes the same part; changed if the inputs differ.
STACK2NRRD_EXPORT ShardReport run_shard(const Stack& stack, std::span<const ImportPlan> plans,
                                        const std::filesystem::path& output, Shard shard, std::string_view request = {},
                                        const KeepGoing& keep_going = {});

/// Makes the results of complete shards: each sink gets what run_imports() would give it. Removes the work folder when
/// the sinks have published. `count`: of the shards. Reads no slice of the source; `keep_going` counts slices of the
/// results.
/// \throws Error missing_slices, with the numbers of the shards, if some are not complete; corrupt, if a part is not as
///         it was written (it is removed, so that its shard can be made again); as run_shard() and run_imports().
STACK2NRRD_EXPORT std::vector<Report> finish_shards(const Stack& stack, std::span<const PlannedOutput> outputs,
                                                    const std::filesystem::path& output, Index count,
                                                    const KeepGoing& keep_going = {});

}  // namespace stack2nrrd
