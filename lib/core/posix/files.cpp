// Files that are open.

#include "core/file_system.hpp"
#include "core/posix/facts.hpp"
#include "core/posix/failure.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stack2nrrd::disk {

namespace fs = std::filesystem;

namespace {

int descriptor(FileHandle handle) noexcept { return static_cast<int>(handle); }

/// `flags` besides O_CLOEXEC. A descriptor, or no_file.
int open_at(const Path& path, int flags, mode_t mode = 0666) noexcept {
    return uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
}

std::int64_t modification_time(const struct stat& status) noexcept {
#if defined(__APPLE__)
    const struct timespec& modified = status.st_mtimespec;
#else
    const struct timespec& modified = status.st_mtim;
#endif
    return static_cast<std::int64_t>(modified.tv_sec) * 1'000'000'000 + modified.tv_nsec;
}

fs::file_type type_of(mode_t mode) noexcept {
    switch (mode & S_IFMT) {
        case S_IFREG: return fs::file_type::regular;
        case S_IFDIR: return fs::file_type::directory;
        case S_IFLNK: return fs::file_type::symlink;
        case S_IFIFO: return fs::file_type::fifo;
        case S_IFSOCK: return fs::file_type::socket;
        case S_IFBLK: return fs::file_type::block;
        case S_IFCHR: return fs::file_type::character;
        default: return fs::file_type::unknown;
    }
}

}  // namespace

Facts facts_of(const struct stat& status) noexcept {
    Facts facts;
    facts.type = type_of(status.st_mode);
    facts.permissions = static_cast<fs::perms>(status.st_mode & 07777U);
    facts.bytes = status.st_size;
    facts.modified_ns = modification_time(status);
    facts.volume = static_cast<std::uint64_t>(status.st_dev);
    facts.id = status.st_ino;
    return facts;
}

Facts look(FileHandle handle) noexcept {
    struct stat status {};
    if (::fstat(descriptor(handle), &status) == 0) return facts_of(status);
    Facts facts;
    facts.failure = last_failure();
    return facts;
}

// -------------------------------------------------------------------------------------------------------- reading

FileHandle open_to_read(const Path& path, Facts& facts) {
    // O_NONBLOCK: a pipe that bears an image's name must not make us wait for a writer.
    const int handle = open_at(path, O_RDONLY | O_NONBLOCK);
    if (handle < 0) {
        facts = {};
        facts.failure = last_failure();
        return no_file;
    }
    facts = look(handle);
    if (facts.is_file()) return handle;
    ::close(handle);
    return no_file;
}

FileHandle open_stream(const Path& path, std::error_code& failure) {
    const int handle = open_at(path, O_RDONLY);
    failure = handle < 0 ? last_failure() : std::error_code();
    return handle;
}

std::size_t read(FileHandle handle, std::span<char> room, std::error_code& failure) noexcept {
    const ssize_t got = uninterrupted([&] { return ::read(descriptor(handle), room.data(), room.size()); });
    if (got < 0) failure = last_failure();
    return got < 0 ? 0 : static_cast<std::size_t>(got);
}

