#pragma once

// The names beside an output under which it is made: `.NAME.TAG.SUFFIX`, and `.NAME.lock`.

#include "core/file_system.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stack2nrrd {

inline constexpr std::string_view partial_suffix = ".partial";    ///< what is being made
inline constexpr std::string_view interim_suffix = ".interim";    ///< what stands in for it for a moment
inline constexpr std::string_view hidden_suffix = ".hidden";      ///< what was published and is taken back
inline constexpr std::string_view previous_suffix = ".previous";  ///< what had the name before

/// What distinguishes the hidden names of one run from those of all others: machine, process, number.
[[nodiscard]] std::string new_tag();

/// The folder that a file lies in: "." if its path says nothing of one.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& file);

/// The hidden name of `target` that is as long as any gets.
[[nodiscard]] std::filesystem::path longest_hidden_name(const std::filesystem::path& target);

/// The hidden names of one output, which belong to this run as long as this object is there: by a lock that the system
/// frees when the process ends, so that the next run knows what a run that was killed has left.
class HiddenNames {
public:
    /// \throws Error invalid_argument if another run has the lock, in whatever process.
    explicit HiddenNames(std::filesystem::path target);
    HiddenNames(const HiddenNames&) = delete;
    HiddenNames& operator=(const HiddenNames&) = delete;
    ~HiddenNames();

    [[nodiscard]] const std::filesystem::path& target() const noexcept { return target_; }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
    [[nodiscard]] std::filesystem::path path(std::string_view tag, std::string_view suffix) const;
    /// The tag in a name of that suffix; empty if the name has another form.
    [[nodiscard]] std::string_view tag_of(std::string_view name, std::string_view suffix) const;

    /// Looks for what other runs have left. `own`: what this run has made, by whose age that of others is measured.
    /// Finds nothing in a folder that may be written to but not read.
    void find_left_overs(const std::string& tag, const std::filesystem::path& own);
    /// Has a run left it that is over?
    [[nodiscard]] bool is_left_over(std::string_view tag, const std::filesystem::path& path) const;
    /// What was found: by tag and suffix.
    [[nodiscard]] const std::vector<std::pair<std::string, std::string_view>>& left_overs() const noexcept {
        return left_overs_;
    }
    /// If nothing has the name of the target since a run was killed between two steps: the tag of what it has hidden.
    [[nodiscard]] std::string lost() const;

private:
    std::filesystem::path target_;
    std::filesystem::path folder_;
    std::string stem_;  ///< ".NAME."
    std::filesystem::path lock_;
    std::string own_tag_;
    std::filesystem::path own_;
    std::vector<std::pair<std::string, std::string_view>> left_overs_;
    FileHandle lock_handle_ = no_file;
};

}  // namespace stack2nrrd
