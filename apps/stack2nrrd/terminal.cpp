#include "terminal.hpp"

#include <cstdlib>
#include <string_view>

#if defined(_WIN32)
#include <io.h>
#include <windows.h>
#else
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace {

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// 0 if the system does not say.
int columns_of_terminal() {
#if defined(_WIN32)
    CONSOLE_SCREEN_BUFFER_INFO info{};
    if (::GetConsoleScreenBufferInfo(::GetStdHandle(STD_ERROR_HANDLE), &info) == 0) return 0;
    return info.srWindow.Right - info.srWindow.Left + 1;
#else
    struct winsize size {};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
#endif
}

}  // namespace

bool stderr_can_wipe() {
#if defined(_WIN32)
    const HANDLE console = ::GetStdHandle(STD_ERROR_HANDLE);
    DWORD mode = 0;
    if (_isatty(2) == 0 || ::GetConsoleMode(console, &mode) == 0) return false;
    return ::SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
#else
    const std::string_view kind = environment("TERM");
    return ::isatty(STDERR_FILENO) != 0 && !kind.empty() && kind != "dumb";
#endif
}

int stderr_columns() {
    constexpr long most = 10'000;
    long columns = columns_of_terminal();
    if (columns <= 0) columns = std::strtol(environment("COLUMNS").data(), nullptr, 10);
    return columns > 0 && columns < most ? static_cast<int>(columns) : 80;
}
