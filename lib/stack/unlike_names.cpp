#include "stack/unlike_names.hpp"

#include "stack/natural_order.hpp"
#include "stack/pattern.hpp"
#include "stack/series.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd {

namespace {

struct Word {
    std::size_t at = 0;
    std::size_t size = 0;
};

bool is_word_byte(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80U);
}

std::vector<Word> words_of(std::string_view stem) {
    std::vector<Word> words;
    for (std::size_t at = 0; at < stem.size();) {
        std::size_t end = at;
        while (end < stem.size() && is_word_byte(stem[end])) ++end;
        if (end > at) words.push_back({at, end - at});
        at = end + 1;
    }
    return words;
}

/// The number of `word` in `name`, if it has just one.
std::optional<NumberedName> number_of(std::string_view name, const Word& word) {
    constexpr std::size_t longest = 18;
    const std::string_view text = name.substr(word.at, word.size);
    const auto first = std::find_if(text.begin(), text.end(), is_digit);
    if (first == text.end()) return {};
    const auto at = static_cast<std::size_t>(first - text.begin());
    const std::size_t size = digits_at(text, at).size();
    if (size > longest || std::any_of(text.begin() + static_cast<std::ptrdiff_t>(at + size), text.end(), is_digit))
        return {};
    return NumberedName{0, static_cast<std::uint16_t>(word.at + at), static_cast<std::uint16_t>(size), 0};
}

/// The numbers in word `place`, from the left or from the right, if the texts around them are the same in all names.
std::optional<Numbers> numbers_at(const Names& names, const std::vector<std::vector<Word>>& words, std::size_t place,
                                  bool from_right) {
    std::vector<NumberedName> found;
    found.reserve(names.size());
    std::string_view before;
    std::string_view behind;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Word& word = words[i][from_right ? words[i].size() - 1 - place : place];
        std::optional<NumberedName> number = number_of(names[i], word);
        if (!number) return {};
        const std::string_view own_before = names[i].substr(word.at, number->at - word.at);
        const std::size_t end = std::size_t{number->at} + number->size;
        const std::string_view own_behind = names[i].substr(end, word.at + word.size - end);
        if (i == 0) {
            before = own_before;
            behind = own_behind;
        }
        if (own_before != before || own_behind != behind) return {};
        number->name = static_cast<std::uint32_t>(i);
        found.push_back(*number);
    }
    return numbers_of_texts(names, std::move(found));
}

/// The values, ascending; nothing if two are the same.
std::vector<std::int64_t> values_of(const Numbers& numbers) {
    std::vector<std::int64_t> values;
    for (const NumberedName& number : numbers.of) values.push_back(number.value);
    std::sort(values.begin(), values.end());
    if (std::adjacent_find(values.begin(), values.end()) != values.end()) values.clear();
    return values;
}

bool counts_by_one(const Numbers& numbers) {
    const std::vector<std::int64_t> values = values_of(numbers);
    return values.size() > 1 && values.back() - values.front() == static_cast<std::int64_t>(values.size()) - 1;
}

bool same_order(const Numbers& a, const Numbers& b) {
    const std::int64_t offset = a.of.front().value - b.of.front().value;
    for (std::size_t i = 0; i < a.of.size(); ++i) {
        if (a.of[i].value - b.of[i].value != offset) return false;  // both count by one
    }
    return true;
}

std::vector<std::vector<Word>> words_of_all(const Names& names) {
    std::vector<std::vector<Word>> words;
    words.reserve(names.size());
    for (const std::string_view name : names) words.push_back(words_of(stem_of(name)));
    return words;
}

int hexadecimal_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// What all stems have in common at their beginning and, behind that, at their end.
struct Common {
    std::size_t before = 0;
    std::size_t behind = 0;
};

Common common_of(const Names& names) {
    const std::string_view first = stem_of(names.front());
    Common common{first.size(), first.size()};
    for (const std::string_view name : names) {
        const std::string_view stem = stem_of(name);
        common.before = static_cast<std::size_t>(
            std::mismatch(first.begin(),
                          first.begin() + static_cast<std::ptrdiff_t>(std::min(common.before, stem.size())),
                          stem.begin())
                .first -
            first.begin());
    }
    for (const std::string_view name : names) {
        const std::string_view stem = stem_of(name);
        const std::size_t most = std::min({common.behind, stem.size() - common.before, first.size() - common.before});
        std::size_t size = 0;
        while (size < most && stem[stem.size() - 1 - size] == first[first.size() - 1 - size]) ++size;
        common.behind = size;
    }
    return common;
}

/// A digit of a script other than Latin, as UTF-8: Arabic, Devanagari, full width.
bool has_foreign_digit(std::string_view text) {
    struct Digits {
        std::string_view lead;
        unsigned char first;
    };
    constexpr std::array<Digits, 4> scripts{{{"\xD9", 0xA0}, {"\xDB", 0xB0}, {"\xE0\xA5", 0xA6}, {"\xEF\xBC", 0x90}}};
    for (const Digits& digits : scripts) {
        for (std::size_t at = text.find(digits.lead); at != std::string_view::npos;
             at = text.find(digits.lead, at + 1)) {
            const std::size_t last = at + digits.lead.size();
            if (last >= text.size()) break;
            const auto byte = static_cast<unsigned char>(text[last]);
            if (byte >= digits.first && byte <= digits.first + 9) return true;
        }
    }
    return false;
}

}  // namespace

