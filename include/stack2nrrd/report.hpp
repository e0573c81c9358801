#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/import.hpp>
#include <stack2nrrd/options.hpp>
#include <stack2nrrd/stack.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd {

/// What is known before and after a run, for those who report it to somebody. Plans and options are not owned; what is
/// not known is absent.
struct Findings {
    /// One of the results of the run.
    struct Result {
        const ImportPlan* plan = nullptr;
        std::filesystem::path file{};    ///< empty if there is none
        std::optional<Report> report{};  ///< when the run has come to its end
    };

    const Stack* stack = nullptr;
    const Options* options = nullptr;
    std::vector<Result> results{};       ///< the finest first; none if the stack cannot be imported as asked
    std::optional<Problem> obstacle{};   ///< why not
    double seconds = 0;                  ///< that the run took
    std::int64_t peak_memory_bytes = 0;  ///< of the process that ran it; 0 if that is not known
};

/// One JSON object and a line end: `input`, `output`, `read_bytes`, `memory_bytes`, `problems`, and after a run `run`.
/// Of several results `output` is the first, `levels` has all of them, and `run` the sums. `stack` and `options` must
/// be there. Text that is not UTF-8 is made so.
[[nodiscard]] STACK2NRRD_EXPORT std::string info_json(const Findings& findings);

/// What the plans warn of, each once.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<std::string> plan_warnings(const Findings& findings);

/// What a run found out about the samples, a sentence each.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<std::string> run_warnings(const Findings& findings);

/// All that is odd: what is fatal, the obstacle included, or else what the plan warns of and what a run found out.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<Problem> problems_of(const Findings& findings);

/// The spacing of the source in millimetres, which the options may have told.
[[nodiscard]] STACK2NRRD_EXPORT std::optional<Vector3> source_spacing(const Findings& findings);

/// Where it comes from: "command line", the name of a file, or "unknown".
[[nodiscard]] STACK2NRRD_EXPORT std::string spacing_source(const Findings& findings);

}  // namespace stack2nrrd
