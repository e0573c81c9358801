#include "sidecar/ini.hpp"

#include "core/text.hpp"
#include "sidecar/units.hpp"

#include <algorithm>

namespace stack2nrrd {

namespace {

constexpr Index largest_integer = 1'000'000'000;

std::string_view unquoted(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return trimmed(text);
}

/// Walks from entry to entry.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text), feed_(text.find('\n')), return_(text.find('\r')) {}

    /// To the next section or entry; false at the end.
    bool next() {
        while (start_ < text_.size()) {
            const std::string_view line = next_line();
            if (line.size() >= 2 && line.front() == '[' && line.back() == ']') {
                section = trimmed(line.substr(1, line.size() - 2));
                is_section = true;
                return true;
            }
            const std::size_t equals = line.find('=');
            if (equals == std::string_view::npos) continue;
            key = trimmed(line.substr(0, equals));
            value = unquoted(trimmed(line.substr(equals + 1)));
            is_section = false;
            return true;
        }
        return false;
    }

    std::string_view section, key, value;
    bool is_section = false;

private:
    std::string_view next_line() {
        // Each is looked for only when it has been passed: the text may have a million of one and none of the other.
        if (feed_ < start_) feed_ = text_.find('\n', start_);
        if (return_ < start_) return_ = text_.find('\r', start_);
        const std::size_t end = std::min({feed_, return_, text_.size()});
        const std::string_view line = text_.substr(start_, end - start_);
        start_ = end + 1;
        return trimmed(line);
    }

    std::string_view text_;
    std::size_t start_ = 0, feed_, return_;
};

/// The unit in "Pixel Size (um)" if `asked` is "Pixel Size".
std::optional<std::string_view> unit_of(std::string_view key, std::string_view asked) {
    if (key.size() < asked.size() || !same_ignoring_case(key.substr(0, asked.size()), asked)) return std::nullopt;
    const std::string_view unit = trimmed(key.substr(asked.size()));
    if (unit.size() < 2 || unit.front() != '(' || unit.back() != ')') return std::nullopt;
    return trimmed(unit.substr(1, unit.size() - 2));
}

}  // namespace

bool has_ini_section(std::string_view text, std::string_view section) {
    for (Cursor cursor(text); cursor.next();) {
        if (cursor.is_section && same_ignoring_case(cursor.section, section)) return true;
    }
    return false;
}

bool IniReader::has_section(std::string_view section) const { return has_ini_section(text_, section); }

std::optional<std::string_view> IniReader::value(std::string_view section, std::string_view key) const {
    std::optional<std::string_view> found;
    for (Cursor cursor(text_); cursor.next();) {
        if (cursor.is_section || cursor.value.empty() || !same_ignoring_case(cursor.key, key) ||
            !same_ignoring_case(cursor.section, section)) {
            continue;
        }
        if (found && *found != cursor.value) {
            doubts_->push_back(quotation(key) + " is both " + quotation(*found) + " and " + quotation(cursor.value) +
                               ", one value was expected; neither is used");
            return std::nullopt;
        }
        found = cursor.value;
    }
    return found;
}

std::optional<Index> IniReader::integer(std::string_view section, std::string_view key, Index least) const {
    const std::optional<std::string_view> text = value(section, key);
    if (!text) return std::nullopt;
    const std::optional<Index> number = parse_integer(*text);
    if (number && *number >= least && *number <= largest_integer) return number;
    doubts_->push_back(quotation(key) + " is " + quotation(*text) + ", an integer from " + std::to_string(least) +
                       " to " + std::to_string(largest_integer) + " was expected; it is not used");
    return std::nullopt;
}

std::optional<double> IniReader::number(std::string_view section, std::string_view key) const {
    const std::optional<std::string_view> text = value(section, key);
    return text ? checked_number(key, *text, *doubts_) : std::nullopt;
}

std::optional<double> IniReader::spacing(std::string_view section, std::string_view key, double unit_mm) const {
    const std::optional<std::string_view> text = value(section, key);
    return text ? checked_spacing(key, *text, unit_mm, *doubts_) : std::nullopt;
}

std::optional<double> IniReader::spacing_with_unit(std::string_view section, std::string_view key) const {
    std::string_view found, found_value;
    for (Cursor cursor(text_); cursor.next();) {
        if (cursor.is_section || cursor.value.empty() || !unit_of(cursor.key, key) ||
            !same_ignoring_case(cursor.section, section)) {
            continue;
        }
        if (!found.empty() && (found != cursor.key || found_value != cursor.value)) {
            doubts_->push_back(quotation(found) + " is " + quotation(found_value) + " and " + quotation(cursor.key) +
                               " is " + quotation(cursor.value) + ", one value was expected; neither is used");
            return std::nullopt;
        }
        found = cursor.key;
        found_value = cursor.value;
    }
    if (found.empty()) return std::nullopt;
    const std::optional<double> unit = unit_in_mm(*unit_of(found, key));
    if (unit) return checked_spacing(found, found_value, *unit, *doubts_);
    doubts_->push_back(quotation(found) + " is in an unknown unit, um or mm was expected; it is not used");
    return std::nullopt;
}

}  // namespace stack2nrrd
