#pragma once

// What the fuzzers share. A target is a file that defines one_input(). What is a finding: damage that a sanitizer sees,
// an exception other than Error and std::bad_alloc, a sentence of an Error that is none, and whatever holds() is told
// of.

#include <stack2nrrd/error.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd::fuzz {

using Bytes = std::span<const std::byte>;

/// One run of a target. It may let Error and std::bad_alloc pass.
void one_input(Bytes bytes);

/// Ends the program with that sentence, unless it is true.
void holds(bool is_true, std::string_view sentence);

/// Is it fit to be shown: one line, UTF-8, not empty?
void check_sentence(std::string_view sentence);

/// The Error that `action` throws, its sentence checked; nothing if it throws none. Its code must be one of these.
template <class Action>
[[nodiscard]] std::optional<Error> error_of(std::initializer_list<ErrorCode> codes, Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        check_sentence(error.what());
        bool is_known = codes.size() == 0;
        for (const ErrorCode code : codes) is_known = is_known || code == error.code();
        holds(is_known, "an Error has a code that nobody expects here: " + std::string(error.what()));
        return error;
    }
    return std::nullopt;
}

[[nodiscard]] inline std::string_view text_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The lines of a text, without their ends.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// A file that holds `bytes`, in a folder of this process that goes away with it.
[[nodiscard]] std::filesystem::path file_of(std::string_view name, Bytes bytes);

/// How much more memory `action` takes at any time than there is when it begins.
class MemoryPeak {
public:
    MemoryPeak();
    [[nodiscard]] std::int64_t bytes() const;

private:
    std::int64_t before_;
};

/// Reproducible choices that hang on the input alone.
class Choices {
public:
    explicit Choices(Bytes bytes);
    /// From 0 to `end` - 1.
    std::uint64_t below(std::uint64_t end);

private:
    std::uint64_t state_;
};

}  // namespace stack2nrrd::fuzz
