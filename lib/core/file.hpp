#pragma once

// The only place that reads samples from the file system; what is written goes through output_file.hpp.

#include "core/file_system.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/file_list.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>

namespace stack2nrrd {

[[nodiscard]] std::filesystem::path path_from_utf8(std::string_view text);
[[nodiscard]] std::string utf8(const std::filesystem::path& path);

/// The last part of a path.
[[nodiscard]] std::string_view base_name(std::string_view path_utf8) noexcept;

/// An open file to read from at any offset. Movable. Its reads never throw, so that it can serve callbacks of C
/// libraries: a failed read delivers fewer bytes and is remembered for check(). Reads, and what opens the file, are
/// tried again as retry.hpp says.
class InputFile {
public:
    /// \throws Error not_found, io; corrupt if it is a folder, a pipe or a device (which must never be waited for).
    explicit InputFile(const std::string& path_utf8);
    /// Text in memory instead of a file; `name` is shown in messages. The text is not copied.
    [[nodiscard]] static InputFile of_text(std::string name, std::string_view text) noexcept;
    InputFile(InputFile&& other) noexcept;
    InputFile& operator=(InputFile&&) = delete;
    ~InputFile();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The path as it is shown in messages.
    [[nodiscard]] std::string shown() const;

    [[nodiscard]] std::int64_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] FileStamp stamp() const noexcept;

    /// Reads up to `size` bytes at `offset`. Fewer come only at the end of the file or after an error.
    std::size_t read_at(std::int64_t offset, void* buffer, std::size_t size) noexcept;

    /// Has the file been written to since it was opened?
    [[nodiscard]] bool changed() noexcept;

    /// \throws Error io if a read has failed since the file was opened.
    void check() const;

private:
    InputFile() = default;
    std::size_t read_from_disk(std::int64_t offset, void* buffer, std::size_t size, std::error_code& failure) noexcept;
    bool reopen() noexcept;
    void fill_block(std::int64_t offset, std::size_t size) noexcept;

    static constexpr std::size_t most_from_block = 1024;  ///< bytes; larger reads go to the disk themselves
    static constexpr std::size_t block_size = 4 * most_from_block;

    std::string path_;
    const char* text_ = nullptr;  ///< instead of a file
    FileHandle handle_ = no_file;
    std::int64_t bytes_ = 0;
    std::int64_t modified_ns_ = 0;
    std::uint64_t id_ = 0;
    std::error_code error_;
    // What was read last for a small read: the next one is often beside it, as libtiff asks for one tag after another.
    std::array<std::byte, block_size> block_;
    std::int64_t block_begin_ = 0;
    std::int64_t block_end_ = 0;
};

/// Called while `error`, about `path`, is handled: throws it on if it says that the disk has failed, which is no answer
/// to what the file is. That we may not read it is one.
void throw_unless_answered(const Error& error, const std::string& path_utf8);

/// As disk::list().
/// \throws Error io, std::bad_alloc, and whatever `take` throws.
void for_each_entry(const std::filesystem::path& folder,
                    const std::function<void(const std::filesystem::path& name, bool is_folder)>& take);

/// The first bytes of a file, at most `most`. \throws Error as InputFile, io.
[[nodiscard]] std::string read_text(const std::string& path_utf8, std::int64_t most);

}  // namespace stack2nrrd
