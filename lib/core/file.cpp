#include "core/file.hpp"

#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <system_error>
#include <utility>

#if defined(_WIN32)
#include <process.h>
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

/// `.name.pid.random.partial`: hidden, in the same folder, and never taken for a volume.
fs::path temporary_name(const fs::path& file, const char* suffix) {
#if defined(_WIN32)
    const int process = _getpid();
#else
    const int process = static_cast<int>(::getpid());
#endif
    std::random_device
        random;  // one a thread would register its end, and that ends the program where no memory is left
    const std::string tail = "." + std::to_string(process) + "." + std::to_string(random() % 1'000'000) + suffix;
    std::string name = utf8(file.filename());
    constexpr std::size_t longest = 255;  // what file systems commonly allow for a name, in bytes
    name.resize(std::min(name.size(), longest - 1 - tail.size()));
    return file.parent_path() / path_from_utf8("." + name + tail);
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
    std::error_code failure;
    const fs::path path = path_from_utf8(path_);
    return static_cast<std::int64_t>(fs::file_size(path, failure)) != bytes_ || failure ||
           fs::last_write_time(path, failure).time_since_epoch().count() != modified_ns_;
}

std::size_t InputFile::read_at(std::int64_t offset, void* buffer, std::size_t size) noexcept {
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
    struct stat status {};
    if (::fstat(handle_, &status) != 0) {
        error_ = errno;
        return false;
    }
    return status.st_size != bytes_ || modification_time(status) != modified_ns_;
}

std::size_t InputFile::read_at(std::int64_t offset, void* buffer, std::size_t size) noexcept {
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
      handle_(std::exchange(other.handle_, -1)),
      stream_(std::exchange(other.stream_, nullptr)),
      bytes_(other.bytes_),
      modified_ns_(other.modified_ns_),
      id_(other.id_),
      error_(other.error_) {}

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

// --------------------------------------------------------------------------------------------------- OutputFile

void OutputFile::fail(const char* what, int error) const {
    throw Error(ErrorCode::io, printable(utf8(file_)) + ": " + what + ": " + reason(error));
}

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

OutputFile::OutputFile(fs::path file, bool replace) : file_(followed(std::move(file))), replace_(replace) {
    for (int attempt = 0;; ++attempt) {
        temporary_ = temporary_name(file_, ".partial");
#if defined(_WIN32)
        stream_ = ::_wfopen(temporary_.c_str(), L"wbx");
        if (stream_ != nullptr) return;
#else
        handle_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (handle_ >= 0) return;
#endif
        const int error = errno;
        if ((error != EEXIST && error != EINTR) || attempt == 100) {
            temporary_.clear();
            fail("cannot be created", error);
        }
    }
}

OutputFile::~OutputFile() {
#if defined(_WIN32)
    if (stream_ != nullptr) std::fclose(static_cast<FILE*>(stream_));
#else
    if (handle_ >= 0) ::close(handle_);
#endif
    std::error_code ignored;
    if (!committed_) fs::remove(temporary_, ignored);
    if (!previous_.empty()) fs::remove(previous_, ignored);
}

#if defined(_WIN32)

void OutputFile::write(std::span<const std::byte> bytes) {
    auto* stream = static_cast<FILE*>(stream_);
    if (std::fwrite(bytes.data(), 1, bytes.size(), stream) != bytes.size()) fail("cannot be written", errno);
}

void OutputFile::write_at(std::int64_t offset, std::string_view text) {
    auto* stream = static_cast<FILE*>(stream_);
    if (::_fseeki64(stream, offset, SEEK_SET) != 0) fail("cannot be written", errno);
    write(text);
    if (::_fseeki64(stream, 0, SEEK_END) != 0) fail("cannot be written", errno);
}

void OutputFile::sync() {
    auto* stream = static_cast<FILE*>(std::exchange(stream_, nullptr));
    if (std::fclose(stream) != 0) fail("cannot be written", errno);
}

#else

void OutputFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(handle_, bytes.data(), bytes.size());
        if (put >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(put));
        } else if (errno != EINTR) {
            fail("cannot be written", errno);
        }
    }
}

void OutputFile::write_at(std::int64_t offset, std::string_view text) {
    while (!text.empty()) {
        const ssize_t put = ::pwrite(handle_, text.data(), text.size(), static_cast<off_t>(offset));
        if (put >= 0) {
            text.remove_prefix(static_cast<std::size_t>(put));
            offset += put;
        } else if (errno != EINTR) {
            fail("cannot be written", errno);
        }
    }
}

void OutputFile::sync() {
    // An fsync that failed is not tried again: the kernel may have dropped the pages that it could not write.
    if (::fsync(handle_) != 0) fail("cannot be made durable", errno);
    if (::close(std::exchange(handle_, -1)) != 0 && errno != EINTR) fail("cannot be closed", errno);
}

#endif

void OutputFile::set_aside() {
    std::error_code failure;
    if (!replace_ || !fs::is_regular_file(file_, failure)) return;
    const fs::path kept = temporary_name(file_, ".previous");
    fs::rename(file_, kept, failure);
    if (failure == std::errc::no_such_file_or_directory) return;  // somebody else has just done it
    if (failure) fail("cannot be replaced", failure.value());
    previous_ = kept;
}

void OutputFile::commit() {
    std::error_code failure;
    if (replace_) {
        if (previous_.empty() && fs::is_regular_file(file_, failure)) {
            const fs::path kept = temporary_name(file_, ".previous");
            fs::create_hard_link(file_, kept, failure);
            if (failure) fs::rename(file_, kept, failure);  // some file systems have no links
            if (!failure) previous_ = kept;
        }
        failure.clear();
        fs::rename(temporary_, file_, failure);
    } else {
        // A link, unlike a rename, never replaces what somebody else has put there in the meantime.
        fs::create_hard_link(temporary_, file_, failure);
        const bool no_links = failure && failure != std::errc::file_exists && failure != std::errc::io_error &&
                              failure != std::errc::no_space_on_device;
        std::error_code ignored;
        if (failure == std::errc::file_exists || (no_links && fs::exists(fs::symlink_status(file_, ignored)))) {
            throw Error(ErrorCode::invalid_argument,
                        printable(utf8(file_)) + ": has appeared during the run; use --force to replace it");
        }
        if (no_links) fs::rename(temporary_, file_, failure);
    }
    if (failure) fail("cannot be given its name", failure.value());
    std::error_code ignored;
    if (!replace_) fs::remove(temporary_, ignored);
    committed_ = true;
#if !defined(_WIN32)
    sync_folder();
#endif
}

void OutputFile::revert() noexcept {
    std::error_code ignored;
    if (!previous_.empty()) {
        fs::rename(previous_, file_, ignored);
        fs::remove(previous_, ignored);  // where both names meant the same file, the rename did nothing
        previous_.clear();
    } else if (committed_) {
        fs::remove(file_, ignored);
    }
    committed_ = true;  // whatever there was to do is done
    fs::remove(temporary_, ignored);
}

#if !defined(_WIN32)

/// Makes the new name durable, too.
void OutputFile::sync_folder() {
    const fs::path folder = file_.has_parent_path() ? file_.parent_path() : fs::path(".");
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;  // a folder that may be written but not read
    const int error = ::fsync(directory) == 0 ? 0 : errno;
    ::close(directory);
    // Not every file system lets a folder be synced; that is no failure. A disk that fails is one.
    if (error == EIO || error == ENOSPC || error == EDQUOT) fail("cannot be made durable", error);
}

#endif

}  // namespace stack2nrrd
