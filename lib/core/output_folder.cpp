#include "core/output_folder.hpp"

#include "core/file.hpp"
#include "core/file_system.hpp"
#include "core/output_file.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <cerrno>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

/// As far as it can: what remains has a hidden name, and is swept by the next run. Links are not followed.
void remove_tree(const fs::path& path) noexcept {
    try {
        std::error_code failure;
        if (fs::symlink_status(path, failure).type() == fs::file_type::directory) {
            std::vector<fs::path> names;
            for_each_entry(path, [&](const fs::path& name, bool) { names.push_back(name); });
            for (const fs::path& name : names) remove_tree(path / name);
        }
        fs::remove(path, failure);
    } catch (...) {
        return;
    }
}

/// A folder in `folder`, or itself, in which nothing may be removed; empty if there is none.
fs::path locked_folder(const fs::path& folder) {
    if (no_access(folder)) return folder;
    std::vector<fs::path> folders;
    for_each_entry(folder, [&](const fs::path& name, bool is_folder) {
        std::error_code ignored;
        if (is_folder && !fs::is_symlink(folder / name, ignored)) folders.push_back(folder / name);
    });
    for (const fs::path& each : folders) {
        if (fs::path locked = locked_folder(each); !locked.empty()) return locked;
    }
    return {};
}

}  // namespace

void check_output_folder(const fs::path& named, bool replace, MayReplace may_replace, std::string_view kind) {
    std::error_code failure;
    if (fs::is_directory(named, failure)) {
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
        if (const char* why = why_not_replaceable(followed(named))) {
            throw Error(ErrorCode::io, shown + ": cannot be replaced, it " + why + "; give another name");
        }
    } else if (fs::is_regular_file(named, failure)) {
        throw Error(ErrorCode::invalid_argument, printable(utf8(named)) +
                                                     ": is a file, a folder would be made; give "
                                                     "another name");
    } else {
        check_output(named, replace);
        return;
    }
    const fs::path folder = folder_of(followed(named));
    if (const std::error_code why = no_access(folder)) {
        throw Error(ErrorCode::io, printable(utf8(named)) + ": cannot be made in its folder: " + why.message());
    }
}

OutputFolder::OutputFolder(fs::path folder, bool replace) : names_(followed(std::move(folder))), replace_(replace) {
    for (int attempt = 0; temporary_.empty(); ++attempt) {
        tag_ = new_tag();
        fs::path path = names_.path(tag_, partial_suffix);
        std::error_code failure;
        if (fs::create_directory(path, failure)) {
            temporary_ = std::move(path);
        } else if (failure || attempt == 100) {
            fail("cannot be created", failure ? failure : std::make_error_code(std::errc::file_exists));
        }
    }
    std::error_code ignored;
    if (replace_ && fs::is_directory(names_.target(), ignored)) {  // who may not look at the old one, nor at this one
        mode_ = fs::status(names_.target(), ignored).permissions();
        fs::permissions(temporary_, mode_ | fs::perms::owner_all, ignored);
    }
    previous_ = names_.path(tag_, previous_suffix);
    names_.find_left_overs(tag_, temporary_);
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

OutputFolder::File::File(const OutputFolder& folder, const fs::path& name)
    : folder_(folder), handle_(open_new(folder.temporary_ / name)) {
    if (handle_ < 0) folder_.fail("cannot be written", last_error());
}

OutputFolder::File::~File() {
    if (handle_ >= 0) close_handle(handle_);
}

void OutputFolder::File::write(std::span<const std::byte> bytes) {
    if (!put_all(handle_, bytes)) folder_.fail("cannot be written", last_error());
}

void OutputFolder::File::sync() {
    if (flush(handle_) != 0) folder_.fail("cannot be made durable", last_error());
    if (close_handle(std::exchange(handle_, -1)) != 0 && errno != EINTR) {
        folder_.fail("cannot be closed", last_error());
    }
}

void OutputFolder::write(const fs::path& name, std::string_view text) const {
    File file(*this, name);
    file.write(std::as_bytes(std::span(text)));
    file.sync();
}

void OutputFolder::make(const fs::path& name) const {
    std::error_code failure;
    fs::create_directory(temporary_ / name, failure);
    if (failure) fail("cannot be written", failure);
}

void OutputFolder::sync(const fs::path& name) const {
    try {
        make_names_durable(temporary_ / name);
    } catch (const std::system_error& failure) {
        fail("cannot be made durable", failure.code());
    }
}

// -------------------------------------------------------------------------------------------------- publishing

void OutputFolder::give_name() {
    const fs::path& target = names_.target();
    std::error_code failure;
    if (mode_ != fs::perms::unknown) fs::permissions(temporary_, mode_, failure);
    if (replace_ && fs::exists(target, failure)) {
        if (exchange(temporary_, target)) {
            kept_ = &temporary_;
            published_ = true;
            return;
        }
        fs::rename(target, previous_, failure);
        if (failure) fail("cannot be replaced", failure);
        kept_ = &previous_;
    }
    // A folder takes the place of an empty folder, and of nothing else.
    fs::rename(temporary_, target, failure);
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
        make_names_durable(names_.folder());
    } catch (const std::system_error& failure) {
        withdraw();
        fail("cannot be made durable", failure.code());
    } catch (...) {
        withdraw();
        throw;
    }
}

void OutputFolder::withdraw() noexcept {
    const fs::path& target = names_.target();
    std::error_code failure;
    if (kept_ == &temporary_) {
        if (!exchange(temporary_, target)) return;  // the old one is not thrown away
    } else {
        if (published_) fs::rename(target, temporary_, failure);
        if (kept_ != nullptr) fs::rename(previous_, target, failure);
    }
    kept_ = nullptr;
    published_ = false;
    remove_tree(temporary_);
}

void OutputFolder::sweep() {
    if (const std::string tag = names_.lost(); !tag.empty()) {
        std::error_code failure;
        fs::rename(names_.path(tag, previous_suffix), names_.target(), failure);
        if (failure) fail("cannot be put back where a run that was killed has hidden it", failure);
    }
    for (const auto& [tag, suffix] : names_.left_overs()) remove_tree(names_.path(tag, suffix));
}

}  // namespace stack2nrrd
