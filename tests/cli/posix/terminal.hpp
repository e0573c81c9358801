#pragma once

// A terminal for the program under test: what it writes there, and what is then to be seen.

#include "cli/program.hpp"

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cli_test {

/// A run whose stderr, and all else, is a terminal.
struct TerminalRun {
    Arguments arguments;
    fs::path folder{};
    int columns = 80;
    std::string kind = "xterm";                ///< TERM
    std::map<std::string, std::string> set{};  ///< environment
    double patience = 60;                      ///< seconds
    /// Called with all that was written so far whenever there is more of it, with the process, and with a function that
    /// changes the width.
    std::function<void(const std::string& text, pid_t process, const std::function<void(int)>& resize)> on_text{};

    struct Result {
        int status = -1;
        std::string text;  ///< all bytes that were written
    };
    [[nodiscard]] Result run() const;
};

/// What a terminal of so many columns shows of `text`, line by line, without blanks at the end of lines and without
/// empty lines: it knows carriage return, line feed, the end of the line (wraps), and the sequences K, J and A.
[[nodiscard]] std::vector<std::string> shown_by_terminal(const std::string& text, int columns);

}  // namespace cli_test
