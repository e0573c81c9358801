#pragma once

#include <stack2nrrd/export.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// Tells whether a file is still the one that was found.
struct FileStamp {
    std::int64_t bytes = 0;
    std::uint64_t mark = 0;  ///< made of its date and its inode, where the system has one; another one, another file

    friend constexpr bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// Files by name, hundreds of thousands of them in little memory: each name is stored once, its folder apart and once
/// for all of its files. A value; copies share what they hold, until one of them is changed. Files are counted from 0.
class STACK2NRRD_EXPORT FileList {
public:
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// The last part of the path, UTF-8. Valid as long as this list, or a copy of it, is neither destroyed nor changed.
    [[nodiscard]] std::string_view name(std::size_t file) const noexcept;
    /// What the path has in front of the name, the separator included; may be empty. Valid as long.
    [[nodiscard]] std::string_view folder(std::size_t file) const noexcept;
    [[nodiscard]] std::string path(std::size_t file) const;
    /// The path, where it is stored in one piece: that is so of the file of each folder that was added first. Valid as
    /// long as name().
    [[nodiscard]] std::optional<std::string_view> path_view(std::size_t file) const noexcept;

    /// Zeros as long as nobody has looked at the files.
    [[nodiscard]] FileStamp stamp(std::size_t file) const noexcept;
    /// One for each file.
    void set_stamps(std::vector<FileStamp> stamps);

    /// \throws Error limit if the path or the list is too long.
    void add(std::string_view path_utf8);
    /// `files` of this list in that order, without stamps. They share their names with this list.
    [[nodiscard]] FileList picked(const std::vector<std::uint32_t>& files) const;

    /// What the list takes, names included: some 26 bytes a file beyond its name.
    [[nodiscard]] std::int64_t memory_bytes() const noexcept;

private:
    class Text;
    struct Data;
    Data& unshared();
    std::shared_ptr<Data> data_;
};

}  // namespace stack2nrrd
