#include "stack/folder.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "stack/natural_order.hpp"
#include "stack/pattern.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

enum class Wanted { files, folders };

/// Calls `take(path)` for what lies in `folder`.
template <class Take>
void for_each_in(const fs::path& folder, Wanted wanted, Take&& take) {
    const fs::path listed = folder.empty() ? fs::path(".") : folder;
    std::error_code failure;
    fs::directory_iterator entry(listed, failure);
    while (!failure && entry != fs::directory_iterator()) {
        std::error_code unknown;  // a link that leads nowhere is no folder
        const bool is_folder = entry->is_directory(unknown);
        if (is_folder == (wanted == Wanted::folders)) take(folder / entry->path().filename());
        entry.increment(failure);
    }
    if (failure) {
        throw Error(ErrorCode::io, printable(utf8(listed)) + ": cannot be listed: " + failure.message());
    }
}

}  // namespace

std::string_view base_name(std::string_view path) noexcept {
    constexpr std::string_view separators = fs::path::preferred_separator == '/' ? "/" : "/\\";
    const std::size_t separator = path.find_last_of(separators);
    return separator == std::string_view::npos ? path : path.substr(separator + 1);
}

bool is_hidden(std::string_view name) noexcept { return name.starts_with('.'); }

std::vector<std::string> list_files(const fs::path& folder) {
    return list_files(folder, [](std::string_view) { return true; });
}

std::vector<std::string> list_files(const fs::path& folder, bool (*wanted)(std::string_view name)) {
    std::vector<std::string> found;
    for_each_in(folder, Wanted::files, [&](const fs::path& path) {
        std::string text = utf8(path);
        if (wanted(base_name(text))) found.push_back(std::move(text));
    });
    std::sort(found.begin(), found.end(), [](const std::string& a, const std::string& b) {
        return compare_natural(base_name(a), base_name(b)) < 0;
    });
    return found;
}

std::vector<std::string> expand_glob(const fs::path& pattern) {
    std::vector<fs::path> found{pattern.root_path()};
    const fs::path relative = pattern.relative_path();
    for (auto component = relative.begin(); component != relative.end(); ++component) {
        const std::string name_pattern = utf8(*component);
        const bool is_last = std::next(component) == relative.end();
        std::vector<fs::path> next;
        for (const fs::path& folder : found) {
            std::error_code unknown;
            // A folder of just this name is meant even if the name looks like a pattern.
            fs::path literal = folder / *component;
            const fs::file_status status = fs::status(literal, unknown);
            const bool is_there = is_last ? fs::exists(status) && !fs::is_directory(status) : fs::is_directory(status);
            if (is_there && !(is_last && is_glob(name_pattern))) {
                next.push_back(std::move(literal));
                continue;
            }
            if (!is_glob(name_pattern)) continue;
            if (!folder.empty() && !fs::is_directory(folder, unknown)) continue;
            for_each_in(folder, is_last ? Wanted::files : Wanted::folders, [&](const fs::path& path) {
                const std::string name = utf8(path.filename());
                if (is_hidden(name) && !is_hidden(name_pattern)) return;
                if (glob_matches(name_pattern, name)) next.push_back(path);
            });
        }
        found = std::move(next);
    }
    std::vector<std::string> paths;
    paths.reserve(found.size());
    for (const fs::path& path : found) paths.push_back(utf8(path));
    return paths;
}

}  // namespace stack2nrrd
