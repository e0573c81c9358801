#include "volume/nrrd_text.hpp"

#include "codec/codec.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

namespace stack2nrrd {

namespace {

// What no honest header exceeds, a list of a million names included.
constexpr std::size_t longest_line = std::size_t{1} << 20;
constexpr std::int64_t longest_header = std::int64_t{256} << 20;

/// Fields in the form of NrrdText::fields. Some say nothing that an import needs, but they are legal.
constexpr std::array<std::string_view, 33> known_fields{"content",
                                                        "number",
                                                        "type",
                                                        "blocksize",
                                                        "dimension",
                                                        "space",
                                                        "spacedimension",
                                                        "sizes",
                                                        "spacings",
                                                        "thicknesses",
                                                        "axismins",
                                                        "axismaxs",
                                                        "centers",
                                                        "spacedirections",
                                                        "centerings",
                                                        "kinds",
                                                        "labels",
                                                        "units",
                                                        "min",
                                                        "max",
                                                        "oldmin",
                                                        "oldmax",
                                                        "endian",
                                                        "encoding",
                                                        "lineskip",
                                                        "byteskip",
                                                        "sampleunits",
                                                        "spaceunits",
                                                        "spaceorigin",
                                                        "datafile",
                                                        "measurementframe",
                                                        "axismin",
                                                        "axismax"};

/// Lines of a file from its beginning, without their LF or CR LF.
class Lines {
public:
    explicit Lines(InputFile& file) : file_(file), buffer_(64 << 10) {}

    /// Goes on from `offset`.
    void go_to(std::int64_t offset) {
        offset_ = offset;
        at_ = end_ = 0;
    }

    /// False at the end of the file.
    bool next(std::string& line) {
        line.clear();
        bool any = false;
        for (;;) {
            if (at_ == end_ && !fill()) break;
            any = true;
            const char* begin = buffer_.data() + at_;
            const auto* found = static_cast<const char*>(std::memchr(begin, '\n', end_ - at_));
            const std::size_t length = found != nullptr ? static_cast<std::size_t>(found - begin) : end_ - at_;
            if (line.size() + length > longest_line || offset_ > longest_header) too_long();
            line.append(begin, length);
            at_ += length + (found != nullptr ? 1 : 0);
            if (found != nullptr) break;
        }
        if (!line.empty() && line.back() == '\r') line.pop_back();
        return any;
    }

    [[nodiscard]] std::int64_t position() const { return offset_ - static_cast<std::int64_t>(end_ - at_); }

private:
    bool fill() {
        end_ = file_.read_at(offset_, buffer_.data(), buffer_.size());
        file_.check();
        offset_ += static_cast<std::int64_t>(end_);
        at_ = 0;
        return end_ > 0;
    }

    [[noreturn]] void too_long() const {
        refuse(file_, ErrorCode::limit,
               "has a NRRD header with a line of more than " + bytes_text(longest_line) + " or more than " +
                   bytes_text(longest_header) + " in all, less was expected; write the header again");
    }

