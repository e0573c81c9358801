#pragma once

// What the program asks of the system it runs on: posix/ and windows/ have it.

#include <cstdint>
#include <string>
#include <vector>

/// The arguments in UTF-8, the program's name first.
[[nodiscard]] std::vector<std::string> arguments_of(int argc, const char* const* argv);

/// Makes the standard streams fit for what is printed: as bytes, and in UTF-8. What is written to stderr has to be
/// flushed, too.
void prepare_streams();

/// Why the program may be asked to stop, by the numbers that POSIX gives the signals: exit statuses are made of them.
enum StopNumber { stop_hangup = 1, stop_interrupt = 2, stop_terminate = 15 };

/// `stop` is called with one of these numbers when the program is asked to stop, at any time, in whatever thread: it
/// may do what a handler of a signal may.
void call_when_stopped(void (*stop)(int number));

/// Prints on stdout from there, where streams may be locked.
void print_at_once(const std::string& text);

/// After stdout could not be written: has its reader seen enough, as `head` has?
[[nodiscard]] bool reader_has_gone();

/// The file that this program is; as it was called, where the system does not say. UTF-8.
[[nodiscard]] std::string program_file(const std::string& called);

/// The folder that relative names are in; UTF-8. \throws stack2nrrd::Error io.
[[nodiscard]] std::string working_folder();

/// What is known of a file or folder of this name; UTF-8.
[[nodiscard]] bool is_there(const std::string& path);

/// The most memory that the process has had so far; 0 if the system does not say.
[[nodiscard]] std::int64_t peak_memory();

/// How a line on stderr can be written again.
enum class Wiping {
    none,    ///< not at all: it is no terminal, or calls itself dumb (TERM), or has no name
    blanks,  ///< from the beginning of the line, over what was there
    escapes  ///< by the sequences that terminals know
};
[[nodiscard]] Wiping stderr_wiping();

/// The width of the terminal that stderr is, as it is now; 0 if the system does not say.
[[nodiscard]] int columns_of_terminal();
