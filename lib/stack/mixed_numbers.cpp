#include "stack/mixed_numbers.hpp"

#include "core/normal_form.hpp"
#include "stack/natural_order.hpp"
#include "stack/pattern.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>

namespace stack2nrrd {

namespace {

/// A number as some program may have written it.
struct Token {
    std::size_t at = 0;      ///< of its first digit
    std::size_t end = 0;     ///< behind its last character
    std::size_t blanks = 0;  ///< in front of it, or of its sign
    char sign = 0;           ///< as DigitRun has it
    std::string_view whole, fraction;
    int exponent = 0;
    bool has_exponent = false;

    [[nodiscard]] std::size_t sign_size() const { return sign != 0 ? 1 : 0; }
    [[nodiscard]] std::size_t begin() const { return at - sign_size(); }
    [[nodiscard]] bool is_plain() const { return fraction.empty() && !has_exponent; }
};

/// Takes the exponent that follows `token` in `stem`, if there is one; it has a sign, as printf writes it.
void take_exponent(std::string_view stem, Token& token) {
    constexpr std::size_t longest = 2;
    std::size_t at = token.end;
    if (at + 2 >= stem.size() || (stem[at] != 'e' && stem[at] != 'E')) return;
    const char sign = stem[++at];
    if (sign != '-' && sign != '+') return;
    const std::string_view digits = digits_at(stem, ++at);
    if (digits.empty() || digits.size() > longest) return;
    for (const char c : digits) token.exponent = token.exponent * 10 + (c - '0');
    if (sign == '-') token.exponent = -token.exponent;
    token.has_exponent = true;
    token.end = at + digits.size();
}

/// The numbers of `stem`, and the text around them, in which each is one character and neither its sign nor the blanks
/// in front of it are there.
std::string take_tokens(std::string_view stem, std::vector<Token>& tokens) {
    tokens.clear();
    std::string text;
    for (std::size_t at = 0; at < stem.size();) {
        if (!is_digit(stem[at])) {
            text += stem[at++];
            continue;
        }
        Token token;
        token.at = at;
        token.whole = digits_at(stem, at);
        token.end = at + token.whole.size();
        const bool after_number = !tokens.empty() && tokens.back().end + 1 == at;
        if (at > 0 && (stem[at - 1] == '-' || stem[at - 1] == '+') && !after_number) {
            token.sign = stem[at - 1];
            text.pop_back();
        }
        // Three numbers with points between them are none.
        const auto has_point = [&](std::size_t place) {
            return place + 1 < stem.size() && (stem[place] == '.' || stem[place] == ',') && is_digit(stem[place + 1]);
        };
        const bool joined = after_number && (stem[at - 1] == '.' || stem[at - 1] == ',');
        if (has_point(token.end) && !joined) {
            const std::string_view fraction = digits_at(stem, token.end + 1);
            const std::size_t end = token.end + 1 + fraction.size();
            if (!has_point(end)) {
                token.fraction = fraction;
                token.end = end;
            }
        }
        take_exponent(stem, token);
        while (!text.empty() && text.back() == ' ') {
            text.pop_back();
            ++token.blanks;
        }
        text += '0';
        at = token.end;
        tokens.push_back(token);
    }
    return text;
}

constexpr int most_digits = 18;

std::int64_t power_of_ten(int exponent) {
    std::int64_t power = 1;
    for (; exponent > 0; --exponent) power *= 10;
    return power;
}

/// Digits behind the point if the number is written without an exponent.
int decimals_of(const Token& token) {
    const auto last = token.fraction.find_last_not_of('0');
    const int used = last == std::string_view::npos ? 0 : static_cast<int>(last) + 1;
    return std::max(0, used - token.exponent);
}

/// In units of 10^-decimals; nothing if that is too long.
std::optional<std::int64_t> value_of(const Token& token, bool is_signed, int decimals) {
    const auto last = token.fraction.find_last_not_of('0');
    const std::string_view fraction = token.fraction.substr(0, last == std::string_view::npos ? 0 : last + 1);
    std::string digits = std::string(token.whole) + std::string(fraction);
    const int zeros = decimals + token.exponent - static_cast<int>(fraction.size());
    const std::string_view significant = significant_digits(digits);
    if (significant.empty()) return 0;
    if (zeros < 0 || static_cast<int>(significant.size()) + zeros > most_digits) return {};
    std::int64_t value = 0;
    for (const char c : significant) value = value * 10 + (c - '0');
    value *= power_of_ten(zeros);
    return is_signed && token.sign == '-' ? -value : value;
}

/// What names whose text around their numbers is the same have there. Read anew for each question: there may be many.
class Columns {
public:
    Columns(const Names& names, const Members& members) : names_(names), members_(members) {
        std::vector<Token> tokens;
        (void)take_tokens(stem(0), tokens);
        size_ = tokens.size();
    }
    [[nodiscard]] std::size_t size() const { return size_; }

