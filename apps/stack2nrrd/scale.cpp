#include "scale.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

using namespace stack2nrrd;

namespace {

/// Part `first` to `end` of `parts` equal ones of each result.
std::vector<ImportPlan> plans_of(const Stack& stack, const std::vector<Level>& levels, Index first, Index end,
                                 Index parts) {
    std::vector<Options> options;
    for (const Level& level : levels) options.push_back(level.options);
    if (first == 0 && end == parts) return plan_imports(stack, options);
    const std::vector<ImportPlan> whole = plan_imports(stack, options);
    for (std::size_t i = 0; i < options.size(); ++i) {
        const Index slices = whole[i].volume().size[2];
        const Index base = options[i].slab.empty() ? 0 : options[i].slab.first;
        const Index begin = slices * first / parts;
        // There may be more parts than slices of a smaller result.
        options[i].slab = {base + std::min(begin, slices - 1), base + std::max(begin + 1, slices * end / parts)};
    }
    return plan_imports(stack, options);
}

std::int64_t most_bytes_read(const std::vector<ImportPlan>& plans) {
    std::int64_t bytes = 0;
    for (const ImportPlan& plan : plans) bytes = std::max(bytes, plan.read_bytes());
    return bytes;
}

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
    constexpr std::array<std::string_view, 11> replaced{"emit",
                                                        "shards",
                                                        "shard",
                                                        "finish",
                                                        "resume",
                                                        "threads",
                                                        "input",
                                                        "input-volume",
                                                        "output",
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

ShardCosts shard_costs(const Stack& stack, const std::vector<Level>& levels) {
    const std::vector<ImportPlan> whole = plans_of(stack, levels, 0, 1, 1);
    ShardCosts costs{most_bytes_read(whole), 0, 0, std::numeric_limits<Index>::max()};
    for (const ImportPlan& plan : whole) {
        costs.source_slices = std::max(costs.source_slices, plan.source_slices());
        costs.output_slices = std::min(costs.output_slices, plan.volume().size[2]);
    }
    if (costs.output_slices < 2) return costs;
    const std::vector<ImportPlan> lower = plans_of(stack, levels, 0, 1, 2);
    const std::vector<ImportPlan> upper = plans_of(stack, levels, 1, 2, 2);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const Index both = lower[i].source_slices() + upper[i].source_slices();
        costs.shared_slices = std::max(costs.shared_slices, both - whole[i].source_slices());
    }
    return costs;
}

ShardScript shard_script(const Command& command, const Stack& stack, const std::vector<Level>& levels) {
    const ShardCosts costs = shard_costs(stack, levels);
    ShardScript script;
    script.shards = command.shards;
    if (command.shards > costs.output_slices) {
        throw Error(ErrorCode::invalid_argument, "--shards: " + std::to_string(command.shards) + " are more than the " +
                                                     std::to_string(costs.output_slices) +
                                                     " slices of the result; give at most as many");
    }
    if (command.shards == 0) {
        ShardCount good = good_count(costs);
        script.shards = good.shards;
        script.reason = std::move(good.reason);
    }
    const Index middle = script.shards / 2;
    const std::vector<ImportPlan> plans = plans_of(stack, levels, middle, middle + 1, script.shards);
    for (const ImportPlan& plan : plans) script.memory_bytes = std::max(script.memory_bytes, plan.memory_bytes());
    script.read_bytes = most_bytes_read(plans);
    script.threads = levels.front().options.threads;
    script.words = shard_words(command, script.threads);
    // A folder may be given with a slash behind it.
    script.output = utf8_of(command.output.has_filename() ? command.output : command.output.parent_path());
    script.makes_folder = levels.front().options.format == Format::zarr;
    if (script.makes_folder) script.results = {script.output};
    if (!script.makes_folder) {
        for (const Level& level : levels) script.results.push_back(utf8_of(level.file));
    }
    return script;
}
