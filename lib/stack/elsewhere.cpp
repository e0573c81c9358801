#include "stack/elsewhere.hpp"

#include "codec/codec.hpp"
#include "codec/foreign.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "sidecar/sidecar.hpp"
#include "stack/folder.hpp"
#include "stack/natural_order.hpp"
#include "stack/series.hpp"
#include "stack/short_list.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

/// Folders are looked into level by level, and not without end: a mistake may name a whole disk.
constexpr std::size_t most_folders = 500;
constexpr int deepest = 3;

struct FoundFolder {
    fs::path path;
    std::size_t images = 0;
};

std::string shown(const fs::path& path) { return printable(utf8(path)); }

bool is_slice_name(std::string_view name) {
    return !is_hidden(name) && !is_litter(name) && !image_suffix(name).empty();
}

bool is_volume_name(std::string_view name) {
    const std::string lower = lower_case(name);
    return !is_hidden(name) && (lower.ends_with(".nrrd") || lower.ends_with(".nhdr"));
}

std::vector<std::string> volumes_in(const FileList& files) {
    std::vector<std::string> volumes;
    for (std::size_t file = 0; file < files.size(); ++file) {
        if (is_volume_name(files.name(file))) volumes.push_back(files.path(file));
    }
    return volumes;
}

struct Search {
    std::vector<FoundFolder> found;
    bool complete = true;
};

/// The folders with images nearest below `folder`; not those below them. A folder that links name twice counts once.
Search search_below(const fs::path& folder) {
    Search search;
    std::set<fs::path> seen{disk::canonical(folder)};
    std::vector<fs::path> level{folder};
    std::size_t looked_into = 0;
    for (int depth = 0; depth < deepest && !level.empty(); ++depth) {
        std::vector<fs::path> next;
        for (const fs::path& above : level) {
            std::vector<std::string> below;
            try {
                below = list_folders(above);
            } catch (const Error& error) {
                throw_unless_answered(error, utf8(above));
                continue;  // what may not be listed holds nothing for us
            }
            for (const std::string& text : below) {
                const fs::path path = path_from_utf8(text);
                if (is_hidden(base_name(text)) || !seen.insert(disk::canonical(path)).second) continue;
                if (++looked_into > most_folders) {
                    search.complete = false;
                    return search;
                }
                std::size_t images = 0;
                try {
                    images = list_files(path, is_slice_name).size();
                } catch (const Error& error) {
                    throw_unless_answered(error, text);
                    continue;
                }
                if (images > 0) {
                    search.found.push_back({path, images});
                } else {
                    next.push_back(path);
                }
            }
        }
        level = std::move(next);
    }
    // A single picture is no stack where others are.
    const auto has_many = [](const FoundFolder& one) { return one.images > 1; };
    if (std::any_of(search.found.begin(), search.found.end(), has_many)) {
        search.found.erase(std::remove_if(search.found.begin(), search.found.end(),
                                          [&](const FoundFolder& one) { return !has_many(one); }),
                           search.found.end());
    }
    return search;
}

std::string count_text(std::size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

[[noreturn]] void throw_several_folders(const fs::path& folder, const Search& search) {
    ShortList list;
    for (const FoundFolder& one : search.found) {
        list.add("'" + shown(one.path) + "' (" + count_text(one.images, "image") + ")");
    }
    throw Error(ErrorCode::inconsistent,
                shown(folder) + ": holds no slices itself, a folder with the slices of one stack was expected; give " +
                    (search.found.size() == 1 ? "" : "one of ") + list.text() +
                    (search.complete ? "" : ", or another one: not all of its folders were looked into"));
}

/// What most of `files` are, if it is known.
[[noreturn]] void throw_foreign(const fs::path& folder, const FileList& files) {
    struct Group {
        const ForeignKind* kind = nullptr;
        ShortList names;
    };
    std::map<std::string_view, Group> groups;
    ShortList litter;
    ShortList logs;
    std::size_t empty = 0;
    std::size_t visible = 0;
    constexpr std::size_t most_read = 200;
    for (std::size_t file = 0; file < files.size(); ++file) {
        const std::string_view name = files.name(file);
        if (is_litter(name)) {
            litter.add(printable(name));
            continue;
        }
        if (is_hidden(name)) continue;
        if (++visible > most_read) continue;
        std::array<std::byte, foreign_head> head{};
        std::size_t size = 0;
        try {
            InputFile input(files.path(file));
            size = input.read_at(0, head.data(), head.size());
            if (size == 0) ++empty;
        } catch (const Error&) {
        }
        if (may_be_sidecar(name)) logs.add(printable(name));
        const ForeignKind* kind = size == 0 ? nullptr : foreign_kind(name, std::span(head.data(), size));
        if (kind == nullptr) continue;
        Group& group = groups[kind->what];
        group.kind = kind;
        group.names.add(printable(name));
    }
    std::string is = "holds no slices (" + codec_names() + " were looked for)";
    std::string advice = "give the folder that has them";
    const auto most = std::max_element(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
        return a.second.names.count() < b.second.names.count();
    });
    if (files.empty()) {
        is += ", it is empty";
    } else if (visible == 0 && litter.count() > 0) {
        is += ", only files that scanners and systems put beside them (" + litter.text() + ")";
    } else if (most != groups.end() && most->first != "a text file") {
        const std::size_t count = most->second.names.count();
        is += ", but " + (count == 1 ? most->second.names.text() + ", which is " + std::string(most->first)
                                     : std::to_string(count) + " files each of which is " + std::string(most->first) +
                                           " (" + most->second.names.text() + ")");
        advice = most->second.kind->advice;
    } else if (logs.count() > 0) {
        is += ", only files that scanners write about them (" + logs.text() + ")";
    } else if (empty > 0 && empty == visible) {
        is += ", its files are empty";
    }
    throw Error(ErrorCode::not_found, shown(folder) + ": " + is + "; " + advice);
}

}  // namespace

