#include "stack/spacing.hpp"

#include "core/text.hpp"
#include "sidecar/units.hpp"
#include "stack/assembly.hpp"
#include "stack/folder.hpp"
#include "stack/short_list.hpp"
#include "stack/sidecars.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace stack2nrrd {

namespace {

void note(Stack& stack, const std::string& text) { stack.problems.push_back({ErrorCode::inconsistent, false, text}); }

/// The same where the text advises to pass the spacing.
void advise(Stack& stack, const std::string& text) {
    stack.problems.push_back({ErrorCode::inconsistent, false, text, true});
}

bool is_whole(const SpacingMm& mm) { return mm[0] && mm[1] && mm[2]; }
bool is_empty(const SpacingMm& mm) { return !mm[0] && !mm[1] && !mm[2]; }

/// "0.02 mm", "0.02, 0.02, 0.04 mm" or, of what is unknown along z, "0.02, 0.02, ? mm".
std::string shown(const SpacingMm& mm) {
    if (is_whole(mm) && mm[0] == mm[1] && mm[0] == mm[2]) return number_text(*mm[0]) + " mm";
    std::string text;
    for (std::size_t a = 0; a < 3; ++a) text += (a == 0 ? "" : ", ") + (mm[a] ? number_text(*mm[a]) : "?");
    return text + " mm";
}

std::string size_text(const std::optional<Index>& width, const std::optional<Index>& height) {
    return (width ? std::to_string(*width) : "?") + " x " + (height ? std::to_string(*height) : "?");
}

/// Reports a spacing that is not known along all axes, with what to do about it.
void note_halves(Stack& stack, const std::string& source, const SpacingMm& mm) {
    std::string told;
    std::string untold;
    for (std::size_t a = 0; a < 3; ++a) {
        std::string& list = mm[a] ? told : untold;
        list += (list.empty() ? "" : " and ") + std::string(1, "xyz"[a]);
    }
    advise(stack, source + ": gives the spacing along " + told + " (" + shown(mm) + ") and not along " + untold +
                      ", so it is not used; pass " + as_option(mm));
}

void note_doubts(Stack& stack, const std::string& source, const std::vector<std::string>& doubts) {
    for (const std::string& doubt : doubts) note(stack, source + ": " + doubt);
}

// --------------------------------------------------------------------------------------------------- sidecars

using Sidecars = std::vector<FoundSidecar>;

/// Sidecars of other names are worth a word if there is no better one.
void note_foreign(Stack& stack, Sidecars::const_iterator first, Sidecars::const_iterator end) {
    ShortList list("; ");
    for (; first != end; ++first) {
        const Sidecar& told = first->content;
        std::string text = first->name + ": is of slices named " + stack2nrrd::quotation(told.prefix);
        if (told.index_length > 0) text += " and " + std::to_string(told.index_length) + " digits";
        if (list.count() == 0) {
            text += ", these are named as " + printable(stack.files.name(0)) + ", so it is not used";
        }
        if (!is_empty(told.spacing_mm)) {
            text += ", pass " + as_option(told.spacing_mm) + " if it is of these";
            if (first->same_size == false) {
                text += ", which are " + size_text(stack.image.width, stack.image.height) + " and not " +
                        size_text(told.width, told.height);
            }
        }
        list.add(text);
    }
    if (list.count() > 0) advise(stack, list.text());
}

/// Number and numbers of the slices, as the sidecar says and as they are.
void check_completeness(Stack& stack, const FoundSidecar& found, const std::optional<SliceNumbers>& numbers) {
    const Sidecar& told = found.content;
    const auto range = [](std::int64_t first, std::int64_t last) {
        return std::to_string(first) + " to " + std::to_string(last);
    };
    std::string expected;
    std::string is;
    bool same = found.same_count.value_or(true);
    if (told.first && told.last && *told.last >= *told.first && numbers) {
        const Index step = told.step.value_or(1);
        const Index last = *told.first + (*told.last - *told.first) / step * step;
        same = same && *told.first == numbers->lowest && last == numbers->highest;
        expected = " numbered " + range(*told.first, last);
        is = " numbered " + range(numbers->lowest, numbers->highest);
    }
    if (same) return;
    note(stack, found.name + ": reports " + (told.count ? std::to_string(*told.count) + " slices" : "slices") +
                    expected + ", there are " + std::to_string(stack.slices.size()) + is +
                    "; check that they are complete and of one scan");
}

/// Do the slices follow each other as the sidecar's spacing along z has it? If that is unknown, they do not.
bool has_step(const Stack& stack, const FoundSidecar& found, const std::optional<SliceNumbers>& numbers) {
    if (stack.files.size() == 1) return true;
    if (numbers && numbers->step == 0) return false;
    if (found.same_count.value_or(false)) return true;  // also if they were numbered anew
    return numbers && numbers->step == found.content.step.value_or(1);
}

void note_step(Stack& stack, const FoundSidecar& found, const std::optional<SliceNumbers>& numbers) {
    const SpacingMm& mm = found.content.spacing_mm;
    std::string text = found.name + ": gives a spacing of " + shown(mm);
    if (numbers && numbers->step != 0) {
        text += " in steps of " + std::to_string(found.content.step.value_or(1)) +
                ", the names of the slices go in steps of " + std::to_string(numbers->step);
    } else {
        text += " from slice to slice, the names do not show that these follow each other";
    }
    advise(stack, text + ", so it is not used; pass " + as_option({mm[0], mm[1], std::nullopt}));
}

void note_size(Stack& stack, const FoundSidecar& found) {
    const Sidecar& told = found.content;
    std::string text = found.name + ": reports slices of " + size_text(told.width, told.height) + ", these are " +
                       size_text(stack.image.width, stack.image.height);
    const bool has_spacing = !is_empty(told.spacing_mm);
    if (has_spacing) {
        text += ", so its spacing of " + shown(told.spacing_mm) +
                " is not used; if they were cropped and not scaled, "
                "pass " +
                as_option(told.spacing_mm);
    }
    stack.problems.push_back({ErrorCode::inconsistent, false, text, has_spacing});
}

void take_up(Stack& stack, const FoundSidecar& found) {
    stack.sidecars.push_back(found.name);
    const auto is_it = [&](const std::string& stray) { return printable(stray) == found.name; };
    stack.strays.erase(std::remove_if(stack.strays.begin(), stack.strays.end(), is_it), stack.strays.end());
}

struct Told {
    SpacingMm mm;
    std::string source;
};

/// What the best fitting one among `ours`, all of which may be of these slices, says.
Told told_by(Stack& stack, Sidecars::const_iterator best, Sidecars::const_iterator end) {
    const SpacingMm& mm = best->content.spacing_mm;
    if (!best->same_size.value_or(true)) {
        note_size(stack, *best);
        note_doubts(stack, best->name, best->content.doubts);
        return {};
    }
    const auto contradicts = [&](const FoundSidecar& other) {
        return other.same_size.value_or(true) && other.knows_spacing() &&
               disagreement(mm, best->name, other.content.spacing_mm, other.name);
    };
    const auto other = best->knows_spacing() ? std::find_if(best + 1, end, contradicts) : end;
    if (other != end && fit_equally(*best, *other)) {
        ShortList list(" and ");
        for (auto one = best; one != end && fit_equally(*best, *one); ++one) {
            list.add(one->name + " (" + shown(one->content.spacing_mm) + ")");
        }
        advise(stack, list.text() +
                          ": give different spacings and fit the slices equally well, so none is used; pass "
                          "the right one with --spacing");
        return {};
    }

    note_doubts(stack, best->name, best->content.doubts);
    if (!is_empty(mm) || best->same_size || best->same_names) take_up(stack, *best);
    const Sidecar& content = best->content;
    if (!is_empty(mm) && content.other_axes && content.count &&
        *content.count < static_cast<Index>(stack.slices.size())) {
        advise(stack, best->name + ": reports " + std::to_string(*content.count) + " slices along z, there are " +
                          std::to_string(stack.slices.size()) + ", so its spacing of " + shown(mm) +
                          " is not used; pass " + as_option({mm[0], mm[1], std::nullopt}));
        return {};
    }
    const std::optional<SliceNumbers> numbers = numbers_of(stack);
    check_completeness(stack, *best, numbers);
    if (!best->knows_spacing()) {
        if (!is_empty(mm)) note_halves(stack, best->name, mm);
        return {};
    }
    if (!has_step(stack, *best, numbers)) {
        note_step(stack, *best, numbers);
        return {};
    }
    if (numbers && numbers->step > 1 && numbers->step == best->content.step) confirm_steps(stack);
    for (auto one = best + 1; one != end && fit_equally(*best, *one); ++one) take_up(stack, *one);
    if (other != end) note(stack, *disagreement(mm, best->name, other->content.spacing_mm, other->name));
    return {mm, best->name};
}

Told told_beside(Stack& stack) {
    Sidecars all = sidecars_of(stack);
    const auto foreign = std::stable_partition(
        all.begin(), all.end(), [](const FoundSidecar& found) { return found.same_names.value_or(true); });
    Told told;
    if (foreign != all.begin()) told = told_by(stack, all.begin(), foreign);
    if (!is_whole(told.mm)) note_foreign(stack, foreign, all.end());
    return told;
}

void use(Stack& stack, const SpacingMm& mm, const std::string& source) {
    for (std::size_t a = 0; a < 3; ++a) {
        stack.geometry.direction[a] = {};
        stack.geometry.direction[a][a] = *mm[a];
    }
    stack.geometry.spacing_known = true;
    stack.geometry.spacing_source = source;
}

}  // namespace

