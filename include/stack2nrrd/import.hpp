#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/options.hpp>
#include <stack2nrrd/progress.hpp>
#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/stack.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stack2nrrd {

/// What a grid that is turned or bent takes after its source has been read and reduced, about.
struct LookUps {
    double places = 0;      ///< that are looked up, several for each sample of the result
    double times_read = 0;  ///< of the scratch file; 1 where each of its bricks is read once
    double seconds = 0;     ///< by what a place took on the machine of the benchmarks
};

/// What an import will do, worked out before any sample is read. A value; cheap to copy, never changed, and so safe to
/// use from several threads.
class STACK2NRRD_EXPORT ImportPlan {
public:
    /// The result: size, type, geometry and header notes.
    [[nodiscard]] const VolumeInfo& volume() const noexcept;

    /// How many source slices will be read: each counts once, however often it is repeated, and missing ones do not.
    [[nodiscard]] Index source_slices() const noexcept;

    /// About how many bytes of the source files will be read: the wanted rows of uncompressed samples, and otherwise
    /// the whole files of the wanted slices.
    [[nodiscard]] std::int64_t read_bytes() const noexcept;

    /// An upper bound of the memory that the whole process takes during the run, in bytes, with the sink of these
    /// options (a NRRD file, or an OME-Zarr), and without any other sink or the buffer of memory_sink(). Only the list
    /// of files and slices grows with their number. It counts with the names and 70 to 75 bytes a file: 58 that are
    /// kept, 12 more while the stack is found, and the rest of a block of names. A page of a file of many counts with
    /// 96 bytes. Not promised: the same number in another version, or what the rest of your program takes.
    [[nodiscard]] std::int64_t memory_bytes() const noexcept;

    /// How large the scratch file becomes, in bytes; 0 if there is none. Options::dehaze needs one, and an order in
    /// which slices are not made (Options::flip along z, some of Options::like): the result is written to it, and read
    /// again. So does a grid that is turned or bent (Options::like, Options::transforms), for the reduced source.
    [[nodiscard]] std::int64_t scratch_bytes() const noexcept;
    /// The folder that it is made in.
    [[nodiscard]] const std::filesystem::path& scratch_folder() const noexcept;
    /// What looking up will take, where a grid is turned or bent; none for other grids. Worked out by each call.
    [[nodiscard]] std::optional<LookUps> look_ups() const;

    /// Options::window_auto asked for a window, and survey_window() has not found it yet. Such a plan knows everything
    /// but the window, and cannot be run.
    [[nodiscard]] bool needs_window() const noexcept;

    /// The window that source values are mapped by: the one that is given, or that survey_window() has found. None if
    /// values stay as they are, or if the window is not known yet.
    [[nodiscard]] const std::optional<Window>& window() const noexcept;

    /// What a user can do to avoid clipped samples (see Report), as the end of a sentence. Empty if no sample can be
    /// clipped, because the type of the output holds every value.
    [[nodiscard]] const std::string& clipping_advice() const noexcept;

    /// What the user should know before the run, a sentence each; never fatal.
    [[nodiscard]] const std::vector<std::string>& warnings() const noexcept;

    struct Detail;  ///< for the library itself
    explicit ImportPlan(std::shared_ptr<const Detail> detail);
    [[nodiscard]] const Detail& detail() const noexcept { return *detail_; }

private:
    std::shared_ptr<const Detail> detail_;
};

/// The gaps of `stack` as a fatal problem. Empty if there are none, or if Options::missing says what replaces them.
[[nodiscard]] STACK2NRRD_EXPORT std::optional<Problem> problem_of_gaps(const Stack& stack, const Options& options);

/// Plans the import of `stack` with `options`. Reads no samples and writes nothing. The plan keeps all that it needs:
/// neither `stack` nor `options` must outlive it.
/// \throws Error the first fatal problem of the stack; missing_slices under Missing::error; invalid_argument for
///         options that do not fit the stack; limit if Options::memory is too small (the sentence names the least
///         that is enough).
[[nodiscard]] STACK2NRRD_EXPORT ImportPlan plan_import(const Stack& stack, const Options& options = {});

/// Plans several imports of one stack that run_imports() makes from one reading. The options may differ, except in
/// `step`, `reverse` and `missing`; `threads` and `memory` are those of the first. Each plan is the one that
/// plan_import() makes, except that memory_bytes() is that of the whole run. \throws Error as plan_import();
/// invalid_argument if `options` is empty, or differs where it must not.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<ImportPlan> plan_imports(const Stack& stack,
                                                                     std::span<const Options> options);

