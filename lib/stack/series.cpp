#include "stack/series.hpp"

#include "core/normal_form.hpp"
#include "core/text.hpp"
#include "stack/mixed_numbers.hpp"
#include "stack/natural_order.hpp"

#include <algorithm>
#include <array>
#include <cctype>
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
    constexpr std::array<Entry, 14> table{{{"tif", "tif"},
                                           {"tiff", "tif"},
                                           {"png", "png"},
                                           {"jpg", "jpg"},
                                           {"jpeg", "jpg"},
                                           {"jpe", "jpg"},
                                           {"jp2", "jp2"},
                                           {"j2k", "jp2"},
                                           {"j2c", "jp2"},
                                           {"jpc", "jp2"},
                                           {"jpf", "jp2"},
                                           {"jpx", "jp2"},
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

/// The text of `name` around its numbers: names of one series have the same.
std::string text_key(std::string_view name, std::size_t hash_length) {
    return composed(text_around(stem_of(name), hash_length));
}

// ------------------------------------------------------------------------------------------------ which number orders

/// A reading that distinguishes all names of a series.
struct Candidate {
    Reading reading;
    std::vector<std::int64_t> values;  ///< by member
    Counting counting = Counting::irregular;
};

std::vector<std::int64_t> values_of(const Numbers& numbers) {
    std::vector<std::int64_t> values;
    values.reserve(numbers.of.size());
    for (const NumberedName& number : numbers.of) values.push_back(number.value);
    return values;
}

std::vector<std::int64_t> different(std::vector<std::int64_t> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

Counting counting_of(const Numbers& numbers, const std::vector<std::int64_t>& different_values) {
    if (!numbers.countable) return Counting::irregular;
    return steps_of(different_values, numbers.kind, widest_of(numbers)).counting;
}

using Places = std::vector<std::uint32_t>;

/// Places of `values` in ascending order.
Places order_of(const std::vector<std::int64_t>& values) {
    Places order(values.size());
    std::iota(order.begin(), order.end(), 0U);
    if (!std::is_sorted(values.begin(), values.end())) {
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
    }
    return order;
}

std::size_t count_descents(const std::vector<std::int64_t>& values, const Places& order) {
    std::size_t descents = 0;
    for (std::size_t i = 1; i < order.size(); ++i) descents += values[order[i]] < values[order[i - 1]] ? 1 : 0;
    return descents;
}

/// Do `values`, in that order, go up, begin anew, and go up again no further than to where they began?
bool goes_round(const std::vector<std::int64_t>& values, const Places& order) {
    return count_descents(values, order) == 1 && values[order.back()] <= values[order.front()];
}

/// How many names differ in any of `readings`.
std::size_t count_different(const Names& names, const Series& series, const std::vector<Reading>& readings) {
    std::vector<std::vector<std::int64_t>> columns;
    for (const Reading& reading : readings) columns.push_back(values_of(numbers_in(names, series.members, reading)));
    Places order(series.members.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
        for (const auto& column : columns) {
            if (column[a] != column[b]) return column[a] < column[b];
        }
        return false;
    };
    std::sort(order.begin(), order.end(), before);
    std::size_t count = order.empty() ? 0 : 1;
    for (std::size_t i = 1; i < order.size(); ++i) count += before(order[i - 1], order[i]) ? 1 : 0;
    return count;
}

/// How many names have the other numbers of the first one, where `free` varies.
std::size_t count_with_first(const Names& names, const Series& series, const std::vector<Reading>& readings,
                             const Reading& free) {
    std::vector<bool> same(series.members.size(), true);
    for (const Reading& reading : readings) {
        if (reading == free) continue;
        const std::vector<std::int64_t> values = values_of(numbers_in(names, series.members, reading));
        for (std::size_t i = 0; i < values.size(); ++i) same[i] = same[i] && values[i] == values[0];
    }
    return static_cast<std::size_t>(std::count(same.begin(), same.end(), true));
}

/// The readings that distinguish as many names as all numbers together do.
std::vector<Candidate> find_candidates(const Names& names, const Series& series, const std::vector<Reading>& readings) {
    struct Count {
        std::size_t different;
        Counting counting;
    };
    std::vector<Count> counts;
    std::size_t most = 0;
    for (const Reading& reading : readings) {
        const Numbers numbers = numbers_in(names, series.members, reading);
        const std::vector<std::int64_t> values = different(values_of(numbers));
        counts.push_back({values.size(), counting_of(numbers, values)});
        most = std::max(most, values.size());
    }
    std::size_t all = series.members.size();
    if (most < all && readings.size() > 1) all = count_different(names, series, readings);
    if (readings.size() == 1) all = most;

    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < readings.size(); ++i) {
        if (counts[i].different != all) continue;
        candidates.push_back(
            {readings[i], values_of(numbers_in(names, series.members, readings[i])), counts[i].counting});
    }
    return candidates;
}

/// Of two that count equally well, whole numbers come before others, and later ones before earlier ones.
bool is_better(const Candidate& a, const Candidate& b) {
    if (a.counting != b.counting) return a.counting < b.counting;
    if (a.reading.kind != b.reading.kind) return a.reading.kind < b.reading.kind;
    return a.reading.first > b.reading.first;
}

/// Does `best` order slices that `rival` orders differently? Two readings of the same digits never settle it.
bool settles(const Candidate& best, const Candidate& rival) {
    const bool apart = best.reading.first + best.reading.runs <= rival.reading.first ||
                       rival.reading.first + rival.reading.runs <= best.reading.first;
    return apart && best.counting <= Counting::gaps && best.counting < rival.counting;
}

/// Does something in front of the number count, too, and take the names out of its order: sections, channels?
bool contradicts_names(const Names& names, const Series& series, const Reading& other, const Numbers& numbers,
                       const Reading& best, const Places& order) {
    if (other.first > best.first || other.kind != NumberKind::whole) return false;
    if (counting_of(numbers, different(values_of(numbers))) != Counting::by_one) return false;
    for (std::size_t i = 1; i < order.size(); ++i) {
        const std::string_view a = names[series.members[order[i - 1]]];
        const std::string_view b = names[series.members[order[i]]];
        if (compare_natural(a, b) > 0) return true;
    }
    return false;
}

/// Are `numbers` decimals only by their looks: 0.5, 0.245, 0.485 may be 5, 245 and 485 thousandths that were not filled
/// up with zeros, and then come in the order of the names? Amounts count in steps, or have a unit.
bool may_be_two_numbers(const Names& names, const Series& series, const Candidate& best, const Places& order) {
    if (best.reading.kind != NumberKind::decimal || best.counting != Counting::irregular) return false;
    const Numbers numbers = numbers_in(names, series.members, best.reading);
    const std::string_view first = stem_of(names[series.members.front()]);
    const NumberedName& number = numbers.of.front();
    const std::string_view behind = first.substr(std::size_t{number.at} + number.size);
    const bool has_unit = (number.at > 0 && first[number.at - 1U] == '=') ||
                          (!behind.empty() && (static_cast<unsigned char>(behind[0]) >= 0x80U ||
                                               std::isalpha(static_cast<unsigned char>(behind[0])) != 0));
    if (has_unit) return false;
    const auto fraction_length = [&](std::size_t i) {
        const std::string_view text = numbers.of[i].text(names);
        return text.size() - std::min(text.size(), text.find_first_of(".,"));
    };
    for (std::size_t i = 1; i < order.size(); ++i) {
        const std::uint32_t a = order[i - 1];
        const std::uint32_t b = order[i];
        if (best.values[a] < 0 || fraction_length(a) == fraction_length(b)) continue;
        if (compare_natural(names[series.members[a]], names[series.members[b]]) > 0) return true;
    }
    return false;
}

/// Looks for numbers that order the slices in another way than `best` does.
void find_rivals(const Names& names, Series& series, const std::vector<Reading>& readings,
                 const std::vector<Candidate>& candidates, const Candidate& best) {
    const Places order = order_of(best.values);
    series.verdict = Verdict::clear;
    if (may_be_two_numbers(names, series, best, order)) {
        series.verdict = Verdict::disputed;
        series.rival.reset();
        return;
    }
    for (const Candidate& rival : candidates) {
        if (rival.reading == best.reading || count_descents(rival.values, order) == 0) continue;
        const bool round = goes_round(rival.values, order);
        if (round && rival.reading.is_time_of_day()) continue;
        // A counter that began anew where the times go on.
        const bool began_anew = round && rival.counting == Counting::wrapped;
        series.rival = rival.reading;
        series.verdict = Verdict::stated;
        if (settles(best, rival) || began_anew) continue;
        series.verdict = Verdict::disputed;
        if (rival.reading.first < best.reading.first) std::swap(*series.number, *series.rival);
        return;
    }
    // What does not distinguish all slices may still contradict.
    for (const Reading& other : readings) {
        const auto is_it = [&](const Candidate& candidate) { return candidate.reading == other; };
        if (std::any_of(candidates.begin(), candidates.end(), is_it)) continue;
        const Numbers numbers = numbers_in(names, series.members, other);
        const std::vector<std::int64_t> values = values_of(numbers);
        if (count_descents(values, order) == 0) continue;
        if (other.is_time_of_day() && goes_round(values, order)) continue;
        if (contradicts_names(names, series, other, numbers, best.reading, order)) {
            series.verdict = Verdict::disputed;
            series.rival.reset();
            return;
        }
        // Days of which some are missing, while months or years begin anew: neither orders the slices.
        if (best.counting == Counting::gaps && goes_round(values, order)) {
            series.verdict = Verdict::several;
            series.rival.reset();
            return;
        }
        if (series.verdict == Verdict::clear) series.rival = other;
        series.verdict = Verdict::stated;
    }
}

void choose_number(const Names& names, Series& series) {
    const std::vector<Reading> readings = readings_of(names, series.members, series.hash_length);
    if (readings.empty()) {
        if (series.members.size() < 2) return;
        if (series.hash_length > 0) series.verdict = Verdict::random;
        if (!series.has_digits || series.hash_length > 0) return;
        std::vector<DigitRun> runs;
        find_runs(stem_of(names[series.members.front()]), 0, runs);
        Reading last;
        last.first = runs.size() - 1;
        series.number = last;
        series.verdict = Verdict::clear;
        return;
    }
    const std::vector<Candidate> candidates = find_candidates(names, series, readings);
    if (candidates.empty()) {
        series.verdict = Verdict::several;
        std::size_t most = 0;
        for (const Reading& reading : readings) {
            const std::size_t count = count_with_first(names, series, readings, reading);
            if (count <= most) continue;
            most = count;
            series.likely = reading;
        }
        return;
    }
    const Candidate& best = *std::min_element(candidates.begin(), candidates.end(), is_better);
    series.number = best.reading;
    series.likely = best.reading;
    find_rivals(names, series, readings, candidates, best);
}

// ----------------------------------------------------------------------------------------------------------- grouping

void group(const Names& names, std::size_t hash_length, std::vector<Series>& found) {
    found.clear();
    std::unordered_map<std::string, std::size_t> series_of_text;
    std::vector<DigitRun> runs;
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::string key = text_key(names[i], hash_length);
        const bool has_hash = key.find(random_word_mark) != std::string::npos;
        const auto [entry, is_new] = series_of_text.try_emplace(std::move(key), found.size());
        if (is_new) {
            found.emplace_back();
            find_runs(stem_of(names[i]), hash_length, runs);
            found.back().has_digits = !runs.empty();
            found.back().hash_length = has_hash ? hash_length : 0;
        }
        found[entry->second].members.push_back(static_cast<std::uint32_t>(i));
    }
}

/// Is a '-' between a letter and a number in some names a minus sign, or are `z-1` and `z1` of two series? It is one if
/// the numbers, so read, count without a gap. Returns the members with a '-' if they are of another series.
Members split_dashes(const Names& names, Series& series) {
    std::vector<DigitRun> runs;
    Members with;
    Members without;
    bool behind_joint = false;
    for (const std::uint32_t member : series.members) {
        const std::string_view stem = stem_of(names[member]);
        find_runs(stem, series.hash_length, runs);
        bool dash = false;
        for (const DigitRun& run : runs) {
            if (run.sign == '+') return {};
            if (run.sign != '-') continue;
            dash = true;
            constexpr std::string_view joints = "=_([,;:";
            behind_joint = behind_joint || run.at < 2 || joints.find(stem[run.at - 2]) != std::string_view::npos;
        }
        (dash ? with : without).push_back(member);
    }
    if (with.empty() || without.empty() || behind_joint) return {};
    for (const Reading& reading : readings_of(names, series.members, series.hash_length)) {
        if (!reading.is_signed) continue;
        const Numbers numbers = numbers_in(names, series.members, reading);
        const std::vector<std::int64_t> values = different(values_of(numbers));
        if (values.size() != series.members.size()) continue;
        const Counting counting = counting_of(numbers, values);
        // -2, -1, 1, 2 are two series; with a 0 between them, or as amounts, they may be one that has a gap.
        const bool may_lack =
            reading.kind == NumberKind::decimal || std::binary_search(values.begin(), values.end(), 0);
        if (counting <= Counting::by_steps || (counting == Counting::gaps && may_lack)) return {};
    }
    series.members = std::move(without);
    return with;
}

}  // namespace

