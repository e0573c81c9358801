#include "core/windows/failure.hpp"

#include "core/file.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <windows.h>

namespace stack2nrrd::disk {

namespace {

struct Meaning {
    DWORD code;
    std::errc condition;
    const char* sentence;
};

using std::errc;

constexpr const char* absent = "No such file or directory";
constexpr const char* denied = "Permission denied";
constexpr const char* busy = "Another program has it open";
constexpr const char* broken = "Input/output error";
constexpr const char* no_memory = "Cannot allocate memory";

constexpr std::array meanings{
    Meaning{ERROR_FILE_NOT_FOUND, errc::no_such_file_or_directory, absent},
    Meaning{ERROR_PATH_NOT_FOUND, errc::no_such_file_or_directory, absent},
    Meaning{ERROR_INVALID_DRIVE, errc::no_such_file_or_directory, absent},
    Meaning{ERROR_BAD_NETPATH, errc::no_such_file_or_directory, absent},
    Meaning{ERROR_BAD_NET_NAME, errc::no_such_file_or_directory, absent},
    Meaning{ERROR_BAD_PATHNAME, errc::no_such_file_or_directory, absent},
    Meaning{ERROR_INVALID_NAME, errc::no_such_file_or_directory, "No file can have this name"},
    Meaning{ERROR_ACCESS_DENIED, errc::permission_denied, denied},
    Meaning{ERROR_NETWORK_ACCESS_DENIED, errc::permission_denied, denied},
    Meaning{ERROR_PRIVILEGE_NOT_HELD, errc::permission_denied, denied},
    Meaning{ERROR_SHARING_VIOLATION, errc::device_or_resource_busy, busy},
    Meaning{ERROR_LOCK_VIOLATION, errc::device_or_resource_busy, busy},
    Meaning{ERROR_USER_MAPPED_FILE, errc::device_or_resource_busy, busy},
    Meaning{ERROR_WRITE_PROTECT, errc::read_only_file_system, "Read-only file system"},
    Meaning{ERROR_FILE_EXISTS, errc::file_exists, "File exists"},
    Meaning{ERROR_ALREADY_EXISTS, errc::file_exists, "File exists"},
    Meaning{ERROR_DIR_NOT_EMPTY, errc::directory_not_empty, "Directory not empty"},
    Meaning{ERROR_DIRECTORY, errc::not_a_directory, "Not a directory"},
    Meaning{ERROR_FILENAME_EXCED_RANGE, errc::filename_too_long, "File name too long"},
    Meaning{ERROR_CANT_RESOLVE_FILENAME, errc::too_many_symbolic_link_levels, "Too many levels of symbolic links"},
    Meaning{ERROR_NOT_SAME_DEVICE, errc::cross_device_link, "Invalid cross-device link"},
    Meaning{ERROR_DISK_FULL, errc::no_space_on_device, "No space left on device"},
    Meaning{ERROR_HANDLE_DISK_FULL, errc::no_space_on_device, "No space left on device"},
    Meaning{ERROR_FILE_TOO_LARGE, errc::file_too_large, "File too large"},
    Meaning{ERROR_TOO_MANY_OPEN_FILES, errc::too_many_files_open, "Too many open files"},
    Meaning{ERROR_NOT_ENOUGH_MEMORY, errc::not_enough_memory, no_memory},
    Meaning{ERROR_OUTOFMEMORY, errc::not_enough_memory, no_memory},
    Meaning{ERROR_COMMITMENT_LIMIT, errc::not_enough_memory, no_memory},
    Meaning{ERROR_READ_FAULT, errc::io_error, broken},
    Meaning{ERROR_WRITE_FAULT, errc::io_error, broken},
    Meaning{ERROR_CRC, errc::io_error, broken},
    Meaning{ERROR_IO_DEVICE, errc::io_error, broken},
    Meaning{ERROR_BROKEN_PIPE, errc::broken_pipe, "Broken pipe"},
    Meaning{ERROR_NO_DATA, errc::broken_pipe, "Broken pipe"},
    Meaning{ERROR_NOT_SUPPORTED, errc::not_supported, "Operation not supported"},
    Meaning{ERROR_INVALID_FUNCTION, errc::not_supported, "Operation not supported"},
};

const Meaning* meaning_of(int code) noexcept {
    const auto found = std::find_if(meanings.begin(), meanings.end(),
                                    [&](const Meaning& each) { return each.code == static_cast<DWORD>(code); });
    return found == meanings.end() ? nullptr : &*found;
}

/// As the system says it: in English if it has that, without the end of the sentence.
std::string sentence_of_system(DWORD code) {
    std::array<wchar_t, 512> text{};
    constexpr DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    for (const DWORD language : {DWORD{MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US)}, DWORD{0}}) {
        const DWORD size =
            ::FormatMessageW(flags, nullptr, code, language, text.data(), static_cast<DWORD>(text.size()), nullptr);
        std::string sentence = utf8(Path(text.data(), text.data() + size));
        sentence.erase(sentence.find_last_not_of(" .\r\n") + 1);
        if (!sentence.empty()) return sentence;
    }
    return "Error " + std::to_string(code) + " of the system";
}

/// Codes of GetLastError(). The system_category() of the standard library speaks the language and code page of the
/// user.
class WindowsCategory final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "windows"; }
    [[nodiscard]] std::string message(int code) const override {
        const Meaning* meaning = meaning_of(code);
        return meaning == nullptr ? sentence_of_system(static_cast<DWORD>(code)) : meaning->sentence;
    }
    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override {
        const Meaning* meaning = meaning_of(code);
        return meaning == nullptr ? std::error_condition(code, *this) : std::make_error_condition(meaning->condition);
    }
};

}  // namespace

std::error_code failure_of(unsigned long code) noexcept {
    static const WindowsCategory category;
    return {static_cast<int>(code), category};
}

bool may_pass(const std::error_code& failure) noexcept {
    constexpr std::array<DWORD, 14> passing{
        ERROR_READ_FAULT,    ERROR_CRC,          ERROR_IO_DEVICE,          ERROR_NETNAME_DELETED, ERROR_SEM_TIMEOUT,
        ERROR_UNEXP_NET_ERR, ERROR_BAD_NET_RESP, ERROR_ADAP_HDW_ERR,       ERROR_NETWORK_BUSY,    ERROR_REM_NOT_LIST,
        ERROR_DEV_NOT_EXIST, ERROR_NOT_READY,    ERROR_CONNECTION_ABORTED, ERROR_HOST_UNREACHABLE};
    return failure.category() == failure_of(0).category() &&
           std::find(passing.begin(), passing.end(), static_cast<DWORD>(failure.value())) != passing.end();
}

std::error_code last_failure() noexcept { return failure_of(::GetLastError()); }

}  // namespace stack2nrrd::disk
