#include "stack/series.hpp"

#include "core/text.hpp"
#include "stack/natural_order.hpp"
#include "stack/pattern.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace stack2nrrd {

namespace {

/// The format that the suffix of `name` promises: "tif" for ".tif" as for ".TIFF"; empty if it is no image suffix.
std::string_view suffix_format(std::string_view name) {
    struct Entry {
        std::string_view suffix;
        std::string_view format;
    };
    constexpr std::array<Entry, 8> table{{{"tif", "tif"},
                                          {"tiff", "tif"},
                                          {"png", "png"},
                                          {"jpg", "jpg"},
                                          {"jpeg", "jpg"},
                                          {"jpe", "jpg"},
                                          {"bmp", "bmp"},
                                          {"dib", "bmp"}}};
    constexpr std::size_t longest = 4;
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || name.size() - dot - 1 > longest) return {};
    const std::string suffix = lower_case(name.substr(dot + 1));
    for (const Entry& entry : table) {
        if (entry.suffix == suffix) return entry.format;
    }
    return {};
}

std::string_view stem(std::string_view name) { return name.substr(0, name.size() - image_suffix(name).size()); }

/// Calls `text(part)` and `digits(run)` for the parts of `stem_text`, from left to right.
template <class Text, class Digits>
void for_each_part(std::string_view stem_text, Text&& text, Digits&& digits) {
    for (std::size_t at = 0; at < stem_text.size();) {
        const std::string_view run = digits_at(stem_text, at);
        if (run.empty()) {
            const std::size_t end = std::min(stem_text.find_first_of("0123456789", at), stem_text.size());
            text(stem_text.substr(at, end - at));
            at = end;
        } else {
            digits(run);
            at += run.size();
        }
    }
}

std::vector<std::string_view> digit_fields(std::string_view name) {
    std::vector<std::string_view> fields;
    for_each_part(
        stem(name), [](std::string_view) {}, [&](std::string_view run) { fields.push_back(run); });
    return fields;
}

std::string_view digit_field(std::string_view name, std::size_t wanted) {
    std::string_view found;
    std::size_t field = 0;
    for_each_part(
        stem(name), [](std::string_view) {},
        [&](std::string_view run) {
            if (field++ == wanted) found = run;
        });
    return found;
}

/// The text around the numbers, each of which shrinks to one `0`: names of one series have the same.
std::string text_key(std::string_view name) {
    std::string key;
    for_each_part(
        stem(name), [&](std::string_view part) { key += part; }, [&](std::string_view) { key += '0'; });
    return key;
}

std::size_t count_different_numbers(const Names& names, const std::vector<std::size_t>& members, std::size_t field) {
    std::vector<std::string_view> numbers;
    numbers.reserve(members.size());
    for (const std::size_t member : members) numbers.push_back(significant_digits(digit_field(names[member], field)));
    std::sort(numbers.begin(), numbers.end());
    return static_cast<std::size_t>(std::unique(numbers.begin(), numbers.end()) - numbers.begin());
}

/// The slice number is the last field that tells all members apart. If there is none, but at most one field varies,
/// it is that one, and some numbers are there twice.
void choose_number(const Names& names, Series& series) {
    std::size_t varying = 0;
    std::size_t most = 0;
    for (std::size_t field = series.fields; field-- > 0;) {
        const std::size_t different = count_different_numbers(names, series.members, field);
        if (different >= most) {
            most = different;
            series.likely = field;
        }
        if (different == series.members.size()) {
            series.number = field;
            return;
        }
        if (different > 1) ++varying;
    }
    if (series.fields > 0 && varying <= 1) series.number = series.likely;
}

/// How printf writes all of these digits: "%04d", "%d"; empty if no one conversion does.
std::string conversion_for(const std::vector<NumberedName>& slices) {
    std::size_t padded = 0;  // length of the numbers that begin with zeros
    for (const NumberedName& slice : slices) {
        if (slice.digits.size() < 2 || slice.digits[0] != '0') continue;
        if (padded != 0 && padded != slice.digits.size()) return {};
        padded = slice.digits.size();
    }
    if (padded == 0) return "%d";
    const bool shorter = std::any_of(slices.begin(), slices.end(),
                                     [&](const NumberedName& slice) { return slice.digits.size() < padded; });
    return shorter ? std::string() : "%0" + std::to_string(padded) + "d";
}

std::string padded_number(std::int64_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
}

}  // namespace

std::string_view image_suffix(std::string_view name) noexcept {
    return suffix_format(name).empty() ? std::string_view() : name.substr(name.rfind('.'));
}

bool is_litter(std::string_view name) {
    const std::string lower = lower_case(name);
    return lower.ends_with("spr.bmp") || lower.starts_with("._") || lower == "thumbs.db" || lower == "desktop.ini";
}

std::vector<Series> find_series(const Names& names) {
    std::vector<Series> found;
    std::unordered_map<std::string, std::size_t> series_of_text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto [entry, is_new] = series_of_text.try_emplace(text_key(names[i]), found.size());
        if (is_new) {
            found.emplace_back();
            found.back().fields = digit_fields(names[i]).size();
        }
        found[entry->second].members.push_back(i);
    }
    for (Series& series : found) choose_number(names, series);
    return found;
}

