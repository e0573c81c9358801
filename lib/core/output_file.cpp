#include "core/output_file.hpp"

#include "core/file.hpp"
#include "core/file_system.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <cerrno>
#include <utility>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

bool is_file(const fs::path& path) noexcept {
    std::error_code ignored;
    return fs::is_regular_file(fs::status(path, ignored));
}

}  // namespace

// ------------------------------------------------------------------------------------------------ before the run

fs::path followed(fs::path path) {
    constexpr int most_links = 40;  // as many as Linux follows
    std::error_code failure;
    for (int links = 0; links < most_links && fs::is_symlink(fs::symlink_status(path, failure)); ++links) {
        const fs::path target = fs::read_symlink(path, failure);
        if (failure) break;
        path = target.is_absolute() ? target : path.parent_path() / target;
    }
    return path;
}

void check_output(const fs::path& named, bool replace) {
    const std::string shown = printable(utf8(named));
    const auto refuse = [&](const std::string& what) {
        throw Error(ErrorCode::invalid_argument, shown + ": " + what + ", a file was expected; give another name");
    };
    if (named == "-") refuse("would be standard output, which takes no files");
    std::error_code failure;
    const fs::file_status status = fs::status(named, failure);
    switch (status.type()) {
        case fs::file_type::regular: break;
        case fs::file_type::not_found:
            if (!named.has_filename()) refuse("is the name of a folder");
            break;
        case fs::file_type::directory: refuse("is a folder"); break;
        case fs::file_type::fifo: refuse("is a pipe"); break;
        case fs::file_type::socket: refuse("is a socket"); break;
        case fs::file_type::block:
        case fs::file_type::character: refuse("is a device"); break;
        default:
            if (failure == std::errc::too_many_symbolic_link_levels) refuse("is a link that leads back to itself");
            if (!failure) refuse("is no regular file");
            throw Error(ErrorCode::io, shown + ": cannot be written: " + failure.message() + "; give another name");
    }
    const bool exists = fs::exists(status);
    if (exists && !replace) {
        throw Error(ErrorCode::invalid_argument, shown + ": exists already; use --force to replace it");
    }
    const fs::path file = followed(named);
    const fs::path folder = folder_of(file);
    if (!fs::is_directory(folder, failure)) {
        throw Error(ErrorCode::io, printable(utf8(folder)) + ": is no folder to write into; make it first");
    }
    if (const std::error_code why = no_access(folder)) {
        throw Error(ErrorCode::io, shown + ": cannot be made in its folder: " + why.message());
    }
    // The hidden name is a little longer than a short one.
    (void)fs::symlink_status(longest_hidden_name(file), failure);
    if (failure == std::errc::filename_too_long) {
        throw Error(ErrorCode::io, shown + ": cannot be written: " + failure.message() + "; give a shorter path");
    }
    if (const char* why = exists ? why_not_replaceable(file) : nullptr) {
        throw Error(ErrorCode::io, shown + ": cannot be replaced, it " + why + "; give another name");
    }
}

// --------------------------------------------------------------------------------------------------- OutputFile

OutputFile::OutputFile(fs::path file, bool replace, std::string tag)
    : names_(followed(std::move(file))), file_(names_.target()), tag_(std::move(tag)), replace_(replace) {
    try {
        create();
        names_.find_left_overs(tag_, temporary_);
    } catch (...) {
        withdraw();
        throw;
    }
}

OutputFile::~OutputFile() {
    close_stream();
    if (published_) {
        std::error_code ignored;
        if (kept_ != nullptr) fs::remove(*kept_, ignored);
    } else {
        withdraw();
    }
}

void OutputFile::fail(const char* what, const std::error_code& why) const {
    throw Error(ErrorCode::io, printable(utf8(file_)) + ": " + what + ": " + why.message());
}

void OutputFile::create() {
    for (int attempt = 0;; ++attempt) {
        if (attempt > 0 || tag_.empty()) tag_ = new_tag();
        temporary_ = names_.path(tag_, partial_suffix);
        interim_ = names_.path(tag_, interim_suffix);
        hidden_ = names_.path(tag_, hidden_suffix);
        previous_ = names_.path(tag_, previous_suffix);
        handle_ = open_new(temporary_);
        if (handle_ >= 0) return;
        const std::error_code why = last_error();
        if ((why != std::errc::file_exists && why != std::errc::interrupted) || attempt == 100) {
            temporary_.clear();
            fail("cannot be created", why);
        }
    }
}

void OutputFile::write(std::span<const std::byte> bytes) {
    if (!put_all(handle_, bytes)) fail("cannot be written", last_error());
}

void OutputFile::write_at(std::int64_t offset, std::string_view text) {
    while (!text.empty()) {
        const std::int64_t done = put_at(handle_, text.data(), text.size(), offset);
        if (done >= 0) {
            text.remove_prefix(static_cast<std::size_t>(done));
            offset += done;
        } else if (errno != EINTR) {
            fail("cannot be written", last_error());
        }
    }
}

