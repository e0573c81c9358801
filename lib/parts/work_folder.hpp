#pragma once

// The folder beside an output where what is finished of it waits for the rest: `NAME.unfinished`. Any number of
// processes, on any machines that see it, may add parts at the same time. In it are `plan.txt`, `stack.txt`, the parts
// and, from the moment on when the results get their names, `naming.txt`, then `named.txt`.

#include "parts/part.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

class WorkFolder {
public:
    /// `output`: what will be made of the parts.
    explicit WorkFolder(const std::filesystem::path& output);

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

    /// The plan, one thing that shapes the result a line; none if there is no folder, or nothing in it yet.
    /// \throws Error io.
    [[nodiscard]] std::optional<std::string> plan() const;
    /// The rest of the plan's line that begins so.
    [[nodiscard]] std::optional<std::string> line(std::string_view begin) const;

    /// The stack that was found before it was planned, as text; empty if it is not kept. \throws Error io.
    [[nodiscard]] std::string stack() const;
    [[nodiscard]] const std::filesystem::path& stack_file() const noexcept { return stack_; }

    /// How far a run has come that finishes it, also one that was killed.
    enum class Stage : std::uint8_t {
        making,  ///< no result has its name
        naming,  ///< results get their names, which were free: what has them is made of these parts
        named    ///< all have: the folder is of no use
    };
    /// \throws Error io.
    [[nodiscard]] Stage stage() const;
    /// From here on results get their names. Durable. \throws Error io.
    void begin_naming() const;
    /// Has `file` been written since results began to get their names? They had been written before. \throws Error io.
    [[nodiscard]] bool is_newer(const std::filesystem::path& file) const;
    /// They have been taken back.
    void forget_naming() const noexcept;

    /// Makes the folder with this plan and this stack or, if another process has, checks that it is the same. What is
    /// left of a folder whose results are named, or whose plan was removed, is removed. \throws Error invalid_argument
    /// (a plan that differs, named by its line; a folder of something else), changed (the inputs differ), io.
    void begin(const std::string& plan, const std::string& stack) const;
    /// The second half of that. \throws Error invalid_argument (also if there is no plan), changed, io.
    void check(const std::string& plan) const;

    [[nodiscard]] std::filesystem::path file_of(const Part& part) const;
    /// The names of all parts that are there. \throws Error io.
    [[nodiscard]] std::set<std::string> names() const;
    /// So that it is made again.
    void remove(const Part& part) const noexcept;
    /// Removes all that is its own, the plan first and the stage last, and then the folder, unless something else is in
    /// it.
    void remove() const noexcept;
    /// The same, if the stage is `named`, or if nothing but the folder itself is left. \throws Error io.
    void remove_if_named() const;
    /// The same, unless there are parts.
    void remove_if_empty() const noexcept;

private:
    [[nodiscard]] std::vector<std::filesystem::path> own_files(bool all) const;

    std::filesystem::path path_;
    std::filesystem::path plan_;
    std::filesystem::path stack_;
    std::filesystem::path naming_;
    std::filesystem::path named_;
};

/// How lines of a plan begin that a message needs to know: what differs in the first of them is an input that has
/// changed; options are in the header of a result, behind its size.
inline constexpr std::string_view window_line = "window: ";
inline constexpr std::string_view inputs_line = "inputs: ";
inline constexpr std::string_view result_line = "result ";
inline constexpr std::string_view options_line = "stack2nrrd_options:=";

}  // namespace stack2nrrd
