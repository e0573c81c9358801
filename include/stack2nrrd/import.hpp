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

/// What an import will do, worked out before any sample is read. A value; cheap to copy.
class STACK2NRRD_EXPORT ImportPlan {
public:
    /// What comes out: size, type, geometry and header notes.
    [[nodiscard]] const VolumeInfo& volume() const noexcept;

    /// How many source slices will be read (missing and repeated ones not counted twice).
    [[nodiscard]] Index source_slices() const noexcept;

    /// About how many bytes of the source files will be read: of samples that lie there uncompressed those of the
    /// wanted rows, else the files of the wanted slices as a whole.
    [[nodiscard]] std::int64_t read_bytes() const noexcept;

    /// An upper bound of the memory that the program will take while it runs, a NRRD sink of these options included.
    /// Apart from the list of files and slices it does not depend on how many these are: the list counts with the names
    /// and about 75 bytes a file: 58 that are kept, and what finding the stack takes for a while. A page of a file of
    /// many counts as 96.
    [[nodiscard]] std::int64_t memory_bytes() const noexcept;

    /// Options::window_auto asked for a window, and none is found yet: survey_window() finds it. Such a plan tells
    /// everything but the window, and cannot be run.
    [[nodiscard]] bool needs_window() const noexcept;

    /// What a user can do lest samples are clipped (see Report), as the end of a sentence. Empty if none can be: the
    /// type of the output holds whatever comes out.
    [[nodiscard]] const std::string& clipping_advice() const noexcept;

    /// What the user should know before the run; never fatal.
    [[nodiscard]] const std::vector<std::string>& warnings() const noexcept;

    struct Detail;  ///< for the library itself
    explicit ImportPlan(std::shared_ptr<const Detail> detail);
    [[nodiscard]] const Detail& detail() const noexcept { return *detail_; }

private:
    std::shared_ptr<const Detail> detail_;
};

/// The gaps of `stack` as a fatal problem; nothing if there are none, or if `options` say what stands for them.
[[nodiscard]] STACK2NRRD_EXPORT std::optional<Problem> problem_of_gaps(const Stack& stack, const Options& options);

/// Plans the import of `stack` under `options`.
/// \throws Error the first fatal problem of the stack; missing_slices under Missing::error; invalid_argument for
///         options that do not fit the stack; limit if Options::memory is too small (the sentence names the least
///         that would do).
[[nodiscard]] STACK2NRRD_EXPORT ImportPlan plan_import(const Stack& stack, const Options& options = {});

/// Plans several imports of one stack that run_imports() makes from one reading. Their options may differ in all but
/// `find`, `step`, `reverse` and `missing`; `threads` and `memory` are those of the first. Each plan is what
/// plan_import() makes of its options, but that memory_bytes() is that of all of them together.
/// \throws Error as plan_import(); invalid_argument if the options differ in what they must not, or are none.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<ImportPlan> plan_imports(const Stack& stack,
                                                                     std::span<const Options> options);

/// The window for Options::window_auto: from the 1st to the 99th percentile of the source samples within the crop,
/// after the choice of the channel. Put it into Options::window and plan again. A percentile is the lowest value that
/// at least that share of the samples does not exceed. Integers and float32 are exact, float64 is taken to the
/// precision of float32, luma of integers is rounded; NaN, infinities and what stands for missing slices do not count.
/// Reads 8- and 16-bit samples once, others twice, within the memory that plan_import() tells. The slab and the threads
/// make no difference. \throws Error as plan_import() and run_import() do; invalid_argument if the two percentiles are
/// the same.
[[nodiscard]] STACK2NRRD_EXPORT Window survey_window(const Stack& stack, const Options& options,
                                                     const KeepGoing& keep_going = {});

/// plan_imports(), and if the plans need a window, survey_window() and the plans with what it found: plans that can be
/// run. The samples are surveyed once, with the crop and the channel of the first. `keep_going` is that of the survey.
/// \throws Error as the two.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<ImportPlan> surveyed_plans(const Stack& stack,
                                                                       std::span<const Options> options,
                                                                       const KeepGoing& keep_going = {});

/// One result of an import, and the file that it is written to.
struct Level {
    Options options;
    std::filesystem::path file;
};

/// What an import to `file` writes: one level, or one for each factor of Options::pyramid, the finest first: of
/// `scan.nrrd` with factors 2 and 4 these are `scan_2.nrrd` and `scan_4.nrrd`. Each has the options that a run of its
/// own has, but the preview, which is of the first.
/// \throws Error invalid_argument if the pyramid is none, or a factor or a size is asked for besides; as plan_import().
[[nodiscard]] STACK2NRRD_EXPORT std::vector<Level> levels_of(const Stack& stack, const Options& options,
                                                             const std::filesystem::path& file);

/// Makes sure that no file of the sinks is one that `stack` is made of or was read from, under whatever name: slices,
/// lists, headers, data files, logs; and none is named twice. Call it before a run. \throws Error invalid_argument.
STACK2NRRD_EXPORT void check_outputs(const Stack& stack, std::span<Sink* const> sinks);

/// The list of slices as a NHDR file: every line of a header, then the slices in z order, relative to it. If
/// Stack::bare is known, any reader of NRRD can open it; else its encoding is `stack2nrrd-image`, which others refuse.
/// find_stack() reads both. Of the options it has the spacing, the origin and the order, no others; NrrdOptions::force
/// holds for it. `stack` must outlive the sink. \throws Error the first fatal problem of the stack; invalid_argument (a
/// volume, other suffix, exists without force); io.
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> manifest_sink(const Stack& stack, const Options& options,
                                                                    const std::filesystem::path& nhdr);

/// Writes that list by itself. \throws Error as check_outputs() and manifest_sink().
STACK2NRRD_EXPORT void write_manifest(const Stack& stack, const Options& options, const std::filesystem::path& nhdr);

/// Runs the plan into `sink`. A plan that needs a window is refused: invalid_argument. The bytes that reach the sink do
/// not depend on threads, memory cap or timing. Several runs may go on at once, on different sinks. \throws Error
/// corrupt or unsupported (a slice that cannot be decoded: the first one in order, whatever the threads
///         did), changed, io, cancelled, limit; and what the sink throws. The sink is then to be destroyed,
/// and all is as it was.
STACK2NRRD_EXPORT Report run_import(const ImportPlan& plan, Sink& sink, const KeepGoing& keep_going = {});

/// One of several results of a run.
struct PlannedOutput {
    ImportPlan plan;
    Sink* sink = nullptr;  ///< not owned; one of its own for each
};

/// Runs plans that plan_imports() made together: each slice is read and decoded once, and each sink gets the bytes that
/// run_import() would give it. The sinks publish in reverse, so that the first comes last: all of them or, if one
/// throws, none. Returns a report for each, in the same order.
/// \throws Error as run_import(); invalid_argument if the plans were not made together.
STACK2NRRD_EXPORT std::vector<Report> run_imports(std::span<const PlannedOutput> outputs,
                                                  const KeepGoing& keep_going = {});

}  // namespace stack2nrrd