/// The window for Options::window_auto: between the two Options::window_percentiles of the source samples within the
/// crop, after the choice of the channel. Put it into Options::window and plan again. A percentile is the lowest value
/// that at least that share of the samples does not exceed. Integers and float32 are exact, float64 is taken to the
/// precision of float32, luma of integers is rounded; NaN, infinities and replaced missing slices do not count.
/// Padding does not count either: the lowest value, if more than 1 % of the samples (and not all) have exactly it.
/// Reads 8- and 16-bit samples once, others several times, within the memory of plan_import(). The slab and the threads
/// make no difference.
/// \throws Error as plan_import() and run_import(); invalid_argument if the two percentiles are the same.
[[nodiscard]] STACK2NRRD_EXPORT Window survey_window(const Stack& stack, const Options& options,
                                                     const KeepGoing& keep_going = {});

/// plan_imports() and, if the plans need a window, survey_window() and plan_imports() again with that window: plans
/// that can be run. The samples are surveyed once, with the crop and the channel of the first. `keep_going` is called
/// during the survey; its counts begin anew in the run. \throws Error as both functions.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<ImportPlan> surveyed_plans(const Stack& stack,
                                                                       std::span<const Options> options,
                                                                       const KeepGoing& keep_going = {});

/// The options of one result of a pyramid, and where it is written to: a file, or an array of an OME-Zarr.
struct Level {
    Options options;
    std::filesystem::path file;
};

/// The results of an import to `file`, the finest first: one for each factor of Options::pyramid, or a single one
/// without a pyramid. For `scan.nrrd` and the factors 2 and 4 they are `scan_2.nrrd` and `scan_4.nrrd`. Each has the
/// options of a run of its own, except that only the first has preview and page. For `scan.ome.zarr` they are
/// `scan.ome.zarr/0`, `scan.ome.zarr/1`, ..., also if there is only one. \throws Error invalid_argument if the
/// factors are not valid, or if there is a factor, a size or a slab as well; as
///         plan_import().
[[nodiscard]] STACK2NRRD_EXPORT std::vector<Level> levels_of(const Stack& stack, const Options& options,
                                                             const std::filesystem::path& file);

/// The sinks of these levels, in their order: a NRRD file for each, or one OME-Zarr for all. \throws Error as
/// nrrd_sink() and zarr_sinks().
[[nodiscard]] STACK2NRRD_EXPORT std::vector<std::unique_ptr<Sink>> output_sinks(std::span<const Level> levels);

/// Checks that the sinks write none of the files that `stack` was read from (slices, lists, headers, data files, logs),
/// and no file twice, also where links give a file several names. Call it before a run; run_import() does not.
/// \throws Error invalid_argument if they would.
STACK2NRRD_EXPORT void check_outputs(const Stack& stack, std::span<Sink* const> sinks);

/// Writes the list of slices as a NHDR file: every line of a header, then the names of the slices in z order, relative
/// to the file. If Stack::bare is set, any reader of NRRD can open it; otherwise its encoding is `stack2nrrd-image`,
/// which other programs refuse. find_stack() reads both. The file records the spacing, the origin and the order of
/// `options`, and no other option. NrrdOptions::force replaces an existing file. `stack` must outlive the sink. \throws
/// Error the first fatal problem of the stack; invalid_argument (a volume, other suffix, exists without force);
///         io.
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> manifest_sink(const Stack& stack, const Options& options,
                                                                    const std::filesystem::path& nhdr);

/// Writes that list without an import.
/// \throws Error as check_outputs() and manifest_sink().
STACK2NRRD_EXPORT void write_manifest(const Stack& stack, const Options& options, const std::filesystem::path& nhdr);

/// Runs the plan into `sink`: reads, filters and writes, and returns when publish() has. The bytes that reach the sink
/// do not depend on threads, memory limit or timing. Several runs may go on at once, in several threads, on different
/// sinks. After an error the sink can only be destroyed; everything is then as it was before the run. \throws Error
/// corrupt or unsupported (a slice that cannot be decoded: the first one in order, whatever the threads
///         did), changed, io, cancelled, limit, invalid_argument (a plan that needs a window); and what the sink or a
///         program's own source throws.
STACK2NRRD_EXPORT Report run_import(const ImportPlan& plan, Sink& sink, const KeepGoing& keep_going = {});

/// One of several results of a run.
struct PlannedOutput {
    ImportPlan plan;
    Sink* sink = nullptr;  ///< not owned; each result needs its own
};

/// Runs plans that one call of plan_imports() or surveyed_plans() made: each slice is read and decoded once, and each
/// sink gets the bytes that run_import() would give it. The sinks publish in reverse order: all of them or, if one
/// throws, none. Returns a report for each result, in the same order; none for no outputs.
/// \throws Error as run_import(); invalid_argument if the plans were not made together, or two share a sink.
STACK2NRRD_EXPORT std::vector<Report> run_imports(std::span<const PlannedOutput> outputs,
                                                  const KeepGoing& keep_going = {});

}  // namespace stack2nrrd
