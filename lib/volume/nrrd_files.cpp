#include "volume/nrrd_files.hpp"

#include "core/text.hpp"
#include "volume/nrrd_axes.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace stack2nrrd {

namespace {

/// A `%03d` in a name. Names are made by this code and never by printf: the text comes from a file.
struct Pattern {
    std::string before;
    std::string after;
    std::size_t width = 0;
    char fill = ' ';
};

/// "%%" means a percent sign. Nothing if `text` is no pattern of one whole number.
std::optional<Pattern> parse_pattern(std::string_view text) {
    Pattern pattern;
    std::string* part = &pattern.before;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            *part += text[i];
            continue;
        }
        ++i;
        if (i < text.size() && text[i] == '%') {
            *part += '%';
            continue;
        }
        if (part == &pattern.after) return std::nullopt;  // a second number
        if (i < text.size() && text[i] == '0') pattern.fill = '0';
        for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
            pattern.width = pattern.width * 10 + static_cast<std::size_t>(text[i] - '0');
            if (pattern.width > 100) return std::nullopt;
        }
        if (i >= text.size() || text[i] != 'd') return std::nullopt;
        part = &pattern.after;
    }
    if (part == &pattern.before) return std::nullopt;
    return pattern;
}

std::string name_of(const Pattern& pattern, std::int64_t n) {
    std::string digits = std::to_string(n);
    if (digits.size() < pattern.width) {
        const bool sign = pattern.fill == '0' && n < 0;
        digits.insert(sign ? 1 : 0, pattern.width - digits.size(), pattern.fill);
    }
    return pattern.before + digits + pattern.after;
}

/// "%20" as a blank, and so on.
std::string percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
            result += static_cast<char>(byte);
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

/// Names of data files to paths. A name may come from another machine: then the file is looked for beside the header.
class Resolver {
public:
    explicit Resolver(const InputFile& header)
        : header_(header), folder_(path_from_utf8(header.path()).parent_path()) {}

    [[nodiscard]] std::string operator()(std::string_view name) {
        if (name.empty()) damaged_header(header_, "the name of a data file is empty");
        if (name == "-") {
            unsupported_nrrd(header_, "its samples on standard input", "write them to a file");
        }
        while (name.starts_with("./") && name.size() > 2) name.remove_prefix(2);
        const std::filesystem::path given = folder_ / path_from_utf8(name);  // an absolute name stays as it is
        if (!is_odd(name) || disk::exists(given)) return utf8(given);
        for (const std::string& other : other_names(name)) {
            const std::filesystem::path path = folder_ / path_from_utf8(other);
            if (!disk::exists(path)) continue;
            if (moved_++ == 0) {
                named_ = name;
                taken_ = other;
            }
            return utf8(path);
        }
        return utf8(given);
    }

    /// What is to be reported about files that were found elsewhere; empty if there is nothing.
    [[nodiscard]] std::string remark() const {
        if (moved_ == 0) return {};
        const std::string others = moved_ == 1 ? "" : ", and so for " + std::to_string(moved_ - 1) + " more";
        return "it names the data file " + in_quotes(named_) + ", which does not exist; " + in_quotes(taken_) +
               " beside the header is taken instead" + others;
    }

private:
    /// Is it a name that another system may have written, or that blanks were left behind?
    static bool is_odd(std::string_view name) {
        return name.find_first_of("\\\"") != std::string_view::npos || name[0] == '/' || name.find(':') != name.npos ||
               trimmed(name) != name;
    }

    /// In the order in which they are looked for: the same path in other words, then its last part alone.
    static std::vector<std::string> other_names(std::string_view name) {
        std::vector<std::string> names;
        std::string plain(trimmed(name));
        if (plain.size() > 2 && plain.front() == '"' && plain.back() == '"') plain = plain.substr(1, plain.size() - 2);
        if (lower_case(plain.substr(0, 5)) == "file:") {
            plain = percent_decoded(plain.substr(5));
            if (plain.starts_with("//")) plain = plain.substr(std::min(plain.find('/', 2), plain.size()));
        }
        names.push_back(plain);
        std::replace(plain.begin(), plain.end(), '\\', '/');
        names.push_back(plain);
        names.push_back(plain.substr(plain.find_last_of("/:") + 1));
        std::erase(names, "");
        return names;
    }

