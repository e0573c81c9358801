#include "stack/assembly.hpp"

#include "core/file.hpp"
#include "core/normal_form.hpp"
#include "core/text.hpp"
#include "stack/folder.hpp"
#include "stack/short_list.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

namespace stack2nrrd {

namespace {

/// What the note on the steps of numbers says behind the name of what was given.
constexpr std::string_view steps_text = ": the numbers go in steps of ";

/// To as many digits as a sentence needs.
double rounded(double step) { return std::round(step * 1000) / 1000; }

void report_duplicates(Stack& stack, const FileList& files, const Numbering& numbering) {
    if (numbering.duplicates.empty()) return;
    const std::string what = numbering.kind == NumberKind::clock ? "time" : "number";
    ShortList clusters("; also ");
    bool in_folders = false;
    bool look_alike = false;
    for (const Range& run : numbering.duplicates) {
        ShortList twins(" and ");
        for (Index i = run.first; i < run.end && clusters.names_next(); ++i) {
            const std::size_t file = numbering.slices[static_cast<std::size_t>(i)].name;
            twins.add(printable(files.path(file)));
            if (i == run.first) continue;
            const std::size_t before = numbering.slices[static_cast<std::size_t>(i - 1)].name;
            in_folders = in_folders || files.folder(file) != files.folder(before);
            look_alike = look_alike || composed(files.name(file)) == composed(files.name(before));
        }
        std::string text = twins.text();
        if (clusters.count() == 0) text += ": have the same " + what + ", each " + what + " was expected once";
        clusters.add(text);
    }
    std::string advice = "; keep one file of each number";
    if (in_folders) {
        advice =
            "; give the files of one folder, or, to take folder after folder, all in their order with --order given";
    } else if (look_alike) {
        advice =
            " (the names look alike, their letters with marks are stored in two Unicode forms, NFC and NFD)" + advice;
    } else if (numbering.kind == NumberKind::clock) {
        advice = "; give the files in their order with --order given";
    }
    stack.problems.push_back({ErrorCode::inconsistent, true, clusters.text() + advice});
}

void check_file_count(std::size_t count) {
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
    if (count > most) {
        throw Error(ErrorCode::limit, "the stack has more than " + std::to_string(most) + " files; give fewer of them");
    }
}

constexpr const char* by_hand = "give the files in their order with --order given";

/// Between which files the most numbers are missing.
std::string widest_gap(const FileList& files, const Numbering& numbering) {
    const auto widest = std::max_element(numbering.gaps.begin(), numbering.gaps.end(),
                                         [](const Gap& a, const Gap& b) { return a.count < b.count; });
    const auto shown = [&](std::size_t slice) { return printable(files.path(numbering.slices[slice].name)); };
    return shown(widest->before) + ": " + std::to_string(widest->count) +
           (widest->count == 1 ? " number is" : " numbers are") + " missing between it and " +
           shown(widest->before - 1);
}

void report_too_many_missing(Stack& stack, const FileList& files, const Numbering& numbering) {
    std::string text = widest_gap(files, numbering);
    if (numbering.gaps.size() > 1) text += " and " + std::to_string(numbering.missing) + " in all";
    stack.problems.push_back({ErrorCode::inconsistent, true,
                              text + ", at most as many missing slices were expected as there are files (" +
                                  std::to_string(numbering.slices.size()) +
                                  "); leave out files that do not belong, or, if the numbers do not count slices, " +
                                  by_hand});
}

void report_new_beginning(Stack& stack, const FileList& files, const Numbering& numbering) {
    stack.problems.push_back({ErrorCode::inconsistent, true,
                              widest_gap(files, numbering) + ", and the numbers go up to " + numbering.highest +
                                  ", so they may have begun anew, one numbering without gaps was expected; " +
                                  by_hand});
}

/// What is odd about numbers that are in order, and no error.
void note_numbers(Stack& stack, const Numbering& numbering, const std::string& where) {
    const auto note = [&](const std::string& text) {
        stack.problems.push_back({ErrorCode::inconsistent, false, where + text});
    };
    if (numbering.kind == NumberKind::scientific) {
        note(
            ": the slices are in the order of the numbers with exponents in their names, gaps cannot be seen; check "
            "that "
            "no slice is missing");
    } else if (!numbering.countable) {
        note(
            ": the numbers in the names have more than 18 digits, gaps cannot be seen; check that no slice is missing");
    } else if (numbering.kind == NumberKind::clock) {
        if (!numbering.regular && numbering.duplicates.empty()) {
            note(
                ": the slices are in the order of the times in their names, gaps cannot be seen; check that no slice "
                "is "
                "missing");
        } else if (numbering.time_of_day && numbering.duplicates.empty()) {
            note(
                ": the numbers in the names are taken for times of day, which go on from 59 to 100; if they count "
                "slices, check that none is missing");
        }
    } else if (!numbering.regular) {
        note(": the numbers in the names go in steps of " + numbering.least + " to " + numbering.most +
             ", equal steps were expected, gaps cannot be seen; check that no slice is missing and that the slices lie "
             "equally far apart");
    } else if (numbering.kind == NumberKind::whole && numbering.step > 1) {
        note(
            std::string(steps_text) + (numbering.exact ? "" : "about ") + number_text(rounded(numbering.step)) + " (" +
            numbering.sequence +
            "), steps of 1 were expected; check that no slice is missing, and that the z spacing is that of the slices "
            "that are there");
    }
    const auto is_negative = [](const NumberedName& number) { return number.value < 0; };
    if (numbering.countable && numbering.kind == NumberKind::whole && numbering.slices.size() > 1 &&
        std::all_of(numbering.slices.begin(), numbering.slices.end(), is_negative)) {
        note(
            ": the numbers in the names are taken for negative ones, so the one that is farthest from 0 comes first; "
            "pass --reverse if the - is a dash");
    }
}

}  // namespace

void StackBuilder::add(std::string_view path, Index place) {
    const auto hash = [](std::string_view folder, std::string_view name) {
        return std::hash<std::string_view>()(folder) * 31 + std::hash<std::string_view>()(name);
    };
    const std::string_view name = base_name(path);
    const std::string_view folder = path.substr(0, path.size() - name.size());
    std::uint32_t file = files_.find(hash(folder, name), [&](std::uint32_t other) {
        return stack_.files.name(other) == name && stack_.files.folder(other) == folder;
    });
    if (file == HashedNumbers::none) {
        file = static_cast<std::uint32_t>(stack_.files.size());
        check_file_count(file + std::size_t{1});
        stack_.files.add(path);
        files_.add(file,
                   [&](std::uint32_t other) { return hash(stack_.files.folder(other), stack_.files.name(other)); });
    }
    stack_.slices.push_back({static_cast<std::int32_t>(file), place});
}

void each_file_once(Stack& stack, FileList files) {
    check_file_count(files.size());
    const auto hash = [&](std::uint32_t file) {
        return std::hash<std::string_view>()(files.folder(file)) * 31 + std::hash<std::string_view>()(files.name(file));
    };
    HashedNumbers known;
    std::vector<std::uint32_t> once;     // of files that come again: the first of each
    std::vector<std::uint32_t> numbers;  // where each is among these
    bool again = false;
    for (std::uint32_t file = 0; file < files.size(); ++file) {
        const std::uint32_t same = known.find(hash(file), [&](std::uint32_t other) {
            return files.name(other) == files.name(file) && files.folder(other) == files.folder(file);
        });
        if (same == HashedNumbers::none) known.add(file, hash);
        if (same != HashedNumbers::none && !again) {
            again = true;
            once.resize(file);
            std::iota(once.begin(), once.end(), 0U);
            numbers = once;
        }
        if (!again) continue;
        numbers.push_back(same == HashedNumbers::none ? static_cast<std::uint32_t>(once.size()) : numbers[same]);
        if (same == HashedNumbers::none) once.push_back(file);
    }
    if (again) {
        for (SliceRef& slice : stack.slices) {
            if (!slice.missing()) {
                slice.file = static_cast<std::int32_t>(numbers[static_cast<std::size_t>(slice.file)]);
            }
        }
        files = files.picked(once);
    }
    stack.files = std::move(files);
}

void add_in_order(Stack& stack, FileList files) {
    check_file_count(files.size());
    stack.slices.resize(files.size());
    std::int32_t file = 0;
    for (SliceRef& slice : stack.slices) slice = {file++, unread_place};
    stack.files = std::move(files);
}

void add_numbered(Stack& stack, const FileList& files, const Numbering& numbering, const std::string& where) {
    const bool too_many = numbering.wrapped || numbering.missing > static_cast<std::int64_t>(numbering.slices.size());
    check_file_count(numbering.slices.size());
    stack.slices.reserve(numbering.slices.size() + static_cast<std::size_t>(too_many ? 0 : numbering.missing));
    std::vector<std::uint32_t> order(numbering.slices.size());
    auto gap = numbering.gaps.begin();
    for (std::size_t i = 0; i < numbering.slices.size(); ++i) {
        if (gap != numbering.gaps.end() && gap->before == i) {
            if (!too_many) {
                stack.slices.resize(stack.slices.size() + static_cast<std::size_t>(gap->count));
                stack.missing.push_back(gap->text);
            }
            ++gap;
        }
        order[i] = numbering.slices[i].name;
        stack.slices.push_back({static_cast<std::int32_t>(i), unread_place});
    }
    stack.files = files.picked(order);

    report_duplicates(stack, files, numbering);
    if (numbering.wrapped) {
        report_new_beginning(stack, files, numbering);
    } else if (too_many) {
        report_too_many_missing(stack, files, numbering);
    }
    if (numbering.past_midnight) {
        stack.problems.push_back({ErrorCode::inconsistent, true,
                                  where +
                                      ": the times in the names go around midnight and have no date, times of one day "
                                      "were expected; " +
                                      by_hand});
    }
    note_numbers(stack, numbering, where);
}

void confirm_steps(Stack& stack) {
    const auto is_it = [](const Problem& problem) { return problem.text.find(steps_text) != std::string::npos; };
    stack.problems.erase(std::remove_if(stack.problems.begin(), stack.problems.end(), is_it), stack.problems.end());
}

}  // namespace stack2nrrd
