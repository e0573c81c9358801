#pragma once

#include "command_line.hpp"

#include <stack2nrrd/import.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// What is known before and after a run. Parts that are not known are absent.
struct Findings {
    const Command* command = nullptr;
    const stack2nrrd::Stack* stack = nullptr;
    const stack2nrrd::ImportPlan* plan = nullptr;  ///< null if the stack cannot be imported as asked
    std::optional<stack2nrrd::Problem> obstacle;   ///< why not
    double seconds = 0;                            ///< of a run; 0 before it
    std::int64_t nan_samples = 0;                  ///< see stack2nrrd::Report
};

/// For a person: one screen.
[[nodiscard]] std::string info_text(const Findings& findings);

/// The same for a program: one JSON object and a line end.
[[nodiscard]] std::string info_json(const Findings& findings);

/// One line about a finished run.
[[nodiscard]] std::string run_text(const Findings& findings);

/// "1.5 MiB".
[[nodiscard]] std::string memory_text(std::int64_t bytes);

/// Peak memory of this process, in bytes; 0 where the system does not tell.
[[nodiscard]] std::int64_t peak_memory();
