#pragma once

// What OutputFile and OutputFolder ask of the system, in one form for all of them. Calls that fail leave the reason in
// errno, if they do not return it.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

namespace stack2nrrd {

[[nodiscard]] std::error_code last_error();

/// Makes a file that must not exist. A handle, or -1.
[[nodiscard]] int open_new(const std::filesystem::path& path);
/// How many bytes were written, or -1.
[[nodiscard]] std::int64_t put(int handle, const void* bytes, std::size_t size);
[[nodiscard]] std::int64_t put_at(int handle, const void* bytes, std::size_t size, std::int64_t offset);
/// Writes all of them. False if it cannot.
[[nodiscard]] bool put_all(int handle, std::span<const std::byte> bytes);
/// Makes a file without a name, to write and to read. A handle, or -1. `name` is free, and used for a moment where the
/// system cannot make one that never had a name.
[[nodiscard]] int open_nameless(const std::filesystem::path& folder, const std::filesystem::path& name);
/// How many bytes were read, or -1.
[[nodiscard]] std::int64_t get_at(int handle, void* bytes, std::size_t size, std::int64_t offset);
/// Makes the bytes durable. 0, or -1.
[[nodiscard]] int flush(int handle);
int close_handle(int handle);

/// Gives a file the mode of another one, and its owner and group where that is allowed.
void take_mode_of(int handle, const std::filesystem::path& file) noexcept;

/// A handle with a lock on a file, which is made if it is not there; -1 without one. The lock is free when the handle
/// is closed, be it by the end of the process. `busy`: somebody else has it. Where the file system knows no locks, or
/// the file is somebody else's and may not be opened, there is none, and nobody is busy.
[[nodiscard]] int open_lock(const std::filesystem::path& path, bool& busy);

/// Why no file can be made in a folder; nothing if it can.
[[nodiscard]] std::error_code no_access(const std::filesystem::path& folder);
/// Why a file cannot be replaced though its folder can be written to; null if nothing is known.
[[nodiscard]] const char* why_not_replaceable(const std::filesystem::path& file);
/// How many bytes a name may have in a folder.
[[nodiscard]] std::size_t longest_name(const std::filesystem::path& folder);
[[nodiscard]] std::string host_name();
[[nodiscard]] int process_number();

/// \throws std::system_error if the disk fails.
void make_names_durable(const std::filesystem::path& folder);
/// Lets two files swap their names in one step. False where the system cannot.
[[nodiscard]] bool exchange(const std::filesystem::path& one, const std::filesystem::path& other);
/// Gives a file another name, which must be free: a plain rename would replace what somebody else has put there.
[[nodiscard]] std::error_code rename_to_free(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace stack2nrrd
