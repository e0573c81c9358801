#pragma once

#include <stack2nrrd/export.hpp>

#include <stdexcept>
#include <string>

namespace stack2nrrd {

/// What kind of problem an Error reports. Each has one exit status of the program (exit_status()). There may be more
/// of them in later versions.
enum class ErrorCode {
    invalid_argument,  ///< an option or argument makes no sense
    not_found,         ///< no such input, or no slices in it
    unsupported,       ///< a valid file with a feature that this library does not read
    corrupt,           ///< a file that breaks its own format, or ends too early
    inconsistent,      ///< slices that do not belong together: size, type, colour, duplicate number
    missing_slices,    ///< a gap in the numbering
    limit,             ///< a limit on memory or declared dimensions was reached
    io,                ///< the operating system refused to read or write
    changed,           ///< an input changed between find and run
    cancelled,         ///< the caller's callback asked to stop
};

/// The one exception type of this library. what() is one sentence, lower case, fit to be shown to a user:
/// `<file>: <what is>, <what was expected>; <what to do>`. It is always one line: control characters in names of files
/// are shown as \xNN. Its words may change in any version: programs decide by code().
class STACK2NRRD_EXPORT Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& sentence);
    ~Error() override;
    [[nodiscard]] ErrorCode code() const noexcept { return code_; }

private:
    ErrorCode code_;
};

/// The exit status that the program gives for `code`: 2 to 7, or 130 for cancelled.
[[nodiscard]] STACK2NRRD_EXPORT int exit_status(ErrorCode code) noexcept;

}  // namespace stack2nrrd
