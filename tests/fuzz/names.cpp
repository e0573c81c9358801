// Names of files, one a line: their natural order, the series that they form, the numbers in them.

#include "stack/by_names.hpp"
#include "stack/natural_order.hpp"
#include "stack/pattern.hpp"
#include "stack/series.hpp"
#include "stack/unlike_names.hpp"

#include "harness.hpp"

#include <algorithm>
#include <numeric>
#include <string>

namespace stack2nrrd::fuzz {

namespace {

int sign(int value) { return (value > 0) - (value < 0); }

void check_order(const std::vector<std::string_view>& names, Choices& choose) {
    for (int i = 0; i < 64 && !names.empty(); ++i) {
        const auto pick = [&] { return names[choose.below(names.size())]; };
        const std::string_view a = pick();
        const std::string_view b = pick();
        const std::string_view c = pick();
        const int ab = compare_natural(a, b);
        holds(sign(ab) == -sign(compare_natural(b, a)), "two names come before each other");
        holds((ab == 0) == (a == b), "two names are the same, and are not");
        if (ab <= 0 && compare_natural(b, c) <= 0) holds(compare_natural(a, c) <= 0, "an order of names has a circle");
    }
}

/// Those that a folder may hold, each once, in natural order.
std::vector<std::string_view> names_of(std::string_view text) {
    constexpr std::size_t most_names = 300;
    constexpr std::size_t longest_name = 255;
    std::vector<std::string_view> names;
    for (const std::string_view line : lines_of(text)) {
        const bool is_name = !line.empty() && line.size() <= longest_name && line != "." && line != ".." &&
                             line.find('/') == std::string_view::npos && line.find('\0') == std::string_view::npos;
        if (is_name && names.size() < most_names) names.push_back(line);
    }
    std::sort(names.begin(), names.end(), NaturalLess());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

bool is_ascii(std::string_view name) {
    return std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Does a pattern pick a name, as find_stack() tries it?
bool picks(const std::string& pattern, std::string_view name) {
    if (const auto number = parse_number_pattern(pattern)) {
        if (!matched_digits(*number, name).empty() || !matched_in_glob(*number, name).empty()) return true;
    }
    return glob_matches(pattern, name);
}

void check_pattern(const Names& names, const Members& members, const std::string& pattern) {
    for (const std::uint32_t member : members) {
        if (is_ascii(names[member])) {  // letters may be the same in two forms of Unicode
            holds(picks(pattern, names[member]),
                  "the pattern " + pattern + " does not pick " + std::string(names[member]));
        }
    }
}

void check_numbering(const Names& names, const Numbers& numbers, std::size_t members) {
    holds(numbers.of.size() == members, "a member has no number");
    for (const NumberedName& number : numbers.of) {
        holds(std::size_t{number.at} + number.size <= names[number.name].size(), "a number is outside of its name");
    }
    const Numbering numbering = find_numbering(names, numbers);
    holds(numbering.slices.size() == members, "a slice gets lost among the numbers");
    holds(numbering.missing >= 0, "less than no slices are missing");
    std::int64_t missing = 0;
    for (const Gap& gap : numbering.gaps) {
        holds(gap.count > 0 && gap.before < numbering.slices.size(), "a gap is none");
        missing += gap.count;
    }
    holds(missing == numbering.missing, "gaps are not as many as slices that are missing");
    for (const Range& run : numbering.duplicates) {
        holds(run.size() > 1 && run.first >= 0 && run.end <= static_cast<Index>(members), "a duplicate is none");
    }
}

void check_series(const Names& names, const Series& series) {
    holds(std::is_sorted(series.members.begin(), series.members.end()), "members are not in order");
    holds(!series.members.empty() && series.members.back() < names.size(), "a member is no name");
    check_pattern(names, series.members, glob_for(names, series));
    for (const auto& reading : {series.number, series.rival}) {
        if (!reading) continue;
        check_numbering(names, numbers_in(names, series.members, *reading), series.members.size());
        if (const auto pattern = pattern_for(names, series.members, *reading, false)) {
            check_pattern(names, series.members, *pattern);
        }
        Members order = ordered(names, series.members, reading);
        std::sort(order.begin(), order.end());
        holds(order == series.members, "members get lost in their order");
    }
}

void check_all_series(const Names& names, Choices& choose) {
    std::vector<int> times(names.size());
    for (const Series& series : find_series(names)) {
        check_series(names, series);
        for (const std::uint32_t member : series.members) ++times[member];
    }
    holds(std::all_of(times.begin(), times.end(), [](int n) { return n == 1; }), "a name is not in one series");
    const std::size_t which = choose.below(names.size());
    const Series own = find_series_of(names, which);
    holds(std::find(own.members.begin(), own.members.end(), which) != own.members.end(),
          "a name is not in its own series");
    check_series(names, own);
}

void check_counter(const Names& names, const std::optional<CommonCounter>& counter) {
    if (counter) check_numbering(names, counter->numbers, names.size());
}

/// All of them become slices, or some are left out, or there is a reason why not.
void check_stack(const std::vector<std::string_view>& texts) {
    FileList files;
    for (const std::string_view text : texts) files.add("scans/" + std::string(text));
    const Names names(files);
    std::vector<std::string> found;
    std::vector<std::string> sentences;
    for (int i = 0; i < 2; ++i) {
        Stack stack;
        const auto error = error_of({ErrorCode::inconsistent, ErrorCode::not_found}, [&] {
            static_cast<void>(add_by_names(stack, files, names, "scans", Others::left_out));
        });
        std::string order = error ? error->what() : "";
        for (const SliceRef& slice : stack.slices) {
            holds(slice.missing() || static_cast<std::size_t>(slice.file) < stack.files.size(),
                  "a slice is in no file");
            order += slice.missing() ? "\n-" : "\n" + stack.files.path(static_cast<std::size_t>(slice.file));
        }
        holds(error || !stack.slices.empty(), "no slices, and no reason");
        for (const Problem& problem : stack.problems) check_sentence(problem.text);
        found.push_back(order);
    }
    holds(found[0] == found[1], "names are put in order in two ways");
}

}  // namespace

void one_input(Bytes bytes) {
    Choices choose(bytes);
    check_order(lines_of(text_of(bytes)), choose);
    const std::vector<std::string_view> texts = names_of(text_of(bytes));
    if (texts.empty()) return;
    check_stack(texts);
    const Names names(texts.begin(), texts.end());
    check_all_series(names, choose);
    check_counter(names, find_common_counter(names));
    check_counter(names, find_hexadecimal_counter(names));
    if (const auto pattern = pattern_for_unlike(names)) {
        Members all(names.size());
        std::iota(all.begin(), all.end(), 0U);
        check_pattern(names, all, *pattern);
    }
    for (const std::string_view text : texts) {
        holds(stem_of(text).size() + image_suffix(text).size() == text.size(), "a stem is no stem");
        static_cast<void>(is_litter(text));
    }
}

}  // namespace stack2nrrd::fuzz
