#include "parts/stack_text.hpp"

#include "core/text.hpp"
#include "sink/slab_checksums.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

struct Damaged {};

std::string checksum_of(std::string_view text) { return hex_text(crc32_of(text)); }

/// Fields, one a line, in the order in which they are visited.
class Writer {
public:
    static constexpr bool reads = false;

    void visit(std::string& text) {
        for (const char c : text) {
            if (c == '\n') text_ += "\\n";
            if (c == '\\') text_ += "\\\\";
            if (c != '\n' && c != '\\') text_ += c;
        }
        text_ += '\n';
    }
    void visit(double& number) { text_ += number_text(number) + '\n'; }
    template <class T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
    void visit(T& number) { text_ += std::to_string(static_cast<std::int64_t>(number)) + '\n'; }
    void count(std::size_t& n) { text_ += std::to_string(n) + '\n'; }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

/// The reverse.
class Reader {
public:
    static constexpr bool reads = true;

    explicit Reader(std::string_view text) : text_(text) {}

    void visit(std::string& text) {
        const std::string_view line = next();
        text.clear();
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (line[i] != '\\') {
                text += line[i];
            } else if (++i < line.size()) {
                text += line[i] == 'n' ? '\n' : line[i];
            }
        }
    }
    void visit(double& number) {
        const auto found = parse_double(next());
        if (!found) throw Damaged{};
        number = *found;
    }
    template <class T>
    requires std::is_integral_v<T>
    void visit(T& number) {
        number = static_cast<T>(integer(std::is_same_v<T, bool> ? 0 : std::numeric_limits<std::int64_t>::min(),
                                        std::is_same_v<T, bool> ? 1 : std::numeric_limits<std::int64_t>::max()));
    }
    void visit(ErrorCode& code) { code = static_cast<ErrorCode>(integer(0, static_cast<int>(ErrorCode::cancelled))); }
    void visit(Colour& colour) { colour = static_cast<Colour>(integer(0, static_cast<int>(Colour::components))); }
    void visit(SampleType& type) { type = static_cast<SampleType>(integer(0, static_cast<int>(SampleType::uint64))); }
    /// Of what follows, each at least a line.
    void count(std::size_t& n) { n = static_cast<std::size_t>(integer(0, static_cast<std::int64_t>(text_.size()))); }

    [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }

private:
    std::string_view next() {
        const std::size_t end = text_.find('\n');
        if (end == std::string_view::npos) throw Damaged{};
        const std::string_view line = text_.substr(0, end);
        text_.remove_prefix(end + 1);
        return line;
    }
    std::int64_t integer(std::int64_t least, std::int64_t most) {
        const auto found = parse_integer(next());
        if (!found || *found < least || *found > most) throw Damaged{};
        return *found;
    }

    std::string_view text_;
};

template <class Archive, class T>
void visit_all(Archive& archive, std::vector<T>& values, auto each) {
    std::size_t count = values.size();
    archive.count(count);
    values.resize(count);
    for (T& value : values) each(value);
}

template <class Archive, class T>
void visit_optional(Archive& archive, std::optional<T>& value, auto each) {
    bool is_there = value.has_value();
    archive.visit(is_there);
    if (is_there && !value) value.emplace();
    if (is_there) each(*value);
}

void visit_files(Writer& writer, FileList& files) {
    std::size_t count = files.size();
    writer.count(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::string path = files.path(i);
        FileStamp stamp = files.stamp(i);
        writer.visit(path);
        writer.visit(stamp.bytes);
        writer.visit(stamp.mark);
    }
}

void visit_files(Reader& reader, FileList& files) {
    std::size_t count = 0;
    reader.count(count);
    std::vector<FileStamp> stamps(count);
    for (FileStamp& stamp : stamps) {
        std::string path;
        reader.visit(path);
        reader.visit(stamp.bytes);
        reader.visit(stamp.mark);
        files.add(path);
    }
    files.set_stamps(std::move(stamps));
}

