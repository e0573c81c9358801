#include "stack/assembly.hpp"

#include "core/text.hpp"
#include "stack/short_list.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace stack2nrrd {

namespace {

/// More missing slices than this are taken for a misunderstood number rather than for a gap.
constexpr std::int64_t most_missing = 1'000'000;

/// What the note on the steps of numbers says behind the name of what was given.
constexpr std::string_view steps_text = ": the numbers go in steps of ";

void report_duplicates(Stack& stack, const Names& paths, const Numbering& numbering) {
    if (numbering.duplicates.empty()) return;
    ShortList clusters("; also ");
    for (const Range& run : numbering.duplicates) {
        ShortList files(" and ");
        for (Index i = run.first; i < run.end && clusters.names_next(); ++i) {
            files.add(printable(paths[numbering.slices[static_cast<std::size_t>(i)].name]));
        }
        std::string text = files.text();
        if (clusters.count() == 0) text += ": have the same number, each number was expected once";
        clusters.add(text);
    }
    stack.problems.push_back({ErrorCode::inconsistent, true, clusters.text() + "; keep one file of each number"});
}

void report_too_many_missing(Stack& stack, const Names& paths, const Numbering& numbering) {
    const auto widest = std::max_element(numbering.gaps.begin(), numbering.gaps.end(),
                                         [](const Gap& a, const Gap& b) { return a.count < b.count; });
    const auto shown = [&](std::size_t slice) { return printable(paths[numbering.slices[slice].name]); };
    stack.problems.push_back({ErrorCode::inconsistent, true,
                              shown(widest->before) + ": " + std::to_string(widest->count) +
                                  " numbers are missing between it and " + shown(widest->before - 1) + ", at most " +
                                  std::to_string(most_missing) +
                                  " missing slices were expected in a stack; leave out what does not belong"});
}

}  // namespace

void StackBuilder::add(std::string_view path) {
    constexpr auto most_files = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
    const auto [entry, is_new] =
        file_of_path_.try_emplace(std::string(path), static_cast<std::int32_t>(stack_.files.size()));
    if (is_new) {
        if (stack_.files.size() == most_files) {
            throw Error(ErrorCode::limit,
                        "the stack has more than " + std::to_string(most_files) + " files; give fewer of them");
        }
        stack_.files.push_back({std::string(path)});
    }
    stack_.slices.push_back({entry->second});
}

void StackBuilder::add_missing(std::int64_t count) {
    stack_.slices.insert(stack_.slices.end(), static_cast<std::size_t>(count), SliceRef{-1});
}

void add_in_order(Stack& stack, const Names& paths) {
    stack.slices.reserve(stack.slices.size() + paths.size());
    StackBuilder builder(stack);
    for (const std::string_view path : paths) builder.add(path);
}

void add_numbered(Stack& stack, const Names& paths, const Numbering& numbering, const std::string& where) {
    const bool too_many = numbering.missing > most_missing;
    StackBuilder builder(stack);
    auto gap = numbering.gaps.begin();
    for (std::size_t i = 0; i < numbering.slices.size(); ++i) {
        if (gap != numbering.gaps.end() && gap->before == i) {
            if (!too_many) {
                builder.add_missing(gap->count);
                stack.missing.push_back(gap->text);
            }
            ++gap;
        }
        builder.add(paths[numbering.slices[i].name]);
    }

    report_duplicates(stack, paths, numbering);
    if (too_many) report_too_many_missing(stack, paths, numbering);
    if (!numbering.countable) {
        stack.problems.push_back({ErrorCode::inconsistent, false,
                                  where + ": the numbers in the names have more than 18 digits, gaps cannot be seen; "
                                          "check that no slice is missing"});
    }
    if (numbering.step > 1) {
        stack.problems.push_back({ErrorCode::inconsistent, false,
                                  where + std::string(steps_text) + std::to_string(numbering.step) + " (" +
                                      numbering.sequence +
                                      "), steps of 1 were expected; check that no slice is missing, and that the z "
                                      "spacing is that of the slices that are there"});
    }
}

void confirm_steps(Stack& stack) {
    const auto is_it = [](const Problem& problem) { return problem.text.find(steps_text) != std::string::npos; };
    stack.problems.erase(std::remove_if(stack.problems.begin(), stack.problems.end(), is_it), stack.problems.end());
}

}  // namespace stack2nrrd
