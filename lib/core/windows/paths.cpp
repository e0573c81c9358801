#include "core/file.hpp"
#include "core/windows/native.hpp"

#include <algorithm>
#include <string>

#include <windows.h>

namespace stack2nrrd {

namespace fs = std::filesystem;

// What is no UTF-8, or no UTF-16, ends up as U+FFFD: a name that nothing has.

fs::path path_from_utf8(std::string_view text) {
    const int size = static_cast<int>(text.size());
    std::wstring wide(text.size(), L'\0');
    const int length = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, wide.data(), size);
    wide.resize(static_cast<std::size_t>(length));
    return fs::path(std::move(wide));
}

std::string utf8(const fs::path& path) {
    const std::wstring& wide = path.native();
    const int size = static_cast<int>(wide.size());
    std::string text(wide.size() * 3, '\0');
    const int length = ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, text.data(), static_cast<int>(text.size()),
                                             nullptr, nullptr);
    text.resize(static_cast<std::size_t>(length));
    return text;
}

}  // namespace stack2nrrd

namespace stack2nrrd::disk {

namespace {

constexpr std::wstring_view long_form = LR"(\\?\)";
constexpr std::wstring_view long_form_of_network = LR"(\\?\UNC\)";

}  // namespace

NativePath::NativePath(const Path& path) noexcept {
    text_[0] = L'\0';
    const std::wstring& given = path.native();
    if (given.starts_with(long_form) && given.size() < longest) {
        std::copy(given.begin(), given.end(), text_.begin());
        size_ = given.size();
        text_[size_] = L'\0';
    } else {
        const DWORD size = ::GetFullPathNameW(given.c_str(), static_cast<DWORD>(longest), text_.data(), nullptr);
        size_ = size < longest ? size : 0;
        if (size >= longest) fault_ = ERROR_FILENAME_EXCED_RANGE;
        text_[size_] = L'\0';
        if (text().starts_with(LR"(\\.\)") || text().starts_with(long_form)) return;
        if (text().starts_with(LR"(\\)")) {
            begin_with(long_form_of_network, 2);
        } else if (size_ > 0) {
            begin_with(long_form, 0);
        }
    }
    if (fault_ == 0) fault_ = fault_of_names();
}

void NativePath::begin_with(std::wstring_view prefix, std::size_t instead_of) noexcept {
    std::copy_backward(text_.begin() + static_cast<std::ptrdiff_t>(instead_of),
                       text_.begin() + static_cast<std::ptrdiff_t>(size_),
                       text_.begin() + static_cast<std::ptrdiff_t>(size_ + prefix.size() - instead_of));
    std::copy(prefix.begin(), prefix.end(), text_.begin());
    size_ += prefix.size() - instead_of;
    text_[size_] = L'\0';
}

void NativePath::append(std::wstring_view text) noexcept {
    if (size_ + text.size() >= text_.size()) return;
    std::copy(text.begin(), text.end(), text_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += text.size();
    text_[size_] = L'\0';
}

unsigned long NativePath::fault_of_names() const noexcept {
    constexpr std::size_t longest_name = 255;
    std::wstring_view names = text().substr(std::min(size_, long_form.size()));
    if (names.size() > 1 && names[1] == L':') names.remove_prefix(2);
    // Behind a colon is the name of a stream of the file: nothing that a folder lists.
    if (names.find(L':') != std::wstring_view::npos) return ERROR_INVALID_NAME;
    for (std::size_t begin = 0; begin < names.size();) {
        const std::size_t end = std::min(names.find(L'\\', begin), names.size());
        if (end - begin > longest_name) return ERROR_FILENAME_EXCED_RANGE;
        begin = end + 1;
    }
    return 0;
}

Path NativePath::plain() const {
    if (text().starts_with(long_form_of_network)) {
        return Path(LR"(\\)" + std::wstring(text().substr(long_form_of_network.size())));
    }
    return Path(text().starts_with(long_form) ? text().substr(long_form.size()) : text());
}

}  // namespace stack2nrrd::disk
