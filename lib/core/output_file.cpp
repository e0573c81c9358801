#include "core/output_file.hpp"

#include "core/file.hpp"
#include "core/file_system.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>
#include <utility>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

bool is_file(const fs::path& path) noexcept {
    std::error_code ignored;
    return fs::is_regular_file(fs::status(path, ignored));
}

bool put_all(int handle, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const std::int64_t done = put(handle, bytes.data(), bytes.size());
        if (done < 0 && errno != EINTR) return false;
        if (done > 0) bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return true;
}

/// A number that is the same for the same text on every machine (FNV-1a).
std::uint64_t fingerprint(std::string_view text) {
    std::uint64_t number = 0xcbf29ce484222325U;
    for (const char c : text) number = (number ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return number;
}

std::string hex(std::uint64_t number, int digits) {
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(number));
    return {text.data() + 16 - digits, static_cast<std::size_t>(digits)};
}

constexpr std::string_view partial_suffix = ".partial";
constexpr std::string_view interim_suffix = ".interim";
constexpr std::string_view hidden_suffix = ".hidden";
constexpr std::string_view previous_suffix = ".previous";

/// What distinguishes the hidden files of this machine from those of others that share the folder.
std::string host_tag() { return hex(fingerprint(host_name()), 8); }

std::string new_tag() {
    std::random_device random;  // one a thread would register its end, which takes memory
    return host_tag() + "-" + std::to_string(process_number()) + "-" + hex(random(), 8);
}

/// The tag between `stem` and `suffix`; empty if the name has another form.
std::string_view tag_of(std::string_view name, std::string_view stem, std::string_view suffix) {
    if (name.size() <= stem.size() + suffix.size() || !name.starts_with(stem) || !name.ends_with(suffix)) return {};
    name = name.substr(stem.size(), name.size() - stem.size() - suffix.size());
    return name.find_first_not_of("0123456789abcdef-") == std::string_view::npos ? name : std::string_view{};
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

/// ".NAME.", shortened where hidden names would become longer than the file system takes.
std::string hidden_stem(const fs::path& file) {
    constexpr std::size_t rest = 50;  // a tag, a suffix, dots
    std::string name = utf8(file.filename());
    const std::size_t longest = std::max(longest_name(folder_of(file)), 2 * rest) - rest;
    if (name.size() > longest) {
        const std::string number = hex(fingerprint(name), 16);
        std::size_t length = longest - number.size() - 1;
        while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) --length;  // whole characters
        name = name.substr(0, length) + "~" + number;
    }
    return "." + name + ".";
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
    const fs::path longest = folder / path_from_utf8(hidden_stem(file) + new_tag() + std::string(previous_suffix));
    (void)fs::symlink_status(longest, failure);
    if (failure == std::errc::filename_too_long) {
        throw Error(ErrorCode::io, shown + ": cannot be written: " + failure.message() + "; give a shorter path");
    }
    if (const char* why = exists ? why_not_replaceable(file) : nullptr) {
        throw Error(ErrorCode::io, shown + ": cannot be replaced, it " + why + "; give another name");
    }
}

// --------------------------------------------------------------------------------------------------- OutputFile

OutputFile::OutputFile(fs::path file, bool replace, std::string tag)
    : file_(followed(std::move(file))),
      folder_(folder_of(file_)),
      stem_(hidden_stem(file_)),
      tag_(std::move(tag)),
      replace_(replace) {
    lock_ = folder_ / path_from_utf8(stem_ + "lock");
    lock();
    try {
        create();
        find_left_overs();
    } catch (...) {
        withdraw();
        unlock();
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
    unlock();
}

void OutputFile::fail(const char* what, const std::error_code& why) const {
    throw Error(ErrorCode::io, printable(utf8(file_)) + ": " + what + ": " + why.message());
}

fs::path OutputFile::hidden(std::string_view tag, std::string_view suffix) const {
    return folder_ / path_from_utf8(stem_ + std::string(tag) + std::string(suffix));
}

void OutputFile::lock() {
    bool busy = false;
    lock_handle_ = open_lock(lock_, busy);
    if (!busy) return;
    throw Error(ErrorCode::invalid_argument,
                printable(utf8(file_)) +
                    ": is being written by another run, a name that is free was expected; wait for its end, or give "
                    "another name");
}

void OutputFile::unlock() noexcept {
    if (lock_handle_ < 0) return;
    std::error_code ignored;
    fs::remove(lock_, ignored);  // while it is held: who finds it afterwards has nothing to wait for
    close_handle(std::exchange(lock_handle_, -1));
}

void OutputFile::create() {
    for (int attempt = 0;; ++attempt) {
        if (attempt > 0 || tag_.empty()) tag_ = new_tag();
        temporary_ = hidden(tag_, partial_suffix);
        interim_ = hidden(tag_, interim_suffix);
        hidden_ = hidden(tag_, hidden_suffix);
        previous_ = hidden(tag_, previous_suffix);
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
        make_names_durable(folder_);
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

bool OutputFile::is_left_over(std::string_view tag, const fs::path& path) const {
    if (tag == tag_) return false;
    // Whoever has the lock is the only run of this machine. The locks of other machines may not be seen here: of what
    // they have made, only its age decides.
    const auto host = [](std::string_view text) { return text.substr(0, text.find('-')); };
    if (lock_handle_ >= 0 && host(tag) == host(tag_)) return true;
    constexpr std::chrono::hours long_ago{24 * 7};
    std::error_code failure;
    const auto now = fs::last_write_time(temporary_, failure);  // by the clock of the file system
    const auto then = failure ? now : fs::last_write_time(path, failure);
    return !failure && now - then > long_ago;
}

void OutputFile::find_left_overs() {
    try {
        for_each_entry(folder_, [&](const fs::path& entry, bool) {
            const std::string name = utf8(entry);
            for (const std::string_view suffix : {partial_suffix, interim_suffix, hidden_suffix, previous_suffix}) {
                const std::string_view tag = tag_of(name, stem_, suffix);
                if (!tag.empty() && is_left_over(tag, folder_ / entry)) left_overs_.emplace_back(tag, suffix);
            }
        });
    } catch (const Error&) {
        return;  // a folder may be written to but not read
    }
}

std::string OutputFile::lost() const {
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(file_, ignored))) return {};
    const auto found = std::find_if(left_overs_.begin(), left_overs_.end(),
                                    [](const auto& each) { return each.second == previous_suffix; });
    return found == left_overs_.end() ? std::string() : found->first;
}

std::string OutputFile::tag_of_previous(std::string_view name) const {
    const std::string_view tag = tag_of(name, stem_, previous_suffix);
    return !tag.empty() && is_left_over(tag, folder_ / path_from_utf8(name)) ? std::string(tag) : std::string();
}

void OutputFile::put_back(const std::string& tag) {
    // Where there are no links, an exchange leaves it under the other name, and it may have got no further.
    for (const std::string_view suffix : {previous_suffix, interim_suffix}) {
        std::error_code failure;
        fs::rename(hidden(tag, suffix), file_, failure);
        if (!failure) return;
        if (failure != std::errc::no_such_file_or_directory) {
            fail("cannot be put back where a run that was killed has hidden it", failure);
        }
    }
}

void OutputFile::sweep() {
    if (const std::string tag = lost(); !tag.empty()) put_back(tag);
    std::error_code ignored;
    for (const auto& [tag, suffix] : left_overs_) fs::remove(hidden(tag, suffix), ignored);
}

}  // namespace stack2nrrd
