#include "stack/spelling.hpp"

#include "core/file.hpp"
#include "core/normal_form.hpp"
#include "core/spelling.hpp"
#include "core/text.hpp"
#include "stack/folder.hpp"
#include "stack/natural_order.hpp"
#include "stack/pattern.hpp"
#include "stack/series.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

/// Larger folders are not searched for a name that was meant.
constexpr std::size_t most_names = 100'000;

std::string quoted_path(const fs::path& path) { return "'" + printable(utf8(path)) + "'"; }

std::vector<std::string> all_in(const fs::path& folder) {
    std::vector<std::string> names;
    try {
        const FileList files = list_files(folder);
        for (std::size_t file = 0; file < files.size() && file <= most_names; ++file) {
            names.emplace_back(files.name(file));
        }
        for (const std::string& path : list_folders(folder)) names.emplace_back(base_name(path));
    } catch (const Error&) {
        names.clear();
    }
    if (names.size() > most_names) names.clear();
    return names;
}

/// The name in `folder` that is most like `name`.
std::optional<std::string> nearest(const fs::path& folder, std::string_view name) {
    const std::string wanted = lower_case(composed(name));
    const std::size_t most = std::clamp<std::size_t>(wanted.size() / 4, 1, 3);
    std::optional<std::string> best;
    std::size_t least = most + 1;
    for (std::string& other : all_in(folder)) {
        const std::string text = lower_case(composed(other));
        const bool same_stem = stem_of(text) == stem_of(wanted) && !image_suffix(text).empty();
        const std::size_t far = text == wanted || same_stem ? 0 : spelling_distance(wanted, text, most);
        if (far >= least) continue;
        least = far;
        best = std::move(other);
    }
    return best;
}

/// `text` as it could have been meant, if that exists.
std::optional<std::string> repaired(std::string_view text) {
    const auto exists = [](std::string_view path) { return !path.empty() && disk::exists(path_from_utf8(path)); };
    std::string_view bare = text;
    if (bare.starts_with("file://")) bare.remove_prefix(7);
    constexpr std::string_view around = " \t\r\n\"'";
    while (!bare.empty() && around.find(bare.front()) != std::string_view::npos) bare.remove_prefix(1);
    while (!bare.empty() && around.find(bare.back()) != std::string_view::npos) bare.remove_suffix(1);
    if (bare != text && exists(bare)) return std::string(bare);
    if (fs::path::preferred_separator == '/' && bare.find('\\') != std::string_view::npos) {
        std::string slashes(bare);
        std::replace(slashes.begin(), slashes.end(), '\\', '/');
        if (exists(slashes)) return slashes;
        // What a shell wants before a blank, within quotes.
        std::string blanks(bare);
        for (std::size_t at = blanks.find("\\ "); at != std::string::npos; at = blanks.find("\\ ", at))
            blanks.erase(at, 1);
        if (exists(blanks)) return blanks;
    }
    return std::nullopt;
}

bool is_path_of_windows(std::string_view text) {
    const bool drive = text.size() > 2 && text[1] == ':' && (text[2] == '\\' || text[2] == '/');
    return fs::path::preferred_separator == '/' && (drive || text.starts_with("\\\\"));
}

/// The folder of `path` that is there and whose next part is not, and that part.
std::pair<fs::path, std::string> first_missing(const fs::path& path) {
    fs::path existing = path.root_path();
    const fs::path relative = path.relative_path();
    for (const fs::path& part : relative) {
        if (part.empty()) continue;
        fs::path next = existing / part;
        if (!disk::exists(next)) return {existing, utf8(part)};
        existing = std::move(next);
    }
    return {existing, {}};
}

/// What the text itself shows.
std::string hint_of_text(const std::string& text) {
    if (const auto meant = repaired(text)) return "give '" + printable(*meant) + "'";
    if (text.starts_with('~')) return "write out the folder that ~ means, or leave out the quotes around it";
    if (is_path_of_windows(text)) return "it is a path of Windows, give it as this system has it";
    return {};
}

std::string example(const fs::path& folder) {
    for (const std::string& name : all_in(folder)) {
        if (!is_hidden(name) && !is_litter(name) && !image_suffix(name).empty()) return name;
    }
    return {};
}

}  // namespace

std::string hint_for(const fs::path& input) {
    const std::string text = utf8(input);
    if (const std::string hint = hint_of_text(text); !hint.empty()) return hint;
    const auto [folder, name] = first_missing(input);
    if (name.empty()) return "check how it is spelled";
    const std::optional<std::string> near = nearest(folder, name);
    if (near) return "check how it is spelled, there is " + quoted_path(folder / path_from_utf8(*near));
    if (name != utf8(input.filename())) {
        return "check how it is spelled, there is no " + quoted_path(folder / path_from_utf8(name));
    }
    return "check how it is spelled";
}

std::string hint_for_pattern(const fs::path& input) {
    const std::string text = utf8(input);
    if (const std::string hint = hint_of_text(text); !hint.empty()) return hint;
    if (fs::path::preferred_separator == '/' && text.find('\\') != std::string::npos) {
        std::string slashes = text;
        std::replace(slashes.begin(), slashes.end(), '\\', '/');
        if (disk::exists(path_from_utf8(slashes).parent_path())) return "give '" + printable(slashes) + "'";
    }
    const fs::path folder = input.parent_path();
    if (!folder.empty() && !disk::exists(folder) && !is_glob(utf8(folder))) return hint_for(folder);
    const std::string pattern(base_name(text));
    // What fits with a number of any kind, or however it is padded.
    std::string loose = pattern;
    if (const std::optional<NumberPattern> number = parse_number_pattern(pattern)) {
        const bool has_glob = is_glob(number->before) || is_glob(number->after);
        loose = has_glob ? number->before + "*" + number->after
                         : escaped_for_glob(number->before) + "*" + escaped_for_glob(number->after);
    }
    const std::vector<std::string> all = all_in(folder);
    std::vector<std::string> fitting;
    for (const std::string& name : all) {
        if (glob_matches(lower_case(loose), lower_case(name)) && !is_hidden(name)) fitting.push_back(name);
    }
    const Names names(fitting.begin(), fitting.end());
    const std::vector<Series> found = find_series(names);
    const auto most = std::max_element(found.begin(), found.end(), [](const Series& a, const Series& b) {
        return a.members.size() < b.members.size();
    });
    if (most != found.end()) {
        const std::optional<std::string> other =
            most->number ? pattern_for(names, most->members, *most->number, false) : std::nullopt;
        const std::string better = other ? *other : glob_for(names, *most);
        return "check it, " + quoted_path(folder / path_from_utf8(better)) + " fits " +
               std::to_string(most->members.size()) + (most->members.size() == 1 ? " file" : " files");
    }
    const std::string one = example(folder);
    if (!one.empty()) return "check the pattern, names in its folder are such as '" + printable(one) + "'";
    return "check the pattern and its folder";
}

}  // namespace stack2nrrd
