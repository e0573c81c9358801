#include "core/output_folder.hpp"

#include "core/file.hpp"
#include "core/output_file.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <utility>
#include <vector>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

/// As far as it can: what remains has a hidden name, and is swept by the next run. Links are not followed.
void remove_tree(const fs::path& path) noexcept {
    try {
        if (disk::look_at_name(path).is_folder()) {
            std::vector<fs::path> names;
            for_each_entry(path, [&](const fs::path& name, bool) { names.push_back(name); });
            for (const fs::path& name : names) remove_tree(path / name);
        }
        disk::remove(path);
    } catch (...) {
        return;
    }
}

/// A folder in `folder`, or itself, in which nothing may be removed; empty if there is none.
fs::path locked_folder(const fs::path& folder) {
    if (disk::no_access(folder)) return folder;
    std::vector<fs::path> folders;
    for_each_entry(folder, [&](const fs::path& name, bool is_folder) {
        if (is_folder && disk::look_at_name(folder / name).is_folder()) folders.push_back(folder / name);
    });
    for (const fs::path& each : folders) {
        if (fs::path locked = locked_folder(each); !locked.empty()) return locked;
    }
    return {};
}

}  // namespace

void check_output_folder(const fs::path& named, bool replace, MayReplace may_replace, std::string_view kind) {
    const disk::Facts facts = disk::look_surely(named);
    if (facts.is_folder()) {
        const std::string shown = printable(utf8(named));
        if (!replace) {
            throw Error(ErrorCode::invalid_argument, shown + ": exists already; use --force to replace it");
        }
        if (!may_replace(named)) {
            throw Error(ErrorCode::invalid_argument, shown + ": is a folder, but no " + std::string(kind) +
                                                         " that could be replaced; give another name");
        }
        if (const fs::path locked = locked_folder(named); !locked.empty()) {
            throw Error(ErrorCode::io, shown + ": cannot be replaced, nothing may be removed from " +
                                           printable(utf8(locked)) + "; make it writable, or give another name");
        }
        if (const char* why = disk::why_not_replaceable(followed(named))) {
            throw Error(ErrorCode::io, shown + ": cannot be replaced, it " + why + "; give another name");
        }
    } else if (facts.is_file()) {
        throw Error(ErrorCode::invalid_argument, printable(utf8(named)) +
                                                     ": is a file, a folder would be made; give "
                                                     "another name");
    } else {
        check_output(named, replace);
        return;
    }
    const fs::path folder = folder_of(followed(named));
    if (const std::error_code why = disk::no_access(folder)) {
        throw Error(ErrorCode::io, printable(utf8(named)) + ": cannot be made in its folder: " + why.message());
    }
}

OutputFolder::OutputFolder(fs::path folder, bool replace) : names_(followed(std::move(folder))), replace_(replace) {
    const disk::Facts old = disk::look_surely(names_.target());
    for (int attempt = 0; temporary_.empty(); ++attempt) {
        tag_ = new_tag();
        fs::path path = names_.path(tag_, partial_suffix);
        const std::error_code failure = disk::make_folder(path);
        if (!failure) {
            temporary_ = std::move(path);
        } else if (failure != std::errc::file_exists || attempt == 100) {
            fail("cannot be created", failure);
        }
    }
    try {
        if (replace_ && old.is_folder()) {  // who may not look at the old one, nor at this one
            mode_ = old.permissions;
            disk::set_permissions(temporary_, mode_ | fs::perms::owner_all);
        }
        previous_ = names_.path(tag_, previous_suffix);
        names_.find_left_overs(tag_, temporary_);
    } catch (...) {
        withdraw();
        throw;
    }
}

OutputFolder::~OutputFolder() {
    if (!published_) {
        withdraw();
    } else if (kept_ != nullptr) {
        remove_tree(*kept_);
    }
}

void OutputFolder::fail(const char* what, const std::error_code& why) const {
    throw Error(ErrorCode::io, printable(utf8(names_.target())) + ": " + what + ": " + why.message());
}

// ------------------------------------------------------------------------------------------------- what is in it

OutputFolder::File::File(const OutputFolder& folder, const fs::path& name) : folder_(folder) {
    std::error_code why;
    handle_ = disk::open_new(folder.temporary_ / name, why);
    if (handle_ == no_file) folder_.fail("cannot be written", why);
}

OutputFolder::File::~File() {
    if (handle_ != no_file) disk::close(handle_);
}

void OutputFolder::File::write(std::span<const std::byte> bytes) {
    if (const std::error_code why = disk::write(handle_, bytes)) folder_.fail("cannot be written", why);
}

void OutputFolder::File::sync() {
    if (const std::error_code why = disk::flush(handle_)) folder_.fail("cannot be made durable", why);
    if (const std::error_code why = disk::close(std::exchange(handle_, no_file))) folder_.fail("cannot be closed", why);
}

void OutputFolder::write(const fs::path& name, std::string_view text) const {
    File file(*this, name);
    file.write(std::as_bytes(std::span(text.data(), text.size())));
    file.sync();
}

void OutputFolder::make(const fs::path& name) const {
    const std::error_code failure = disk::make_folder(temporary_ / name);
    if (failure && failure != std::errc::file_exists) fail("cannot be written", failure);
}

void OutputFolder::sync(const fs::path& name) const {
    if (const std::error_code failure = disk::make_names_durable(temporary_ / name)) {
        fail("cannot be made durable", failure);
    }
}

// -------------------------------------------------------------------------------------------------- publishing

void OutputFolder::give_name() {
    const fs::path& target = names_.target();
    if (mode_ != fs::perms::unknown) disk::set_permissions(temporary_, mode_);
    if (replace_ && disk::exists(target)) {
        if (disk::exchange(temporary_, target)) {
            kept_ = &temporary_;
            published_ = true;
            return;
        }
        if (const std::error_code failure = disk::rename(target, previous_)) fail("cannot be replaced", failure);
        kept_ = &previous_;
    }
    // A folder takes the place of an empty folder, and of nothing else.
    const std::error_code failure = disk::rename(temporary_, target);
    for (const std::errc taken : {std::errc::directory_not_empty, std::errc::file_exists, std::errc::not_a_directory}) {
        if (failure != taken) continue;
        throw Error(ErrorCode::invalid_argument,
                    printable(utf8(target)) + ": has appeared during the run; use --force to replace it");
    }
    if (failure) fail("cannot be given its name", failure);
    published_ = true;
}

void OutputFolder::publish() {
    try {
        give_name();
        if (const std::error_code failure = disk::make_names_durable(names_.folder())) {
            fail("cannot be made durable", failure);
        }
    } catch (...) {
        withdraw();
        throw;
    }
}

void OutputFolder::withdraw() noexcept {
    const fs::path& target = names_.target();
    bool is_back = true;
    if (kept_ == &temporary_) {
        is_back = disk::exchange(temporary_, target);
    } else {
        if (published_) (void)disk::rename(target, temporary_);
        if (kept_ != nullptr) is_back = !disk::rename(previous_, target);
    }
    published_ = false;
    if (is_back) kept_ = nullptr;
    if (kept_ != &temporary_) remove_tree(temporary_);  // what could not be put back is not thrown away
}

void OutputFolder::sweep() {
    if (const std::string tag = names_.lost(); !tag.empty()) {
        const std::error_code failure = disk::rename(names_.path(tag, previous_suffix), names_.target());
        if (failure) fail("cannot be put back where a run that was killed has hidden it", failure);
    }
    for (const auto& [tag, suffix] : names_.left_overs()) remove_tree(names_.path(tag, suffix));
}

}  // namespace stack2nrrd