    const InputFile& header_;
    std::filesystem::path folder_;
    std::size_t moved_ = 0;
    std::string named_;  ///< the first of them
    std::string taken_;
};

int parse_subdim(const InputFile& header, std::string_view text, std::size_t dimension) {
    const std::int64_t subdim = field_integer(header, "data file", text);
    if (subdim < 1 || subdim > static_cast<std::int64_t>(dimension)) {
        damaged_header(header, "its data files have " + std::to_string(subdim) + " dimensions, 1 to " +
                                   std::to_string(dimension) + " were expected");
    }
    return static_cast<int>(subdim);
}

/// How many files there must be; any divisor of the slowest axis if each has all dimensions.
void check_count(const InputFile& header, std::span<const Index> sizes, int subdim, std::int64_t count) {
    Index expected = 1;
    for (std::size_t a = static_cast<std::size_t>(subdim); a < sizes.size(); ++a) expected *= sizes[a];
    const bool whole = static_cast<std::size_t>(subdim) == sizes.size();
    if (whole ? count >= 1 && sizes.back() % count == 0 : count == expected) return;
    const std::string due = whole ? "a divisor of " + std::to_string(sizes.back()) : std::to_string(expected);
    damaged_header(header, "it names " + std::to_string(count) + " data files and " + due + " were expected");
}

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> result;
    for (const std::string_view word : split(text, ' ')) {
        if (!word.empty()) result.push_back(word);
    }
    return result;
}

}  // namespace

NrrdFiles nrrd_files(InputFile& header, const NrrdText& text, std::span<const Index> sizes, bool expect_pieces) {
    const std::string& value = *text.field("datafile");
    Resolver resolve(header);
    std::string spaced = value;
    std::replace(spaced.begin(), spaced.end(), '\t', ' ');
    const std::vector<std::string_view> parts = words(spaced);
    if (parts.empty()) damaged_header(header, "its field \"data file\" is empty");

    NrrdFiles files;
    const int slices = static_cast<int>(sizes.size()) - 1;  // what a file of a LIST holds by default
    if (parts[0] == "SKIPLIST") unsupported_nrrd(header, "a SKIPLIST of data files", "use LIST and one common skip");
    if (parts[0] == "LIST" && parts.size() <= 2) {
        files.subdim = parts.size() == 2 ? parse_subdim(header, parts[1], sizes.size()) : slices;
        if (expect_pieces) check_count(header, sizes, files.subdim, text.list_size);
        for_each_listed(header, text, [&](std::string_view name) { files.files.add(resolve(name)); });
        files.remark = resolve.remark();
        return files;
    }
    const std::optional<Pattern> pattern = parse_pattern(parts[0]);
    if (!pattern || parts.size() < 4) {
        files.files.add(resolve(value));
        files.remark = resolve.remark();
        return files;
    }
    if (parts.size() > 5) damaged_header(header, "its pattern of data files has more than min, max, step, dimension");
    const std::int64_t first = field_integer(header, "data file", parts[1]);
    const std::int64_t last = field_integer(header, "data file", parts[2]);
    const std::int64_t step = field_integer(header, "data file", parts[3]);
    constexpr std::int64_t most = 1'000'000'000;
    for (const std::int64_t n : {first, last, step}) {
        if (n < -most || n > most)
            damaged_header(header, "its pattern of data files has the number " + std::to_string(n));
    }
    if (step == 0 || (last - first < 0) != (step < 0 && last != first)) {
        damaged_header(header, "its pattern of data files cannot get from " + std::to_string(first) + " to " +
                                   std::to_string(last) + " by steps of " + std::to_string(step));
    }
    files.subdim = parts.size() == 5 ? parse_subdim(header, parts[4], sizes.size()) : slices;
    const std::int64_t count = (last - first) / step + 1;
    check_count(header, sizes, files.subdim, count);  // before names are made
    constexpr std::int64_t most_files = 10'000'000;
    if (count > most_files) damaged_header(header, "its pattern makes " + std::to_string(count) + " data files");
    for (std::int64_t i = 0; i < count; ++i) files.files.add(resolve(name_of(*pattern, first + i * step)));
    files.remark = resolve.remark();
    return files;
}

}  // namespace stack2nrrd
