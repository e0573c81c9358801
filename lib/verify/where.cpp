// Where the input is that a header names, and the other files that a result was made with.

#include "verify/where.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "import/recalled_options.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/verify.hpp>

#include <array>
#include <string>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

/// "scan" of "scan, 128 slices".
std::string source_name(const Written& written) {
    const std::string text = value_of(written.volume.key_values, "stack2nrrd_source");
    const std::size_t comma = text.rfind(", ");
    return text.ends_with(" slices") ? text.substr(0, comma) : "";
}

/// The folder that something lies in.
fs::path folder_of(const fs::path& path) { return (path.has_filename() ? path : path.parent_path()).parent_path(); }

}  // namespace

fs::path source_beside(const Written& written, const fs::path& volume) {
    const std::string text = source_name(written);
    if (text.empty()) return {};
    const fs::path name = path_from_utf8(text);
    const auto is_it = [&](const fs::path& path) { return disk::exists(path) && !disk::is_same(path, volume); };
    for (const fs::path& path : {folder_of(volume) / name, name}) {
        if (is_it(path)) return path;
    }
    const fs::path own = disk::absolute(volume).parent_path();
    return own.filename() == name ? own : fs::path();
}

FindOptions finding_options(const Written& written) {
    try {
        const auto as_it_is = [](std::string_view, const std::string& name) { return path_from_utf8(name); };
        return recalled_options(written.volume.key_values, written.shown, as_it_is);
    } catch (const Error&) {
        return {};
    }
}

fs::path find_source_of(const fs::path& volume) { return source_beside(read_written(volume), volume); }

FindOptions find_options_of(const fs::path& volume) { return finding_options(read_written(volume)); }

Options replay_options(const fs::path& volume, const fs::path& input) {
    const Written written = read_written(volume);
    const auto find = [&](std::string_view option, const std::string& text) {
        const fs::path name = path_from_utf8(text);
        for (const fs::path& path : {folder_of(input) / name, folder_of(volume) / name, name}) {
            if (disk::exists(path) && !disk::is_same(path, input)) return path;
        }
        throw Error(ErrorCode::not_found,
                    written.shown + ": was made with --" + std::string(option) + " " + printable(text) +
                        ", which is neither beside the input, nor beside the volume, nor in the working directory; "
                        "put it beside the volume");
    };
    return recalled_options(written.volume.key_values, written.shown, find);
}

}  // namespace stack2nrrd
