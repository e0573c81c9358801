#pragma once

// All that the library asks of the system's disks, in one form: posix/ and windows/ implement it, and nothing else in
// lib/ touches a disk. Paths may be as long as the system takes them. What went wrong is a condition of std::errc on
// all systems alike, and its message() is what the system says of it.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <system_error>

namespace stack2nrrd {

/// A descriptor, or what the system has instead.
using FileHandle = std::intptr_t;
inline constexpr FileHandle no_file = -1;

}  // namespace stack2nrrd

namespace stack2nrrd::disk {

using Path = std::filesystem::path;

// ------------------------------------------------------------------------------------------------ what has a name

/// What the system says of a file, a folder, or anything else that has a name.
struct Facts {
    std::filesystem::file_type type = std::filesystem::file_type::none;  ///< not_found if there is none
    std::filesystem::perms permissions = std::filesystem::perms::unknown;
    std::int64_t bytes = 0;
    std::int64_t modified_ns = 0;  ///< from a beginning that is the system's own
    std::uint64_t volume = 0;      ///< with `id`: which file it is, by whatever name
    std::uint64_t id = 0;
    std::error_code failure;  ///< why it is not known

    [[nodiscard]] bool exists() const noexcept {
        return type != std::filesystem::file_type::none && type != std::filesystem::file_type::not_found;
    }
    [[nodiscard]] bool is_file() const noexcept { return type == std::filesystem::file_type::regular; }
    [[nodiscard]] bool is_folder() const noexcept { return type == std::filesystem::file_type::directory; }
};

/// Of what a path names in the end.
[[nodiscard]] Facts look(const Path& path);
/// The same; never `failure` of a disk that gives no answer: whether something is there is not to be guessed.
/// \throws Error io.
[[nodiscard]] Facts look_surely(const Path& path);
/// Of the path itself, which may be a link.
[[nodiscard]] Facts look_at_name(const Path& path);
[[nodiscard]] Facts look(FileHandle handle) noexcept;

// By look_surely(). \throws Error io.
[[nodiscard]] inline bool exists(const Path& path) { return look_surely(path).exists(); }
[[nodiscard]] inline bool is_file(const Path& path) { return look_surely(path).is_file(); }
[[nodiscard]] inline bool is_folder(const Path& path) { return look_surely(path).is_folder(); }
[[nodiscard]] bool is_same(const Path& one, const Path& other);

[[nodiscard]] Path absolute(const Path& path);
/// The one name of what a path names, as far as it is there; behind that as it is.
[[nodiscard]] Path canonical(const Path& path);
/// Where a symbolic link leads to; empty if that is not known.
[[nodiscard]] Path read_link(const Path& link);
/// The folder for files that nobody wants to keep.
[[nodiscard]] Path temporary_folder();

/// Calls `take(name, is_folder)` for everything in `folder`, in no order: bare names, `.` and `..` left out. A link is
/// a folder if it leads to one.
[[nodiscard]] std::error_code list(const Path& folder, const std::function<void(const Path&, bool is_folder)>& take);

/// Does a failure say nothing of a file, but only of the disk, or of the network between, so that it may be over when
/// it is tried again?
[[nodiscard]] bool may_pass(const std::error_code& failure) noexcept;

// -------------------------------------------------------------------------------------------------------- reading

/// Opens a regular file, which others may read, write, rename and remove meanwhile. Nothing else is opened, nor waited
/// for: `facts` say what it is, or why it cannot be opened.
[[nodiscard]] FileHandle open_to_read(const Path& path, Facts& facts);
/// Opens whatever can be read from its beginning to its end: a pipe, too.
[[nodiscard]] FileHandle open_stream(const Path& path, std::error_code& failure);
/// Reads what comes next, at most `room`. Nothing at the end, or after a failure.
[[nodiscard]] std::size_t read(FileHandle handle, std::span<char> room, std::error_code& failure) noexcept;
/// Fewer bytes come only at the end of the file, or after a failure.
[[nodiscard]] std::size_t read_at(FileHandle handle, std::int64_t offset, void* bytes, std::size_t size,
                                  std::error_code& failure) noexcept;

// -------------------------------------------------------------------------------------------------------- writing

/// Makes a file that must not exist.
[[nodiscard]] FileHandle open_new(const Path& path, std::error_code& failure);
/// Makes a file without a name, to write and to read. `name` is free, and used where the system cannot do without.
[[nodiscard]] FileHandle open_nameless(const Path& folder, const Path& name, std::error_code& failure);
/// Appends all of them.
[[nodiscard]] std::error_code write(FileHandle handle, std::span<const std::byte> bytes);
/// Overwrites, and comes back to the end.
[[nodiscard]] std::error_code write_at(FileHandle handle, std::int64_t offset, std::span<const std::byte> bytes);
/// Makes the bytes durable.
[[nodiscard]] std::error_code flush(FileHandle handle);
std::error_code close(FileHandle handle) noexcept;

/// Gives a file the mode of another one, and its owner and group where that is allowed.
void take_mode_of(FileHandle handle, const Path& file) noexcept;
void set_permissions(const Path& path, std::filesystem::perms permissions) noexcept;

// ---------------------------------------------------------------------------------------------------------- names

/// Makes a folder that must not exist.
[[nodiscard]] std::error_code make_folder(const Path& path);
/// Removes a file, a link, or an empty folder. That there is none is no failure.
std::error_code remove(const Path& path) noexcept;
/// Replaces what has the name.
[[nodiscard]] std::error_code rename(const Path& from, const Path& to) noexcept;
/// Gives it another name, which must be free: a plain rename would replace what somebody else has put there.
[[nodiscard]] std::error_code rename_to_free(const Path& from, const Path& to);
/// Lets two files swap their names in one step. False where the system cannot.
[[nodiscard]] bool exchange(const Path& one, const Path& other) noexcept;
/// Gives a file a second name, which must be free. Fails where either of them could not be removed while somebody has
/// the file open.
[[nodiscard]] std::error_code link(const Path& file, const Path& name) noexcept;
/// Makes the names in a folder durable.
[[nodiscard]] std::error_code make_names_durable(const Path& folder);

/// A handle with a lock on a file, which is made if it is not there; no_file without one. The lock is free when the
/// handle is closed, be it by the end of the process. `busy`: somebody else has it. Where the file system knows no
/// locks, or the file is somebody else's and may not be opened, there is none, and nobody is busy.
[[nodiscard]] FileHandle open_lock(const Path& path, bool& busy);
/// Removes the file, and lets others have the lock.
void close_lock(FileHandle handle, const Path& path) noexcept;

// --------------------------------------------------------------------------------------------------- what it can do

/// Why no file can be made in a folder; nothing if it can.
[[nodiscard]] std::error_code no_access(const Path& folder);
/// Why a file or folder cannot be replaced though its folder can be written to; null if nothing is known.
[[nodiscard]] const char* why_not_replaceable(const Path& path);
/// How many bytes are free for a user.
[[nodiscard]] std::optional<std::int64_t> free_bytes(const Path& folder);
/// How many bytes a name may have in a folder.
[[nodiscard]] std::size_t longest_name(const Path& folder);
/// Are names that differ in upper and lower case only the same, as file systems are made by default?
extern const bool names_ignore_case;

[[nodiscard]] std::string host_name();
[[nodiscard]] int process_number();

}  // namespace stack2nrrd::disk
