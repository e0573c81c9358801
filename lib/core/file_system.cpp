#include "core/file_system.hpp"

#include "core/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <share.h>
#include <sys/stat.h>
#else
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace stack2nrrd {

namespace fs = std::filesystem;

std::error_code last_error() { return {errno, std::generic_category()}; }

bool put_all(int handle, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const std::int64_t done = put(handle, bytes.data(), bytes.size());
        if (done < 0 && errno != EINTR) return false;
        if (done > 0) bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return true;
}

#if defined(_WIN32)

int open_new(const fs::path& path) { return ::_wopen(path.c_str(), _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY, 0666); }
std::int64_t put(int handle, const void* bytes, std::size_t size) {
    return ::_write(handle, bytes, static_cast<unsigned>(std::min<std::size_t>(size, 1U << 30)));
}
std::int64_t put_at(int handle, const void* bytes, std::size_t size, std::int64_t offset) {
    if (::_lseeki64(handle, offset, SEEK_SET) < 0) return -1;
    const std::int64_t done = put(handle, bytes, size);
    return ::_lseeki64(handle, 0, SEEK_END) < 0 ? -1 : done;
}
int open_nameless(const fs::path&, const fs::path& name) {
    int handle = -1;
    // The file goes with its last handle.
    (void)::_wsopen_s(&handle, name.c_str(), _O_RDWR | _O_CREAT | _O_EXCL | _O_TEMPORARY | _O_BINARY, _SH_DENYRW,
                      _S_IREAD | _S_IWRITE);
    return handle;
}
std::int64_t get_at(int handle, void* bytes, std::size_t size, std::int64_t offset) {
    if (::_lseeki64(handle, offset, SEEK_SET) < 0) return -1;
    return ::_read(handle, bytes, static_cast<unsigned>(std::min<std::size_t>(size, 1U << 30)));
}
int flush(int handle) { return ::_commit(handle); }
int close_handle(int handle) { return ::_close(handle); }
int process_number() { return ::_getpid(); }
void take_mode_of(int, const fs::path&) noexcept {}

int open_lock(const fs::path& path, bool& busy) {
    int handle = -1;
    // Another that has the file open keeps us out, and the file goes with its last handle.
    const int failure = ::_wsopen_s(&handle, path.c_str(), _O_RDWR | _O_CREAT | _O_TEMPORARY | _O_BINARY, _SH_DENYRW,
                                    _S_IREAD | _S_IWRITE);
    busy = failure == EACCES;
    return handle;
}

std::error_code no_access(const fs::path& folder) {
    return ::_waccess(folder.c_str(), 2) == 0 ? std::error_code{} : last_error();
}
const char* why_not_replaceable(const fs::path&) { return nullptr; }
std::string host_name() { return "windows"; }
std::size_t longest_name(const fs::path&) { return 240; }
void make_names_durable(const fs::path&) {}
bool exchange(const fs::path&, const fs::path&) { return false; }

std::error_code rename_to_free(const fs::path& from, const fs::path& to) {
    return ::_wrename(from.c_str(), to.c_str()) == 0 ? std::error_code{} : last_error();
}

#else

int open_new(const fs::path& path) { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666); }
std::int64_t put(int handle, const void* bytes, std::size_t size) { return ::write(handle, bytes, size); }
std::int64_t put_at(int handle, const void* bytes, std::size_t size, std::int64_t offset) {
    return ::pwrite(handle, bytes, size, static_cast<off_t>(offset));
}
int open_nameless([[maybe_unused]] const fs::path& folder, const fs::path& name) {
#if defined(O_TMPFILE)
    if (const int handle = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); handle >= 0) return handle;
#endif
    const int handle = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (handle >= 0) (void)::unlink(name.c_str());
    return handle;
}
std::int64_t get_at(int handle, void* bytes, std::size_t size, std::int64_t offset) {
    return ::pread(handle, bytes, size, static_cast<off_t>(offset));
}
int flush(int handle) { return ::fsync(handle); }
int close_handle(int handle) { return ::close(handle); }
int process_number() { return static_cast<int>(::getpid()); }

void take_mode_of(int handle, const fs::path& file) noexcept {
    struct stat old {};
    struct stat own {};
    if (::stat(file.c_str(), &old) != 0 || ::fstat(handle, &own) != 0) return;
    // Who may not give files away keeps them; a group may be given by its members.
    if (old.st_uid != own.st_uid && ::fchown(handle, old.st_uid, old.st_gid) != 0) errno = 0;
    if (old.st_gid != own.st_gid && ::fchown(handle, static_cast<uid_t>(-1), old.st_gid) != 0) errno = 0;
    (void)::fchmod(handle, old.st_mode & 0777U);
}