    /// Calls `use(i, token)` for number `c` of each member.
    template <class Use>
    void for_each(std::size_t c, Use&& use) const {
        std::vector<Token> tokens;
        for (std::size_t i = 0; i < members_.size(); ++i) {
            (void)take_tokens(stem(i), tokens);
            use(i, tokens[c]);
        }
    }
    [[nodiscard]] Token first(std::size_t c) const {
        std::vector<Token> tokens;
        (void)take_tokens(stem(0), tokens);
        return tokens[c];
    }
    [[nodiscard]] std::string_view text(std::size_t i, const Token& token) const {
        return stem(i).substr(token.begin(), token.end - token.begin());
    }

    /// Is a '-' in front of it a minus sign? Certainly if only some names have one; else behind what joins no words.
    [[nodiscard]] bool is_signed(std::size_t c) const {
        std::size_t negative = 0;
        bool behind_joint = true;
        for_each(c, [&](std::size_t i, const Token& token) {
            if (token.sign != '-') return;
            ++negative;
            constexpr std::string_view no_joints = "=_([,;: ";
            behind_joint = behind_joint &&
                           (token.begin() == 0 || no_joints.find(stem(i)[token.begin() - 1]) != std::string_view::npos);
        });
        return negative > 0 && (negative < members_.size() || behind_joint);
    }
    /// Is it an amount, by the '=' in front of it or the letter behind it?
    [[nodiscard]] bool has_unit(std::size_t c) const {
        const Token token = first(c);
        const std::string_view name = stem(0);
        if (token.begin() > 0 && name[token.begin() - 1] == '=') return true;
        if (token.end == name.size()) return false;
        const auto behind = static_cast<unsigned char>(name[token.end]);
        return behind >= 0x80U || std::isalpha(behind) != 0;
    }
    [[nodiscard]] std::size_t least_blanks(std::size_t c) const {
        std::size_t least = first(c).blanks;
        for_each(c, [&](std::size_t, const Token& token) { least = std::min(least, token.blanks); });
        return least;
    }
    /// The width that blanks fill up to, those in front of all of them left out; 0 if no number is filled up with
    /// blanks, nothing if they are there for something else.
    [[nodiscard]] std::optional<std::size_t> filled_width(std::size_t c) const {
        const std::size_t least = least_blanks(c);
        std::size_t width = 0;
        std::size_t shortest = std::numeric_limits<std::size_t>::max();  // of those that are not filled up
        bool one_width = true;
        for_each(c, [&](std::size_t, const Token& token) {
            const std::size_t own = token.blanks - least + token.end - token.begin();
            if (token.blanks == least) {
                shortest = std::min(shortest, own);
                return;
            }
            one_width = one_width && (width == 0 || own == width) && (token.whole.size() == 1 || token.whole[0] != '0');
            width = own;
        });
        if (!one_width || shortest < width) return {};
        return width;
    }

private:
    [[nodiscard]] std::string_view stem(std::size_t i) const { return stem_of(names_[members_[i]]); }