/// Every field of a stack of image files, in one order for both.
template <class Archive>
void visit(Archive& archive, Stack& s) {
    const auto one = [&](auto& value) { archive.visit(value); };
    const auto vector3 = [&](Vector3& v) { std::for_each(v.begin(), v.end(), one); };
    const auto pair = [&](std::pair<std::string, std::string>& note) {
        one(note.first);
        one(note.second);
    };
    for (std::string* text : {&s.name, &s.kind}) one(*text);
    visit_files(archive, s.files);
    visit_all(archive, s.slices, [&](SliceRef& slice) {
        one(slice.file);
        one(slice.place);
    });
    for (Index* n : {&s.taken.channels, &s.taken.channel, &s.taken.times, &s.taken.time}) one(*n);
    for (auto* texts : {&s.missing, &s.strays, &s.sidecars, &s.other_inputs}) visit_all(archive, *texts, one);
    visit_all(archive, s.problems, [&](Problem& problem) {
        one(problem.code);
        one(problem.fatal);
        one(problem.text);
        one(problem.spacing);
    });
    one(s.image.width);
    one(s.image.height);
    one(s.image.colour);
    one(s.image.type);
    one(s.image.format);
    one(s.image.components);
    one(s.components.kind);
    one(s.components.label);
    one(s.components.place);
    visit_optional(archive, s.components.measurement_frame,
                   [&](auto& frame) { std::for_each(frame.begin(), frame.end(), vector3); });
    one(s.stored);
    one(s.interpreted);
    one(s.decoder_bytes);
    std::for_each(s.geometry.direction.begin(), s.geometry.direction.end(), vector3);
    vector3(s.geometry.origin);
    one(s.geometry.spacing_known);
    one(s.geometry.spacing_source);
    for (std::string& label : s.fields.labels) one(label);
    for (std::string* text : {&s.fields.content, &s.fields.sample_units, &s.fields.old_min, &s.fields.old_max})
        one(*text);
    visit_all(archive, s.notes, pair);
    for (std::string* text : {&s.listed.order, &s.listed.spacing, &s.listed.origin}) one(*text);
    visit_optional(archive, s.bare, [&](BareSamples& bare) {
        one(bare.offset);
        one(bare.big_endian);
        one(bare.bottom_up);
    });
}

bool is_sound(const Stack& stack) {
    const auto files = static_cast<std::int64_t>(stack.files.size());
    const bool has_files = std::all_of(stack.slices.begin(), stack.slices.end(),
                                       [&](const SliceRef& slice) { return slice.file >= -1 && slice.file < files; });
    constexpr Index longest = 1'000'000;
    const ImageInfo& image = stack.image;
    return has_files && image.width > 0 && image.height > 0 && image.width <= longest && image.height <= longest &&
           image.components > 0 && image.components <= most_channels;
}

}  // namespace

std::string stack_text(const Stack& stack, std::string_view request) {
    if (stack.volume != nullptr || stack.source != nullptr || request.empty()) return {};
    Writer writer;
    std::string asked(request);
    Stack copy = stack;
    writer.visit(asked);
    visit(writer, copy);
    return writer.text() + checksum_of(writer.text()) + "\n";
}

std::optional<Stack> stack_from_text(std::string_view text, std::string_view request, const std::string& shown) {
    try {
        const std::size_t last = text.size() < 2 ? text.npos : text.rfind('\n', text.size() - 2);
        if (last == text.npos || text.back() != '\n') throw Damaged{};
        const std::string_view body = text.substr(0, last + 1);
        if (text.substr(last + 1) != checksum_of(body) + "\n") throw Damaged{};
        Reader reader(body);
        std::string asked;
        reader.visit(asked);
        if (asked != request) return std::nullopt;
        Stack stack;
        visit(reader, stack);
        if (!reader.at_end() || !is_sound(stack)) throw Damaged{};
        return stack;
    } catch (const Damaged&) {
        throw Error(ErrorCode::corrupt, shown +
                                            ": is damaged, the stack that was found was expected; remove its folder "
                                            "to begin anew");
    }
}

}  // namespace stack2nrrd
