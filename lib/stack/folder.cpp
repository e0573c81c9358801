#include "stack/folder.hpp"

#include "core/file.hpp"
#include "core/normal_form.hpp"
#include "core/text.hpp"
#include "stack/natural_order.hpp"
#include "stack/pattern.hpp"
#include "stack/series.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <system_error>
#include <utility>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

enum class Wanted { files, folders };

/// Calls `take(path)` for everything in `folder`.
template <class Take>
void for_each_in(const fs::path& folder, Wanted wanted, Take&& take) {
    for_each_entry(folder.empty() ? fs::path(".") : folder, [&](const fs::path& name, bool is_folder) {
        if (is_folder == (wanted == Wanted::folders)) take(folder / name);
    });
}

}  // namespace

bool is_hidden(std::string_view name) noexcept { return name.starts_with('.'); }

std::string_view unfinished_image(std::string_view name) {
    constexpr std::array<std::string_view, 9> suffixes{
        ".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".tmp", ".aria2", ".!ut"};
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return {};
    const std::string suffix = lower_case(name.substr(dot));
    std::string_view image = name.substr(0, dot);
    if (std::find(suffixes.begin(), suffixes.end(), suffix) == suffixes.end()) {
        // rsync hides what it is at, and puts six letters or digits behind it.
        constexpr std::size_t random = 7;
        const auto is_random = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
        if (!name.starts_with('.') || suffix.size() != random ||
            !std::all_of(suffix.begin() + 1, suffix.end(), is_random)) {
            return {};
        }
        image.remove_prefix(1);
    }
    return image_suffix(image).empty() || image_suffix(image).size() == image.size() ? std::string_view() : image;
}

FileList list_files(const fs::path& folder) {
    return list_files(folder, [](std::string_view) { return true; });
}

FileList list_files(const fs::path& folder, bool (*wanted)(std::string_view name)) {
    FileList found;
    for_each_in(folder, Wanted::files, [&](const fs::path& path) {
        const std::string text = utf8(path);
        if (wanted(base_name(text))) found.add(text);
    });
    return sorted(found,
                  [&](std::uint32_t a, std::uint32_t b) { return compare_natural(found.name(a), found.name(b)) < 0; });
}

std::vector<std::string> list_folders(const fs::path& folder) {
    std::vector<std::string> found;
    for_each_in(folder, Wanted::folders, [&](const fs::path& path) { found.push_back(utf8(path)); });
    std::sort(found.begin(), found.end(), NaturalLess());
    return found;
}

namespace {

FileList expanded(const fs::path& pattern, Form form) {
    FileList files;
    FileList found;  // folders: there may be as many as files
    found.add(utf8(pattern.root_path()));
    const fs::path relative = pattern.relative_path();
    for (auto component = relative.begin(); component != relative.end(); ++component) {
        const std::string name_pattern = utf8(*component);
        const std::string comparable_pattern = comparable(name_pattern, form);
        const bool is_last = std::next(component) == relative.end();
        FileList next;
        const auto take = [&](const fs::path& path) { (is_last ? files : next).add(utf8(path)); };
        for (std::size_t i = 0; i < found.size(); ++i) {
            const fs::path folder = path_from_utf8(found.path(i));
            // A folder of just this name is meant even if the name looks like a pattern.
            const fs::path literal = folder / *component;
            const disk::Facts facts = disk::look_surely(literal);
            const bool is_there = is_last ? facts.exists() && !facts.is_folder() : facts.is_folder();
            if (is_there && !(is_last && is_glob(name_pattern))) {
                take(literal);
                continue;
            }
            if (!is_glob(name_pattern) && form == Form::as_stored) continue;
            if (!folder.empty() && !disk::is_folder(folder)) continue;
            for_each_in(folder, is_last ? Wanted::files : Wanted::folders, [&](const fs::path& path) {
                const std::string name = utf8(path.filename());
                if (is_hidden(name) && !is_hidden(name_pattern)) return;
                if (glob_matches(comparable_pattern, comparable(name, form))) take(path);
            });
        }
        found = std::move(next);
    }
    return files;
}

}  // namespace

FileList expand_glob(const fs::path& pattern) {
    FileList files = expanded(pattern, Form::as_stored);
    return files.empty() ? expanded(pattern, Form::composed) : files;
}

}  // namespace stack2nrrd
