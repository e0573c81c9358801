#pragma once

// The end of a run, wherever the slices come from.

#include "import/plan_detail.hpp"

#include <stack2nrrd/import.hpp>

#include <functional>
#include <span>
#include <vector>

namespace stack2nrrd {

/// Gives each sink the slices that its plan's making makes, all of them in order, and reports about them. The function
/// counts what is done and asks it whether to go on; it throws Stopped if not.
using Feed = std::function<std::vector<Report>(std::span<Sink* const> sinks, const KeepGoing& keep_going)>;

/// Begins the sinks, with the stages in front of them, feeds them, finishes and publishes them. `before_naming`: is
/// called when all have finished and none has published. \throws Error as run_imports().
std::vector<Report> run_fed(std::span<const PlannedOutput> outputs, const Feed& feed, const KeepGoing& keep_going,
                            const std::function<void()>& before_naming = {});

/// Throws what is being handled: as an Error, if it stops a run or says that there is no memory.
[[noreturn]] void rethrow_as_error(const ImportPlan::Detail& plan);

}  // namespace stack2nrrd
