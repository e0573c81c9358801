#pragma once

// What is behind a handle, and the door through which all calls pass: there exceptions end, and become a code and a
// text.

#include <stack2nrrd/stack2nrrd.h>

#include <stack2nrrd/stack2nrrd.hpp>

#include <atomic>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

struct stack2nrrd_handle {
    std::vector<std::string> paths;
    bool is_list = false;
    std::shared_ptr<const stack2nrrd::Source> source;        ///< a program's own; there are no paths then
    std::string source_name;                                 ///< of it, in headers and messages
    std::vector<std::pair<std::string, std::string>> given;  ///< options in the order in which they were set
    stack2nrrd::Options options;

    std::optional<stack2nrrd::Stack> stack;
    stack2nrrd::FindOptions found_with;
    std::vector<stack2nrrd::ImportPlan> plans;  ///< of all that the options ask for
    std::optional<stack2nrrd::Window> window;   ///< that a survey found
    std::string json;

    /// Of the last run, if it came to its end.
    std::vector<stack2nrrd::ImportPlan> made;  ///< some slices of the above, or all of them
    std::vector<stack2nrrd::Report> reports;
    std::filesystem::path output;  ///< empty if it was into memory; what is planned may depend on it
    double seconds = 0;

    std::atomic<bool> in_use{false};
};

namespace stack2nrrd::capi {

/// Keeps what stack2nrrd_last_error() says. Gives `code` back.
int failed(int code, const char* sentence, const std::string& details = {}) noexcept;
[[nodiscard]] const char* last_error() noexcept;

[[nodiscard]] int number_of(ErrorCode code) noexcept;
/// The reverse, where there is one.
[[nodiscard]] std::optional<ErrorCode> code_of(int number) noexcept;

/// All that keeps a stack from being imported, if that is more than the error's sentence says.
[[nodiscard]] std::string details_of(const stack2nrrd_handle* handle, const Error& error);

/// Does `action`; whatever it throws becomes a code and a text.
template <class Action>
int guarded(const stack2nrrd_handle* handle, Action action) noexcept {
    try {
        try {
            action();
            return STACK2NRRD_OK;
        } catch (const Error& error) {
            return failed(number_of(error.code()), error.what(), details_of(handle, error));
        }
    } catch (const std::bad_alloc&) {
        return failed(STACK2NRRD_LIMIT, "the system has no more memory; reduce more, or use fewer threads");
    } catch (const std::filesystem::filesystem_error& error) {
        return failed(STACK2NRRD_IO, error.what());
    } catch (const std::exception& error) {
        return failed(STACK2NRRD_BUG, error.what());
    } catch (...) {
        return failed(STACK2NRRD_BUG, "a bug in stack2nrrd: something that is no exception was thrown");
    }
}

/// Forgets what follows from options or files.
void forget(stack2nrrd_handle& handle, bool files) noexcept;

/// The same with a handle, which is in use meanwhile.
template <class Action>
int with(stack2nrrd_handle* handle, Action action) noexcept {
    if (handle == nullptr) return failed(STACK2NRRD_INVALID_ARGUMENT, "the handle is NULL");
    if (handle->in_use.exchange(true)) {
        return failed(STACK2NRRD_INVALID_ARGUMENT, "the handle is in use by another call, which has to return first");
    }
    const int code = guarded(handle, action);
    if (code == STACK2NRRD_CHANGED) forget(*handle, true);
    handle->in_use = false;
    return code;
}

/// \throws Error invalid_argument unless `there`.
void expect(bool there, const char* what);

[[nodiscard]] std::filesystem::path path_of(const std::string& utf8);

[[nodiscard]] const Stack& stack_of(stack2nrrd_handle& handle);
/// What is planned is for this output; empty if it is memory.
void set_output(stack2nrrd_handle& handle, const std::filesystem::path& file);
/// Of each result, with the window that a survey has found.
[[nodiscard]] std::vector<Options> options_of(stack2nrrd_handle& handle);
[[nodiscard]] const std::vector<ImportPlan>& plans_of(stack2nrrd_handle& handle);

}  // namespace stack2nrrd::capi
