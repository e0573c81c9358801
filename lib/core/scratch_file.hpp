#pragma once

// A file for what does not fit into memory. It has no name, so that nothing of it remains, whatever becomes of the
// process.

#include "core/file_system.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <system_error>

namespace stack2nrrd {

class ScratchFile {
public:
    /// Makes an empty file in `folder`, where `bytes` must be free. \throws Error io.
    ScratchFile(const std::filesystem::path& folder, std::int64_t bytes);
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;
    ~ScratchFile();

    /// \throws Error io.
    void write_at(std::int64_t offset, std::span<const std::byte> bytes);
    /// Reads exactly that many, which have been written before. \throws Error io.
    void read_at(std::int64_t offset, std::span<std::byte> bytes);

private:
    [[noreturn]] void fail(const char* what, const std::error_code& why) const;

    std::filesystem::path folder_;
    FileHandle handle_ = no_file;
};

}  // namespace stack2nrrd
