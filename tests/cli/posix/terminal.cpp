#include "cli/posix/terminal.hpp"

#include "support/catch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>

namespace cli_test {

namespace {

void set_width(int terminal, int columns) {
    struct winsize size {};
    size.ws_col = static_cast<unsigned short>(columns);
    size.ws_row = 24;
    (void)::ioctl(terminal, TIOCSWINSZ, &size);
}

[[noreturn]] void become(const TerminalRun& run, char* const* argv, const char* terminal) {
    ::setsid();
    const int descriptor = ::open(terminal, O_RDWR);  // becomes the terminal of this process
    for (int standard = 0; standard < 3; ++standard) {
        if (::dup2(descriptor, standard) < 0) ::_exit(126);
    }
    ::close(descriptor);
    if (!run.folder.empty() && ::chdir(run.folder.c_str()) != 0) ::_exit(126);
    ::setenv("TERM", run.kind.c_str(), 1);
    for (const auto& [name, value] : run.set) ::setenv(name.c_str(), value.c_str(), 1);
    ::execvp(argv[0], argv);
    ::_exit(127);
}

}  // namespace

TerminalRun::Result TerminalRun::run() const {
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(terminal >= 0);
    REQUIRE(::grantpt(terminal) == 0);
    REQUIRE(::unlockpt(terminal) == 0);
    const std::string name = ::ptsname(terminal);
    set_width(terminal, columns);
    Arguments all{STACK2NRRD_PROGRAM};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& argument : all) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t process = ::fork();
    if (process == 0) become(*this, argv.data(), name.c_str());
    REQUIRE(process > 0);

    Result result;
    const auto start = std::chrono::steady_clock::now();
    int ended = 0;
    for (bool over = false;;) {
        pollfd wanted{terminal, POLLIN, 0};
        ::poll(&wanted, 1, 20);
        std::array<char, 4096> buffer{};
        const ssize_t got = (wanted.revents & POLLIN) != 0 ? ::read(terminal, buffer.data(), buffer.size()) : 0;
        if (got > 0) {
            result.text.append(buffer.data(), static_cast<std::size_t>(got));
            if (on_text) on_text(result.text, process, [&](int width) { set_width(terminal, width); });
            continue;
        }
        if (over) break;
        over = ::waitpid(process, &ended, WNOHANG) == process;  // and then what is still to be read
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        if (elapsed.count() > patience) ::kill(process, SIGKILL);
    }
    ::close(terminal);
    result.status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 1000 + WTERMSIG(ended);
    return result;
}

std::vector<std::string> shown_by_terminal(const std::string& text, int columns) {
    const auto width = static_cast<std::size_t>(columns);
    std::vector<std::string> lines(1, std::string(width, ' '));
    std::size_t row = 0;
    std::size_t column = 0;
    const auto go_down = [&] {
        if (++row == lines.size()) lines.emplace_back(width, ' ');
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            column = 0;
        } else if (text[i] == '\n') {
            go_down();
        } else if (text[i] == '\x1b') {
            const std::size_t end = text.find_first_not_of("[0123456789;", i + 1);
            if (end == std::string::npos) break;
            const std::size_t count = static_cast<std::size_t>(std::max(1, std::atoi(text.c_str() + i + 2)));
            if (text[end] == 'A') row -= std::min(row, count);
            if (text[end] == 'K' || text[end] == 'J')
                std::fill(lines[row].begin() + static_cast<std::ptrdiff_t>(std::min(column, width)), lines[row].end(),
                          ' ');
            if (text[end] == 'J') lines.resize(row + 1);
            i = end;
        } else {
            if (column == width) {
                column = 0;
                go_down();
            }
            lines[row][column++] = text[i];
        }
    }
    std::vector<std::string> shown;
    for (std::string& line : lines) {
        line.erase(line.find_last_not_of(' ') + 1);
        if (!line.empty()) shown.push_back(line);
    }
    return shown;
}

}  // namespace cli_test