    InputFile& file_;
    std::vector<char> buffer_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::int64_t offset_ = 0;
};

std::string field_name(std::string_view text) {
    std::string name = lower_case(text);
    std::erase_if(name, [](char c) { return c == ' ' || c == '\t'; });
    if (name == "axismin" || name == "axismax") name += 's';
    if (name == "centers") name = "centerings";
    return name;
}

bool is_field(std::string_view name) {
    return std::find(known_fields.begin(), known_fields.end(), name) != known_fields.end();
}

/// Key/values know two escapes: a line break and the backslash itself.
std::string unescaped(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (text[i] == '\\' && (next == 'n' || next == '\\')) {
            result += next == 'n' ? '\n' : '\\';
            ++i;
        } else {
            result += text[i];
        }
    }
    return result;
}

using KeyIndex = std::unordered_map<std::string, std::size_t>;

void add_key_value(NrrdText& text, KeyIndex& index, std::string_view line, std::size_t separator) {
    std::string key = unescaped(line.substr(0, separator));
    std::string value = unescaped(line.substr(separator + 2));
    const auto [place, is_new] = index.emplace(key, text.key_values.size());
    if (is_new) {
        text.key_values.emplace_back(std::move(key), std::move(value));
    } else {
        text.key_values[place->second].second = std::move(value);
    }
}

/// Do the names of the data files follow, a line each? (SKIPLIST is refused later, by name.)
bool is_list(std::string_view data_file) {
    const std::string_view word = data_file.substr(0, data_file.find_first_of(" \t"));
    return word == "LIST" || word == "SKIPLIST";
}

/// Where the colon is that ends the name of a field; npos if the line is none. Some writers leave out the blank behind
/// it.
std::size_t field_colon(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.substr(colon).starts_with(":=")) return std::string_view::npos;
    return is_field(field_name(line.substr(0, colon))) ? colon : std::string_view::npos;
}

/// A line is a field if it begins with the name of one; otherwise a key/value if it has ":=" in it.
void add_line(const InputFile& file, NrrdText& text, KeyIndex& index, std::string_view line) {
    const std::size_t colon = field_colon(line);
    if (colon != std::string_view::npos) {
        const std::string name = field_name(line.substr(0, colon));
        if (text.field(name) != nullptr) damaged_header(file, "it has the field " + in_quotes(name) + " twice");
        text.fields.emplace_back(name, trimmed(line.substr(colon + 1)));
        return;
    }
    const std::size_t equals = line.find(":=");
    if (equals != std::string_view::npos) {
        add_key_value(text, index, line, equals);
    } else if (const std::size_t unknown = line.find(": "); unknown != std::string_view::npos) {
        unsupported_nrrd(file, "the unknown field " + in_quotes(line.substr(0, unknown)),
                         "take the line out or correct it");
    } else {
        damaged_header(file, "its line " + in_quotes(line) + " is neither field nor key/value nor comment");
    }
}

bool is_blank(std::string_view line) { return trimmed(line).empty(); }
bool is_comment(std::string_view line) { return trimmed(line).starts_with('#'); }

/// Text, and no samples that happen to look like it.
bool is_plain(std::string_view line) {
    return std::none_of(line.begin(), line.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7F;
    });
}

/// After a blank line: does a line of a header follow, perhaps behind more of them? The samples of an attached header
/// may follow as well, whatever they are: so no more is read than is needed to see it.
bool header_goes_on(InputFile& file, std::int64_t offset) {
    std::string ahead(4096, '\0');
    ahead.resize(file.read_at(offset, ahead.data(), ahead.size()));
    file.check();
    for (std::string_view rest = ahead; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!is_blank(line)) {
            return is_plain(line) && (field_colon(line) != std::string_view::npos || is_comment(line) ||
                                      line.find(":=") != std::string_view::npos);
        }
        if (end == std::string_view::npos) return false;
        rest.remove_prefix(end + 1);
    }
    return false;
}

/// A header that says nowhere what its samples are cannot be at its end; and samples do not follow one that names
/// another file for them, or is called as if it did.
bool may_go_on(const InputFile& file, const NrrdText& text) {
    for (const std::string_view field : {"type", "dimension", "sizes", "encoding"}) {
        if (text.field(field) == nullptr) return true;
    }
    return text.field("datafile") != nullptr || lower_case(utf8(path_from_utf8(file.path()).extension())) == ".nhdr";
}

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

/// Text of two or four bytes a character, with a mark at its beginning or without one.
bool is_utf16(std::string_view head) {
    using namespace std::string_view_literals;
    return head.starts_with("\xFF\xFE"sv) || head.starts_with("\xFE\xFF"sv) || head.starts_with("N\0R\0"sv) ||
           head.starts_with("\0N\0R"sv);
}

}  // namespace

