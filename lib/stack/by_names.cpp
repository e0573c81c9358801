#include "stack/by_names.hpp"

#include "core/text.hpp"
#include "stack/assembly.hpp"
#include "stack/choice.hpp"
#include "stack/folder.hpp"
#include "stack/natural_order.hpp"
#include "stack/short_list.hpp"
#include "stack/unlike_names.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

void warn(Stack& stack, const std::string& text) { stack.problems.push_back({ErrorCode::inconsistent, false, text}); }

void warn_uncounted(Stack& stack, const std::string& where) {
    if (stack.slices.size() < 2) return;
    warn(stack, where +
                    ": the names form no numbered series, they are taken in their own order and gaps cannot be seen; "
                    "check that no slice is missing");
}

/// The folder that a pattern of `names` needs in front.
std::string_view folder_of(const FileList& files, const Names& names, std::size_t file) {
    return names[file].size() > files.name(file).size() ? std::string_view() : files.folder(file);
}

[[noreturn]] void throw_several(const std::string& where, const FileList& files, const Names& names,
                                const std::vector<Series>& found) {
    ShortList patterns;
    for (const Series& series : found) {
        std::string pattern;
        if (patterns.names_next()) {
            pattern = shown_pattern(files, names, series) + " (" + std::to_string(series.members.size()) + " files)";
        }
        patterns.add(pattern);
    }
    throw Error(ErrorCode::inconsistent,
                where + ": holds " + std::to_string(found.size()) +
                    " numbered series, one was expected; give one of them as a pattern: " + patterns.text() +
                    "; or, if all are slices of one stack, give " + give_in_order);
}

[[noreturn]] void throw_unordered(const std::string& where, const FileList& files, const Names& names) {
    const std::optional<std::string> pattern = pattern_for_unlike(names);
    const bool in_one_folder = files.folder(0) == files.folder(files.size() - 1);
    std::string advice = std::string("give ") + give_in_order;
    if (pattern && in_one_folder) {
        advice = "give '" + printable(folder_of(files, names, 0)) + printable(*pattern) +
                 "' if that number orders the slices, else " + give_in_order;
    }
    throw Error(ErrorCode::inconsistent, where + ": the names form no numbered series (" + printable(names.front()) +
                                             ", " + printable(names.back()) +
                                             "), a number in each of them was expected that orders the slices; " +
                                             advice);
}

/// Each file was given, so none may be left out.
[[noreturn]] void throw_not_all(const std::string& where, const FileList& files, const Names& names,
                                const Series& series) {
    ShortList others;
    auto member = series.members.begin();  // ascending, as the names
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (member != series.members.end() && *member == i) {
            ++member;
        } else {
            others.add(printable(files.path(i)));
        }
    }
    throw Error(ErrorCode::inconsistent,
                where + ": " + std::to_string(series.members.size()) + " of the files form a series, " +
                    shown_pattern(files, names, series) + ", and " + std::to_string(others.count()) +
                    (others.count() == 1 ? " does" : " do") + " not: " + others.text() +
                    ", one series was expected; leave out the other files, or give " + give_in_order);
}

/// Adds all files in the order of a number that counts them, though the names have little else in common.
/// `any_words`: numbers between words that differ, too, not just hexadecimal ones.
bool add_counted(Stack& stack, const FileList& files, const Names& names, const std::string& where, bool any_words) {
    std::optional<CommonCounter> counter = find_hexadecimal_counter(names);
    if (!counter && any_words) counter = find_common_counter(names);
    if (!counter) return false;
    if (!counter->by_one) {
        throw Error(ErrorCode::inconsistent, where + ": the numbers in the names look hexadecimal (" +
                                                 printable(names.front()) + ", " + printable(names.back()) +
                                                 ") and do not count by one, decimal numbers, or hexadecimal ones " +
                                                 "without a gap, were expected; give " + give_in_order);
    }
    const Numbering numbering = find_numbering(names, std::move(counter->numbers));
    add_numbered(stack, files, numbering, where);
    const auto shown = [&](std::size_t slice) { return printable(names[numbering.slices[slice].name]); };
    warn(stack, where +
                    (counter->hexadecimal ? ": the slices are in the order of the hexadecimal numbers in their "
                                            "names, which count by one ("
                                          : ": the slices are in the order of the one number in their names that "
                                            "counts by one, the other words are taken for random (") +
                    shown(0) + ", " + shown(1) + ", ..); give " + give_in_order + " if another is meant");
    return true;
}

}  // namespace

std::string shown_pattern(const FileList& files, const Names& names, const Series& series) {
    const Reading& reading = series.number ? *series.number : series.likely;
    const std::optional<std::string> own =
        pattern_for(names, series.members, reading, series.verdict == Verdict::several);
    return "'" + printable(folder_of(files, names, series.members.front())) +
           printable(own ? *own : glob_for(names, series)) + "'";
}

std::optional<Series> add_by_names(Stack& stack, const FileList& files, const Names& names, const std::string& where,
                                   Others others) {
    std::vector<Series> found = find_series(names);
    const auto is_single = [](const Series& series) { return !series.is_numbered(); };
    if (found.size() == 1 && !is_single(found.front())) {
        add_series(stack, files, names, found.front(), where);
        return {};
    }
    // As many texts as there would be if words were random.
    constexpr std::size_t most_of_a_text = 4;
    const bool may_be_random = found.size() * most_of_a_text > names.size();
    if (add_counted(stack, files, names, where, may_be_random)) return {};
    std::size_t alone = 0;  // files with digits
    std::size_t together = 0;
    for (const Series& series : found) {
        if (!is_single(series)) {
            together += series.members.size();
        } else if (has_digit(names[series.members.front()])) {
            alone += series.members.size();
        }
    }
    found.erase(std::remove_if(found.begin(), found.end(), is_single), found.end());
    constexpr std::size_t few = 3;
    const bool is_guess = alone + together > few;
    if (is_guess && (found.empty() ? differ_in_digits(names) : alone > together)) throw_unordered(where, files, names);
    if (found.size() > 1) throw_several(where, files, names, found);
    if (is_guess && !found.empty() && others == Others::refused) throw_not_all(where, files, names, found.front());
    if (found.empty() || others == Others::refused) {
        add_in_order(stack, files);
        warn_uncounted(stack, where);
        return {};
    }
    add_series(stack, files, names, found.front(), where);
    return std::move(found.front());
}

}  // namespace stack2nrrd
