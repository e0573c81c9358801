#include "stack/sidecars.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "sidecar/units.hpp"
#include "stack/folder.hpp"
#include "stack/natural_order.hpp"
#include "stack/series.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace stack2nrrd {

namespace {

/// Bounds for folders full of texts that are no sidecars. Real ones have some 10 KiB.
constexpr std::size_t most_candidates = 48;
constexpr std::int64_t most_bytes = 1 << 20;

bool is_wanted(std::string_view name) { return !is_hidden(name) && may_be_sidecar(name); }

/// The place of the first format that has files of that suffix.
std::ptrdiff_t rank(std::string_view path) {
    const auto formats = sidecar_formats();
    return std::find_if(formats.begin(), formats.end(),
                        [&](const SidecarFormat* format) { return has_suffix(path, format->suffix); }) -
           formats.begin();
}

/// Files that may be sidecars, the most promising ones first.
std::vector<std::string> candidates(Stack& stack) {
    std::vector<std::string> paths;
    if (stack.files.empty()) return paths;
    const std::string_view folder = stack.files.folder(0);
    for (std::size_t i = 1; i < stack.files.size(); ++i) {
        if (stack.files.folder(i) != folder) return paths;
    }
    try {
        const FileList listed = list_files(path_from_utf8(folder), is_wanted);
        for (std::size_t i = 0; i < listed.size(); ++i) paths.push_back(listed.path(i));
    } catch (const Error& error) {
        throw_unless_answered(error, std::string(folder));
        return paths;  // slices may be read from a folder that may not be listed
    }
    std::stable_sort(paths.begin(), paths.end(),
                     [](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    if (paths.size() > most_candidates) {
        stack.problems.push_back({ErrorCode::limit, false,
                                  std::to_string(paths.size()) +
                                      " files beside the slices have names as scanners give them to their logs, at "
                                      "most " +
                                      std::to_string(most_candidates) +
                                      " were expected; the others are not looked at"});
        paths.resize(most_candidates);
    }
    return paths;
}

std::optional<bool> is_type_of(std::string_view name, std::string_view type) {
    std::string suffix = lower_case(image_suffix(name));
    if (type.empty() || suffix.empty()) return std::nullopt;
    suffix.erase(0, 1);
    return type.substr(0, 3) == suffix.substr(0, 3) || (type.starts_with("jp") && suffix.starts_with("jp"));
}

void compare(FoundSidecar& found, const Stack& stack) {
    const Sidecar& told = found.content;
    const std::string_view first = stack.files.name(0);
    if (!told.prefix.empty()) {
        found.same_names = true;
        for (std::size_t i = 0; i < stack.files.size() && *found.same_names; ++i) {
            found.same_names = has_name_of(stack.files.name(i), told);
        }
    }
    if (told.width || told.height) {
        found.same_size = told.width.value_or(stack.image.width) == stack.image.width &&
                          told.height.value_or(stack.image.height) == stack.image.height;
    }
    if (told.count) found.same_count = *told.count == static_cast<Index>(stack.slices.size());
    found.same_type = is_type_of(first, told.file_type);
}

/// How well a sidecar fits: what counts most first. What is unknown counts between a match and a mismatch, but for the
/// size: a sidecar of the right name that gives another size comes before one that gives none.
std::array<int, 5> fit(const FoundSidecar& found) {
    const auto points = [](std::optional<bool> same) { return same ? (*same ? 2 : 0) : 1; };
    const int size = found.same_size ? (*found.same_size ? 2 : 1) : 0;
    return {points(found.same_names), size, found.knows_spacing() ? 1 : 0, points(found.same_count),
            points(found.same_type)};
}

}  // namespace

bool FoundSidecar::knows_spacing() const noexcept {
    return content.spacing_mm[0] && content.spacing_mm[1] && content.spacing_mm[2];
}

bool fit_equally(const FoundSidecar& a, const FoundSidecar& b) noexcept { return fit(a) == fit(b); }

std::vector<FoundSidecar> sidecars_of(Stack& stack) {
    std::vector<FoundSidecar> all;
    for (const std::string& path : candidates(stack)) {
        try {
            std::optional<Sidecar> content = parse_sidecar(path, read_text(path, most_bytes));
            if (!content) continue;
            stack.other_inputs.push_back(path);
            FoundSidecar found;
            found.name = printable(base_name(path));
            found.content = std::move(*content);
            compare(found, stack);
            all.push_back(std::move(found));
        } catch (const Error& error) {
            throw_unless_answered(error, path);
            stack.problems.push_back({error.code(), false, error.what()});
        }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const FoundSidecar& a, const FoundSidecar& b) { return fit(a) > fit(b); });
    return all;
}

std::optional<Sidecar> read_sidecar(const std::string& path) {
    if (!may_be_sidecar(path)) return std::nullopt;
    try {
        return parse_sidecar(path, read_text(path, most_bytes));
    } catch (const Error& error) {
        throw_unless_answered(error, path);
        return std::nullopt;
    }
}

bool has_name_of(std::string_view name, const Sidecar& sidecar) {
    const std::string text = to_utf8(name);
    std::string_view stem(text);
    stem.remove_suffix(image_suffix(stem).size());
    const std::size_t length = sidecar.prefix.size();
    if (stem.size() <= length || !same_ignoring_case(stem.substr(0, length), sidecar.prefix)) return false;
    const std::string_view number = stem.substr(length);
    if (digits_at(number, 0).size() != number.size()) return false;
    return sidecar.index_length == 0 || number.size() == static_cast<std::size_t>(sidecar.index_length);
}

std::optional<SliceNumbers> numbers_of(const Stack& stack) {
    if (stack.files.size() < 2) return std::nullopt;
    const Names names(stack.files);
    const std::vector<Series> series = find_series(names);
    if (series.size() != 1 || !series.front().number) return std::nullopt;

    if (series.front().number->kind != NumberKind::whole) return std::nullopt;
    const Numbers found = numbers_in(names, series.front().members, *series.front().number);
    std::vector<std::int64_t> numbers(names.size());
    for (const NumberedName& number : found.of) {
        constexpr std::int64_t largest = 1'000'000'000'000;
        if (!found.countable || number.value > largest) return std::nullopt;
        numbers[number.name] = number.value;
    }
    const auto [lowest, highest] = std::minmax_element(numbers.begin(), numbers.end());
    SliceNumbers result{*lowest, *highest, 0};
    // The first and the last slice exist; the others have to lie evenly between them.
    const auto number_at = [&](std::size_t z) { return numbers[static_cast<std::size_t>(stack.slices[z].file)]; };
    const std::size_t last = stack.slices.size() - 1;
    if (stack.slices.front().missing() || stack.slices.back().missing()) return result;
    const std::int64_t distance = number_at(last) - number_at(0);
    if (distance % static_cast<std::int64_t>(last) != 0) return result;
    const std::int64_t step = distance / static_cast<std::int64_t>(last);
    for (std::size_t z = 0; z <= last; ++z) {
        const std::int64_t expected = number_at(0) + static_cast<std::int64_t>(z) * step;
        if (!stack.slices[z].missing() && number_at(z) != expected) return result;
    }
    result.step = step < 0 ? -step : step;
    return result;
}

}  // namespace stack2nrrd
