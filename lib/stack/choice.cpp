#include "stack/choice.hpp"

#include "core/text.hpp"
#include "stack/assembly.hpp"
#include "stack/by_names.hpp"
#include "stack/folder.hpp"
#include "stack/natural_order.hpp"

#include <stack2nrrd/error.hpp>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

struct Shown {
    const FileList& files;
    const Names& names;
    const Series& series;

    /// The first names in the order of `reading`.
    [[nodiscard]] std::string first_names(const std::optional<Reading>& reading) const {
        constexpr std::size_t most = 3;
        std::string text;
        const Members order = ordered(names, series.members, reading);
        for (std::size_t i = 0; i < order.size() && i < most; ++i) {
            text += (i == 0 ? "" : ", ") + printable(names[order[i]]);
        }
        return text + (order.size() > most ? ", .." : "");
    }

    [[nodiscard]] std::string in_folder(const std::string& pattern) const {
        const std::size_t first = series.members.front();
        const bool whole_paths = names[first].size() > files.name(first).size();
        return "'" + printable(whole_paths ? std::string_view() : files.folder(first)) + printable(pattern) + "'";
    }

    /// What to give for the order of `reading`, or of the names.
    [[nodiscard]] std::string choice(const std::optional<Reading>& reading) const {
        if (reading) {
            const std::optional<std::string> pattern = pattern_for(names, series.members, *reading, false);
            if (pattern) return in_folder(*pattern);
            if (ordered(names, series.members, reading) != ordered(names, series.members, std::nullopt)) {
                return "the files in that order with --order given";
            }
        }
        return in_folder(glob_for(names, series)) + " with --order given";
    }
};

[[noreturn]] void throw_disputed(const Shown& shown, const std::string& where) {
    const Series& series = shown.series;
    throw Error(ErrorCode::inconsistent,
                where + ": two numbers order the slices differently, " + shown.first_names(series.number) + " or " +
                    shown.first_names(series.rival) + ", one order was expected; give " + shown.choice(series.number) +
                    " for the first, " + shown.choice(series.rival) + " for the second");
}

[[noreturn]] void throw_several(const Shown& shown, const std::string& where) {
    const Names& names = shown.names;
    const Members& members = shown.series.members;
    const std::optional<std::string> pattern = pattern_for(names, members, shown.series.likely, true);
    throw Error(ErrorCode::inconsistent,
                where + ": several numbers vary in the names (" + printable(names[members.front()]) + ", " +
                    printable(names[members.back()]) + "), one that numbers the slices was expected; give " +
                    give_in_order +
                    (pattern ? ", or, if one series of several is meant, a pattern that picks it, such as " +
                                   shown.in_folder(*pattern)
                             : std::string()));
}

[[noreturn]] void throw_random(const Shown& shown, const std::string& where) {
    throw Error(
        ErrorCode::inconsistent,
        where + ": the names are random (" + shown.first_names(std::nullopt) +
            "), a number in each of them was expected that orders the slices; give the files in their order with "
            "--order given, for example as a list with --files-from");
}

/// Is `text`, in front of a number, or its last word, what programs call a channel?
bool ends_with_channel(std::string_view text) {
    const std::string lower = lower_case(text);
    std::size_t begin = lower.size();
    while (begin > 0 && lower[begin - 1] >= 'a' && lower[begin - 1] <= 'z') --begin;
    const std::string_view word = std::string_view(lower).substr(begin);
    return word == "ch" || word == "chan" || word == "channel";
}

/// The first run of digits that varies and numbers channels; nothing if there is none.
std::optional<std::size_t> find_channels(const Names& names, const Series& series) {
    const std::string_view first = names[series.members.front()];
    std::vector<DigitRun> runs;
    find_runs(stem_of(first), series.hash_length, runs);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!ends_with_channel(first.substr(0, runs[i].at))) continue;
        std::vector<DigitRun> others;
        for (const std::uint32_t member : series.members) {
            find_runs(stem_of(names[member]), series.hash_length, others);
            if (compare_numbers(others[i].digits(names[member]), runs[i].digits(first)) != 0) return i;
        }
    }
    return std::nullopt;
}

/// A number of the channels is none of the slices, however well it counts.
[[noreturn]] void throw_channels(const Shown& shown, const std::string& where, std::size_t run) {
    const Names& names = shown.names;
    const Series& series = shown.series;
    const Reading& number = *series.number;
    const bool orders = run >= number.first && run < number.first + number.runs;
    const auto pattern = pattern_for(names, series.members, number, false);
    const auto of_one = orders ? std::nullopt : pattern_for(names, series.members, number, true);
    throw Error(ErrorCode::inconsistent,
                where + ": the names are those of several channels (" + printable(names[series.members.front()]) +
                    ", " + printable(names[series.members.back()]) + "), slices of one were expected; give " +
                    (of_one ? "one channel as a pattern, such as " + shown.in_folder(*of_one)
                            : std::string("the file of one channel")) +
                    ", or, if all are slices of one stack, " +
                    (pattern ? shown.in_folder(*pattern) : std::string(give_in_order)));
}

/// Says which number orders the slices where another would order them differently.
void note_choice(Stack& stack, const Shown& shown, const std::string& where) {
    const Series& series = shown.series;
    const auto warn = [&](const std::string& text) {
        stack.problems.push_back({ErrorCode::inconsistent, false, where + text});
    };
    const std::optional<std::string> pattern = pattern_for(shown.names, series.members, *series.number, false);
    if (series.narrowed) {
        warn(": several numbers vary in the names of this folder, the " + std::to_string(series.members.size()) +
             " files that differ from this one in one of them are taken" +
             (pattern ? " (" + shown.in_folder(*pattern) + ")" : std::string()) +
             "; give a pattern if others are meant");
        return;
    }
    std::string text =
        ": the slices are in the order of the number that counts best (" + shown.first_names(series.number) +
        "), another one in their names would order them differently (" + shown.first_names(series.rival) + ")";
    const Numbering other = find_numbering(shown.names, numbers_in(shown.names, series.members, *series.rival));
    if (other.duplicates.empty()) text += "; give " + shown.choice(series.rival) + " if that is meant";
    warn(text);
}

}  // namespace

void add_series(Stack& stack, const FileList& files, const Names& names, const Series& series,
                const std::string& where) {
    const Shown shown{files, names, series};
    switch (series.verdict) {
        case Verdict::disputed: throw_disputed(shown, where);
        case Verdict::several: throw_several(shown, where);
        case Verdict::random: throw_random(shown, where);
        case Verdict::stated: note_choice(stack, shown, where); break;
        case Verdict::none:
        case Verdict::clear: break;
    }
    if (const auto channels = find_channels(names, series); channels && series.number) {
        throw_channels(shown, where, *channels);
    }
    if (!series.number) {
        // Nothing varies but how the suffix is spelled.
        add_in_order(stack, files.picked(series.members));
        return;
    }
    add_numbered(stack, files, find_numbering(names, numbers_in(names, series.members, *series.number)), where);
}

}  // namespace stack2nrrd