const std::string* NrrdText::field(std::string_view name) const {
    for (const auto& [own, value] : fields) {
        if (own == name) return &value;
    }
    return nullptr;
}

const std::string* NrrdText::key_value(std::string_view key) const {
    for (const auto& [own, value] : key_values) {
        if (own == key) return &value;
    }
    return nullptr;
}

bool is_nrrd(std::span<const std::byte> head) {
    std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (is_utf16(text)) {  // the letters of the beginning are the same, with zeros between them
        std::string letters(text);
        std::erase_if(letters, [](char c) { return c == '\0' || c == '\xFF' || c == '\xFE'; });
        return letters.starts_with("NRRD");
    }
    if (text.starts_with(utf8_mark)) text.remove_prefix(utf8_mark.size());
    return text.starts_with("NRRD0");  // all versions: NRRD00.01, NRRD0001 … NRRD0006
}

NrrdText read_nrrd_text(InputFile& file) {
    std::array<std::byte, 16> head{};
    const std::span beginning(head.data(), file.read_at(0, head.data(), head.size()));
    file.check();
    if (!is_nrrd(beginning)) {
        refuse(file, ErrorCode::corrupt,
               "does not begin like a NRRD file, \"NRRD0004\" was expected; copy it again from its source");
    }
    const std::string_view mark(reinterpret_cast<const char*>(head.data()), beginning.size());
    if (is_utf16(mark)) {
        refuse(file, ErrorCode::unsupported,
               "is a NRRD header in UTF-16, plain text (ASCII or UTF-8) was expected; save it again as UTF-8");
    }
    Lines lines(file);
    if (mark.starts_with(utf8_mark)) lines.go_to(static_cast<std::int64_t>(utf8_mark.size()));
    std::string line;
    lines.next(line);
    const std::string_view magic = trimmed(line);
    const bool known = magic == "NRRD00.01" || (magic.size() == 8 && magic >= "NRRD0001" && magic <= "NRRD0006");
    if (!known) unsupported_nrrd(file, "the version " + in_quotes(magic), "write it again as NRRD0005 or older");
    NrrdText text;
    KeyIndex index;
    while (lines.next(line)) {
        if (line.empty() || (is_blank(line) && may_go_on(file, text))) {
            const std::int64_t behind = lines.position();
            if (may_go_on(file, text) && header_goes_on(file, behind)) continue;
            text.blank_line = true;
            lines.go_to(behind);
            break;
        }
        if (is_comment(line)) continue;
        add_line(file, text, index, line);
        const bool list =
            !text.fields.empty() && text.fields.back().first == "datafile" && is_list(text.fields.back().second);
        if (!list) continue;
        text.list_at = lines.position();
        while (lines.next(line)) text.list_size += is_blank(line) ? 0 : 1;  // to the end, whatever is there
        break;
    }
    text.end = lines.position();
    return text;
}

void for_each_listed(InputFile& file, const NrrdText& text, const std::function<void(std::string_view)>& take) {
    if (text.list_size == 0) return;
    Lines lines(file);
    lines.go_to(text.list_at);
    std::string line;
    std::int64_t count = 0;
    while (lines.next(line)) {
        if (is_blank(line)) continue;
        take(line);
        ++count;
    }
    if (count != text.list_size) {
        refuse(file, ErrorCode::changed, "has changed while it was read, it was expected to stay as it is; try again");
    }
}

void damaged_header(const InputFile& file, const std::string& what) {
    refuse(file, ErrorCode::corrupt, "has a damaged NRRD header, " + what + "; correct it or write it again");
}

void unsupported_nrrd(const InputFile& file, const std::string& feature, std::string_view remedy) {
    refuse(file, ErrorCode::unsupported,
           "is a NRRD with " + feature + ", which is not supported; " + std::string(remedy));
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t most = 60;
    return "\"" + printable(text.substr(0, most)) + (text.size() > most ? "…\"" : "\"");
}

}  // namespace stack2nrrd
