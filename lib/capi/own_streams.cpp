// Only in builds with static image libraries. Debian compiles these for programs, not for shared libraries: the one
// thing in them that a shared library cannot take is how they reach for `stdout` and `stderr`. The linker's --wrap gives
// them these.

#include <cstdio>

extern "C" {
extern FILE* __real_stdout;           // NOLINT(bugprone-reserved-identifier)
extern FILE* __real_stderr;           // NOLINT(bugprone-reserved-identifier)
FILE* __wrap_stdout = __real_stdout;  // NOLINT(bugprone-reserved-identifier)
FILE* __wrap_stderr = __real_stderr;  // NOLINT(bugprone-reserved-identifier)
}
