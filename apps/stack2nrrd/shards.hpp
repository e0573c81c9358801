#pragma once

#include "command_line.hpp"

#include <stack2nrrd/report.hpp>
#include <stack2nrrd/shards.hpp>

#include <optional>
#include <string>

/// The shard to make: as the command says, or the number of the task that a cluster's scheduler has started. None if
/// the whole result is to be made, or shards are to be finished.
/// \throws stack2nrrd::Error invalid_argument if it is not known, or none of them.
[[nodiscard]] std::optional<stack2nrrd::Shard> shard_of(const Command& command);

/// How many shards a result is finished from; 0 if it is made in one run.
[[nodiscard]] stack2nrrd::Index shards_to_finish(const Command& command);

/// Does the command have a work folder?
[[nodiscard]] bool has_work_folder(const Command& command);

/// What the command looks for, for stack_of_shards(); empty if it cannot be looked for again.
[[nodiscard]] std::string request_of(const Command& command);

/// One line about a shard that is there.
[[nodiscard]] std::string shard_text(const stack2nrrd::Findings& findings, const Command& command);

/// What is there after a run that was stopped: the end of a sentence.
[[nodiscard]] std::string what_is_left(const Command& command);
