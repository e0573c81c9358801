#include <stack2nrrd/file_list.hpp>

#include "core/file.hpp"
#include "core/hashed_numbers.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

namespace stack2nrrd {

/// Names, one behind the other in blocks: a name does not move, and the heap is asked once for thousands of them.
class FileList::Text {
public:
    Text() = default;
    Text(const Text& other) : folders_(other.folders_), last_(other.last_), used_(other.used_) {
        for (const Block& block : other.blocks_) {
            blocks_.push_back(std::make_unique<char[]>(block_bytes));
            std::memcpy(blocks_.back().get(), block.get(), block_bytes);
        }
    }
    Text& operator=(const Text&) = delete;

    /// Where the name is kept from now on. One that comes again at once is not kept again.
    std::uint32_t add(std::string_view folder, std::string_view name) {
        const bool same_folder = last_ != HashedNumbers::none && this->folder(last_) == folder;
        if (same_folder && this->name(last_) == name) return last_;
        const std::uint32_t known = same_folder ? folder_place(last_) : find_folder(folder);
        // The first file of a folder has the folder in front of its name: the whole path is there in one piece.
        const bool is_first = known == HashedNumbers::none;
        const std::size_t text = name.size() + (is_first ? sizeof(std::uint16_t) + folder.size() : 0);
        const std::uint32_t at = reserve(header_bytes + text);
        const std::uint32_t folder_at = is_first ? at + header_bytes : known;
        const auto length = static_cast<std::uint16_t>(name.size());
        std::memcpy(address(at), &folder_at, sizeof folder_at);
        std::memcpy(address(at) + sizeof folder_at, &length, sizeof length);
        char* behind = address(at) + header_bytes;
        if (is_first) {
            put(folder_at, folder);
            behind += sizeof(std::uint16_t) + folder.size();
            folders_.add(folder_at,
                         [this](std::uint32_t other) { return std::hash<std::string_view>()(text_at(other)); });
        }
        std::memcpy(behind, name.data(), name.size());
        last_ = at;
        return at;
    }

    [[nodiscard]] std::string_view name(std::uint32_t at) const noexcept {
        const std::size_t in_front = is_first(at) ? sizeof(std::uint16_t) + folder(at).size() : 0;
        return {address(at) + header_bytes + in_front, name_size(at)};
    }
    [[nodiscard]] std::string_view folder(std::uint32_t at) const noexcept { return text_at(folder_place(at)); }
    /// Folder and name in one piece, if the file is the first one of its folder.
    [[nodiscard]] std::optional<std::string_view> path(std::uint32_t at) const noexcept {
        if (!is_first(at)) return std::nullopt;
        const std::string_view folder = this->folder(at);
        return std::string_view(folder.data(), folder.size() + name_size(at));
    }

    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return blocks_.size() * block_bytes + folders_.memory_bytes();
    }

private:
    using Block = std::unique_ptr<char[]>;
    static constexpr std::uint32_t block_bytes = 1U << 16U;
    static constexpr std::uint32_t header_bytes = sizeof(std::uint32_t) + sizeof(std::uint16_t);  // folder, length
    static constexpr std::size_t most_blocks = 1U << 15U;                                         // 2 GiB of names

    [[nodiscard]] std::uint32_t find_folder(std::string_view folder) const {
        return folders_.find(std::hash<std::string_view>()(folder),
                             [&](std::uint32_t other) { return text_at(other) == folder; });
    }

    [[nodiscard]] std::uint32_t folder_place(std::uint32_t at) const noexcept {
        std::uint32_t place = 0;
        std::memcpy(&place, address(at), sizeof place);
        return place;
    }
    [[nodiscard]] bool is_first(std::uint32_t at) const noexcept { return folder_place(at) == at + header_bytes; }
    [[nodiscard]] std::size_t name_size(std::uint32_t at) const noexcept {
        std::uint16_t length = 0;
        std::memcpy(&length, address(at) + sizeof(std::uint32_t), sizeof length);
        return length;
    }