void refuse_few_beside_many(const fs::path& folder, const FileList& images, const FileList& files) {
    ShortList list;
    const std::vector<std::string> volumes = images.size() == 1 ? volumes_in(files) : std::vector<std::string>();
    for (const std::string& volume : volumes) list.add("'" + printable(volume) + "'");
    for (const FoundFolder& one : search_below(folder).found) {
        if (one.images > images.size()) {
            list.add("'" + shown(one.path) + "' (" + count_text(one.images, "image") + ")");
        }
    }
    if (list.count() == 0) return;
    ShortList few(" ");
    for (std::size_t i = 0; i < images.size(); ++i) few.add("'" + printable(images.path(i)) + "'");
    throw Error(ErrorCode::inconsistent, shown(folder) + ": holds " + count_text(images.size(), "image") + " (" +
                                             printable(images.name(0)) + (images.size() > 1 ? ", .." : "") +
                                             ") beside what looks more like a " +
                                             "stack, one stack was expected; give " + list.text() +
                                             ", or, if the slices are in the folder itself, " + few.text());
}

Elsewhere look_elsewhere(const fs::path& folder, const FileList& files) {
    const std::vector<std::string> volumes = volumes_in(files);
    const Search search = search_below(folder);
    if (volumes.empty() && search.found.empty()) {
        if (!search.complete) {
            throw Error(ErrorCode::not_found, shown(folder) + ": holds no slices, and more than " +
                                                  std::to_string(most_folders) +
                                                  " folders below it; give the folder that has them");
        }
        if (disk::exists(folder / "zarr.json") || disk::exists(folder / ".zgroup") ||
            disk::exists(folder / ".zarray")) {
            throw Error(ErrorCode::unsupported,
                        shown(folder) +
                            ": is a Zarr volume, which is not read, slices or a NRRD volume were expected; "
                            "open it in Fiji (N5 plugin) or with the Python package zarr and save it as TIFF");
        }
        throw_foreign(folder, files);
    }
    if (!volumes.empty() && !search.found.empty()) {
        throw Error(ErrorCode::inconsistent,
                    shown(folder) +
                        ": holds no slices itself, but a volume and folders with images, one stack was "
                        "expected; give '" +
                        printable(volumes.front()) + "' or '" + shown(search.found.front().path) + "'");
    }
    if (volumes.size() > 1) {
        ShortList list;
        for (const std::string& volume : volumes) list.add("'" + printable(volume) + "'");
        throw Error(ErrorCode::inconsistent, shown(folder) + ": holds no slices, but " +
                                                 std::to_string(volumes.size()) +
                                                 " volumes, one was expected; give one of " + list.text());
    }
    if (volumes.size() == 1) {
        return {path_from_utf8(volumes.front()), shown(folder) + ": holds no slices, but a volume, which is taken (" +
                                                     printable(base_name(volumes.front())) + ")"};
    }
    if (search.found.size() > 1 || !search.complete) throw_several_folders(folder, search);
    const FoundFolder& only = search.found.front();
    return {only.path, shown(folder) +
                           ": holds no slices itself, those of the only folder below it that has some are "
                           "taken (" +
                           shown(only.path) + ", " + count_text(only.images, "image") + ")"};
}

}  // namespace stack2nrrd
