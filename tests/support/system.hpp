#pragma once

// What tests need of the system beyond the standard library; posix/ and windows/ have it.

#include <cstdio>
#include <filesystem>
#include <string>

namespace support {

/// Are names and command lines those of Windows?
inline constexpr bool is_windows = std::filesystem::path::preferred_separator == '\\';

/// fopen(), for any name.
[[nodiscard]] std::FILE* open_file(const std::filesystem::path& file, const char* mode);

/// Another one for each process that runs at the same time.
[[nodiscard]] unsigned long process_id();

/// Whether there is now a named pipe; where there are none in folders, says so on stderr.
[[nodiscard]] bool made_pipe(const std::filesystem::path& pipe);

/// Whether there is now a symbolic link; where not everybody may make one, says so on stderr.
[[nodiscard]] bool made_link(const std::filesystem::path& target, const std::filesystem::path& link);

/// Whether the library gives a file a second name, as it does where this keeps nobody from removing the first.
[[nodiscard]] bool has_hard_links();

/// Whether a file may be open that has no name any more: of such a one, nobody sees anything.
[[nodiscard]] bool open_files_lose_their_names();

/// Whether a file's name may have any character but '/' and '\0'; where not, says so on stderr.
[[nodiscard]] bool any_name_is_legal();

/// Whether files have modes, whether these keep this process from reading, and whether `/dev` has devices; but for
/// root, says so on stderr where not.
[[nodiscard]] bool has_modes();
[[nodiscard]] bool modes_matter();
[[nodiscard]] bool has_devices();

/// Says on stderr that something could not be tested here.
void say_skipped(const std::string& why);

}  // namespace support