    std::uint32_t reserve(std::size_t bytes) {
        if (blocks_.empty() || block_bytes - used_ < bytes) {
            if (blocks_.size() == most_blocks) {
                throw Error(ErrorCode::limit, "the names of the files take more than " +
                                                  bytes_text(std::int64_t{block_bytes} * most_blocks) +
                                                  ", less was expected; give fewer files");
            }
            blocks_.push_back(std::unique_ptr<char[]>(new char[block_bytes]));
            used_ = 0;
        }
        const auto at = static_cast<std::uint32_t>((blocks_.size() - 1) * block_bytes + used_);
        used_ += static_cast<std::uint32_t>(bytes);
        return at;
    }

    [[nodiscard]] char* address(std::uint32_t at) const noexcept {
        return blocks_[at / block_bytes].get() + at % block_bytes;
    }

    void put(std::uint32_t at, std::string_view text) const noexcept {
        const auto length = static_cast<std::uint16_t>(text.size());
        std::memcpy(address(at), &length, sizeof length);
        std::memcpy(address(at) + sizeof length, text.data(), text.size());
    }

    [[nodiscard]] std::string_view text_at(std::uint32_t at) const noexcept {
        std::uint16_t length = 0;
        std::memcpy(&length, address(at), sizeof length);
        return {address(at) + sizeof length, length};
    }

    std::vector<Block> blocks_;
    HashedNumbers folders_;
    std::uint32_t last_ = HashedNumbers::none;  // the name that was added last
    std::uint32_t used_ = 0;                    // of the last block
};

struct FileList::Data {
    std::shared_ptr<Text> text = std::make_shared<Text>();
    std::vector<std::uint32_t> names;
    std::vector<FileStamp> stamps;
};

FileList::Data& FileList::unshared() {
    if (data_ == nullptr) data_ = std::make_shared<Data>();
    if (data_.use_count() > 1) data_ = std::make_shared<Data>(*data_);
    return *data_;
}

std::size_t FileList::size() const noexcept { return data_ == nullptr ? 0 : data_->names.size(); }

std::string_view FileList::name(std::size_t file) const noexcept { return data_->text->name(data_->names[file]); }

std::string_view FileList::folder(std::size_t file) const noexcept { return data_->text->folder(data_->names[file]); }

std::optional<std::string_view> FileList::path_view(std::size_t file) const noexcept {
    return data_->text->path(data_->names[file]);
}

std::string FileList::path(std::size_t file) const { return std::string(folder(file)).append(name(file)); }

FileStamp FileList::stamp(std::size_t file) const noexcept {
    return file < data_->stamps.size() ? data_->stamps[file] : FileStamp{};
}

void FileList::set_stamps(std::vector<FileStamp> stamps) { unshared().stamps = std::move(stamps); }

void FileList::add(std::string_view path_utf8) {
    constexpr std::size_t longest = 32'767;  // of any system
    if (path_utf8.size() > longest) {
        throw Error(ErrorCode::limit, printable(path_utf8.substr(0, 60)) + "…: is a path of " +
                                          std::to_string(path_utf8.size()) + " bytes, at most " +
                                          std::to_string(longest) + " were expected; give a shorter one");
    }
    Data& data = unshared();
    if (data.text.use_count() > 1) data.text = std::make_shared<Text>(*data.text);
    const std::string_view name = base_name(path_utf8);
    data.names.push_back(data.text->add(path_utf8.substr(0, path_utf8.size() - name.size()), name));
}

FileList FileList::picked(const std::vector<std::uint32_t>& files) const {
    FileList list;
    if (files.empty()) return list;
    list.data_ = std::make_shared<Data>(Data{data_->text, {}, {}});
    list.data_->names.resize(files.size());
    std::transform(files.begin(), files.end(), list.data_->names.begin(),
                   [&](std::uint32_t file) { return data_->names[file]; });
    return list;
}

std::int64_t FileList::memory_bytes() const noexcept {
    if (data_ == nullptr) return 0;
    return static_cast<std::int64_t>(data_->text->memory_bytes() + data_->names.capacity() * sizeof(std::uint32_t) +
                                     data_->stamps.capacity() * sizeof(FileStamp));
}

}  // namespace stack2nrrd
