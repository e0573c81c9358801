#pragma once

// Runs the stack2nrrd program as a user would, without a shell between, and tells what came of it.

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cli_test {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

struct Result {
    int status =
        -1;  ///< exit status; 1000 + signal if one ended the program; -1 if it had to be killed: it took too long
    std::string out;
    std::string err;
    std::int64_t peak_bytes = 0;  ///< resident memory at its peak
    double seconds = 0;
};

/// A run to be. Plain fields say what surrounds the program.
struct Program {
    Arguments arguments;
    fs::path folder{};                         ///< to run in; empty: this process's
    std::string input{};                       ///< what stdin gives
    Arguments wrapper{};                       ///< a program that runs the program: {"setpriv", ...}
    std::map<std::string, std::string> set{};  ///< environment
    std::vector<std::pair<int, rlim_t>> limits{};
    std::vector<int> closed{};                ///< of 0, 1 and 2
    std::string out_file{};                   ///< stdout goes there instead, for example to /dev/full
    std::string program{STACK2NRRD_PROGRAM};  ///< or another
    int mask = -1;                            ///< umask
    double patience = 60;                     ///< seconds
    /// Called with all of stderr so far whenever there is more of it, and with the process.
    std::function<void(const std::string& err, pid_t process)> on_err{};

    [[nodiscard]] Result run() const;
};

[[nodiscard]] Result run(Arguments arguments);
[[nodiscard]] Result run_in(const fs::path& folder, Arguments arguments);

/// Whether a program of that name is in PATH.
[[nodiscard]] bool is_installed(const std::string& name);

[[nodiscard]] bool is_root();

/// A wrapper that takes root's rights away; empty if we have none or cannot give them away: then says so.
[[nodiscard]] bool as_nobody(Arguments& wrapper, unsigned user = 65534);

/// Whether the program is built with a sanitizer, as these tests then are: slower, and with memory of its own.
[[nodiscard]] bool is_sanitized();

/// Says on stderr that something could not be tested here.
void say_skipped(const std::string& why);

/// Memory of this process at its peak: what a child inherits as its own.
[[nodiscard]] std::int64_t own_peak_bytes();

/// Checks the sentence of a failed run: one line, "stack2nrrd: " first, and all of `parts` in it. Warnings may precede.
void check_sentence(const Result& result, const std::vector<std::string>& parts);

/// Checks that `folder` holds just these names, and nothing unfinished.
void check_holds(const fs::path& folder, std::vector<std::string> names);

}  // namespace cli_test
