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

/// Shows whether a file is still the one that was found.
struct FileStamp {
    std::int64_t bytes = 0;
    std::uint64_t mark = 0;  ///< made from its date and, where the system has one, its inode

    friend constexpr bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// Files by name, hundreds of thousands of them in little memory: each name is stored once, and each folder once for
/// all of its files. A value; copies share their contents until one of them is changed. Files are counted from 0; an
/// index that is not below size() is undefined behaviour.
///
/// Several threads may read one list, and copy it. A list that one thread changes must not be used by another.
class STACK2NRRD_EXPORT FileList {
public:
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// The last part of the path, UTF-8. Valid as long as this list or an unchanged copy of it exists.
    [[nodiscard]] std::string_view name(std::size_t file) const noexcept;
    /// The path in front of the name, with the separator; may be empty. Valid as long as name().
    [[nodiscard]] std::string_view folder(std::size_t file) const noexcept;
    [[nodiscard]] std::string path(std::size_t file) const;
    /// The path, if it is stored in one piece, as it is for the first file of each folder. Valid as long as name().
    [[nodiscard]] std::optional<std::string_view> path_view(std::size_t file) const noexcept;

    /// Zeros until set_stamps() was called.
    [[nodiscard]] FileStamp stamp(std::size_t file) const noexcept;
    /// `stamps`: one for each file, in the same order.
    void set_stamps(std::vector<FileStamp> stamps);

    /// \throws Error limit if the path or the list is too long.
    void add(std::string_view path_utf8);
    /// The files with these indices, in this order, without stamps. The new list shares its names with this one.
    [[nodiscard]] FileList picked(const std::vector<std::uint32_t>& files) const;

    /// The memory that the list takes: the names in blocks of 64 KiB, and 26 bytes a file beyond its name.
    [[nodiscard]] std::int64_t memory_bytes() const noexcept;

private:
    class Text;
    struct Data;
    Data& unshared();
    std::shared_ptr<Data> data_;
};

}  // namespace stack2nrrd