void OutputFile::sync() {
    if (replace_) take_mode_of(handle_, file_);
    // A flush that failed is not tried again: the kernel may have dropped the pages that it could not write.
    if (flush(handle_) != 0) fail("cannot be made durable", last_error());
    if (close_handle(std::exchange(handle_, -1)) != 0 && errno != EINTR) fail("cannot be closed", last_error());
}

void OutputFile::close_stream() noexcept {
    if (handle_ >= 0) close_handle(std::exchange(handle_, -1));
}

// -------------------------------------------------------------------------------------------------- publishing

bool OutputFile::link_previous() noexcept {
    if (!replace_ || kept_ != nullptr || !is_file(file_)) return true;
    std::error_code failure;
    fs::create_hard_link(file_, previous_, failure);
    if (!failure) kept_ = &previous_;
    return !failure;
}

void OutputFile::keep() {
    if (!link_previous()) set_aside();  // some file systems have no links
}

void OutputFile::set_aside() {
    if (!replace_ || kept_ != nullptr || !is_file(file_)) return;
    std::error_code failure;
    fs::rename(file_, previous_, failure);
    if (failure == std::errc::no_such_file_or_directory) return;  // somebody has removed it just now
    if (failure) fail("cannot be replaced", failure);
    kept_ = &previous_;
}

void OutputFile::write_interim(std::string_view text) {
    const int handle = open_new(interim_);
    if (handle < 0) fail("cannot be created", last_error());
    const bool written = put_all(handle, std::as_bytes(std::span(text))) && flush(handle) == 0;
    const std::error_code why = last_error();
    close_handle(handle);
    if (!written) fail("cannot be written", why);
}

void OutputFile::stand_in() {
    std::error_code failure;
    if (!link_previous()) {
        if (exchange(interim_, file_)) {
            kept_ = &interim_;
            fs::rename(interim_, previous_, failure);
            if (!failure) kept_ = &previous_;
            return;
        }
        set_aside();
    }
    fs::rename(interim_, file_, failure);
    if (failure) fail("cannot be replaced", failure);
}

void OutputFile::publish() {
    std::error_code failure;
    if (replace_) {
        if (!link_previous()) {
            if (exchange(temporary_, file_)) {
                kept_ = &temporary_;
                published_ = true;
                return;
            }
            set_aside();
        }
        fs::rename(temporary_, file_, failure);
    } else {
        failure = rename_to_free(temporary_, file_);
        if (failure == std::errc::file_exists) {
            throw Error(ErrorCode::invalid_argument,
                        printable(utf8(file_)) + ": has appeared during the run; use --force to replace it");
        }
    }
    if (failure) fail("cannot be given its name", failure);
    published_ = true;
}

void OutputFile::settle() {
    try {
        make_names_durable(names_.folder());
    } catch (const std::system_error& failure) {
        fail("cannot be made durable", failure.code());
    }
}

void OutputFile::hide() noexcept {
    if (!published_) return;
    std::error_code ignored;
    fs::rename(file_, hidden_, ignored);
    published_ = false;
}

void OutputFile::withdraw() noexcept {
    close_stream();
    std::error_code failure;
    if (kept_ != nullptr) {
        fs::rename(*kept_, file_, failure);
    } else if (published_) {
        fs::remove(file_, failure);
    }
    // What could not be put back is not thrown away. Two names of one file stay both where there was nothing to do.
    for (const fs::path* path : {&temporary_, &interim_, &hidden_, &previous_}) {
        std::error_code ignored;
        if (!failure || path != kept_) fs::remove(*path, ignored);
    }
    kept_ = nullptr;
    published_ = false;
}

void publish_alone(OutputFile& file) {
    try {
        file.publish();
        file.settle();
    } catch (...) {
        file.withdraw();
        throw;
    }
}

// -------------------------------------------------------------------------------------- what killed runs have left

std::string OutputFile::tag_of_previous(std::string_view name) const {
    const std::string_view tag = names_.tag_of(name, previous_suffix);
    const bool is_left_over = !tag.empty() && names_.is_left_over(tag, names_.folder() / path_from_utf8(name));
    return is_left_over ? std::string(tag) : std::string();
}

void OutputFile::put_back(const std::string& tag) {
    // Where there are no links, an exchange leaves it under the other name, and it may have got no further.
    for (const std::string_view suffix : {previous_suffix, interim_suffix}) {
        std::error_code failure;
        fs::rename(names_.path(tag, suffix), file_, failure);
        if (!failure) return;
        if (failure != std::errc::no_such_file_or_directory) {
            fail("cannot be put back where a run that was killed has hidden it", failure);
        }
    }
}

void OutputFile::sweep() {
    if (const std::string tag = lost(); !tag.empty()) put_back(tag);
    std::error_code ignored;
    for (const auto& [tag, suffix] : names_.left_overs()) fs::remove(names_.path(tag, suffix), ignored);
}

}  // namespace stack2nrrd
