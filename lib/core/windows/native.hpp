#pragma once

#include "core/file_system.hpp"

#include <array>
#include <string_view>

namespace stack2nrrd::disk {

/// A path in the form that the system takes however long it is: whole, `\\?\C:\FOLDER\FILE` or `\\?\UNC\...`. It takes
/// no memory of the heap, so that what has to be undone can be undone.
class NativePath {
public:
    explicit NativePath(const Path& path) noexcept;

    [[nodiscard]] const wchar_t* c_str() const noexcept { return text_.data(); }
    [[nodiscard]] std::wstring_view text() const noexcept { return {text_.data(), size_}; }
    /// Without what makes it long: `C:\FOLDER\FILE`.
    [[nodiscard]] Path plain() const;
    /// `\\.\NUL`, `\\.\COM1`, `\\.\pipe\...`: what must not be opened to see what it is.
    [[nodiscard]] bool is_device() const noexcept { return text().starts_with(LR"(\\.\)"); }
    /// 0, or a code of GetLastError(): why no file can have this name.
    [[nodiscard]] unsigned long fault() const noexcept { return fault_; }
    /// `\*` and the like.
    void append(std::wstring_view text) noexcept;

private:
    static constexpr std::size_t longest = 32768;  ///< of the system, with the zero
    static constexpr std::size_t room = 8;         ///< for what is put in front or appended

    void begin_with(std::wstring_view prefix, std::size_t instead_of) noexcept;
    [[nodiscard]] unsigned long fault_of_names() const noexcept;

    std::array<wchar_t, longest + room> text_;
    std::size_t size_ = 0;
    unsigned long fault_ = 0;
};

}  // namespace stack2nrrd::disk
