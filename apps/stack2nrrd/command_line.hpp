#pragma once

#include <stack2nrrd/options.hpp>
#include <stack2nrrd/shards.hpp>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the user asked for.
struct Command {
    std::vector<std::string> inputs;  ///< UTF-8
    std::string files_from;
    std::filesystem::path output;
    std::filesystem::path manifest;
    bool info = false;
    std::string verify;  ///< a result to be checked; UTF-8
    std::string replay;  ///< a result to be made again and compared
    bool json = false;
    bool quiet = false;
    std::string progress = "auto";
    std::string emit;                         ///< the engine that a script is printed for
    std::filesystem::path return_parameters;  ///< where Slicer looks for results that are no files
    std::optional<stack2nrrd::Shard> shard;   ///< the one to make
    stack2nrrd::Index shards = 0;             ///< how many there are; 0 if there are none
    bool finish = false;
    bool resume = false;
    stack2nrrd::Options options;

    std::vector<std::pair<std::string, std::string>> given;  ///< options by name, with their values, in order
    std::string text;                                        ///< the whole command line, as a shell takes it
    std::string answer;  ///< text that --help or --version asked for; then there is nothing else to do
};

/// An option of either table.
struct ListedOption {
    stack2nrrd::OptionInfo info;
    char letter = '\0';
};

/// The groups of all options, in the order in which help shows them.
[[nodiscard]] std::span<const std::string_view> option_groups() noexcept;

/// Those of a group, in that order.
[[nodiscard]] std::vector<ListedOption> options_of(std::string_view group);

/// `arguments`: in UTF-8, the program's name first. \throws stack2nrrd::Error invalid_argument.
[[nodiscard]] Command parse_command_line(const std::vector<std::string>& arguments);

[[nodiscard]] std::filesystem::path path_of(const std::string& utf8);
[[nodiscard]] std::string utf8_of(const std::filesystem::path& path);

/// A whole number and nothing else; none if it is not one.
[[nodiscard]] std::optional<stack2nrrd::Index> whole_number(std::string_view text);
