#include "stack/assembly.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "stack/short_list.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <utility>

namespace stack2nrrd {

namespace {

/// More missing slices than this are taken for a misunderstood number rather than for a gap.
constexpr std::int64_t most_missing = 1'000'000;

/// What the note on the steps of numbers says behind the name of what was given.
constexpr std::string_view steps_text = ": the numbers go in steps of ";

void report_duplicates(Stack& stack, const FileList& files, const Numbering& numbering) {
    if (numbering.duplicates.empty()) return;
    ShortList clusters("; also ");
    for (const Range& run : numbering.duplicates) {
        ShortList twins(" and ");
        for (Index i = run.first; i < run.end && clusters.names_next(); ++i) {
            twins.add(printable(files.path(numbering.slices[static_cast<std::size_t>(i)].name)));
        }
        std::string text = twins.text();
        if (clusters.count() == 0) text += ": have the same number, each number was expected once";
        clusters.add(text);
    }
    stack.problems.push_back({ErrorCode::inconsistent, true, clusters.text() + "; keep one file of each number"});
}

void check_file_count(std::size_t count) {
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
    if (count > most) {
        throw Error(ErrorCode::limit, "the stack has more than " + std::to_string(most) + " files; give fewer of them");
    }
}

void report_too_many_missing(Stack& stack, const FileList& files, const Numbering& numbering) {
    const auto widest = std::max_element(numbering.gaps.begin(), numbering.gaps.end(),
                                         [](const Gap& a, const Gap& b) { return a.count < b.count; });
    const auto shown = [&](std::size_t slice) { return printable(files.path(numbering.slices[slice].name)); };
    stack.problems.push_back({ErrorCode::inconsistent, true,
                              shown(widest->before) + ": " + std::to_string(widest->count) +
                                  " numbers are missing between it and " + shown(widest->before - 1) + ", at most " +
                                  std::to_string(most_missing) +
                                  " missing slices were expected in a stack; leave out what does not belong"});
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

void StackBuilder::add_missing() { stack_.slices.emplace_back(); }

void add_in_order(Stack& stack, FileList files) {
    check_file_count(files.size());
    stack.slices.resize(files.size());
    std::int32_t file = 0;
    for (SliceRef& slice : stack.slices) slice = {file++, unread_place};
    stack.files = std::move(files);
}

void add_numbered(Stack& stack, const FileList& files, const Numbering& numbering, const std::string& where) {
    const bool too_many = numbering.missing > most_missing;
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
        order[i] = static_cast<std::uint32_t>(numbering.slices[i].name);
        stack.slices.push_back({static_cast<std::int32_t>(i), unread_place});
    }
    stack.files = files.picked(order);

    report_duplicates(stack, files, numbering);
    if (too_many) report_too_many_missing(stack, files, numbering);
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
