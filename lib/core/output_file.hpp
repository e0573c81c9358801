#pragma once

// Files that appear whole or not at all, whatever the file system can do: with and without links, locks, and renames
// that refuse or exchange.

#include "core/file_system.hpp"
#include "core/hidden_names.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace stack2nrrd {

/// What a path names in the end: symbolic links of its last component are followed, also to what does not exist yet.
[[nodiscard]] std::filesystem::path followed(std::filesystem::path path);

/// Finds out, without writing anything, whether an OutputFile of that name can be made.
/// \throws Error invalid_argument: a folder, pipe, device or loop of links, a file that exists and is not to be
/// replaced;
///         io: a folder that is not there or cannot be written to, a name that is too long, a file that cannot be
///         replaced.
void check_output(const std::filesystem::path& file, bool replace);

/// A file that appears under its name whole or not at all. Until publish() its bytes are in a hidden file of the same
/// folder, `.NAME.TAG.partial`, and until this object goes what it replaced is in `.NAME.TAG.previous`. Both go with
/// this object. What a run that was killed left of them is swept by the next one, which knows it by the lock on
/// `.NAME.lock`: the system frees it when a process ends.
class OutputFile {
public:
    /// A symbolic link is followed. With `replace`, publish() replaces what has the name; without it refuses. Files
    /// that belong together have one tag. \throws Error io; invalid_argument if another OutputFile of that name is
    /// under way, here or in another process.
    OutputFile(std::filesystem::path file, bool replace, std::string tag = {});
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    /// Unless it is published, all is as before.
    ~OutputFile();

    /// Appends. \throws Error io.
    void write(std::span<const std::byte> bytes);
    void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
    /// Overwrites what was written before. \throws Error io.
    void write_at(std::int64_t offset, std::string_view text);
    /// Makes the bytes durable, with the mode of what they replace; nothing may be written afterwards. \throws Error
    /// io.
    void sync();

    /// Gives the file its name; sync() first. Not durable before settle(). If it throws, withdraw() is due.
    /// \throws Error io; invalid_argument if something has the name that is not to be replaced.
    void publish();
    /// Makes the name durable. If it throws, withdraw() is due. \throws Error io.
    void settle();
    /// Takes back all of that: what had the name before has it again. Needs no memory.
    void withdraw() noexcept;

    // For files that belong together, of which a reader must never see one that is old and one that is new:

    /// Keeps what has the name under previous(), too; where the file system has no links, there alone. \throws Error
    /// io.
    void keep();
    /// Hides it under previous() alone. \throws Error io.
    void set_aside();
    /// Writes a short text that can replace it. \throws Error io.
    void write_interim(std::string_view text);
    /// Puts that text in its place until publish(); what was there is kept. \throws Error io.
    void stand_in();
    /// Takes the published file away from its name, and puts nothing in its place.
    void hide() noexcept;
    /// Where what had the name is hidden.
    [[nodiscard]] const std::filesystem::path& previous() const noexcept { return previous_; }
    /// If the name is missing since a run was killed between two steps: the tag of what that run has hidden.
    [[nodiscard]] std::string lost() const { return names_.lost(); }
    /// The tag in the hidden name of a previous file of this name; empty if it is none.
    [[nodiscard]] std::string tag_of_previous(std::string_view name) const;
    /// Puts what a run of that tag has hidden back in its place; where there are links it stays hidden, too, until
    /// sweep(). \throws Error io.
    void put_back(const std::string& tag);
    /// Removes what killed runs have left; what they have taken away from this name and put nowhere is put back.
    /// \throws Error io.
    void sweep();

    [[nodiscard]] const std::string& tag() const noexcept { return tag_; }

private:
    [[noreturn]] void fail(const char* what, const std::error_code& why) const;
    [[nodiscard]] bool link_previous();
    [[nodiscard]] std::error_code restore() noexcept;
    void create();
    void close_stream() noexcept;

    HiddenNames names_;
    std::filesystem::path file_;
    std::string tag_;
    std::filesystem::path temporary_;
    std::filesystem::path interim_;
    std::filesystem::path hidden_;
    std::filesystem::path previous_;
    const std::filesystem::path* kept_ = nullptr;  ///< where what had the name is now
    bool replace_ = false;
    bool published_ = false;
    FileHandle handle_ = no_file;
};

/// Publishes a file that belongs to no other, durably, or takes all back. \throws Error as OutputFile::publish().
void publish_alone(OutputFile& file);

}  // namespace stack2nrrd