std::optional<CommonCounter> find_common_counter(const Names& names) {
    const std::vector<std::vector<Word>> words = words_of_all(names);
    std::size_t fewest = words.front().size();
    for (const std::vector<Word>& of_name : words) fewest = std::min(fewest, of_name.size());
    std::optional<CommonCounter> found;
    for (const bool from_right : {true, false}) {
        for (std::size_t place = 0; place < fewest; ++place) {
            std::optional<Numbers> numbers = numbers_at(names, words, place, from_right);
            if (!numbers || numbers->kind != NumberKind::whole || !counts_by_one(*numbers)) continue;
            if (found && !same_order(found->numbers, *numbers)) return {};
            if (!found) found = CommonCounter{std::move(*numbers), true, false};
        }
    }
    return found;
}

std::optional<CommonCounter> find_hexadecimal_counter(const Names& names) {
    constexpr std::size_t longest = 15;
    if (names.size() < 2) return {};
    const Common common = common_of(names);
    CommonCounter counter{{}, true, true};
    bool any_letter = false;
    bool any_digit = false;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view stem = stem_of(names[i]);
        const std::string_view text = stem.substr(common.before, stem.size() - common.before - common.behind);
        if (text.empty() || text.size() > longest) return {};
        NumberedName number{static_cast<std::uint32_t>(i), static_cast<std::uint16_t>(common.before),
                            static_cast<std::uint16_t>(text.size()), 0};
        for (const char c : text) {
            const int value = hexadecimal_value(c);
            if (value < 0) return {};
            (is_digit(c) ? any_digit : any_letter) = true;
            number.value = number.value * 16 + value;
        }
        counter.numbers.of.push_back(number);
    }
    if (!any_letter || !any_digit) return {};
    const std::vector<std::int64_t> values = values_of(counter.numbers);
    if (values.empty()) return {};
    const std::int64_t missing = values.back() - values.front() + 1 - static_cast<std::int64_t>(values.size());
    if (missing > static_cast<std::int64_t>(values.size())) return {};
    counter.by_one = missing == 0;
    return counter;
}

std::optional<std::string> pattern_for_unlike(const Names& names) {
    const std::vector<std::vector<Word>> words = words_of_all(names);
    const std::string_view suffix = image_suffix(names.front());
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (words[i].size() < 2 || image_suffix(names[i]) != suffix) return {};
    }
    for (const bool from_right : {true, false}) {
        const std::optional<Numbers> numbers = numbers_at(names, words, 0, from_right);
        if (!numbers || !numbers->countable || values_of(*numbers).empty()) continue;
        // The text between the number and the random words has to be the same, too.
        const auto part = [&](std::size_t i) {
            const std::string_view stem = stem_of(names[i]);
            const NumberedName& number = numbers->of[i];
            const std::size_t end = std::size_t{number.at} + number.size;
            const Word& next = from_right ? words[i][words[i].size() - 2] : words[i][1];
            const std::size_t begin = from_right ? next.at + next.size : 0;
            return std::pair(stem.substr(begin, number.at - begin),
                             from_right ? stem.substr(end) : stem.substr(end, next.at - end));
        };
        bool same = true;
        std::size_t shortest = numbers->of.front().size;
        std::size_t padded = 0;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string_view text = numbers->of[i].text(names);
            same = same && part(i) == part(0);
            shortest = std::min(shortest, text.size());
            if (text.size() > 1 && text[0] == '0') {
                same = same && (padded == 0 || padded == text.size());
                padded = text.size();
            }
        }
        if (!same || (padded != 0 && shortest < padded)) continue;
        const std::string conversion = padded == 0 ? "%d" : "%0" + std::to_string(padded) + "d";
        const auto [before, behind] = part(0);
        const auto literal = [](std::string_view text) { return escaped_for_printf(escaped_for_glob(text)); };
        return (from_right ? "*" : "") + literal(before) + conversion + literal(behind) + (from_right ? "" : "*") +
               literal(suffix);
    }
    return {};
}

bool has_digit(std::string_view name) {
    const std::string_view stem = stem_of(name);
    return std::any_of(stem.begin(), stem.end(), is_digit) || has_foreign_digit(stem);
}

bool differ_in_digits(const Names& names) {
    if (names.size() < 2) return false;
    const Common common = common_of(names);
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        const std::string_view stem = stem_of(name);
        const std::string_view text = stem.substr(common.before, stem.size() - common.before - common.behind);
        // The script of a character is in its first byte, which all may have in common.
        return std::any_of(text.begin(), text.end(), is_digit) || has_foreign_digit(stem);
    });
}

}  // namespace stack2nrrd