Siblings find_siblings(const Names& names, std::size_t which) {
    const std::string key = text_key(names[which]);
    const std::vector<std::string_view> fields = digit_fields(names[which]);
    // One list of members a field: a name goes to the one field in which it differs.
    std::vector<std::vector<std::size_t>> members(fields.size());
    std::vector<std::size_t> twins;  // no field differs: the name itself, and other spellings of its suffix
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (suffix_format(names[i]) != suffix_format(names[which]) || text_key(names[i]) != key) continue;
        const std::vector<std::string_view> others = digit_fields(names[i]);
        std::size_t differing = 0;
        std::size_t last = 0;
        for (std::size_t field = 0; field < fields.size(); ++field) {
            if (others[field] == fields[field]) continue;
            ++differing;
            last = field;
        }
        if (differing == 0) twins.push_back(i);
        if (differing == 1) members[last].push_back(i);
    }

    Siblings siblings;
    siblings.members = std::move(twins);
    siblings.field = fields.empty() ? 0 : fields.size() - 1;
    bool found = false;
    for (std::size_t field = fields.size(); field-- > 0;) {
        if (members[field].empty()) continue;
        if (found) {
            siblings.ambiguous = true;
            break;
        }
        found = true;
        siblings.field = field;
        siblings.members.insert(siblings.members.end(), members[field].begin(), members[field].end());
    }
    std::sort(siblings.members.begin(), siblings.members.end());
    return siblings;
}

std::vector<NumberedName> numbered(const Names& names, const std::vector<std::size_t>& members, std::size_t field) {
    std::vector<NumberedName> slices;
    slices.reserve(members.size());
    for (const std::size_t member : members) slices.push_back({member, digit_field(names[member], field)});
    return slices;
}

Numbering find_numbering(const Names& names, std::vector<NumberedName> slices) {
    std::sort(slices.begin(), slices.end(), [&](const NumberedName& a, const NumberedName& b) {
        const int order = compare_numbers(a.digits, b.digits);
        return order != 0 ? order < 0 : compare_natural(names[a.name], names[b.name]) < 0;
    });

    Numbering numbering;
    numbering.slices = std::move(slices);
    const std::vector<NumberedName>& sorted = numbering.slices;
    for (std::size_t first = 0; first < sorted.size();) {
        std::size_t end = first + 1;
        while (end < sorted.size() && compare_numbers(sorted[first].digits, sorted[end].digits) == 0) ++end;
        if (end - first > 1) numbering.duplicates.push_back({static_cast<Index>(first), static_cast<Index>(end)});
        first = end;
    }

    constexpr std::size_t longest = 18;  // digits that fit into 64 bits, whatever they are
    numbering.countable = sorted.empty() || significant_digits(sorted.back().digits).size() <= longest;
    if (!numbering.countable || sorted.empty()) return numbering;
    const auto number = [&](std::size_t i) {
        std::int64_t value = 0;
        for (const char c : sorted[i].digits) value = value * 10 + (c - '0');
        return value;
    };
    std::int64_t step = 0;
    for (std::size_t i = 1; i < sorted.size(); ++i) step = std::gcd(step, number(i) - number(i - 1));
    numbering.step = std::max<std::int64_t>(step, 1);
    const std::string_view first_digits = sorted.front().digits;
    numbering.sequence =
        std::string(first_digits) + ", " + padded_number(number(0) + numbering.step, first_digits.size()) + ", ..";
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        const std::int64_t count = (number(i) - number(i - 1)) / numbering.step - 1;
        if (count <= 0) continue;
        const std::size_t width = sorted[i - 1].digits.size();
        std::string text = padded_number(number(i - 1) + numbering.step, width);
        if (count > 1) text += ".." + padded_number(number(i) - numbering.step, width);
        numbering.gaps.push_back({i, count, std::move(text)});
        numbering.missing += count;
    }
    return numbering;
}

std::string pattern_for(const Names& names, const std::vector<std::size_t>& members, std::size_t field,
                        bool fix_others) {
    const std::string_view first = names[members.front()];
    const std::vector<std::string_view> fields = digit_fields(first);
    std::vector<bool> is_free(fields.size(), false);
    bool one_suffix = true;
    for (const std::size_t member : members) {
        const std::vector<std::string_view> others = digit_fields(names[member]);
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (!fix_others && i != field && others[i] != fields[i]) is_free[i] = true;
        }
        one_suffix = one_suffix && image_suffix(names[member]) == image_suffix(first);
    }
    const std::string conversion = conversion_for(numbered(names, members, field));
    const bool as_printf =
        !conversion.empty() && one_suffix && std::find(is_free.begin(), is_free.end(), true) == is_free.end();
    const auto literal = [&](std::string_view text) {
        return as_printf ? escaped_for_printf(text) : escaped_for_glob(text);
    };

    std::string pattern;
    std::size_t at = 0;
    for_each_part(
        stem(first), [&](std::string_view part) { pattern += literal(part); },
        [&](std::string_view run) {
            const std::size_t i = at++;
            if (i == field) {
                pattern += as_printf ? conversion : "*";
            } else {
                pattern += is_free[i] ? "*" : std::string(run);
            }
        });
    return pattern + (one_suffix ? literal(image_suffix(first)) : ".*");
}

}  // namespace stack2nrrd
