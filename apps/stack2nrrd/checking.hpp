#pragma once

#include "command_line.hpp"

#include <stack2nrrd/stack.hpp>

#include <functional>
#include <string>

/// Carries out --verify or --replay, and says what was found. Gives the exit status. `find`: the stack that a command
/// names, with its options. `print_json`: prints the one object of --json.
/// \throws stack2nrrd::Error for what cannot be checked at all.
[[nodiscard]] int check(const Command& command, const std::function<stack2nrrd::Stack(const Command&)>& find,
                        const std::function<void(const std::string&)>& print_json);
