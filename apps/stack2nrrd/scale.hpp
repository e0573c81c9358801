#pragma once

// What shards of a result cost, as plans say it. No sample is read.

#include "command_line.hpp"
#include "emit.hpp"

#include <stack2nrrd/import.hpp>
#include <stack2nrrd/stack.hpp>

#include <span>
#include <vector>

/// What decides how many shards are worth while.
[[nodiscard]] ShardCosts shard_costs(const stack2nrrd::Stack& stack, std::span<const stack2nrrd::ImportPlan> plans);

/// What a script for `command` says, as far as the stack and the plans tell: all but the program and its folder. As
/// many shards as the command asks for, or as are worth while. `levels`: of the command; one thread at least is asked
/// for. \throws stack2nrrd::Error as plan_import().
[[nodiscard]] ShardScript shard_script(const Command& command, const stack2nrrd::Stack& stack,
                                       const std::vector<stack2nrrd::Level>& levels);
