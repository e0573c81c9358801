// Patterns that pick a series, for messages.

#include "core/text.hpp"
#include "stack/mixed_numbers.hpp"
#include "stack/natural_order.hpp"
#include "stack/pattern.hpp"
#include "stack/series.hpp"

#include <algorithm>
#include <utility>

namespace stack2nrrd {

namespace {

/// How printf writes all of these whole numbers: "%04d", "%d"; empty if no one conversion does.
std::string whole_conversion(const Names& names, const std::vector<NumberedName>& slices) {
    std::size_t padded = 0;  // length of the numbers that begin with zeros
    std::size_t shortest = 0;
    for (const NumberedName& slice : slices) {
        const std::string_view text = slice.text(names);
        const std::size_t sign = !text.empty() && !is_digit(text[0]) ? 1 : 0;
        if (sign != 0 && text[0] == '+') return {};
        shortest = shortest == 0 ? text.size() : std::min(shortest, text.size());
        if (text.size() < sign + 2 || text[sign] != '0') continue;
        if (padded != 0 && padded != text.size()) return {};
        padded = text.size();
    }
    if (padded == 0) return "%d";
    return shortest < padded ? std::string() : "%0" + std::to_string(padded) + "d";
}

/// "%.2f", or "%g" if the number of decimals varies.
std::string decimal_conversion(const Names& names, const std::vector<NumberedName>& slices, int decimals) {
    const auto has_all = [&](const NumberedName& slice) {
        const std::string_view text = slice.text(names);
        const std::size_t point = text.find_first_of(".,");
        return point != std::string_view::npos && text.size() - point - 1 == static_cast<std::size_t>(decimals);
    };
    return std::all_of(slices.begin(), slices.end(), has_all) ? "%." + std::to_string(decimals) + "f" : "%g";
}

std::string conversion_for(const Names& names, const Members& members, const Reading& reading) {
    if (reading.kind == NumberKind::clock || reading.kind == NumberKind::scientific) return {};
    const Numbers numbers = numbers_in(names, members, reading);
    return reading.kind == NumberKind::whole ? whole_conversion(names, numbers.of)
                                             : decimal_conversion(names, numbers.of, reading.decimals);
}

/// What of the first member's name stays, and what may be anything.
struct Mould {
    std::vector<std::pair<std::size_t, std::size_t>> free;  ///< parts of the name, ascending: begin and end
    bool one_suffix = true;
};

/// Finds what varies, but for the number of `reading`, which is at `own` of the first name.
Mould mould_of(const Names& names, const Members& members, std::size_t hash_length, const Reading* reading,
               bool fix_others) {
    Mould mould;
    const std::string_view first = names[members.front()];
    std::vector<DigitRun> runs;
    std::vector<DigitRun> others;
    find_runs(stem_of(first), hash_length, runs);
    std::vector<bool> varies(runs.size(), false);
    std::vector<bool> sign_varies(runs.size(), false);
    for (const std::uint32_t member : members) {
        const std::string_view name = names[member];
        mould.one_suffix = mould.one_suffix && image_suffix(name) == image_suffix(first);
        find_runs(stem_of(name), hash_length, others);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            sign_varies[i] = sign_varies[i] || others[i].sign != runs[i].sign;
            varies[i] = varies[i] || sign_varies[i] || others[i].digits(name) != runs[i].digits(first);
        }
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const bool own = reading != nullptr && i >= reading->first && i < reading->first + reading->runs;
        const std::size_t begin = runs[i].at - (runs[i].sign != 0 ? 1 : 0);
        if (!own && varies[i] && !fix_others) mould.free.emplace_back(begin, runs[i].at + runs[i].size);
        // A sign that only some have, and that is none of the number's: s1, s+2.
        if (own && i == reading->first && sign_varies[i] && !reading->is_signed)
            mould.free.emplace_back(begin, runs[i].at);
    }
    for (const std::size_t at : find_random_words(stem_of(first), hash_length)) {
        mould.free.emplace_back(at, at + hash_length);
    }
    std::sort(mould.free.begin(), mould.free.end());
    return mould;
}

}  // namespace

std::string_view any_suffix(const Names& names, const Members& members) noexcept {
    const bool all = std::none_of(members.begin(), members.end(),
                                  [&](std::uint32_t member) { return image_suffix(names[member]).empty(); });
    return all ? ".*" : "*";
}

std::optional<std::string> pattern_for(const Names& names, const Members& members, const Reading& reading,
                                       bool fix_others) {
    if (reading.mixed) return mixed_pattern_for(names, members, reading);
    const std::string_view first = names[members.front()];
    Mould mould = mould_of(names, members, reading.hash_length, &reading, fix_others);
    const std::string conversion = conversion_for(names, members, reading);
    const bool any_free = !mould.free.empty();
    if (conversion.empty() && (any_free || reading.kind == NumberKind::clock || reading.kind == NumberKind::scientific))
        return std::nullopt;
    const bool as_glob = conversion.empty() || any_free || !mould.one_suffix;
    const bool as_printf = !conversion.empty();
    const auto literal = [&](std::string_view text) {
        std::string escaped(text);
        if (as_glob) escaped = escaped_for_glob(escaped);
        if (as_printf) escaped = escaped_for_printf(escaped);
        return escaped;
    };
    const NumberedName own = numbers_in(names, {members.front()}, reading).of.front();
    const auto own_place = std::pair<std::size_t, std::size_t>(own.at, own.at + own.size);
    mould.free.push_back(own_place);
    std::sort(mould.free.begin(), mould.free.end());
    std::string pattern;
    std::size_t at = 0;
    for (const auto& [begin, end] : mould.free) {
        pattern += literal(first.substr(at, begin - at));
        pattern += std::pair(begin, end) == own_place && as_printf ? conversion : "*";
        at = end;
    }
    const std::string_view stem = stem_of(first);
    pattern += literal(stem.substr(at));
    return pattern + (mould.one_suffix ? literal(image_suffix(first)) : std::string(any_suffix(names, members)));
}

std::string glob_for(const Names& names, const Series& series) {
    if (series.number && series.number->mixed) return mixed_glob_for(names, series.members);
    const std::string_view first = names[series.members.front()];
    const Mould mould = mould_of(names, series.members, series.hash_length, nullptr, false);
    std::string pattern;
    std::size_t at = 0;
    for (const auto& [begin, end] : mould.free) {
        pattern += escaped_for_glob(first.substr(at, begin - at)) + "*";
        at = end;
    }
    const std::string_view stem = stem_of(first);
    pattern += escaped_for_glob(stem.substr(at));
    return pattern +
           (mould.one_suffix ? escaped_for_glob(image_suffix(first)) : std::string(any_suffix(names, series.members)));
}

}  // namespace stack2nrrd