    const Names& names_;
    const Members& members_;
    std::size_t size_ = 0;
};

/// One number of names.
struct Column {
    Reading reading;
    std::vector<std::int64_t> values;  ///< by member
    Counting counting = Counting::irregular;
    bool varies = false;
    bool tells_apart = false;
    bool has_unit = false;  ///< an amount, by the text beside it
};

/// Nothing if no program writes numbers so.
std::optional<Column> column_at(const Columns& columns, std::size_t c, std::size_t count) {
    Column column;
    column.reading.mixed = true;
    column.reading.first = c;
    column.reading.is_signed = columns.is_signed(c);
    std::size_t plain = 0;
    columns.for_each(c, [&](std::size_t, const Token& token) {
        column.reading.decimals = std::max(column.reading.decimals, decimals_of(token));
        if (token.is_plain()) ++plain;
    });
    if (column.reading.decimals > 0) column.reading.kind = NumberKind::decimal;
    const bool in_two_ways = plain > 0 && plain < count;
    // A single name with a fraction is something beside the others.
    if (in_two_ways && (count - plain) * 3 < count) return {};
    bool fits = true;
    columns.for_each(c, [&](std::size_t, const Token& token) {
        // As many digits as the number needs are none that end in zero: 1, 1.10 counts something else.
        if (in_two_ways && token.fraction.size() > 1 && token.fraction.back() == '0') fits = false;
        const auto value = value_of(token, column.reading.is_signed, column.reading.decimals);
        fits = fits && value;
        column.values.push_back(value.value_or(0));
    });
    if (!fits || !columns.filled_width(c)) return {};

    std::vector<std::int64_t> sorted = column.values;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    column.has_unit = columns.has_unit(c);
    column.varies = sorted.size() > 1;
    column.tells_apart = sorted.size() == count;
    if (column.varies) column.counting = steps_of(sorted, column.reading.kind, 0).counting;
    return column;
}

/// Joins `members`, which are of several series, if one number counts them all. As in one series, what counts less well
/// and orders them differently is stated, and what counts as well is disputed.
std::optional<Series> joined(const Names& names, Members members) {
    const Columns columns(names, members);
    std::vector<Column> found;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        std::optional<Column> column = column_at(columns, c, members.size());
        if (!column) return {};
        if (column->varies) found.push_back(std::move(*column));
    }
    const auto is_better = [](const Column& a, const Column& b) {
        if (a.tells_apart != b.tells_apart) return a.tells_apart;
        if (a.counting != b.counting) return a.counting < b.counting;
        return a.reading.kind < b.reading.kind;
    };
    const auto best = std::min_element(found.begin(), found.end(), is_better);
    if (best == found.end() || !best->tells_apart) return {};
    // Positions that were measured go in no equal steps.
    const bool is_amount = best->reading.kind == NumberKind::decimal && best->has_unit;
    if (best->counting > Counting::gaps && !is_amount) return {};
    std::vector<std::size_t> order(members.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return best->values[a] < best->values[b]; });

    Series series;
    series.has_digits = true;
    series.verdict = Verdict::clear;
    series.number = best->reading;
    series.likely = best->reading;
    for (const Column& other : found) {
        bool descends = false;
        for (std::size_t i = 1; i < order.size(); ++i) {
            descends = descends || other.values[order[i]] < other.values[order[i - 1]];
        }
        if (!descends) continue;
        if (series.verdict == Verdict::clear) series.rival = other.reading;
        series.verdict = Verdict::stated;
        if (best->counting < other.counting) continue;
        if (!other.tells_apart) return {};  // sections, channels
        series.verdict = Verdict::disputed;
        series.rival = other.reading;
        if (other.reading.first < best->reading.first) std::swap(*series.number, *series.rival);
        break;
    }
    series.members = std::move(members);
    return series;
}

/// A part of a name that may be anything, or the number of a pattern.
struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string text;
};

std::string with_parts(const Names& names, const Members& members, const std::vector<Part>& parts, bool as_glob,
                       bool as_printf) {
    const std::string_view first = names[members.front()];
    const bool one_suffix = std::all_of(members.begin(), members.end(), [&](std::size_t member) {
        return image_suffix(names[member]) == image_suffix(first);
    });
    as_glob = as_glob || !one_suffix;
    const auto literal = [&](std::string_view text) {
        std::string escaped = as_glob ? escaped_for_glob(text) : std::string(text);
        return as_printf ? escaped_for_printf(escaped) : escaped;
    };
    std::string pattern;
    std::size_t at = 0;
    for (const Part& part : parts) {
        pattern += literal(first.substr(at, part.begin - at)) + part.text;
        at = part.end;
    }
    const std::string_view stem = stem_of(first);
    pattern += literal(stem.substr(std::min(at, stem.size())));
    return pattern + (one_suffix ? literal(image_suffix(first)) : std::string(any_suffix(names, members)));
}

/// The numbers of the first name that are not the same in all, with the blanks that are not in front of all of them.
std::vector<std::pair<std::size_t, Part>> varying_parts(const Columns& columns) {
    std::vector<std::pair<std::size_t, Part>> parts;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const std::size_t least = columns.least_blanks(c);
        const Token first = columns.first(c);
        const std::string_view text = columns.text(0, first);
        bool varies = false;
        columns.for_each(c, [&](std::size_t i, const Token& token) {
            varies = varies || columns.text(i, token) != text || token.blanks != least;
        });
        if (varies) parts.emplace_back(c, Part{first.begin() - (first.blanks - least), first.end, "*"});
    }
    return parts;
}

}  // namespace

