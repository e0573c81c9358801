#include "scale.hpp"

#include <stack2nrrd/shards.hpp>

#include <algorithm>
#include <array>
#include <utility>

using namespace stack2nrrd;

namespace {

bool is_flag(const std::string& name) {
    for (const std::string_view group : option_groups()) {
        for (const ListedOption& option : options_of(group)) {
            if (option.info.name == name) return option.info.value.empty();
        }
    }
    return false;
}

/// The words of `command` with which each shard is made, but for its number.
std::vector<std::string> shard_words(const Command& command, unsigned threads) {
    constexpr std::array<std::string_view, 12> replaced{"emit",
                                                        "shards",
                                                        "shard",
                                                        "finish",
                                                        "resume",
                                                        "threads",
                                                        "input",
                                                        "input-volume",
                                                        "output",
                                                        "manifest",
                                                        "returnparameterfile",
                                                        "processinformationaddress"};
    std::vector<std::string> words{"--threads", std::to_string(threads)};
    for (const auto& [name, value] : command.given) {
        if (std::find(replaced.begin(), replaced.end(), name) != replaced.end()) continue;
        const bool joined = value.starts_with('-');
        words.push_back("--" + name + (joined ? "=" + value : ""));
        if (!joined && !is_flag(name)) words.push_back(value);
    }
    words.insert(words.end(), {"-o", utf8_of(command.output)});
    const auto is_like_option = [](const std::string& input) { return input.starts_with('-'); };
    if (std::any_of(command.inputs.begin(), command.inputs.end(), is_like_option)) words.emplace_back("--");
    words.insert(words.end(), command.inputs.begin(), command.inputs.end());
    return words;
}

}  // namespace

ShardCosts shard_costs(const Stack& stack, std::span<const ImportPlan> plans) {
    const ShardAmount whole = amount_of_shard(stack, plans, {0, 1});
    const ShardAmount lower = amount_of_shard(stack, plans, {0, 2});
    const ShardAmount upper = amount_of_shard(stack, plans, {1, 2});
    const Index shared = std::max<Index>(0, lower.source_slices + upper.source_slices - whole.source_slices);
    return {whole.read_bytes, whole.source_slices, shared, whole.slices};
}

ShardScript shard_script(const Command& command, const Stack& stack, const std::vector<Level>& levels) {
    std::vector<Options> options;
    for (const Level& level : levels) options.push_back(level.options);
    const std::vector<ImportPlan> plans = plan_imports(stack, options);
    ShardScript script;
    script.shards = command.shards;
    if (command.shards == 0) {
        ShardCount good = good_count(shard_costs(stack, plans));
        script.shards = good.shards;
        script.reason = std::move(good.reason);
    }
    script.read_bytes = amount_of_shard(stack, plans, {script.shards / 2, script.shards}).read_bytes;
    for (const ImportPlan& plan : plans) {
        script.memory_bytes = std::max(script.memory_bytes, plan.memory_bytes());
        script.joined_bytes += plan.volume().bytes() + plan.scratch_bytes();
    }
    script.threads = levels.front().options.threads;
    script.words = shard_words(command, script.threads);
    if (!command.manifest.empty()) script.more_to_finish = {"--manifest", utf8_of(command.manifest)};
    // A folder may be given with a slash behind it.
    script.output = utf8_of(command.output.has_filename() ? command.output : command.output.parent_path());
    script.makes_folder = levels.front().options.format == Format::zarr;
    if (script.makes_folder) script.results = {script.output};
    if (!script.makes_folder) {
        for (const Level& level : levels) script.results.push_back(utf8_of(level.file));
    }
    return script;
}
