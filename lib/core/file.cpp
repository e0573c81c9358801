#include "core/file.hpp"

#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <system_error>
#include <utility>

#if defined(_WIN32)
#include <cstdio>
#else
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace stack2nrrd {

namespace fs = std::filesystem;

fs::path path_from_utf8(std::string_view text) {
#if defined(_WIN32)
    return fs::path(std::u8string(text.begin(), text.end()));
#else
    return fs::path(text);  // POSIX paths are bytes; they are kept as they are
#endif
}

std::string utf8(const fs::path& path) {
#if defined(_WIN32)
    const std::u8string text = path.u8string();
    return {text.begin(), text.end()};
#else
    return path.string();
#endif
}

std::string_view base_name(std::string_view path) noexcept {
    constexpr std::string_view separators = fs::path::preferred_separator == '/' ? "/" : "/\\";
    const std::size_t separator = path.find_last_of(separators);
    return separator == std::string_view::npos ? path : path.substr(separator + 1);
}

namespace {

std::string reason(int error) { return std::generic_category().message(error); }

[[noreturn]] void throw_cannot_open(const std::string& path, int error) {
    const bool absent = error == ENOENT || error == ENOTDIR || error == ELOOP;
    throw Error(absent ? ErrorCode::not_found : ErrorCode::io,
                printable(path) + ": cannot be opened: " + reason(error));
}

[[noreturn]] void throw_not_a_file(const std::string& path) {
    throw Error(ErrorCode::corrupt, printable(path) + ": is not a regular file, a slice was expected");
}

}  // namespace

// ---------------------------------------------------------------------------------------------------- InputFile

#if defined(_WIN32)

InputFile::InputFile(const std::string& path_utf8) : path_(path_utf8) {
    const fs::path path = path_from_utf8(path_utf8);
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status)) throw_cannot_open(path_, ENOENT);
    if (!fs::is_regular_file(status)) throw_not_a_file(path_);
    FILE* stream = ::_wfopen(path.c_str(), L"rb");
    if (stream == nullptr) throw_cannot_open(path_, errno);
    stream_ = stream;
    bytes_ = static_cast<std::int64_t>(fs::file_size(path, failure));
    modified_ns_ = fs::last_write_time(path, failure).time_since_epoch().count();
}

InputFile::~InputFile() {
    if (stream_ != nullptr) std::fclose(static_cast<FILE*>(stream_));
}

bool InputFile::changed() noexcept {
    if (text_ != nullptr) return false;
    std::error_code failure;
    const fs::path path = path_from_utf8(path_);
    return static_cast<std::int64_t>(fs::file_size(path, failure)) != bytes_ || failure ||
           fs::last_write_time(path, failure).time_since_epoch().count() != modified_ns_;
}

std::size_t InputFile::read_from_disk(std::int64_t offset, void* buffer, std::size_t size) noexcept {
    auto* stream = static_cast<FILE*>(stream_);
    if (::_fseeki64(stream, offset, SEEK_SET) != 0) return 0;
    const std::size_t got = std::fread(buffer, 1, size, stream);
    if (got < size && std::ferror(stream) != 0) error_ = EIO;
    return got;
}

#else

namespace {

std::int64_t modification_time(const struct stat& status) {
#if defined(__APPLE__)
    const struct timespec& modified = status.st_mtimespec;
#else
    const struct timespec& modified = status.st_mtim;
#endif
    return static_cast<std::int64_t>(modified.tv_sec) * 1'000'000'000 + modified.tv_nsec;
}

}  // namespace

InputFile::InputFile(const std::string& path_utf8) : path_(path_utf8) {
    // O_NONBLOCK: a pipe that bears an image's name must not make us wait for a writer.
    do {
        handle_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    } while (handle_ < 0 && errno == EINTR);
    if (handle_ < 0) throw_cannot_open(path_, errno);
    struct stat status {};
    if (::fstat(handle_, &status) != 0) {
        const int error = errno;
        ::close(handle_);
        throw_cannot_open(path_, error);
    }
    if (!S_ISREG(status.st_mode)) {
        ::close(handle_);
        throw_not_a_file(path_);
    }
    bytes_ = status.st_size;
    modified_ns_ = modification_time(status);
    id_ = status.st_ino;
}