int open_lock(const fs::path& path, bool& busy) {
    busy = false;
    for (int attempt = 0; attempt < 100; ++attempt) {
        bool made = false;
        int handle = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (handle < 0 && errno == ENOENT) {
            handle = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            made = handle >= 0;
            if (made) (void)::fchmod(handle, 0666);  // it is empty, and others must be able to lock it
        }
        if (handle < 0 && errno == EACCES) handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (handle < 0) {
            if (errno == EINTR || errno == EEXIST || errno == ENOENT) continue;
            return -1;
        }
        if (::flock(handle, LOCK_EX | LOCK_NB) != 0) {
            const int error = errno;
            ::close(handle);
            if (error == EINTR) continue;
            busy = error == EWOULDBLOCK || error == EACCES;
            if (made && !busy) (void)::unlink(path.c_str());
            return -1;
        }
        // Who held it before may have removed it since it was opened: a lock on a file without a name is none.
        struct stat held {};
        struct stat named {};
        if (::fstat(handle, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
            held.st_dev == named.st_dev) {
            return handle;
        }
        ::close(handle);
    }
    return -1;
}

std::error_code no_access(const fs::path& folder) {
    return ::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0 ? std::error_code{} : last_error();
}

const char* why_not_replaceable(const fs::path& file) {
#if defined(STATX_ATTR_IMMUTABLE) && defined(STATX_ATTR_APPEND)
    struct statx attributes {};
    if (::statx(AT_FDCWD, file.c_str(), 0, STATX_BASIC_STATS, &attributes) == 0) {
        if ((attributes.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0) {
            return "is protected (chattr)";
        }
#if defined(STATX_ATTR_MOUNT_ROOT)
        if ((attributes.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0) return "is a mount of its own";
#endif
    }
#endif
    struct stat status {};
    struct stat folder {};
    const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
    const uid_t user = ::geteuid();
    if (::stat(file.c_str(), &status) == 0 && ::stat(parent.c_str(), &folder) == 0 && user != 0 &&
        (folder.st_mode & S_ISVTX) != 0 && status.st_uid != user && folder.st_uid != user) {
        return "is somebody else's, in a folder that lets nobody replace the files of others";
    }
    return nullptr;
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::size_t longest_name(const fs::path& folder) {
    constexpr std::size_t usual = 255;
    const long told = ::pathconf(folder.c_str(), _PC_NAME_MAX);
    return told > 0 ? std::min(usual, static_cast<std::size_t>(told)) : usual;
}

void make_names_durable(const fs::path& folder) {
    const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return;  // a folder that may be written but not read
    const int error = ::fsync(handle) == 0 ? 0 : errno;
    ::close(handle);
    // Not every file system lets a folder be synced; that is no failure. A disk that fails is one.
    if (error == EIO || error == ENOSPC || error == EDQUOT) {
        throw std::system_error(error, std::generic_category());
    }
}

bool exchange([[maybe_unused]] const fs::path& one, [[maybe_unused]] const fs::path& other) {
#if defined(RENAME_EXCHANGE)
    return ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0;
#elif defined(__APPLE__) && defined(RENAME_SWAP)
    return ::renamex_np(one.c_str(), other.c_str(), RENAME_SWAP) == 0;
#else
    return false;
#endif
}

std::error_code rename_to_free(const fs::path& from, const fs::path& to) {
#if defined(RENAME_NOREPLACE)
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno == EEXIST) return last_error();
#elif defined(__APPLE__) && defined(RENAME_EXCL)
    if (::renamex_np(from.c_str(), to.c_str(), RENAME_EXCL) == 0) return {};
    if (errno == EEXIST) return last_error();
#endif
    if (::link(from.c_str(), to.c_str()) == 0) {
        (void)::unlink(from.c_str());
        return {};
    }
    if (errno == EEXIST) return last_error();
    // No such renames and no links: an empty file keeps the place.
    const int handle = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (handle < 0) return last_error();
    ::close(handle);
    if (::rename(from.c_str(), to.c_str()) == 0) return {};
    const std::error_code failure = last_error();
    (void)::unlink(to.c_str());
    return failure;
}

#endif

}  // namespace stack2nrrd
