#pragma once

// The process around a run: its streams, its signals, and what it says when there is no time or memory left to think.

#include <array>
#include <atomic>
#include <string>

/// The signal that asked the run to stop, by its number in POSIX; 0 if none did.
extern std::atomic<int> stop_signal;

/// True while an output is under way: then a signal is a wish, and the run cleans up. Before that there is nothing to
/// clean up, and a signal ends the program at once.
extern std::atomic<bool> running;

/// What is printed on stdout if the program ends where nothing can be worked out any more.
struct LastWords {
    std::array<std::string, 3> stopped;  ///< by SIGINT, SIGTERM, SIGHUP
    std::string no_memory;
};

void prepare_process();

/// Replaces the last words. They are none to begin with, and to be made none before anything else is printed.
void set_last_words(LastWords words);
void clear_last_words() noexcept;

/// Says on stderr that there is no memory, and prints the last words for that.
void say_no_memory();

/// One line on stderr. Messages of Error are one line already; others may hold names of files.
void say(const std::string& sentence);

/// Prints what was asked for on stdout. \throws stack2nrrd::Error io.
void print(const std::string& text);
