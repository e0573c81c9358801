#include "core/file.hpp"

#include "core/retry.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace fs = std::filesystem;

std::string_view base_name(std::string_view path) noexcept {
    constexpr std::string_view separators = fs::path::preferred_separator == '/' ? "/" : "/\\";
    const std::size_t separator = path.find_last_of(separators);
    return separator == std::string_view::npos ? path : path.substr(separator + 1);
}

// ---------------------------------------------------------------------------------------------------- InputFile

InputFile::InputFile(const std::string& path_utf8) : path_(path_utf8) {
    disk::Facts facts;
    const fs::path path = path_from_utf8(path_);
    handle_ = disk::open_to_read(path, facts);
    for (unsigned attempt = 1; handle_ == no_file && try_again(attempt, facts.failure); ++attempt) {
        handle_ = disk::open_to_read(path, facts);
    }
    if (handle_ == no_file) {
        if (!facts.failure)
            throw Error(ErrorCode::corrupt, shown() + ": is not a regular file, one was expected; give another name");
        const auto is = [&](std::errc condition) { return facts.failure == condition; };
        const bool absent = is(std::errc::no_such_file_or_directory) || is(std::errc::not_a_directory) ||
                            is(std::errc::too_many_symbolic_link_levels);
        throw Error(absent ? ErrorCode::not_found : ErrorCode::io,
                    shown() + ": cannot be opened: " + facts.failure.message());
    }
    bytes_ = facts.bytes;
    modified_ns_ = facts.modified_ns;
    id_ = facts.id;
}

InputFile::~InputFile() {
    if (handle_ != no_file) disk::close(handle_);
}

InputFile::InputFile(InputFile&& other) noexcept
    : path_(std::move(other.path_)),
      text_(other.text_),
      handle_(std::exchange(other.handle_, no_file)),
      bytes_(other.bytes_),
      modified_ns_(other.modified_ns_),
      id_(other.id_),
      error_(other.error_) {}

InputFile InputFile::of_text(std::string name, std::string_view text) noexcept {
    InputFile file;
    file.path_ = std::move(name);
    file.text_ = text.empty() ? "" : text.data();
    file.bytes_ = static_cast<std::int64_t>(text.size());
    return file;
}

bool InputFile::changed() noexcept {
    if (text_ != nullptr) return false;
    disk::Facts facts = disk::look(handle_);
    for (unsigned attempt = 1; facts.failure && try_again(attempt, facts.failure); ++attempt) {
        if (reopen()) facts = disk::look(handle_);
    }
    if (facts.failure) {
        error_ = facts.failure;
        return false;
    }
    return facts.bytes != bytes_ || facts.modified_ns != modified_ns_;
}

/// A handle to a file of the network may be of no more use when the connection has been lost, or its server was
/// started anew. False if there is no such file any more, or none that can be opened now.
bool InputFile::reopen() noexcept {
    try {
        disk::Facts facts;
        const FileHandle handle = disk::open_to_read(path_from_utf8(path_), facts);
        if (handle == no_file) return false;
        if (facts.bytes != bytes_ || facts.modified_ns != modified_ns_ || facts.id != id_) {
            disk::close(handle);
            return false;
        }
        disk::close(std::exchange(handle_, handle));
        return true;
    } catch (...) {  // no memory for the path
        return false;
    }
}

std::size_t InputFile::read_from_disk(std::int64_t offset, void* buffer, std::size_t size,
                                      std::error_code& failure) noexcept {
    std::size_t done = 0;
    for (unsigned attempt = 1;; ++attempt) {
        std::error_code now;
        done += disk::read_at(handle_, offset + static_cast<std::int64_t>(done), static_cast<char*>(buffer) + done,
                              size - done, now);
        if (!now) return done;
        if (!try_again(attempt, now)) {
            failure = now;
            return done;
        }
        (void)reopen();  // else the handle may do again
    }
}

