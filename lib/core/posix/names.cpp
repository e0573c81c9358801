// What has a name, and what names can do.

#include "core/file_system.hpp"
#include "core/posix/facts.hpp"
#include "core/posix/failure.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stack2nrrd::disk {

namespace fs = std::filesystem;

#if defined(__APPLE__)
const bool names_ignore_case = true;
#else
const bool names_ignore_case = false;
#endif

namespace {

/// By stat() or lstat().
template <class Ask>
Facts asked(const Path& path, Ask&& ask) {
    struct stat status {};
    if (ask(path.c_str(), &status) == 0) return facts_of(status);
    Facts facts;
    facts.failure = last_failure();
    if (errno == ENOENT || errno == ENOTDIR) facts.type = fs::file_type::not_found;
    return facts;
}

std::error_code failure_unless(bool done) noexcept { return done ? std::error_code() : last_failure(); }

}  // namespace

Facts look(const Path& path) { return asked(path, ::stat); }
Facts look_at_name(const Path& path) { return asked(path, ::lstat); }

bool is_same(const Path& one, const Path& other) {
    const Facts a = look_surely(one);
    const Facts b = look_surely(other);
    return a.exists() && b.exists() && a.volume == b.volume && a.id == b.id;
}

bool may_pass(const std::error_code& failure) noexcept {
    constexpr std::array passing{EIO,          ESTALE,     ETIMEDOUT,    EAGAIN,   ENETDOWN,  ENETUNREACH, ENETRESET,
                                 ECONNABORTED, ECONNRESET, ECONNREFUSED, ENOTCONN, EHOSTDOWN, EHOSTUNREACH};
    return failure.category() == std::generic_category() &&
           std::find(passing.begin(), passing.end(), failure.value()) != passing.end();
}

Path absolute(const Path& path) { return fs::absolute(path); }

Path canonical(const Path& path) {
    std::error_code failure;
    const Path whole = fs::absolute(path);
    const Path one = fs::weakly_canonical(whole, failure);
    return failure ? whole.lexically_normal() : one;
}

Path read_link(const Path& link) {
    std::error_code failure;
    return fs::read_symlink(link, failure);
}

Path temporary_folder() {
    std::error_code failure;
    return fs::temp_directory_path(failure);
}

std::error_code list(const Path& folder, const std::function<void(const Path&, bool)>& take) {
    struct Close {
        void operator()(DIR* listing) const noexcept { ::closedir(listing); }
    };
    // Not by the iterators of the standard library: they end the program where there is no memory.
    const std::unique_ptr<DIR, Close> listing(::opendir(folder.c_str()));
    if (listing == nullptr) return last_failure();
    for (;;) {
        errno = 0;
        const struct dirent* entry = ::readdir(listing.get());
        if (entry == nullptr) return errno == 0 ? std::error_code() : last_failure();
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        bool is_folder = entry->d_type == DT_DIR;
        if (entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) {
            struct stat status {};
            is_folder = ::fstatat(::dirfd(listing.get()), entry->d_name, &status, 0) == 0 && S_ISDIR(status.st_mode);
        }
        take(Path(name), is_folder);
    }
}

// ---------------------------------------------------------------------------------------------------------- names

void set_permissions(const Path& path, fs::perms permissions) noexcept {
    (void)::chmod(path.c_str(), static_cast<mode_t>(permissions) & 07777U);
}

std::error_code make_folder(const Path& path) { return failure_unless(::mkdir(path.c_str(), 0777) == 0); }

std::error_code remove(const Path& path) noexcept {
    return failure_unless(std::remove(path.c_str()) == 0 || errno == ENOENT);
}

std::error_code rename(const Path& from, const Path& to) noexcept {
    return failure_unless(::rename(from.c_str(), to.c_str()) == 0);
}

std::error_code link(const Path& file, const Path& name) noexcept {
    return failure_unless(::link(file.c_str(), name.c_str()) == 0);
}

bool exchange([[maybe_unused]] const Path& one, [[maybe_unused]] const Path& other) noexcept {
#if defined(RENAME_EXCHANGE)
    return ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0;
#elif defined(__APPLE__) && defined(RENAME_SWAP)
    return ::renamex_np(one.c_str(), other.c_str(), RENAME_SWAP) == 0;
#else
    return false;
#endif
}

std::error_code rename_to_free(const Path& from, const Path& to) {
#if defined(RENAME_NOREPLACE)
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno == EEXIST) return last_failure();
#elif defined(__APPLE__) && defined(RENAME_EXCL)
    if (::renamex_np(from.c_str(), to.c_str(), RENAME_EXCL) == 0) return {};
    if (errno == EEXIST) return last_failure();
#endif
    if (::link(from.c_str(), to.c_str()) == 0) {
        (void)::unlink(from.c_str());
        return {};
    }
    if (errno == EEXIST) return last_failure();
    // No such renames and no links: an empty file keeps the place.
    std::error_code failure;
    const FileHandle handle = open_new(to, failure);
    if (handle == no_file) return failure;
    disk::close(handle);
    failure = disk::rename(from, to);
    if (failure) (void)::unlink(to.c_str());
    return failure;
}

std::error_code make_names_durable(const Path& folder) {
    const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return {};  // a folder that may be written but not read
    const std::error_code failure = flush(handle);
    ::close(handle);
    // Not every file system lets a folder be synced; that is no failure. A disk that fails is one.
    const int error = failure.value();
    return error == EIO || error == ENOSPC || error == EDQUOT ? failure : std::error_code();
}

// --------------------------------------------------------------------------------------------------- what it can do

std::error_code no_access(const Path& folder) {
    return failure_unless(::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0);
}

const char* why_not_replaceable(const Path& path) {
#if defined(STATX_ATTR_IMMUTABLE) && defined(STATX_ATTR_APPEND)
    struct statx attributes {};
    if (::statx(AT_FDCWD, path.c_str(), 0, STATX_BASIC_STATS, &attributes) == 0) {
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
    const Path parent = path.has_parent_path() ? path.parent_path() : Path(".");
    const uid_t user = ::geteuid();
    if (::stat(path.c_str(), &status) == 0 && ::stat(parent.c_str(), &folder) == 0 && user != 0 &&
        (folder.st_mode & S_ISVTX) != 0 && status.st_uid != user && folder.st_uid != user) {
        return "is somebody else's, in a folder that lets nobody replace the files of others";
    }
    return nullptr;
}

std::optional<std::int64_t> free_bytes(const Path& folder) {
    std::error_code failure;
    const fs::space_info space = fs::space(folder, failure);
    if (failure) return std::nullopt;
    constexpr std::uintmax_t most = INT64_MAX;
    return static_cast<std::int64_t>(std::min(space.available, most));
}

std::size_t longest_name(const Path& folder) {
    constexpr std::size_t usual = 255;
    const long told = ::pathconf(folder.c_str(), _PC_NAME_MAX);
    return told > 0 ? std::min(usual, static_cast<std::size_t>(told)) : usual;
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

int process_number() { return static_cast<int>(::getpid()); }

}  // namespace stack2nrrd::disk
