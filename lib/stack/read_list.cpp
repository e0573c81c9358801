#include "stack/read_list.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <cstddef>
#include <fstream>
#include <iostream>
#include <istream>
#include <string_view>
#include <system_error>
#include <vector>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

/// A name may begin with '#', too.
bool is_comment(std::string_view line) {
    std::error_code unknown;
    return line.front() == '#' && !fs::exists(path_from_utf8(line), unknown);
}

void read_lines(std::istream& stream, const std::string& name, const std::function<void(std::string_view)>& take) {
    constexpr std::size_t longest = 65536;  // a bound for what is no list at all: a volume, /dev/zero
    std::vector<char> buffer(longest);
    for (std::size_t number = 1;; ++number) {
        stream.getline(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        if (stream.bad()) throw Error(ErrorCode::io, name + ": cannot be read");
        auto length = static_cast<std::size_t>(stream.gcount());
        if (stream.fail()) {
            if (length == 0) return;  // the end
            throw Error(ErrorCode::corrupt, name + ": line " + std::to_string(number) + " has more than " +
                                                std::to_string(longest - 2) +
                                                " bytes, a path was expected; give a list with one path a line");
        }
        if (!stream.eof()) --length;  // the newline
        std::string_view line(buffer.data(), length);
        constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
        if (number == 1 && line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
        if (number == 1 && (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF"))) {
            throw Error(ErrorCode::corrupt, name +
                                                ": is UTF-16 text, a list in UTF-8 was expected; save it as UTF-8 "
                                                "(in PowerShell with -Encoding utf8)");
        }
        if (line.find('\0') != std::string_view::npos) {
            throw Error(ErrorCode::corrupt, name + ": line " + std::to_string(number) +
                                                " has a zero byte, a path was expected; give a list with one path a "
                                                "line, for example of find with -print and not -print0");
        }
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty() && !is_comment(line)) take(line);
    }
}

}  // namespace

void read_list(const fs::path& list, const std::function<void(std::string_view)>& take) {
    if (list == "-") return read_lines(std::cin, "standard input", take);
    const std::string name = printable(utf8(list));
    std::error_code failure;
    const fs::file_status status = fs::status(list, failure);
    if (status.type() == fs::file_type::not_found) {
        throw Error(ErrorCode::not_found,
                    name + ": no such file, a list of paths was expected; check how it is spelled");
    }
    std::ifstream stream(list, std::ios::binary);
    if (!stream || fs::is_directory(status)) {
        throw Error(ErrorCode::io, name + ": cannot be opened, a list of paths was expected");
    }
    read_lines(stream, name, take);
}

}  // namespace stack2nrrd
