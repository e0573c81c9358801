// What has a name, and what names can do.

#include "core/file.hpp"
#include "core/file_system.hpp"
#include "core/windows/facts.hpp"
#include "core/windows/failure.hpp"
#include "core/windows/native.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <windows.h>

namespace stack2nrrd::disk {

namespace fs = std::filesystem;

const bool names_ignore_case = true;

namespace {

/// Opens a file or folder by its name, without touching what is in it.
OpenHandle opened(const NativePath& path, DWORD access, DWORD flags = 0) noexcept {
    return OpenHandle(::CreateFileW(path.c_str(), access, share_all, nullptr, OPEN_EXISTING,
                                    FILE_FLAG_BACKUP_SEMANTICS | flags, nullptr));
}

bool is_absence(DWORD code) noexcept {
    return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND || code == ERROR_INVALID_DRIVE ||
           code == ERROR_BAD_NETPATH || code == ERROR_BAD_NET_NAME;
}

Facts failed(DWORD code) noexcept {
    Facts facts;
    facts.failure = failure_of(code);
    if (is_absence(code)) facts.type = fs::file_type::not_found;
    return facts;
}

/// Does a link of the system have this name, one that means another file or folder?
bool is_link(const NativePath& path) noexcept {
    WIN32_FIND_DATAW found{};
    const HANDLE search = ::FindFirstFileExW(path.c_str(), FindExInfoBasic, &found, FindExSearchNameMatch, nullptr, 0);
    if (search == INVALID_HANDLE_VALUE) return false;
    ::FindClose(search);
    return (found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
           (found.dwReserved0 == IO_REPARSE_TAG_SYMLINK || found.dwReserved0 == IO_REPARSE_TAG_MOUNT_POINT);
}

/// By the name alone, which is enough for a file that may not be opened.
Facts named(const NativePath& path) noexcept {
    if (path.fault() != 0) return failed(path.fault());
    Facts facts;
    if (path.is_device()) {
        facts.type = fs::file_type::character;
        return facts;
    }
    WIN32_FILE_ATTRIBUTE_DATA data{};
    if (::GetFileAttributesExW(path.c_str(), GetFileExInfoStandard, &data) == 0) return failed(::GetLastError());
    const bool is_folder = (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    facts.type = is_folder ? fs::file_type::directory : fs::file_type::regular;
    if ((data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 && is_link(path)) {
        facts.type = fs::file_type::symlink;
    }
    facts.bytes = size_of(data.nFileSizeHigh, data.nFileSizeLow);
    facts.modified_ns = nanoseconds(data.ftLastWriteTime);
    return facts;
}

/// The name that the system has for what is open; empty if it has none.
Path final_name(HANDLE handle) {
    std::wstring text(32768, L'\0');
    const DWORD size = ::GetFinalPathNameByHandleW(handle, text.data(), static_cast<DWORD>(text.size()), 0);
    if (size == 0 || size >= text.size()) return {};
    text.resize(size);
    return NativePath(Path(text)).plain();
}

/// Does a call again while a program that looks at new files, as a virus scanner does, has the file open for a moment.
template <class Call>
std::error_code patiently(Call&& call) noexcept {
    constexpr int most_attempts = 10;
    for (int attempt = 1;; ++attempt) {
        if (call() != 0) return {};
        const DWORD code = ::GetLastError();
        if ((code != ERROR_SHARING_VIOLATION && code != ERROR_ACCESS_DENIED) || attempt == most_attempts) {
            return failure_of(code);
        }
        ::Sleep(20);
    }
}

}  // namespace

Facts look(const Path& path) {
    const NativePath native(path);
    Facts facts = named(native);
    if (facts.failure || facts.type == fs::file_type::character) return facts;
    if (const OpenHandle handle = opened(native, FILE_READ_ATTRIBUTES)) return look(file_handle(handle.get()));
    return facts.type == fs::file_type::symlink ? failed(::GetLastError()) : facts;
}

Facts look_at_name(const Path& path) { return named(NativePath(path)); }

bool is_same(const Path& one, const Path& other) {
    const Facts a = look_surely(one);
    const Facts b = look_surely(other);
    if (!a.exists() || !b.exists()) return false;
    // Some file systems of the network number nothing.
    return a.id == 0 || b.id == 0 ? disk::canonical(one) == disk::canonical(other)
                                  : a.volume == b.volume && a.id == b.id;
}

Path absolute(const Path& path) { return path.empty() ? path : NativePath(path).plain(); }

Path canonical(const Path& path) {
    const Path whole = disk::absolute(path);
    Path behind;
    for (Path head = whole; head.has_relative_path(); head = head.parent_path()) {
        if (const OpenHandle handle = opened(NativePath(head), FILE_READ_ATTRIBUTES)) {
            Path name = final_name(handle.get());
            if (name.empty()) break;
            return behind.empty() ? name : name / behind;
        }
        behind = behind.empty() ? head.filename() : head.filename() / behind;
    }
    return whole;
}

Path read_link(const Path& link) {
    const NativePath native(link);
    if (named(native).type != fs::file_type::symlink) return {};
    const OpenHandle handle = opened(native, FILE_READ_ATTRIBUTES);
    return handle ? final_name(handle.get()) : Path();
}

Path temporary_folder() {
    std::array<wchar_t, MAX_PATH + 2> text{};
    const DWORD size = ::GetTempPathW(static_cast<DWORD>(text.size()), text.data());
    return size < text.size() ? Path(text.data(), text.data() + size) : Path();
}

std::error_code list(const Path& folder, const std::function<void(const Path&, bool)>& take) {
    struct Search {
        HANDLE handle;
        ~Search() {
            if (handle != INVALID_HANDLE_VALUE) ::FindClose(handle);
        }
    };
    NativePath pattern(folder);
    pattern.append(pattern.text().ends_with(L'\\') ? L"*" : L"\\*");
    WIN32_FIND_DATAW found{};
    const Search search{::FindFirstFileExW(pattern.c_str(), FindExInfoBasic, &found, FindExSearchNameMatch, nullptr,
                                           FIND_FIRST_EX_LARGE_FETCH)};
    if (search.handle == INVALID_HANDLE_VALUE) {
        const std::error_code failure = last_failure();
        // An empty disk has not even "." in it.
        return failure.value() == ERROR_FILE_NOT_FOUND && is_folder(folder) ? std::error_code() : failure;
    }
    do {
        const std::wstring_view name = found.cFileName;
        if (name != L"." && name != L"..") take(Path(name), (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0);
    } while (::FindNextFileW(search.handle, &found) != 0);
    return ::GetLastError() == ERROR_NO_MORE_FILES ? std::error_code() : last_failure();
}

// ---------------------------------------------------------------------------------------------------------- names

std::error_code make_folder(const Path& path) {
    const NativePath native(path);
    if (native.fault() != 0) return failure_of(native.fault());
    return ::CreateDirectoryW(native.c_str(), nullptr) != 0 ? std::error_code() : last_failure();
}

std::error_code remove(const Path& path) noexcept {
    const NativePath native(path);
    const DWORD attributes = ::GetFileAttributesW(native.c_str());
    if (attributes == INVALID_FILE_ATTRIBUTES) {
        const DWORD code = ::GetLastError();
        return is_absence(code) ? std::error_code() : failure_of(code);
    }
    const bool is_folder = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    return patiently([&] { return is_folder ? ::RemoveDirectoryW(native.c_str()) : ::DeleteFileW(native.c_str()); });
}

namespace {

/// Replaces a file that somebody has open to read, who allows it to be removed: as POSIX does, where the system can.
bool rename_as_posix(const NativePath& from, const NativePath& to) noexcept {
    struct {
        DWORD flags;
        HANDLE folder;
        DWORD name_bytes;
        std::array<wchar_t, 32776> name;
    } request;  // FILE_RENAME_INFO, which older headers have without flags
    constexpr auto of_this_form = static_cast<FILE_INFO_BY_HANDLE_CLASS>(22);  // FileRenameInfoEx
    constexpr DWORD replace = 1;
    constexpr DWORD posix_semantics = 2;
    const OpenHandle handle = opened(from, DELETE | SYNCHRONIZE, FILE_FLAG_OPEN_REPARSE_POINT);
    if (!handle || to.text().size() >= request.name.size()) return false;
    request.flags = replace | posix_semantics;
    request.folder = nullptr;
    request.name_bytes = static_cast<DWORD>(to.text().size() * sizeof(wchar_t));
    std::copy_n(to.c_str(), to.text().size() + 1, request.name.begin());
    return ::SetFileInformationByHandle(handle.get(), of_this_form, &request, sizeof request) != 0;
}

}  // namespace

std::error_code rename(const Path& from, const Path& to) noexcept {
    const NativePath old_name(from);
    const NativePath new_name(to);
    // No folder replaces another one, be it empty.
    const DWORD attributes = ::GetFileAttributesW(old_name.c_str());
    const bool is_folder = attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    const DWORD flags = MOVEFILE_WRITE_THROUGH | (is_folder ? 0 : MOVEFILE_REPLACE_EXISTING);
    const std::error_code failure = patiently([&] { return ::MoveFileExW(old_name.c_str(), new_name.c_str(), flags); });
    const bool may_be_open = failure == std::errc::permission_denied && !is_folder;
    return may_be_open && rename_as_posix(old_name, new_name) ? std::error_code() : failure;
}

std::error_code rename_to_free(const Path& from, const Path& to) {
    const NativePath old_name(from);
    const NativePath new_name(to);
    return patiently([&] { return ::MoveFileExW(old_name.c_str(), new_name.c_str(), MOVEFILE_WRITE_THROUGH); });
}

bool exchange(const Path&, const Path&) noexcept { return false; }

// While somebody has a file open, neither of its names can be removed.
std::error_code link(const Path&, const Path&) noexcept { return failure_of(ERROR_NOT_SUPPORTED); }

// The system keeps a journal of names, and MOVEFILE_WRITE_THROUGH waits for it.
std::error_code make_names_durable(const Path&) { return {}; }

// --------------------------------------------------------------------------------------------------- what it can do

std::error_code no_access(const Path& folder) {
    return opened(NativePath(folder), FILE_ADD_FILE) ? std::error_code() : last_failure();
}

const char* why_not_replaceable(const Path& path) {
    const NativePath native(path);
    const DWORD attributes = ::GetFileAttributesW(native.c_str());
    if (attributes == INVALID_FILE_ATTRIBUTES) return nullptr;
    const bool is_folder = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    if (!is_folder && (attributes & FILE_ATTRIBUTE_READONLY) != 0) return "is marked as read-only";
    if (opened(native, DELETE, FILE_FLAG_OPEN_REPARSE_POINT)) return nullptr;
    switch (::GetLastError()) {
        case ERROR_SHARING_VIOLATION: return "is open in another program";
        case ERROR_ACCESS_DENIED: return "is protected from being removed";
        default: return nullptr;
    }
}

std::optional<std::int64_t> free_bytes(const Path& folder) {
    NativePath native(folder);
    if (!native.text().ends_with(L'\\')) native.append(L"\\");
    ULARGE_INTEGER bytes{};
    if (::GetDiskFreeSpaceExW(native.c_str(), &bytes, nullptr, nullptr) == 0) return std::nullopt;
    return static_cast<std::int64_t>(std::min<std::uint64_t>(bytes.QuadPart, INT64_MAX));
}

std::size_t longest_name(const Path&) { return 255; }

std::string host_name() {
    std::array<wchar_t, 256> name{};
    auto size = static_cast<DWORD>(name.size());
    if (::GetComputerNameExW(ComputerNameDnsHostname, name.data(), &size) == 0) return "";
    return utf8(Path(std::wstring_view(name.data(), size)));
}

int process_number() { return static_cast<int>(::GetCurrentProcessId()); }

}  // namespace stack2nrrd::disk
