#include "sink/publish.hpp"

#include "core/file.hpp"
#include "core/hidden_names.hpp"
#include "core/normal_form.hpp"
#include "core/output_file.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace stack2nrrd {

namespace fs = std::filesystem;

void check_different(const std::vector<fs::path>& files) {
    std::vector<std::string> whole;
    const auto refuse = [](const fs::path& file, const std::string& what) {
        throw Error(ErrorCode::invalid_argument, printable(utf8(file)) + ": is " + what);
    };
    for (std::size_t i = 0; i < files.size(); ++i) {
        whole.push_back(lower_case(composed(utf8(disk::canonical(followed(files[i]))))));
        for (std::size_t j = 0; j < i; ++j) {
            if (whole[i] == whole[j] || disk::is_same(files[i], files[j])) {
                refuse(files[i], "named twice as an output; give two names");
            }
            const bool is_inner = whole[i].size() > whole[j].size();  // if any of them is
            const auto [inner, outer] = is_inner ? std::pair(i, j) : std::pair(j, i);
            if (whole[inner].starts_with(utf8(path_from_utf8(whole[outer]) / ""))) {
                refuse(files[inner], "within another output, " + printable(utf8(files[outer])) + "; give another name");
            }
        }
    }
}

void check_suffix(const fs::path& file, std::initializer_list<std::string_view> known, const char* expected) {
    const std::string suffix = lower_case(utf8(file.extension()));
    if (std::find(known.begin(), known.end(), suffix) != known.end()) return;
    throw Error(ErrorCode::invalid_argument,
                printable(utf8(file)) + ": has the suffix '" + printable(suffix) + "', " + expected + " was expected");
}

void check_room(const fs::path& file, std::int64_t bytes) {
    if (const auto free = disk::free_bytes(folder_of(file)); free && *free < bytes) {
        throw Error(ErrorCode::io, printable(utf8(file)) + ": needs " + bytes_text(bytes) + ", but only " +
                                       bytes_text(*free) + " are free in its folder; make room or reduce more");
    }
}

void publish_all(std::span<Sink* const> sinks) {
    std::size_t next = sinks.size();
    try {
        while (next > 0) sinks[--next]->publish();
    } catch (...) {
        for (std::size_t i = next + 1; i < sinks.size(); ++i) sinks[i]->withdraw();
        throw;
    }
}

}  // namespace stack2nrrd
