#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/import.hpp>
#include <stack2nrrd/options.hpp>
#include <stack2nrrd/shards.hpp>
#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/stack.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stack2nrrd {

/// What a run that makes one shard has done.
struct ShardFindings {
    Shard shard{};
    ShardReport report{};
};

/// What is known before and after a run, for those who report it to somebody. Stack, options and plans are not owned
/// and must exist as long as the functions below use them. What is not known stays empty.
struct Findings {
    /// One of the results of the run.
    struct Result {
        const ImportPlan* plan = nullptr;
        std::filesystem::path file{};    ///< empty if there is none
        std::optional<Report> report{};  ///< set when the run has succeeded
    };

    const Stack* stack = nullptr;  ///< null if none was found; then there is an obstacle
    const Options* options = nullptr;
    std::vector<Result> results{};      ///< the finest first; empty if the stack cannot be imported as asked
    std::optional<Problem> obstacle{};  ///< why it cannot, or why the run failed
    /// The exit status of a program that reports this. Default: that of the obstacle's code, or 0. Set it for what no
    /// code is for: 1 for a bug, 128 and more for a signal.
    std::optional<int> status{};
    std::optional<ShardFindings> shard{};  ///< set when a shard is made; then there are no reports of results
    double seconds = 0;                    ///< duration of the run
    std::int64_t peak_memory_bytes = 0;    ///< of the process that ran it; 0 if that is not known
    std::string command{};                 ///< that makes the results again, see command_text(); empty if there is none
};

/// One JSON object and a line end: `input`, `output`, `read_bytes`, `memory_bytes`, `scratch_bytes`, `scratch_folder`,
/// `problems`, `status`, and after a run `run`, or `shard`. Of several results `output` is the first, `levels` has all
/// of them, and `run` the sums. `options` must be set, here and below, and `stack` as well below. Bytes that are not
/// UTF-8 are replaced. README.md lists the fields: they keep name and meaning, and new ones may be added. Their order
/// and the spaces between them are not promised, nor the words of `problems.text`.
[[nodiscard]] STACK2NRRD_EXPORT std::string info_json(const Findings& findings);

/// The warnings of all plans, each once.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<std::string> plan_warnings(const Findings& findings);

/// What a run found out about the samples, one sentence for each finding.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<std::string> run_warnings(const Findings& findings);

/// The window of a result that is made, and how many samples were clipped, with their share. Empty if there is no
/// window and none were.
[[nodiscard]] STACK2NRRD_EXPORT std::string clipping_text(const Findings::Result& result);

/// All problems: the fatal ones, including the obstacle; if there are none, the warnings of plans and run.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<Problem> problems_of(const Findings& findings);

/// ImportPlan::scratch_bytes() of all plans, whose scratch files exist at the same time.
[[nodiscard]] STACK2NRRD_EXPORT std::int64_t scratch_bytes(const Findings& findings);

/// The spacing of the source along x, y and z in millimetres, from the options or from the stack. Empty if unknown.
[[nodiscard]] STACK2NRRD_EXPORT std::optional<Vector3> source_spacing(const Findings& findings);

/// Where source_spacing() comes from: "command line", the name of a file, or "unknown".
[[nodiscard]] STACK2NRRD_EXPORT std::string spacing_source(const Findings& findings);

/// A command line of these words, as a POSIX shell takes it. Words are quoted where they must be; those that cannot be
/// shown as they are, because they have control characters or are no UTF-8, in the way of bash and zsh: $'\012'.
[[nodiscard]] STACK2NRRD_EXPORT std::string command_text(std::span<const std::string> words);

/// A page in HTML about a run and its first result: views of it (three orthogonal slices through the middle, and the
/// largest values along each axis), histogram, geometry, source, problems, duration and memory, header, and the
/// command. It is made while the slices pass, from the same reading. All is in the one file; it loads nothing.
///
/// finish() calls `findings` once; what it returns must exist until finish() does. Its results must be planned, and
/// have their reports. The sink gets the slices of the first of them. Written as safely as by text_sink(), and with
/// `force` it replaces a file that exists. Options::report makes the plan count the memory that this sink takes.
/// \throws Error as text_sink(); invalid_argument for a suffix other than `.html` or `.htm`.
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> page_sink(const std::filesystem::path& file, bool force,
                                                                std::function<const Findings&()> findings);

}  // namespace stack2nrrd
