#include "shards.hpp"

#include "system.hpp"

#include <stack2nrrd/error.hpp>

#include <array>
#include <cstdlib>
#include <string_view>

using namespace stack2nrrd;

namespace {

/// Where a scheduler says which task of an array it has started, and what it calls the first one.
struct Scheduler {
    const char* variable;
    Index first;
};

constexpr std::array<Scheduler, 5> schedulers{{
    {"SLURM_ARRAY_TASK_ID", 0},
    {"PBS_ARRAY_INDEX", 0},
    {"PBS_ARRAYID", 0},
    {"LSB_JOBINDEX", 1},  // of LSF; 0 in a job that is none of an array
    {"SGE_TASK_ID", 1},   // "undefined" in such a job
}};

[[noreturn]] void refuse(const std::string& sentence) { throw Error(ErrorCode::invalid_argument, sentence); }

Shard shard_of_task(Index count) {
    const Scheduler* found = nullptr;
    Index index = 0;
    for (const Scheduler& scheduler : schedulers) {
        const char* value = std::getenv(scheduler.variable);
        if (value == nullptr || *value == '\0' || std::string_view(value) == "undefined") continue;
        const std::optional<Index> number = whole_number(value);
        if (number == 0 && scheduler.first == 1) continue;
        const std::string shown = std::string(scheduler.variable) + "=" + value;
        if (!number || *number < scheduler.first || *number - scheduler.first >= count) {
            refuse("--shards: " + shown + " is none of " + std::to_string(count) + " shards, a number from " +
                   std::to_string(scheduler.first) + " to " + std::to_string(count - 1 + scheduler.first) +
                   " was expected; start an array of these, or give --shard K/N");
        }
        if (found != nullptr && index != *number - scheduler.first) {
            refuse("--shards: " + std::string(found->variable) + " and " + shown + " say two shards; give --shard K/N");
        }
        found = &scheduler;
        index = *number - scheduler.first;
    }
    if (found != nullptr) return {index, count};
    refuse("--shards: which of the " + std::to_string(count) +
           " shards to make is not known, there is no number of a task (SLURM_ARRAY_TASK_ID, PBS_ARRAY_INDEX, "
           "PBS_ARRAYID, LSB_JOBINDEX, SGE_TASK_ID); give --shard K/N, or --finish if all are made");
}

}  // namespace

std::optional<Shard> shard_of(const Command& command) {
    if (command.shard) return command.shard;
    if (command.resume) return Shard{0, 1};
    if (command.shards == 0 || command.finish) return std::nullopt;
    return shard_of_task(command.shards);
}

Index shards_to_finish(const Command& command) {
    if (command.resume) return 1;
    return command.finish ? command.shards : 0;
}

bool has_work_folder(const Command& command) {
    return command.emit.empty() && (command.resume || command.finish || command.shard || command.shards != 0);
}

std::string request_of(const Command& command) {
    if (command.files_from == "-") return {};
    std::string request = "in " + working_folder() + "\n";
    for (const std::string& input : command.inputs) request += "input " + input + "\n";
    if (!command.files_from.empty()) request += "list " + command.files_from + "\n";
    const FindOptions& options = command.options;
    request += "order " + std::to_string(static_cast<int>(options.order)) + " channel " +
               std::to_string(static_cast<int>(options.channel)) + " labels " + std::to_string(options.labels ? 1 : 0);
    if (options.time) request += " time " + std::to_string(*options.time);
    return request;
}

std::string shard_text(const Findings& findings, const Command& command) {
    const ShardFindings& found = *findings.shard;
    std::string text = utf8_of(work_folder(command.output)) + ": shard " + std::to_string(found.shard.index) + " of " +
                       std::to_string(found.shard.count) + ", " + std::to_string(found.report.slices_made) +
                       (found.report.slices_made == 1 ? " slice made" : " slices made");
    if (found.report.slices_kept > 0) text += ", " + std::to_string(found.report.slices_kept) + " were there already";
    const std::vector<Index>& missing = found.report.missing;
    if (missing.empty()) return text + "; all shards are there, --finish puts them together";
    return text + "; " + std::to_string(missing.size()) + " of " + std::to_string(found.shard.count) +
           " shards are still missing";
}

std::string what_is_left(const Command& command) {
    const std::string folder = has_work_folder(command) ? utf8_of(work_folder(command.output)) : std::string();
    if (folder.empty() || !is_there(folder)) return "nothing was written";
    return "what is finished is kept in " + folder + ", the same command goes on";
}
