// Files that are open.

#include "core/file_system.hpp"
#include "core/windows/facts.hpp"
#include "core/windows/failure.hpp"
#include "core/windows/native.hpp"

#include <algorithm>

#include <windows.h>

namespace stack2nrrd::disk {

namespace fs = std::filesystem;

namespace {

/// As many as one call takes.
DWORD piece(std::size_t size) noexcept { return static_cast<DWORD>(std::min<std::size_t>(size, 1U << 30U)); }

OVERLAPPED position(std::int64_t offset) noexcept {
    OVERLAPPED place{};
    place.Offset = static_cast<DWORD>(static_cast<std::uint64_t>(offset) & 0xFFFFFFFFU);
    place.OffsetHigh = static_cast<DWORD>(static_cast<std::uint64_t>(offset) >> 32U);
    return place;
}

FileHandle open_or_fail(const Path& path, DWORD access, DWORD share, DWORD way, DWORD flags, std::error_code& failure) {
    const NativePath native(path);
    if (native.fault() != 0) {
        failure = failure_of(native.fault());
        return no_file;
    }
    const HANDLE handle = ::CreateFileW(native.c_str(), access, share, nullptr, way, flags, nullptr);
    failure = handle == INVALID_HANDLE_VALUE ? last_failure() : std::error_code();
    return file_handle(handle);
}

}  // namespace

Facts look(FileHandle handle) noexcept {
    Facts facts;
    BY_HANDLE_FILE_INFORMATION information{};
    if (::GetFileInformationByHandle(handle_of(handle), &information) == 0) {
        facts.failure = last_failure();
        switch (::GetFileType(handle_of(handle))) {
            case FILE_TYPE_DISK: return facts;
            case FILE_TYPE_PIPE: facts.type = fs::file_type::fifo; break;
            default: facts.type = fs::file_type::character; break;
        }
        facts.failure.clear();
        return facts;
    }
    const bool is_folder = (information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    facts.type = is_folder ? fs::file_type::directory : fs::file_type::regular;
    facts.bytes = size_of(information.nFileSizeHigh, information.nFileSizeLow);
    facts.modified_ns = nanoseconds(information.ftLastWriteTime);
    facts.volume = information.dwVolumeSerialNumber;
    facts.id = static_cast<std::uint64_t>(size_of(information.nFileIndexHigh, information.nFileIndexLow));
    return facts;
}

// -------------------------------------------------------------------------------------------------------- reading

FileHandle open_to_read(const Path& path, Facts& facts) {
    facts = {};
    if (NativePath(path).is_device()) {
        facts.type = fs::file_type::character;
        return no_file;
    }
    // A folder is opened, too, with this flag, so that it is not taken for a file that may not be read.
    const FileHandle handle =
        open_or_fail(path, GENERIC_READ, share_all, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, facts.failure);
    if (handle == no_file) return no_file;
    facts = look(handle);
    if (facts.is_file()) return handle;
    close(handle);
    return no_file;
}

FileHandle open_stream(const Path& path, std::error_code& failure) {
    return open_or_fail(path, GENERIC_READ, share_all, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, failure);
}

std::size_t read(FileHandle handle, std::span<char> room, std::error_code& failure) noexcept {
    DWORD got = 0;
    if (::ReadFile(handle_of(handle), room.data(), piece(room.size()), &got, nullptr) != 0) return got;
    if (::GetLastError() != ERROR_BROKEN_PIPE) failure = last_failure();  // which is the end of it
    return 0;
}

std::size_t read_at(FileHandle handle, std::int64_t offset, void* bytes, std::size_t size,
                    std::error_code& failure) noexcept {
    std::size_t done = 0;
    while (done < size) {
        OVERLAPPED place = position(offset + static_cast<std::int64_t>(done));
        DWORD got = 0;
        if (::ReadFile(handle_of(handle), static_cast<char*>(bytes) + done, piece(size - done), &got, &place) == 0) {
            if (::GetLastError() != ERROR_HANDLE_EOF) failure = last_failure();
            break;
        }
        if (got == 0) break;
        done += got;
    }
    return done;
}

// -------------------------------------------------------------------------------------------------------- writing

FileHandle open_new(const Path& path, std::error_code& failure) {
    return open_or_fail(path, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, CREATE_NEW, FILE_ATTRIBUTE_NORMAL,
                        failure);
}

FileHandle open_nameless(const Path&, const Path& name, std::error_code& failure) {
    // The system removes it with its last handle, and keeps it in memory if it can.
    return open_or_fail(name, GENERIC_READ | GENERIC_WRITE | DELETE, 0, CREATE_NEW,
                        FILE_ATTRIBUTE_TEMPORARY | FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_DELETE_ON_CLOSE, failure);
}

std::error_code write(FileHandle handle, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        DWORD done = 0;
        if (::WriteFile(handle_of(handle), bytes.data(), piece(bytes.size()), &done, nullptr) == 0) {
            return last_failure();
        }
        bytes = bytes.subspan(done);
    }
    return {};
}

std::error_code write_at(FileHandle handle, std::int64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        OVERLAPPED place = position(offset);
        DWORD done = 0;
        if (::WriteFile(handle_of(handle), bytes.data(), piece(bytes.size()), &done, &place) == 0) {
            return last_failure();
        }
        bytes = bytes.subspan(done);
        offset += done;
    }
    // A write at a place leaves the place behind it as the one where the next write begins.
    return ::SetFilePointerEx(handle_of(handle), LARGE_INTEGER{}, nullptr, FILE_END) != 0 ? std::error_code()
                                                                                          : last_failure();
}

std::error_code flush(FileHandle handle) {
    return ::FlushFileBuffers(handle_of(handle)) != 0 ? std::error_code() : last_failure();
}

std::error_code close(FileHandle handle) noexcept {
    return ::CloseHandle(handle_of(handle)) != 0 ? std::error_code() : last_failure();
}

// A new file has the rights that its folder gives.
void take_mode_of(FileHandle, const Path&) noexcept {}
void set_permissions(const Path&, fs::perms) noexcept {}

FileHandle open_lock(const Path& path, bool& busy) {
    busy = false;
    constexpr int most_attempts = 20;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        // Who has it open shares it with nobody, and the file goes with the handle.
        std::error_code failure;
        const FileHandle handle =
            open_or_fail(path, GENERIC_READ | GENERIC_WRITE | DELETE, 0, OPEN_ALWAYS,
                         FILE_ATTRIBUTE_TEMPORARY | FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_DELETE_ON_CLOSE, failure);
        if (handle != no_file) return handle;
        busy = failure == std::errc::device_or_resource_busy;
        if (busy || failure != std::errc::permission_denied) return no_file;
        ::Sleep(5);  // one that is about to go may not be opened
    }
    return no_file;
}

}  // namespace stack2nrrd::disk
