#include "core/scratch_file.hpp"

#include "core/file.hpp"
#include "core/file_system.hpp"
#include "core/hidden_names.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <cerrno>
#include <string>

namespace stack2nrrd {

namespace fs = std::filesystem;

ScratchFile::ScratchFile(const fs::path& folder, std::int64_t bytes)
    : folder_(folder.empty() ? fs::path(".") : folder) {
    std::error_code failure;
    const fs::space_info space = fs::space(folder_, failure);
    if (!failure && space.available < static_cast<std::uintmax_t>(bytes)) {
        throw Error(ErrorCode::io, printable(utf8(folder_)) + ": needs " + bytes_text(bytes) +
                                       " for a scratch file, but only " +
                                       bytes_text(static_cast<std::int64_t>(space.available)) +
                                       " are free; make room, or name another folder with --scratch");
    }
    handle_ = open_nameless(folder_, folder_ / (".stack2nrrd." + new_tag() + ".scratch"));
    if (handle_ < 0) fail("no scratch file can be made in it", last_error());
}

ScratchFile::~ScratchFile() {
    if (handle_ >= 0) close_handle(handle_);
}

void ScratchFile::fail(const char* what, const std::error_code& why) const {
    throw Error(ErrorCode::io,
                printable(utf8(folder_)) + ": " + what + ": " + why.message() + "; name another folder with --scratch");
}

void ScratchFile::write_at(std::int64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const std::int64_t done = put_at(handle_, bytes.data(), bytes.size(), offset);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) {
            fail("the scratch file cannot be written",
                 done < 0 ? last_error() : std::make_error_code(std::errc::io_error));
        }
        offset += done;
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
}

void ScratchFile::read_at(std::int64_t offset, std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const std::int64_t done = get_at(handle_, bytes.data(), bytes.size(), offset);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0)
            fail("the scratch file cannot be read",
                 done < 0 ? last_error() : std::make_error_code(std::errc::io_error));
        offset += done;
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
}

}  // namespace stack2nrrd