InputFile::~InputFile() {
    if (handle_ >= 0) ::close(handle_);
}

bool InputFile::changed() noexcept {
    if (text_ != nullptr) return false;
    struct stat status {};
    if (::fstat(handle_, &status) != 0) {
        error_ = errno;
        return false;
    }
    return status.st_size != bytes_ || modification_time(status) != modified_ns_;
}

std::size_t InputFile::read_from_disk(std::int64_t offset, void* buffer, std::size_t size) noexcept {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(handle_, static_cast<char*>(buffer) + done, size - done,
                                    static_cast<off_t>(offset) + static_cast<off_t>(done));
        if (got > 0) {
            done += static_cast<std::size_t>(got);
        } else if (got == 0) {
            break;
        } else if (errno != EINTR) {
            error_ = errno;
            break;
        }
    }
    return done;
}

#endif

InputFile::InputFile(InputFile&& other) noexcept
    : path_(std::move(other.path_)),
      text_(other.text_),
      handle_(std::exchange(other.handle_, -1)),
      stream_(std::exchange(other.stream_, nullptr)),
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

std::size_t InputFile::read_at(std::int64_t offset, void* buffer, std::size_t size) noexcept {
    if (text_ == nullptr) return read_from_disk(offset, buffer, size);
    const std::int64_t rest = std::max<std::int64_t>(bytes_ - offset, 0);
    const std::size_t count = std::min(size, static_cast<std::size_t>(rest));
    if (count > 0) std::memcpy(buffer, text_ + offset, count);
    return count;
}

FileStamp InputFile::stamp() const noexcept {
    // An odd factor loses no bit, and spreads those of the date, so that they do not meet those of the inode.
    constexpr std::uint64_t spread = 0x9E3779B97F4A7C15;
    return {bytes_, (static_cast<std::uint64_t>(modified_ns_) * spread) ^ id_};
}

std::string InputFile::shown() const { return printable(path_); }

void InputFile::check() const {
    if (error_ != 0) throw Error(ErrorCode::io, shown() + ": cannot be read: " + reason(error_));
}

// ------------------------------------------------------------------------------------------------------ folders

namespace {

[[noreturn]] void throw_cannot_list(const fs::path& folder, int error) {
    if (error == ENOMEM) throw std::bad_alloc();
    throw Error(ErrorCode::io, printable(utf8(folder)) + ": cannot be listed: " + reason(error));
}

}  // namespace

#if defined(_WIN32)

void for_each_entry(const fs::path& folder, const std::function<void(const fs::path&, bool)>& take) {
    std::error_code failure;
    fs::directory_iterator entry(folder, failure);
    while (!failure && entry != fs::directory_iterator()) {
        std::error_code unknown;  // a link that leads nowhere is no folder
        take(entry->path().filename(), entry->is_directory(unknown));
        entry.increment(failure);
    }
    if (failure) throw_cannot_list(folder, failure.value());
}

#else

void for_each_entry(const fs::path& folder, const std::function<void(const fs::path&, bool)>& take) {
    struct Close {
        void operator()(DIR* listing) const noexcept { ::closedir(listing); }
    };
    const std::unique_ptr<DIR, Close> listing(::opendir(folder.c_str()));
    if (listing == nullptr) throw_cannot_list(folder, errno);
    for (;;) {
        errno = 0;
        const struct dirent* entry = ::readdir(listing.get());
        if (entry == nullptr) break;
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        bool is_folder = entry->d_type == DT_DIR;
        if (entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) {
            struct stat status {};
            is_folder = ::fstatat(::dirfd(listing.get()), entry->d_name, &status, 0) == 0 && S_ISDIR(status.st_mode);
        }
        take(fs::path(name), is_folder);
    }
    if (errno != 0) throw_cannot_list(folder, errno);
}

#endif

}  // namespace stack2nrrd
