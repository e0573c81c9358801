#include "command_checks.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace {

[[noreturn]] void refuse(const std::string& sentence) {
    throw stack2nrrd::Error(stack2nrrd::ErrorCode::invalid_argument, sentence);
}

/// What does not go with shards.
void check_shards(const Command& command) {
    const std::array<std::pair<const char*, bool>, 4> given{{{"--shard", command.shard.has_value()},
                                                             {"--shards", command.shards != 0},
                                                             {"--finish", command.finish},
                                                             {"--resume", command.resume}}};
    for (const auto& [name, is_given] : given) {
        if (is_given && command.output.empty()) refuse(std::string(name) + ": is about a result; give -o FILE");
    }
    if (!command.emit.empty() && (command.shard || command.finish || command.resume)) {
        refuse("--emit: prints a script that does it; leave out --shard, --finish and --resume");
    }
    if (command.shard && command.shards != 0 && command.shard->count != command.shards) {
        refuse("--shard, --shards: say two numbers of shards; give one of them");
    }
    if (command.shard && command.finish) refuse("--shard, --finish: make a shard, then finish; give one of them");
    if (command.finish && command.shards == 0) refuse("--finish: needs the number of shards; give --shards N as well");
    if (command.resume && (command.shard || command.shards != 0)) {
        refuse("--resume: a shard goes on where it was interrupted by itself; leave out --resume");
    }
    const bool is_shard = command.shard || (command.shards != 0 && !command.finish && command.emit.empty());
    if (is_shard && !command.manifest.empty()) {
        refuse("--manifest: is written with the whole result; give it with --finish");
    }
}

/// What does not go with a script.
void check_emit(const Command& command) {
    if (command.emit.empty()) return;
    if (std::filesystem::path::preferred_separator != '/') {
        refuse("--emit: writes for the shell of Linux and macOS; give it where the script will run");
    }
    if (command.emit == "snakemake" && command.options.nrrd.force) {
        refuse(
            "--force: Snakemake makes what is not there, and nothing else; remove the old result, or give another "
            "output, and leave out --force");
    }
    if (command.output.empty()) refuse("--emit: is about a result, but there is none; give -o FILE");
    if (command.info || command.json) {
        refuse(std::string(command.info ? "--info" : "--json") +
               ": is printed on standard output, and so is the script of --emit; give one of them");
    }
    if (command.files_from == "-") {
        refuse("--files-from: jobs have no standard input; write the list into a file");
    }
}

/// What --verify and --replay compare was made with the options in its header: others would compare something else.
void check_no_others(const Command& command) {
    const std::string option = command.verify.empty() ? "replay" : "verify";
    if (!command.verify.empty() && !command.replay.empty()) {
        refuse("--verify, --replay: are both given; give one of them");
    }
    constexpr std::array<std::string_view, 11> beside{"verify", "replay",  "files-from",  "input",
                                                      "json",   "quiet",   "progress",    "threads",
                                                      "memory", "scratch", "input-volume"};
    for (const auto& [name, value] : command.given) {
        if (std::find(beside.begin(), beside.end(), name) != beside.end()) continue;
        refuse("--" + name + ": has no use with --" + option +
               ", which takes all that shapes a volume from the header" +
               " of the file, and writes nothing; leave it out");
    }
    if (!command.inputs.empty() && !command.files_from.empty()) {
        refuse("both INPUT and --files-from were given; give one of them");
    }
}

}  // namespace

void check_together(const Command& command) {
    check_shards(command);
    check_emit(command);
    const bool in_scene = std::any_of(command.given.begin(), command.given.end(),
                                      [](const auto& option) { return option.first == "input-volume"; });
    if (in_scene && command.inputs.size() > 1) {
        refuse("--input-volume: is an input, and there is another one; give slices, or a volume of the scene");
    }
    if (!command.verify.empty() || !command.replay.empty()) {
        check_no_others(command);
    } else if (command.inputs.empty() == command.files_from.empty()) {
        refuse(command.inputs.empty() ? "no input was given; name a folder of slices, or see --help"
                                      : "both INPUT and --files-from were given; give one of them");
    }
    if (!command.options.nrrd.preview.empty() && command.output.empty()) {
        refuse("--preview: shows a result, but there is none; give -o FILE");
    }
    if (!command.options.report.empty() && command.output.empty()) {
        refuse("--report: is about a result, but there is none; give -o FILE");
    }
    if (command.json && command.progress == "slicer") {
        refuse("--json: is written to standard output, and so is --progress slicer; give one of them");
    }
}