SpacingMm spacing_of(const Geometry& geometry) noexcept {
    return {spacing(geometry, 0), spacing(geometry, 1), spacing(geometry, 2)};
}

std::string as_option(const SpacingMm& mm) {
    if (is_whole(mm) && mm[0] == mm[1] && mm[0] == mm[2]) return "--spacing " + number_text(*mm[0]);
    std::string text;
    for (std::size_t a = 0; a < 3; ++a) {
        text += (a == 0 ? "--spacing " : ",") + (mm[a] ? number_text(*mm[a]) : std::string(1, "XYZ"[a]));
    }
    return text;
}

std::optional<std::string> disagreement(const SpacingMm& used, std::string_view source, const SpacingMm& other,
                                        std::string_view other_source) {
    for (std::size_t a = 0; a < 3; ++a) {
        if (!used[a] || !other[a] || !differ(*used[a], *other[a])) continue;
        return "the spacing is " + shown(used) + " by " + std::string(source) + " and " + shown(other) + " by " +
               std::string(other_source) + "; the first is used";
    }
    return std::nullopt;
}

void find_spacing(Stack& stack, const FoundSpacing& of_slices) {
    if (stack.geometry.spacing_known || stack.files.empty() || stack.image.width == 0) return;
    const Told beside = told_beside(stack);

    const std::string first = printable(stack.files.name(0));
    const std::string source = first + " (" + of_slices.source + ")";
    // Almost every program writes a resolution, mostly a screen's: where it means nothing or nobody asks, that is no
    // news.
    if (!is_whole(beside.mm) && !of_slices.source.empty()) note_doubts(stack, first, of_slices.doubts);
    if (is_whole(beside.mm)) {
        use(stack, beside.mm, beside.source);
        const auto text = disagreement(beside.mm, beside.source, of_slices.mm, source);
        if (text) note(stack, *text);
    } else if (is_whole(of_slices.mm)) {
        use(stack, of_slices.mm, source);
    } else if (!is_empty(of_slices.mm)) {
        note_halves(stack, source, of_slices.mm);
    }
}

}  // namespace stack2nrrd