void join_mixed(const Names& names, std::vector<Series>& found) {
    if (found.size() < 2) return;
    std::unordered_map<std::string, std::vector<std::size_t>> alike;
    std::vector<Token> tokens;
    const auto first_stem = [&](std::size_t i) { return stem_of(names[found[i].members.front()]); };
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!found[i].has_digits || found[i].hash_length > 0) continue;
        alike[composed(take_tokens(first_stem(i), tokens))].push_back(i);
    }
    for (const auto& [text, which] : alike) {
        if (which.size() < 2) continue;
        // z1 and z-1 were held apart for a reason.
        std::set<std::string> texts;
        for (const std::size_t i : which) texts.insert(composed(text_around(first_stem(i), 0)));
        if (texts.size() < which.size()) continue;
        Members members;
        for (const std::size_t i : which) {
            members.insert(members.end(), found[i].members.begin(), found[i].members.end());
        }
        std::sort(members.begin(), members.end());
        std::optional<Series> series = joined(names, std::move(members));
        if (!series) continue;
        for (const std::size_t i : which) found[i].members.clear();
        found[which.front()] = std::move(*series);
    }
    found.erase(std::remove_if(found.begin(), found.end(), [](const Series& series) { return series.members.empty(); }),
                found.end());
}

Numbers mixed_numbers_in(const Names& names, const Members& members, const Reading& reading) {
    Numbers numbers;
    numbers.kind = reading.kind;
    numbers.decimals = reading.decimals;
    numbers.of.reserve(members.size());
    std::vector<Token> tokens;
    for (const std::size_t member : members) {
        (void)take_tokens(stem_of(names[member]), tokens);
        const Token& token = tokens[reading.first];
        const std::size_t begin = token.at - (reading.is_signed ? token.sign_size() : 0);
        numbers.of.push_back({static_cast<std::uint32_t>(member), static_cast<std::uint16_t>(begin),
                              static_cast<std::uint16_t>(token.end - begin),
                              value_of(token, reading.is_signed, reading.decimals).value_or(0)});
    }
    return numbers;
}

std::optional<std::string> mixed_pattern_for(const Names& names, const Members& members, const Reading& reading) {
    const Columns columns(names, members);
    std::string conversion = "%g";
    bool has_fraction = false;  // a whole number may be written so: 0.0
    columns.for_each(reading.first,
                     [&](std::size_t, const Token& token) { has_fraction = has_fraction || !token.fraction.empty(); });
    if (!has_fraction) {
        const std::size_t width = columns.filled_width(reading.first).value_or(0);
        const std::size_t length = columns.first(reading.first).whole.size();
        bool has_zeros = false;  // in front
        bool one_length = true;
        columns.for_each(reading.first, [&](std::size_t, const Token& token) {
            has_zeros = has_zeros || (token.whole.size() > 1 && token.whole[0] == '0');
            one_length = one_length && token.whole.size() == length && token.sign == 0;
        });
        if (has_zeros && !one_length) return {};
        conversion = has_zeros   ? "%0" + std::to_string(length) + "d"
                     : width > 0 ? "%" + std::to_string(width) + "d"
                                 : "%d";
    }
    std::vector<Part> parts;
    for (auto& [column, part] : varying_parts(columns)) {
        if (column == reading.first) {
            part.text = conversion;
            if (!reading.is_signed) part.begin += columns.first(column).sign_size();
        }
        parts.push_back(std::move(part));
    }
    // The patterns here have no exponent, and no sign that only some names have and that is none of the number's.
    bool has_exponent = false;
    bool one_sign = true;
    const char sign = columns.first(reading.first).sign;
    columns.for_each(reading.first, [&](std::size_t, const Token& token) {
        has_exponent = has_exponent || token.has_exponent;
        one_sign = one_sign && token.sign == sign;
    });
    if (has_exponent || (!reading.is_signed && !one_sign)) return {};
    return with_parts(names, members, parts, parts.size() > 1, true);
}

std::string mixed_glob_for(const Names& names, const Members& members) {
    std::vector<Part> parts;
    for (auto& [column, part] : varying_parts(Columns(names, members))) {
        parts.push_back(std::move(part));
    }
    return with_parts(names, members, parts, true, false);
}

}  // namespace stack2nrrd
