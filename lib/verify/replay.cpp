#include "core/text.hpp"
#include "import/inputs.hpp"
#include "import/recalled_options.hpp"
#include "sink/slab_checksums.hpp"
#include "verify/comparing.hpp"
#include "verify/written.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>
#include <stack2nrrd/verify.hpp>
#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <string_view>

namespace stack2nrrd {

namespace {

std::string size_text(const std::array<Index, 3>& size) {
    return std::to_string(size[0]) + " x " + std::to_string(size[1]) + " x " + std::to_string(size[2]);
}

/// Both as they would be read.
std::string grid_difference(const NrrdVolume& there, const NrrdVolume& made) {
    if (there.size != made.size)
        return "has " + size_text(there.size) + " samples, and made again " + size_text(made.size);
    if (there.type != made.type) {
        return "has samples of type " + std::string(sample_type_name(there.type)) + ", and made again of type " +
               std::string(sample_type_name(made.type));
    }
    if (there.channels() != made.channels() || there.colour != made.colour) {
        return "is " + colour_text(there.colour, there.channels()) + ", and made again " +
               colour_text(made.colour, made.channels());
    }
    const bool same_place = there.geometry.direction == made.geometry.direction &&
                            there.geometry.origin == made.geometry.origin &&
                            there.geometry.spacing_known == made.geometry.spacing_known;
    return same_place ? "" : "has its samples at other places than made again: its directions, origin or units differ";
}

/// Keys of one of the two that are not in the other with the same value, but for those that are known at the end.
std::vector<std::string> differing_keys(KeyValues there, KeyValues made, const std::vector<std::string>& late) {
    std::set<std::string, std::less<>> left_out{"min",
                                                "max",
                                                "stack2nrrd_version",
                                                "stack2nrrd_inputs",
                                                std::string(samples_crc_key),
                                                std::string(header_crc_key)};
    left_out.insert(late.begin(), late.end());
    std::set<std::string> differing;
    for (const auto& [some, others] : {std::pair{there, made}, std::pair{made, there}}) {
        for (const auto& pair : some) {
            const bool is_there = std::any_of(others.begin(), others.end(), [&](const auto& o) { return o == pair; });
            if (!is_there && !left_out.contains(pair.first)) differing.insert(pair.first);
        }
    }
    return {differing.begin(), differing.end()};
}

/// Tells what was found in sentences.
class Told {
public:
    Told(Replay& replay, const std::string& shown) : replay_(replay), shown_(shown) {}

    void wrong(const std::string& text) {
        replay_.problems.push_back({ErrorCode::corrupt, true, shown_ + ": " + text});
    }
    void warn(const std::string& text) {
        replay_.problems.push_back({ErrorCode::inconsistent, false, shown_ + ": " + text});
    }

    void difference(const Differences& found, bool channels) {
        const Differences::First& first = *found.first;
        const std::string place =
            std::to_string(first.at[0]) + ", " + std::to_string(first.at[1]) + ", " + std::to_string(first.at[2]);
        wrong(std::to_string(found.count) + " of " + std::to_string(found.compared) +
              " samples are not those that are made again, the first of them at " + place +
              (channels ? " in channel " + std::to_string(first.channel) : "") + ": it is " + first.there +
              ", and made again " + first.made);
    }

    void header(const Stack& stack, KeyValues notes) {
        if (replay_.version != STACK2NRRD_VERSION) {
            warn("was made by stack2nrrd " + printable(replay_.version) +
                 ", and is made again by " STACK2NRRD_VERSION ", which may make other samples");
        }
        const std::string inputs = value_of(notes, "stack2nrrd_inputs");
        if (!inputs.empty() && stack.source == nullptr && inputs != inputs_text(stack.files)) {
            warn("its input " + printable(stack.name) + " has other files than it was made from");
        }
        if (replay_.keys.empty()) return;
        std::string keys;
        for (const std::string& key : replay_.keys) keys += (keys.empty() ? "" : ", ") + printable(key);
        warn("its header says otherwise than that of the volume that is made again, in " + keys);
    }

private:
    Replay& replay_;
    const std::string& shown_;
};

/// Of others than it was made from, nothing would be the same.
void check_number_of_files(const Written& written, const Stack& stack) {
    const std::string inputs = value_of(written.volume.key_values, "stack2nrrd_inputs");
    if (inputs.empty() || stack.source != nullptr) return;
    const std::string then = number_in_inputs(inputs);
    const std::string now = number_in_inputs(inputs_text(stack.files));
    if (then == now) return;
    throw Error(ErrorCode::changed, written.shown + ": was made from " + printable(then) + ", and its input " +
                                        printable(stack.name) + " has " + now + "; give those behind --replay FILE");
}

}  // namespace

Replay replay(const std::filesystem::path& volume, const Stack& stack, const Options& options,
              const KeepGoing& keep_going) {
    const Written written = read_written(volume);
    const KeyValues notes = written.volume.key_values;
    check_number_of_files(written, stack);
    const ImportPlan plan = plan_import(stack, options);
    const VolumeInfo& info = plan.volume();
    const std::string header = nrrd_header_text(info);

    Replay replay;
    replay.file = volume;
    replay.version = value_of(notes, "stack2nrrd_version");
    replay.size = info.size;
    replay.grid_difference =
        grid_difference(at_its_word(written.header, written.shown), at_its_word(header, written.shown));
    replay.keys = differing_keys(notes, read_nrrd_header(header, written.shown).key_values, info.late_notes);
    Told told(replay, written.shown);
    if (!replay.grid_difference.empty()) {
        told.wrong(replay.grid_difference);
    } else {
        Differences found;
        const auto sink = comparing_sink(std::make_shared<const NrrdVolume>(written.volume), found);
        (void)run_import(plan, *sink, keep_going);
        replay.samples = found.compared;
        replay.different = found.count;
        if (found.first) {
            replay.first = found.first->at;
            replay.first_channel = found.first->channel;
            replay.first_there = found.first->there;
            replay.first_made = found.first->made;
            told.difference(found, info.channels > 1);
        }
    }
    told.header(stack, notes);
    return replay;
}

}  // namespace stack2nrrd
