#pragma once

// Runs the stack2nrrd program as a user would, without a shell between, and tells what came of it.

#include "support/system.hpp"

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
using support::say_skipped;

struct Result {
    /// Exit status; 1000 + signal if one ended the program; `killed` if kill_process() did; -1 if it took too long.
    int status = -1;
    std::string out;
    std::string err;
    std::int64_t peak_bytes = 0;  ///< resident memory at its peak
    double seconds = 0;
};

/// A run to be. Plain fields say what surrounds the program; those marked POSIX have their values elsewhere, too, but
/// there nobody may set them.
struct Program {
    Arguments arguments;
    fs::path folder{};                                    ///< to run in; empty: this process's
    std::string input{};                                  ///< what stdin gives
    Arguments wrapper{};                                  ///< a program that runs the program: {"setpriv", ...}
    std::map<std::string, std::string> set{};             ///< environment
    std::vector<std::pair<int, std::uint64_t>> limits{};  ///< POSIX: of RLIMIT_...
    std::vector<int> closed{};                            ///< of 0, 1 and 2
    std::string out_file{};                               ///< POSIX: stdout goes there instead, such as to /dev/full
    std::string program{STACK2NRRD_PROGRAM};              ///< or another
    int mask = -1;                                        ///< POSIX: umask
    double patience = 60;                                 ///< seconds
    /// Called with all of stderr so far whenever there is more of it, and with the process.
    std::function<void(const std::string& err, int process)> on_err{};

    [[nodiscard]] Result run() const;
};

[[nodiscard]] Result run(Arguments arguments);
[[nodiscard]] Result run_in(const fs::path& folder, Arguments arguments);

/// Runs a command line as `shell` does to which a user has copied it, or as the system's own shell where there is none
/// of that name; `stack2nrrd` in it is the program.
[[nodiscard]] Result run_in_shell(const fs::path& folder, const std::string& line, const std::string& shell = "sh");

/// Ends a process at once, whatever it is at, and the status that it then has.
void kill_process(int process);
extern const int killed;

/// A way to ask a process to stop, and the status that it then ends with.
struct StopSignal {
    std::string name;
    int status;
    std::function<bool(int process)> send;  ///< false: it could not be sent
};
[[nodiscard]] const std::vector<StopSignal>& stop_signals();

/// Keeps a process from doing anything, until it is let go on.
void stop_process(int process);
void continue_process(int process);

/// Whether a program of that name is in PATH.
[[nodiscard]] bool is_installed(const std::string& name);

[[nodiscard]] bool is_root();

/// A wrapper that takes root's rights away; empty if we have none or cannot give them away: then says so.
[[nodiscard]] bool as_nobody(Arguments& wrapper, unsigned user = 65534);

/// Whether the program is built with a sanitizer, as these tests then are: slower, and with memory of its own.
[[nodiscard]] bool is_sanitized();

/// Memory of this process at its peak: what a child inherits as its own.
[[nodiscard]] std::int64_t own_peak_bytes();

/// Checks the sentence of a failed run: one line, "stack2nrrd: " first, and all of `parts` in it. Warnings may precede.
/// Paths in `text` as POSIX has them.
[[nodiscard]] std::string with_slashes(std::string text);

void check_sentence(const Result& result, const std::vector<std::string>& parts);

/// Checks that `folder` holds just these names, and nothing unfinished.
void check_holds(const fs::path& folder, std::vector<std::string> names);

}  // namespace cli_test
