#include "core/spelling.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

/// As names are compared: "Kernel_X" is "kernel-x".
std::string plain(std::string_view word) {
    std::string text = lower_case(trimmed(word));
    std::replace(text.begin(), text.end(), '_', '-');
    return text;
}

bool has_part(std::string_view word, std::string_view part) {
    const std::vector<std::string_view> parts = split(word, '-');
    return std::find(parts.begin(), parts.end(), part) != parts.end();
}

/// How many letters may be wrong: in short words, any other word would be near.
std::size_t most_errors(std::size_t letters) { return letters < 3 ? 0 : std::clamp<std::size_t>(letters / 4, 1, 3); }

}  // namespace

std::size_t spelling_distance(std::string_view a, std::string_view b, std::size_t most) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > most) return most + 1;
    std::vector<std::size_t> before(a.size() + 1);
    std::vector<std::size_t> row(a.size() + 1);
    std::vector<std::size_t> next(a.size() + 1);
    for (std::size_t i = 0; i <= a.size(); ++i) row[i] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
        next[0] = j;
        for (std::size_t i = 1; i <= a.size(); ++i) {
            next[i] = std::min({row[i] + 1, next[i - 1] + 1, row[i - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                next[i] = std::min(next[i], before[i - 2] + 1);
            }
        }
        if (*std::min_element(next.begin(), next.end()) > most) return most + 1;
        before.swap(row);
        row.swap(next);
    }
    return std::min(row[a.size()], most + 1);
}

std::string did_you_mean(std::string_view given, std::span<const std::string_view> words, std::string_view before) {
    const std::string wanted = plain(given);
    const std::size_t most = most_errors(wanted.size());
    std::size_t least = most + 1;  // one letter more than a word that is spelled without an error
    std::vector<std::string_view> near;
    for (const std::string_view word : words) {
        const std::string text = plain(word);
        std::size_t distance = spelling_distance(wanted, text, most) + (text == wanted ? 0 : 1);
        const bool is_begun = wanted.size() > 1 && text.starts_with(wanted);
        const bool is_more = text.size() > 3 && wanted.starts_with(text);
        if (is_more) distance = std::min<std::size_t>(distance, 2);
        if (text != wanted && (is_begun || has_part(text, wanted))) distance = 1;
        if (distance > least) continue;
        if (distance < least) near.clear();
        least = distance;
        near.push_back(word);
    }
    constexpr std::size_t most_named = 3;
    if (near.size() > most_named) {  // of words that begin alike, the shortest is what has least to be added to
        const auto is_shorter = [](std::string_view a, std::string_view b) { return a.size() < b.size(); };
        const std::size_t shortest = std::min_element(near.begin(), near.end(), is_shorter)->size();
        std::erase_if(near, [&](std::string_view word) { return word.size() > shortest; });
    }
    if (near.empty() || near.size() > most_named) return "";
    std::string text = "; did you mean ";
    for (std::size_t i = 0; i < near.size(); ++i) {
        if (i > 0) text += i + 1 < near.size() ? ", " : " or ";
        text += "'" + std::string(before) + std::string(near[i]) + "'";
    }
    return text + "?";
}

}  // namespace stack2nrrd
