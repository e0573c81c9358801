#pragma once

#include <stack2nrrd/options.hpp>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// What the user asked for.
struct Command {
    std::vector<std::string> inputs;  ///< UTF-8
    std::string files_from;
    std::filesystem::path output;
    std::filesystem::path manifest;
    bool info = false;
    bool json = false;
    bool quiet = false;
    std::string progress = "auto";
    stack2nrrd::Options options;

    std::vector<std::pair<std::string, std::string>> given;  ///< options by name, with their values, in order
    std::string answer;  ///< text that --help or --version asked for; then there is nothing else to do
};

/// \throws stack2nrrd::Error invalid_argument.
[[nodiscard]] Command parse_command_line(int argc, const char* const* argv);

[[nodiscard]] std::filesystem::path path_of(const std::string& utf8);
