#include "core/output_file.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <utility>

namespace stack2nrrd {

namespace fs = std::filesystem;

// ------------------------------------------------------------------------------------------------ before the run

fs::path followed(fs::path path) {
    constexpr int most_links = 40;  // as many as Linux follows
    for (int links = 0; links < most_links; ++links) {
        const fs::path target = disk::read_link(path);
        if (target.empty()) break;
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
    const disk::Facts facts = disk::look(named);
    switch (facts.type) {
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
            if (facts.failure == std::errc::too_many_symbolic_link_levels)
                refuse("is a link that leads back to itself");
            if (!facts.failure) refuse("is no regular file");
            throw Error(ErrorCode::io,
                        shown + ": cannot be written: " + facts.failure.message() + "; give another name");
    }
    if (facts.exists() && !replace) {
        throw Error(ErrorCode::invalid_argument, shown + ": exists already; use --force to replace it");
    }
    const fs::path file = followed(named);
    const fs::path folder = folder_of(file);
    if (!disk::is_folder(folder)) {
        throw Error(ErrorCode::io, printable(utf8(folder)) + ": is no folder to write into; make it first");
    }
    if (const std::error_code why = disk::no_access(folder)) {
        throw Error(ErrorCode::io, shown + ": cannot be made in its folder: " + why.message());
    }
    // The hidden name is a little longer than a short one.
    const std::error_code failure = disk::look_at_name(longest_hidden_name(file)).failure;
    if (failure == std::errc::filename_too_long) {
        throw Error(ErrorCode::io, shown + ": cannot be written: " + failure.message() + "; give a shorter path");
    }
    if (const char* why = facts.exists() ? disk::why_not_replaceable(file) : nullptr) {
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
    if (!published_) {
        withdraw();
    } else if (kept_ != nullptr) {
        disk::remove(*kept_);
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
        std::error_code why;
        handle_ = disk::open_new(temporary_, why);
        if (handle_ != no_file) return;
        if (why != std::errc::file_exists || attempt == 100) {
            temporary_.clear();
            fail("cannot be created", why);
        }
    }
}

void OutputFile::write(std::span<const std::byte> bytes) {
    if (const std::error_code why = disk::write(handle_, bytes)) fail("cannot be written", why);
}

void OutputFile::write_at(std::int64_t offset, std::string_view text) {
    const std::error_code why = disk::write_at(handle_, offset, std::as_bytes(std::span(text.data(), text.size())));
    if (why) fail("cannot be written", why);
}

void OutputFile::sync() {
    if (replace_) disk::take_mode_of(handle_, file_);
    if (const std::error_code why = disk::flush(handle_)) fail("cannot be made durable", why);
    if (const std::error_code why = disk::close(std::exchange(handle_, no_file))) fail("cannot be closed", why);
}

void OutputFile::close_stream() noexcept {
    if (handle_ != no_file) disk::close(std::exchange(handle_, no_file));
}

// -------------------------------------------------------------------------------------------------- publishing

bool OutputFile::link_previous() {
    if (!replace_ || kept_ != nullptr || !disk::is_file(file_)) return true;
    if (disk::link(file_, previous_)) return false;
    kept_ = &previous_;
    return true;
}

void OutputFile::keep() {
    if (!link_previous()) set_aside();  // some file systems have no links
}

void OutputFile::set_aside() {
    if (!replace_ || kept_ != nullptr || !disk::is_file(file_)) return;
    const std::error_code failure = disk::rename(file_, previous_);
    if (failure == std::errc::no_such_file_or_directory) return;  // somebody has removed it just now
    if (failure) fail("cannot be replaced", failure);
    kept_ = &previous_;
}

void OutputFile::write_interim(std::string_view text) {
    std::error_code why;
    const FileHandle handle = disk::open_new(interim_, why);
    if (handle == no_file) fail("cannot be created", why);
    why = disk::write(handle, std::as_bytes(std::span(text.data(), text.size())));
    if (!why) why = disk::flush(handle);
    disk::close(handle);
    if (why) fail("cannot be written", why);
}

void OutputFile::stand_in() {
    if (!link_previous()) {
        if (disk::exchange(interim_, file_)) {
            kept_ = &interim_;
            if (!disk::rename(interim_, previous_)) kept_ = &previous_;
            return;
        }
        set_aside();
    }
    if (const std::error_code failure = disk::rename(interim_, file_)) fail("cannot be replaced", failure);
}

void OutputFile::publish() {
    std::error_code failure;
    if (replace_) {
        if (!link_previous()) {
            if (disk::exchange(temporary_, file_)) {
                kept_ = &temporary_;
                published_ = true;
                return;
            }
            set_aside();
        }
        failure = disk::rename(temporary_, file_);
    } else {
        failure = disk::rename_to_free(temporary_, file_);
        if (failure == std::errc::file_exists) {
            throw Error(ErrorCode::invalid_argument,
                        printable(utf8(file_)) + ": has appeared during the run; use --force to replace it");
        }
    }
    if (failure) fail("cannot be given its name", failure);
    published_ = true;
}

void OutputFile::settle() {
    if (const std::error_code failure = disk::make_names_durable(names_.folder())) {
        fail("cannot be made durable", failure);
    }
}

void OutputFile::hide() noexcept {
    if (!published_) return;
    std::error_code failure = disk::rename(file_, hidden_);
    if (failure && kept_ != &temporary_) failure = disk::remove(file_);
    published_ = static_cast<bool>(failure);
}

std::error_code OutputFile::restore() noexcept {
    std::error_code failure = disk::rename(*kept_, file_);
    if (!failure || kept_ != &previous_) return failure;
    // Where no name can be changed any more, one may still be removed and given.
    disk::remove(file_);
    failure = disk::link(previous_, file_);
    return failure;
}

void OutputFile::withdraw() noexcept {
    close_stream();
    std::error_code failure;
    if (kept_ != nullptr) {
        failure = restore();
    } else if (published_) {
        failure = disk::remove(file_);
    }
    // What could not be put back is not thrown away. Two names of one file stay both where there was nothing to do.
    for (const fs::path* path : {&temporary_, &interim_, &hidden_, &previous_}) {
        if (!failure || path != kept_) disk::remove(*path);
    }
    if (!failure) kept_ = nullptr;
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
        const fs::path from = names_.path(tag, suffix);
        // Where there are links it stays there besides, until sweep(): a header may still name it.
        const bool is_linked = !disk::link(from, hidden_);
        const std::error_code failure = disk::rename(is_linked ? hidden_ : from, file_);
        if (is_linked) disk::remove(hidden_);  // nothing is renamed if both are names of one file already
        if (!failure) return;
        if (failure != std::errc::no_such_file_or_directory) {
            fail("cannot be put back where a run that was killed has hidden it", failure);
        }
    }
}

void OutputFile::sweep() {
    if (const std::string tag = lost(); !tag.empty()) put_back(tag);
    for (const auto& [tag, suffix] : names_.left_overs()) disk::remove(names_.path(tag, suffix));
}

}  // namespace stack2nrrd