void InputFile::fill_block(std::int64_t offset, std::size_t size) noexcept {
    block_begin_ = offset - offset % static_cast<std::int64_t>(most_from_block);
    const std::int64_t rest = bytes_ - block_begin_;  // nobody has to be asked whether this is the end
    const std::size_t wanted = std::min(block_.size(), static_cast<std::size_t>(rest));
    std::error_code failure;
    const std::size_t got = read_from_disk(block_begin_, block_.data(), wanted, failure);
    block_end_ = block_begin_ + static_cast<std::int64_t>(got);
    const bool is_there = offset <= block_end_ - static_cast<std::int64_t>(size);
    if (failure && !is_there) error_ = failure;  // else it is behind what is asked for
}

std::size_t InputFile::read_at(std::int64_t offset, void* buffer, std::size_t size) noexcept {
    const auto copy = [&](const void* bytes, std::int64_t begin, std::int64_t end) {
        const std::int64_t rest = std::max<std::int64_t>(end - offset, 0);
        const std::size_t count = std::min(size, static_cast<std::size_t>(rest));
        if (count > 0) std::memcpy(buffer, static_cast<const char*>(bytes) + (offset - begin), count);
        return count;
    };
    if (text_ != nullptr) return copy(text_, 0, bytes_);
    const bool in_block = offset >= block_begin_ && offset <= block_end_ - static_cast<std::int64_t>(size);
    if (!in_block && (size > most_from_block || offset < 0 || offset >= bytes_)) {
        return read_from_disk(offset, buffer, size, error_);
    }
    if (!in_block) fill_block(offset, size);
    return copy(block_.data(), block_begin_, block_end_);
}

FileStamp InputFile::stamp() const noexcept {
    // An odd factor loses no bit, and spreads those of the date, so that they do not meet those of the inode.
    constexpr std::uint64_t spread = 0x9E3779B97F4A7C15;
    return {bytes_, (static_cast<std::uint64_t>(modified_ns_) * spread) ^ id_};
}

std::string InputFile::shown() const { return printable(path_); }

void InputFile::check() const {
    if (error_) throw Error(ErrorCode::io, shown() + ": cannot be read: " + error_.message());
}

void throw_unless_answered(const Error& error, const std::string& path_utf8) {
    if (error.code() != ErrorCode::io) return;
    disk::Facts facts;
    const FileHandle handle = disk::open_to_read(path_from_utf8(path_utf8), facts);
    if (handle != no_file) disk::close(handle);
    if (facts.failure != std::errc::permission_denied) throw error;
}

// ------------------------------------------------------------------------------------------------------ folders

void for_each_entry(const fs::path& folder, const std::function<void(const fs::path&, bool)>& take) {
    std::error_code failure;
    if (Retry* retry = retry_here(); retry == nullptr || retry->times() == 0) {
        failure = disk::list(folder, take);
    } else {  // nothing is to be taken twice
        std::vector<std::pair<fs::path, bool>> found;
        const auto keep = [&](const fs::path& name, bool is_folder) { found.emplace_back(name, is_folder); };
        failure = disk::list(folder, keep);
        for (unsigned attempt = 1; failure && try_again(attempt, failure); ++attempt) {
            found.clear();
            failure = disk::list(folder, keep);
        }
        if (!failure) {
            for (const auto& [name, is_folder] : found) take(name, is_folder);
        }
    }
    if (failure == std::errc::not_enough_memory) throw std::bad_alloc();
    if (failure) throw Error(ErrorCode::io, printable(utf8(folder)) + ": cannot be listed: " + failure.message());
}

std::string read_text(const std::string& path_utf8, std::int64_t most) {
    InputFile file(path_utf8);
    std::string text(static_cast<std::size_t>(std::min(file.bytes(), most)), '\0');
    text.resize(file.read_at(0, text.data(), text.size()));
    file.check();
    return text;
}

}  // namespace stack2nrrd
