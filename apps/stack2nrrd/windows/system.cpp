#include "system.hpp"

#include "command_line.hpp"

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include <psapi.h>
#include <shellapi.h>

namespace {

std::string utf8(std::wstring_view wide) {
    const int size = static_cast<int>(wide.size());
    std::string text(wide.size() * 3, '\0');
    const int length = ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, text.data(), static_cast<int>(text.size()),
                                             nullptr, nullptr);
    text.resize(static_cast<std::size_t>(length));
    return text;
}

/// The console outlives the program, and gets back what it had.
UINT code_page_before = 0;

std::atomic<void (*)(int)> stop_handler = nullptr;

/// Runs in a thread of its own.
BOOL WINAPI on_console_event(DWORD event) {
    int number = stop_terminate;  // who logs off, or shuts down
    if (event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT) number = stop_interrupt;
    if (event == CTRL_CLOSE_EVENT) number = stop_hangup;
    if (const auto stop = stop_handler.load()) stop(number);
    // When this returns from one of the others, the system ends the process: the run has some seconds to clean up.
    if (number != stop_interrupt) ::Sleep(INFINITE);
    return TRUE;
}

}  // namespace

std::vector<std::string> arguments_of(int, const char* const*) {
    // What main() gets is in a code page that does not have most characters.
    int count = 0;
    const std::unique_ptr<LPWSTR, decltype(&::LocalFree)> words(::CommandLineToArgvW(::GetCommandLineW(), &count),
                                                                &::LocalFree);
    std::vector<std::string> arguments;
    for (int i = 0; words != nullptr && i < count; ++i) arguments.push_back(utf8(words.get()[i]));
    return arguments;
}

void prepare_streams() {
    for (const int stream : {0, 1, 2}) (void)::_setmode(stream, _O_BINARY);
    // The runtime writes to a console byte by byte, which cuts characters into pieces.
    constexpr std::size_t room = 16'384;
    for (std::FILE* stream : {stdout, stderr}) (void)std::setvbuf(stream, nullptr, _IOFBF, room);
    code_page_before = ::GetConsoleOutputCP();
    if (code_page_before == 0 || ::SetConsoleOutputCP(CP_UTF8) == 0) return;
    std::atexit([] { (void)::SetConsoleOutputCP(code_page_before); });
}

void call_when_stopped(void (*stop)(int number)) {
    stop_handler = stop;
    (void)::SetConsoleCtrlHandler(on_console_event, TRUE);
}

void print_at_once(const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const int written = ::_write(1, text.data() + done, static_cast<unsigned>(text.size() - done));
        if (written <= 0) return;
        done += static_cast<std::size_t>(written);
    }
}

bool reader_has_gone() { return false; }

std::string program_file(const std::string& called) {
    std::wstring name(32768, L'\0');
    name.resize(::GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size())));
    return name.empty() ? called : utf8(name);
}

std::string working_folder() {
    std::wstring name(32768, L'\0');
    name.resize(::GetCurrentDirectoryW(static_cast<DWORD>(name.size()), name.data()));
    return utf8(name);
}

bool is_there(const std::string& path) {
    const std::wstring given = path_of(path).native();
    std::wstring whole(32768, L'\0');
    whole.resize(::GetFullPathNameW(given.c_str(), static_cast<DWORD>(whole.size()), whole.data(), nullptr));
    // In this form it may be longer than 260 characters.
    const bool is_plain = whole.size() > 1 && whole[1] == L':';
    return ::GetFileAttributesW(is_plain ? (LR"(\\?\)" + whole).c_str() : given.c_str()) != INVALID_FILE_ATTRIBUTES;
}

std::int64_t peak_memory() {
    PROCESS_MEMORY_COUNTERS counters{};
    if (::K32GetProcessMemoryInfo(::GetCurrentProcess(), &counters, sizeof counters) == 0) return 0;
    return static_cast<std::int64_t>(counters.PeakWorkingSetSize);
}

Wiping stderr_wiping() {
    // Not every console obeys the sequences, and one that does not may say that it does: blanks serve them all.
    DWORD mode = 0;
    return ::GetConsoleMode(::GetStdHandle(STD_ERROR_HANDLE), &mode) != 0 ? Wiping::blanks : Wiping::none;
}

int columns_of_terminal() {
    CONSOLE_SCREEN_BUFFER_INFO info{};
    if (::GetConsoleScreenBufferInfo(::GetStdHandle(STD_ERROR_HANDLE), &info) == 0) return 0;
    return info.srWindow.Right - info.srWindow.Left + 1;
}
