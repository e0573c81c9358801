#include "stack/read_list.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
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

/// The whole of a stream that looks like a list.
std::vector<char> read_text(std::istream& stream, const std::string& name) {
    constexpr std::size_t longest = 65536;  // of a line; a bound for what is no list at all: a volume, /dev/zero
    std::vector<char> text;
    std::vector<char> block(longest);
    std::ptrdiff_t line_begin = 0;
    while (stream) {
        stream.read(block.data(), static_cast<std::streamsize>(block.size()));
        if (stream.bad()) throw Error(ErrorCode::io, name + ": cannot be read");
        text.insert(text.end(), block.begin(), block.begin() + stream.gcount());
        const auto newline = std::find(text.rbegin(), text.rend() - line_begin, '\n');
        line_begin = text.rend() - newline;
        if (text.end() - text.begin() - line_begin >= static_cast<std::ptrdiff_t>(longest)) {
            const auto number = std::count(text.begin(), text.end(), '\n') + 1;
            throw Error(ErrorCode::corrupt, name + ": line " + std::to_string(number) + " has more than " +
                                                std::to_string(longest) +
                                                " bytes, a path was expected; give a list with one path a line");
        }
    }
    return text;
}

ListedPaths read_lines(std::istream& stream, const std::string& name) {
    ListedPaths list{read_text(stream, name), {}};
    std::string_view rest(list.text.data(), list.text.size());
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (rest.starts_with(byte_order_mark)) rest.remove_prefix(byte_order_mark.size());
    list.paths.reserve(static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n')) + 1);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty() && line.front() != '#') list.paths.push_back(line);
    }
    return list;
}

}  // namespace

ListedPaths read_list(const fs::path& list) {
    if (list == "-") return read_lines(std::cin, "standard input");
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
    return read_lines(stream, name);
}

}  // namespace stack2nrrd
