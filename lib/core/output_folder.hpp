#pragma once

#include "core/file_system.hpp"
#include "core/hidden_names.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace stack2nrrd {

/// Is something in a folder that lets it be replaced?
using MayReplace = bool (*)(const std::filesystem::path& folder);

/// Finds out, without writing anything, whether an OutputFolder of that name can be made. `kind`: what a folder that
/// may be replaced is called in messages.
/// \throws Error invalid_argument: a file, pipe, device or loop of links, a folder that exists and is not to be
/// replaced;
///         io: as check_output().
void check_output_folder(const std::filesystem::path& folder, bool replace, MayReplace may_replace,
                         std::string_view kind);

/// A folder that appears under its name whole or not at all, as an OutputFile does: until publish() it is hidden beside
/// its name.
class OutputFolder {
public:
    /// A symbolic link is followed. With `replace`, publish() replaces a folder of that name, and takes its mode.
    /// \throws Error as OutputFile.
    OutputFolder(std::filesystem::path folder, bool replace);
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;
    /// Unless it is published, all is as before (where not even the memory is left to empty a folder, a hidden one
    /// stays until the next run sweeps it).
    ~OutputFolder();

    /// A file in it, from its beginning to its end.
    class File {
    public:
        /// \throws Error io, also if there is one.
        File(const OutputFolder& folder, const std::filesystem::path& name);
        File(const File&) = delete;
        File& operator=(const File&) = delete;
        ~File();
        /// Appends. \throws Error io.
        void write(std::span<const std::byte> bytes);
        /// Makes the bytes durable, and ends the file. \throws Error io.
        void sync();

    private:
        const OutputFolder& folder_;
        FileHandle handle_ = no_file;
    };

    /// A file of these bytes, durable. \throws Error io.
    void write(const std::filesystem::path& name, std::string_view text) const;
    /// A folder in it, in one that is there. \throws Error io.
    void make(const std::filesystem::path& name) const;
    /// Makes the names in one of its folders durable, or in itself: "". \throws Error io.
    void sync(const std::filesystem::path& name) const;

    /// Gives the folder its name, durably; everything in it must be so. If it throws, all is taken back. \throws Error
    /// io; invalid_argument if something has the name that is not to be replaced.
    void publish();
    /// Takes that back: what had the name before has it again.
    void withdraw() noexcept;
    /// Removes what killed runs have left; what they have taken away from this name and put nowhere is put back.
    /// \throws Error io.
    void sweep();

private:
    [[noreturn]] void fail(const char* what, const std::error_code& why) const;
    void give_name();

    HiddenNames names_;
    std::string tag_;
    std::filesystem::path temporary_;
    std::filesystem::path previous_;
    const std::filesystem::path* kept_ = nullptr;                    ///< where what had the name is now
    std::filesystem::perms mode_ = std::filesystem::perms::unknown;  ///< of the folder that is replaced
    bool replace_ = false;
    bool published_ = false;
};

}  // namespace stack2nrrd
