// Command lines, an argument a line.

#include "command_line.hpp"

#include <stack2nrrd/options.hpp>
#include <stack2nrrd/report.hpp>

#include "core/text.hpp"
#include "harness.hpp"

#include <algorithm>
#include <string>

namespace stack2nrrd::fuzz {

namespace {

/// The words of a line as a shell takes it: of its grammar what command_text() writes.
std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == ' ') {
            words.emplace_back();
        } else if (line[i] == '\\') {
            words.back() += line[++i];
        } else if (line[i] == '\'' || (line[i] == '$' && i + 1 < line.size() && line[i + 1] == '\'')) {
            const bool escapes = line[i] == '$';
            for (i += escapes ? 2 : 1; i < line.size() && line[i] != '\''; ++i) {
                if (!escapes || line[i] != '\\') {
                    words.back() += line[i];
                } else if (line[i + 1] >= '0' && line[i + 1] <= '7') {
                    words.back() +=
                        static_cast<char>((line[i + 1] - '0') * 64 + (line[i + 2] - '0') * 8 + (line[i + 3] - '0'));
                    i += 3;
                } else {
                    words.back() += line[++i];
                }
            }
            holds(i < line.size(), "a quotation has no end");
        } else {
            constexpr std::string_view special = "\"$&;|<>()*?[]{}~#!`\n\t";
            holds(special.find(line[i]) == std::string_view::npos, "a shell would not take a word as it is");
            words.back() += line[i];
        }
    }
    return words;
}

}  // namespace

void one_input(Bytes bytes) {
    std::vector<std::string> arguments{"stack2nrrd"};
    for (const std::string_view line : lines_of(text_of(bytes))) {
        const std::string_view word = line.substr(0, line.find('\0'));
        arguments.emplace_back(word);
        const std::size_t equals = word.find('=');
        if (!word.starts_with("--") || equals == std::string_view::npos) continue;
        Options options;
        std::string name(word.substr(2, equals - 2));
        const auto error =
            error_of({ErrorCode::invalid_argument}, [&] { set_option(options, name, word.substr(equals + 1)); });
        std::replace(name.begin(), name.end(), '-', '_');
        Options same;
        const auto again =
            error_of({ErrorCode::invalid_argument}, [&] { set_option(same, name, word.substr(equals + 1)); });
        holds(error.has_value() == again.has_value(), "'_' and '-' are not the same in a name");
    }
    const std::string text = command_text(arguments);
    holds(printable(text) == text, "a command cannot be shown");
    holds(words_of(text) == arguments, "a shell makes other words of a command");
    Command command;
    if (error_of({ErrorCode::invalid_argument}, [&] { command = parse_command_line(arguments); })) return;
    if (!command.answer.empty()) return;
    holds(!command.inputs.empty() || !command.files_from.empty(), "a command has no input");
    holds(words_of(command.text) == arguments, "a command is not the one that was given");
}

}  // namespace stack2nrrd::fuzz
