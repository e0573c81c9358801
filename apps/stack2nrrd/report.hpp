#pragma once

#include "command_line.hpp"

#include <stack2nrrd/report.hpp>

#include <cstdint>
#include <string>

/// For a person: one screen.
[[nodiscard]] std::string info_text(const stack2nrrd::Findings& findings, const Command& command);

/// One line about a finished run.
[[nodiscard]] std::string run_text(const stack2nrrd::Findings& findings);

/// "1.5 MiB".
[[nodiscard]] std::string memory_text(std::int64_t bytes);