std::string_view image_suffix(std::string_view name) noexcept {
    return suffix_format(name).empty() ? std::string_view() : name.substr(name.rfind('.'));
}

std::string_view stem_of(std::string_view name) noexcept {
    return name.substr(0, name.size() - image_suffix(name).size());
}

bool is_litter(std::string_view name) {
    const std::string lower = lower_case(name);
    return lower.ends_with("spr.bmp") || lower.starts_with("._") || lower == "thumbs.db" || lower == "desktop.ini";
}

std::vector<Series> find_series(const Names& names) {
    std::vector<Series> found;
    group(names, 0, found);
    // Random words make a text of its own of almost every name.
    if (found.size() > 1 && found.size() * 4 > names.size()) {
        if (const std::size_t length = find_hash_length(names); length > 0) group(names, length, found);
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        Members others = split_dashes(names, found[i]);
        if (others.empty()) continue;
        Series split = found[i];
        split.members = std::move(others);
        found.insert(found.begin() + static_cast<std::ptrdiff_t>(++i), std::move(split));
    }
    for (Series& series : found) choose_number(names, series);
    join_mixed(names, found);
    std::sort(found.begin(), found.end(),
              [](const Series& a, const Series& b) { return a.members.front() < b.members.front(); });
    return found;
}

Series find_series_of(const Names& names, std::size_t which) {
    std::vector<std::uint32_t> indices;
    std::size_t place = 0;
    const std::string_view format = suffix_format(names[which]);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (suffix_format(names[i]) != format) continue;
        if (i == which) place = indices.size();
        indices.push_back(static_cast<std::uint32_t>(i));
    }
    std::vector<Series> all = find_series(names.picked(indices));
    const auto has_it = [&](const Series& series) {
        return std::binary_search(series.members.begin(), series.members.end(), place);
    };
    Series series = std::move(*std::find_if(all.begin(), all.end(), has_it));
    all.clear();
    for (std::uint32_t& member : series.members) member = indices[member];
    indices = {};
    if (series.verdict != Verdict::several && series.verdict != Verdict::disputed) return series;
    if (series.number && series.number->mixed) return series;  // its names have not the same runs

    // For each number the names that differ from this one in no other.
    const std::size_t at = static_cast<std::size_t>(
        std::lower_bound(series.members.begin(), series.members.end(), which) - series.members.begin());
    const std::vector<Reading> readings = readings_of(names, series.members, series.hash_length);
    std::vector<std::uint32_t> differing(series.members.size(), 0);
    std::vector<std::uint32_t> last(series.members.size(), static_cast<std::uint32_t>(readings.size()));
    for (std::size_t r = 0; r < readings.size(); ++r) {
        // The others stay as they are written: s03 is not s3.
        const Numbers numbers = numbers_in(names, series.members, readings[r]);
        for (std::size_t i = 0; i < numbers.of.size(); ++i) {
            if (numbers.of[i].text(names) == numbers.of[at].text(names)) continue;
            ++differing[i];
            last[i] = static_cast<std::uint32_t>(r);
        }
    }
    std::vector<std::size_t> counts(readings.size() + 1, 0);
    for (std::size_t i = 0; i < last.size(); ++i) counts[last[i]] += differing[i] == 1 ? 1 : 0;
    std::size_t best = 0;
    std::size_t next = readings.size();  // has no names of its own
    for (std::size_t r = 1; r < readings.size(); ++r) {
        if (counts[r] > counts[best]) {
            next = best;
            best = r;
        } else if (next == readings.size() || counts[r] > counts[next]) {
            next = r;
        }
    }
    if (counts[best] == counts[next]) return series;  // none is more likely than another
    Members members;
    for (std::size_t i = 0; i < last.size(); ++i) {
        if (differing[i] == 0 || (differing[i] == 1 && last[i] == best)) members.push_back(series.members[i]);
    }
    series.members = std::move(members);
    choose_number(names, series);
    if (counts[next] > 0) {
        series.narrowed = true;
        series.verdict = Verdict::stated;
        series.rival = readings[next];
    }
    return series;
}

Members ordered(const Names& names, const Members& members, const std::optional<Reading>& reading) {
    Members result = members;
    if (!reading) {
        std::sort(result.begin(), result.end(),
                  [&](std::size_t a, std::size_t b) { return compare_natural(names[a], names[b]) < 0; });
        return result;
    }
    const Places order = order_of(values_of(numbers_in(names, members, *reading)));
    for (std::size_t i = 0; i < order.size(); ++i) result[i] = members[order[i]];
    return result;
}

}  // namespace stack2nrrd
