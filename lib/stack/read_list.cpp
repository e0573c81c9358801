#include "stack/read_list.hpp"

#include "core/characters.hpp"
#include "core/file.hpp"
#include "core/retry.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <cstddef>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

/// Reads what comes next, at most that much; nothing at the end.
using More = std::function<std::size_t(std::span<char> room)>;

/// A name may begin with '#', too.
bool is_comment(std::string_view line) { return line.front() == '#' && !disk::exists(path_from_utf8(line)); }

/// Text that comes piece by piece in UTF-16, as PowerShell writes it.
class Utf16 {
public:
    explicit Utf16(bool low_byte_first) : low_byte_first_(low_byte_first) {}

    /// Appends it in UTF-8, as far as it is whole. What is none ends up as U+FFFD.
    void append(std::string_view bytes, std::string& utf8) {
        for (const char c : bytes) {
            const auto byte = static_cast<unsigned char>(c);
            if (!half_) {
                half_ = byte;
                continue;
            }
            const unsigned unit = low_byte_first_ ? *half_ | unsigned{byte} << 8U : unsigned{*half_} << 8U | byte;
            half_.reset();
            take(unit, utf8);
        }
    }
    /// At the end of the text.
    void end(std::string& utf8) {
        if (half_ || high_ != 0) append_character(utf8, no_character);
    }

private:
    static constexpr char32_t no_character = 0xFFFD;

    void take(unsigned unit, std::string& utf8) {
        const bool is_second = unit >= 0xDC00 && unit < 0xE000;
        const unsigned high = std::exchange(high_, unit >= 0xD800 && unit < 0xDC00 ? unit : 0);
        if (high != 0 && is_second) return append_character(utf8, 0x10000 + ((high - 0xD800) << 10U) + (unit - 0xDC00));
        if (high != 0 || is_second) append_character(utf8, no_character);
        if (high_ == 0 && !is_second) append_character(utf8, unit);
    }

    bool low_byte_first_;
    std::optional<unsigned char> half_;  ///< the first byte of a unit
    unsigned high_ = 0;                  ///< the first unit of two
};

/// The lines of a text in UTF-8 or UTF-16, one by one.
class Lines {
public:
    static constexpr std::size_t longest = 65534;  ///< a bound for what is no list at all: a volume, /dev/zero

    explicit Lines(More more) : more_(std::move(more)), piece_(longest) {}

    /// The next one in UTF-8, without its end; valid until the next call. Nothing behind the last one. Of one that is
    /// longer than the bound, more than that comes.
    std::optional<std::string_view> next() {
        text_.erase(0, taken_);
        std::size_t end = text_.find('\n');
        while (end == std::string::npos && text_.size() <= longest && !at_end_) {
            const std::size_t before = text_.size();
            read_piece();
            end = text_.find('\n', before);
        }
        taken_ = end == std::string::npos ? text_.size() : end + 1;
        if (taken_ == 0) return std::nullopt;
        return std::string_view(text_).substr(0, end);
    }

private:
    void read_piece() {
        std::size_t size = 0;
        while (size < piece_.size() && !at_end_) {  // a pipe gives it in little pieces
            const std::size_t got = more_(std::span(piece_).subspan(size));
            size += got;
            at_end_ = got == 0;
        }
        std::string_view bytes(piece_.data(), size);
        if (!std::exchange(has_begun_, true)) {
            constexpr std::string_view mark_of_utf8 = "\xEF\xBB\xBF";
            const bool low_byte_first = bytes.starts_with("\xFF\xFE");
            if (bytes.starts_with(mark_of_utf8)) bytes.remove_prefix(mark_of_utf8.size());
            if (low_byte_first || bytes.starts_with("\xFE\xFF")) {
                utf16_.emplace(low_byte_first);
                bytes.remove_prefix(2);
            }
        }
        if (!utf16_) {
            text_ += bytes;
            return;
        }
        utf16_->append(bytes, text_);
        if (at_end_) utf16_->end(text_);
    }

    More more_;
    std::vector<char> piece_;
    std::string text_;       ///< from the line on that was given last
    std::size_t taken_ = 0;  ///< of the text, with the end of its line
    std::optional<Utf16> utf16_;
    bool has_begun_ = false;
    bool at_end_ = false;
};

void read_lines(More more, const std::string& name, const std::function<void(std::string_view)>& take) {
    Lines lines(std::move(more));
    for (std::size_t number = 1; std::optional<std::string_view> line = lines.next(); ++number) {
        const auto refuse = [&](const std::string& is) {
            throw Error(ErrorCode::corrupt, name + ": line " + std::to_string(number) + is);
        };
        if (line->size() > Lines::longest) {
            refuse(" has more than " + std::to_string(Lines::longest) +
                   " bytes, a path was expected; give a list with one path a line");
        }
        if (line->find('\0') != std::string_view::npos) {
            refuse(
                " has a zero byte, a path was expected; give a list with one path a line, for example of find with "
                "-print and not -print0");
        }
        // Where paths are no bytes, other bytes name nothing.
        if (!std::is_same_v<fs::path::value_type, char> && !is_utf8(*line)) {
            refuse(
                " is no text in UTF-8, as was expected; save the list as UTF-8 or Unicode (in PowerShell with "
                "-Encoding utf8)");
        }
        if (line->ends_with('\r')) line->remove_suffix(1);
        if (!line->empty() && !is_comment(*line)) take(*line);
    }
}

}  // namespace

void read_list(const fs::path& list, const std::function<void(std::string_view)>& take) {
    const auto unreadable = [](const std::string& name, const std::string& why) {
        return Error(ErrorCode::io, name + ": cannot be read" + why + ", a list of paths was expected");
    };
    if (list == "-") {
        const std::string name = "standard input";
        const auto more = [&](std::span<char> room) {
            std::cin.read(room.data(), static_cast<std::streamsize>(room.size()));
            if (std::cin.bad()) throw unreadable(name, "");
            return static_cast<std::size_t>(std::cin.gcount());
        };
        return read_lines(more, name, take);
    }
    const std::string name = printable(utf8(list));
    if (disk::look(list).type == fs::file_type::not_found) {
        throw Error(ErrorCode::not_found,
                    name + ": no such file, a list of paths was expected; check how it is spelled");
    }
    struct Stream {
        FileHandle handle = no_file;
        ~Stream() {
            if (handle != no_file) disk::close(handle);
        }
    };
    std::error_code failure;
    Stream stream{disk::open_stream(list, failure)};
    for (unsigned attempt = 1; failure && try_again(attempt, failure); ++attempt) {
        stream.handle = disk::open_stream(list, failure);
    }
    const auto more = [&](std::span<char> room) {
        std::size_t got = failure ? 0 : disk::read(stream.handle, room, failure);
        for (unsigned attempt = 1; stream.handle != no_file && failure && try_again(attempt, failure); ++attempt) {
            failure.clear();
            got = disk::read(stream.handle, room, failure);
        }
        if (failure) throw unreadable(name, " (" + failure.message() + ")");
        return got;
    };
    read_lines(more, name, take);
}

}  // namespace stack2nrrd