std::size_t read_at(FileHandle handle, std::int64_t offset, void* bytes, std::size_t size,
                    std::error_code& failure) noexcept {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = uninterrupted([&] {
            return ::pread(descriptor(handle), static_cast<char*>(bytes) + done, size - done,
                           static_cast<off_t>(offset) + static_cast<off_t>(done));
        });
        if (got < 0) failure = last_failure();
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

// -------------------------------------------------------------------------------------------------------- writing

namespace {

/// `put(bytes)` writes some of them, and gives how many.
template <class Put>
std::error_code put_all(std::span<const std::byte> bytes, Put&& put) {
    while (!bytes.empty()) {
        const ssize_t done = uninterrupted([&] { return put(bytes); });
        if (done < 0) return last_failure();
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

}  // namespace

FileHandle open_new(const Path& path, std::error_code& failure) {
    const int handle = open_at(path, O_WRONLY | O_CREAT | O_EXCL);
    failure = handle < 0 ? last_failure() : std::error_code();
    return handle;
}

FileHandle open_nameless([[maybe_unused]] const Path& folder, const Path& name, std::error_code& failure) {
    constexpr mode_t ours_alone = 0600;
#if defined(O_TMPFILE)
    if (const int handle = open_at(folder, O_TMPFILE | O_RDWR, ours_alone); handle >= 0) return handle;
#endif
    const int handle = open_at(name, O_RDWR | O_CREAT | O_EXCL, ours_alone);
    failure = handle < 0 ? last_failure() : std::error_code();
    if (handle >= 0) (void)::unlink(name.c_str());
    return handle;
}

std::error_code write(FileHandle handle, std::span<const std::byte> bytes) {
    return put_all(
        bytes, [&](std::span<const std::byte> rest) { return ::write(descriptor(handle), rest.data(), rest.size()); });
}

std::error_code write_at(FileHandle handle, std::int64_t offset, std::span<const std::byte> bytes) {
    return put_all(bytes, [&](std::span<const std::byte> rest) {
        const auto done = static_cast<off_t>(bytes.size() - rest.size());
        return ::pwrite(descriptor(handle), rest.data(), rest.size(), static_cast<off_t>(offset) + done);
    });
}

std::error_code flush(FileHandle handle) {
#if defined(F_FULLFSYNC)
    // There fsync() leaves them in the disk's own memory. Not every file system can do more.
    if (::fcntl(descriptor(handle), F_FULLFSYNC) == 0) return {};
#endif
    // A flush that failed is not tried again: the kernel may have dropped the pages that it could not write.
    return ::fsync(descriptor(handle)) == 0 ? std::error_code() : last_failure();
}

std::error_code close(FileHandle handle) noexcept {
    return ::close(descriptor(handle)) == 0 || errno == EINTR ? std::error_code() : last_failure();
}

void take_mode_of(FileHandle handle, const Path& file) noexcept {
    struct stat old {};
    struct stat own {};
    const int ours = descriptor(handle);
    if (::stat(file.c_str(), &old) != 0 || ::fstat(ours, &own) != 0) return;
    // Who may not give files away keeps them; a group may be given by its members.
    if (old.st_uid != own.st_uid && ::fchown(ours, old.st_uid, old.st_gid) != 0) errno = 0;
    if (old.st_gid != own.st_gid && ::fchown(ours, static_cast<uid_t>(-1), old.st_gid) != 0) errno = 0;
    (void)::fchmod(ours, old.st_mode & 0777U);
}

FileHandle open_lock(const Path& path, bool& busy) {
    busy = false;
    for (int attempt = 0; attempt < 100; ++attempt) {
        bool made = false;
        int handle = open_at(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
        if (handle < 0 && errno == ENOENT) {
            handle = open_at(path, O_RDWR | O_CREAT | O_EXCL);
            made = handle >= 0;
            if (made) (void)::fchmod(handle, 0666);  // it is empty, and others must be able to lock it
        }
        if (handle < 0 && errno == EACCES) handle = open_at(path, O_RDONLY | O_NOFOLLOW);
        if (handle < 0) {
            if (errno == EEXIST || errno == ENOENT) continue;
            return no_file;
        }
        if (::flock(handle, LOCK_EX | LOCK_NB) != 0) {
            const int error = errno;
            ::close(handle);
            if (error == EINTR) continue;
            busy = error == EWOULDBLOCK || error == EACCES;
            if (made && !busy) (void)::unlink(path.c_str());
            return no_file;
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
    return no_file;
}

void close_lock(FileHandle handle, const Path& path) noexcept {
    (void)::unlink(path.c_str());  // while it is held: who finds it afterwards has nothing to wait for
    close(handle);
}

}  // namespace stack2nrrd::disk
