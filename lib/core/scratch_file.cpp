#include "core/scratch_file.hpp"

#include "core/file.hpp"
#include "core/hidden_names.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <string>

namespace stack2nrrd {

namespace fs = std::filesystem;

ScratchFile::ScratchFile(const fs::path& folder, std::int64_t bytes)
    : folder_(folder.empty() ? fs::path(".") : folder) {
    if (const auto free = disk::free_bytes(folder_); free && *free < bytes) {
        throw Error(ErrorCode::io, printable(utf8(folder_)) + ": needs " + bytes_text(bytes) +
                                       " for a scratch file, but only " + bytes_text(*free) +
                                       " are free; make room, or name another folder with --scratch");
    }
    std::error_code failure;
    handle_ = disk::open_nameless(folder_, folder_ / (".stack2nrrd." + new_tag() + ".scratch"), failure);
    if (handle_ == no_file) fail("no scratch file can be made in it", failure);
}

ScratchFile::~ScratchFile() {
    if (handle_ != no_file) disk::close(handle_);
}

void ScratchFile::fail(const char* what, const std::error_code& why) const {
    throw Error(ErrorCode::io,
                printable(utf8(folder_)) + ": " + what + ": " + why.message() + "; name another folder with --scratch");
}

void ScratchFile::write_at(std::int64_t offset, std::span<const std::byte> bytes) {
    const std::error_code failure = disk::write_at(handle_, offset, bytes);
    if (failure) fail("the scratch file cannot be written", failure);
}

void ScratchFile::read_at(std::int64_t offset, std::span<std::byte> bytes) {
    std::error_code failure;
    const std::size_t got = disk::read_at(handle_, offset, bytes.data(), bytes.size(), failure);
    if (!failure && got < bytes.size()) failure = std::make_error_code(std::errc::io_error);
    if (failure) fail("the scratch file cannot be read", failure);
}

}  // namespace stack2nrrd
