#include "stack/as_on_disk.hpp"

#include "core/file.hpp"
#include "core/normal_form.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace stack2nrrd {

namespace fs = std::filesystem;

std::string NamesOnDisk::find(std::string_view path) {
    const bool has_marks = std::any_of(path.begin(), path.end(), [](char c) { return (c & 0x80) != 0; });
    const fs::path given = path_from_utf8(path);
    if (!has_marks || disk::exists(given)) return std::string(path);

    fs::path found = given.root_path();
    bool is_known = true;
    for (const fs::path& part : given.relative_path()) {
        const fs::path as_it_is = found / part;
        if (!is_known || disk::exists(as_it_is)) {
            found = as_it_is;
            continue;
        }
        const auto [folder, is_new] = folders_.try_emplace(utf8(found));
        if (is_new && (found.empty() || disk::is_folder(found))) {
            for_each_entry(
                found.empty() ? fs::path(".") : found, [&, &names = folder->second](const fs::path& entry, bool) {
                    const auto [name, is_first] = names.try_emplace(composed(utf8(entry)), Name{utf8(entry), {}});
                    if (!is_first) name->second.other = utf8(entry);
                });
        }
        const auto alike = folder->second.find(composed(utf8(part)));
        is_known = alike != folder->second.end();
        if (is_known && !alike->second.other.empty()) {
            throw Error(
                ErrorCode::invalid_argument,
                printable(utf8(as_it_is)) +
                    ": no such name, and several look the same (their letters with marks are stored in other "
                    "Unicode forms, NFC and NFD), one was expected; give it as it is stored, or rename the others");
        }
        found /= is_known ? path_from_utf8(alike->second.stored) : part;
    }
    return utf8(found);
}

}  // namespace stack2nrrd
