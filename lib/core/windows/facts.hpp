#pragma once

#include "core/file_system.hpp"

#include <windows.h>

namespace stack2nrrd::disk {

[[nodiscard]] inline HANDLE handle_of(FileHandle handle) noexcept { return reinterpret_cast<HANDLE>(handle); }
[[nodiscard]] inline FileHandle file_handle(HANDLE handle) noexcept { return reinterpret_cast<FileHandle>(handle); }

/// What everybody may do with a file that we have open.
inline constexpr DWORD share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

/// In nanoseconds since 1970.
[[nodiscard]] inline std::int64_t nanoseconds(const FILETIME& time) noexcept {
    constexpr std::int64_t from_1601_to_1970 = 116'444'736'000'000'000;
    const auto ticks = static_cast<std::int64_t>((std::uint64_t{time.dwHighDateTime} << 32U) | time.dwLowDateTime);
    return (ticks - from_1601_to_1970) * 100;
}

[[nodiscard]] inline std::int64_t size_of(DWORD high, DWORD low) noexcept {
    return static_cast<std::int64_t>((std::uint64_t{high} << 32U) | low);
}

/// A handle that is closed where it goes.
class OpenHandle {
public:
    explicit OpenHandle(HANDLE handle) noexcept : handle_(handle) {}
    OpenHandle(const OpenHandle&) = delete;
    OpenHandle& operator=(const OpenHandle&) = delete;
    ~OpenHandle() {
        if (*this) ::CloseHandle(handle_);
    }
    explicit operator bool() const noexcept { return handle_ != INVALID_HANDLE_VALUE; }
    [[nodiscard]] HANDLE get() const noexcept { return handle_; }

private:
    HANDLE handle_;
};

}  // namespace stack2nrrd::disk
