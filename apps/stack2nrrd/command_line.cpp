#include "command_line.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/version.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <memory>

namespace {

using stack2nrrd::Error;
using stack2nrrd::ErrorCode;

std::filesystem::path to_path(const std::string& text) {
    return std::filesystem::path(std::u8string(text.begin(), text.end()));
}

/// `--name value` becomes `--name=value`, so that a value may begin with a dash; `_` in names becomes `-`.
std::vector<std::string> normalised(int argc, const char* const* argv, const CLI::App& app) {
    std::vector<std::string> arguments;
    for (int i = 1; i < argc; ++i) {
        std::string argument = argv[i];
        if (argument == "--") {
            arguments.insert(arguments.end(), argv + i, argv + argc);
            break;
        }
        const bool is_long = argument.size() > 2 && argument.starts_with("--");
        if (!is_long && argument != "-o") {
            arguments.push_back(argument);
            continue;
        }
        if (argument == "-o") argument = "--output";
        const std::size_t equals = argument.find('=');
        std::string name = argument.substr(0, equals);
        std::replace(name.begin() + 2, name.end(), '_', '-');
        const CLI::Option* option = app.get_option_no_throw(name);
        if (option == nullptr) throw Error(ErrorCode::invalid_argument, name + ": there is no such option; see --help");
        if (option->get_items_expected_max() == 0 || equals != std::string::npos) {
            arguments.push_back(name + (equals == std::string::npos ? "" : argument.substr(equals)));
        } else if (i + 1 < argc) {
            arguments.push_back(name + "=" + argv[++i]);
        } else {
            throw Error(ErrorCode::invalid_argument, name + ": ends the command line, a value was expected after it");
        }
    }
    return arguments;
}

/// Help with lines of at most 100 characters.
class WrappedHelp final : public CLI::Formatter {
public:
    WrappedHelp() { column_width(indent); }

    std::string make_option_desc(const CLI::Option* option) const override {
        constexpr std::size_t width = 100 - indent;
        std::string text = CLI::Formatter::make_option_desc(option);
        for (std::size_t start = 0; text.size() - start > width;) {
            const std::size_t blank = text.rfind(' ', start + width);
            if (blank == std::string::npos || blank <= start) break;
            text[blank] = '\n';  // CLI11 indents what follows
            start = blank + 1;
        }
        return text;
    }

private:
    static constexpr std::size_t indent = 38;
};

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
    Command command;
    CLI::App app{"Turns a stack of slices into a smaller NRRD: no aliasing, exact geometry, bounded memory.",
                 "stack2nrrd"};
    app.set_help_flag("--help,-h", "print this help and exit");
    app.set_version_flag("--version", "stack2nrrd " STACK2NRRD_VERSION, "print the version and exit");
    app.formatter(std::make_shared<WrappedHelp>());
    app.footer(
        "INPUT is a folder, one file of a numbered series, a printf pattern ('scan_%04d.tif'), a quoted glob or "
        "several\n"
        "files. INPUT alone prints what was found and the commands for full, half and quarter size.\n\n"
        "Exit status: 0 done, 1 a bug, 2 the command line, 3 the stack is inconsistent, 4 a slice is unreadable,\n"
        "5 output or system, 6 a limit, 7 an input changed, 130 and 143 stopped by a signal.");

    std::string output;
    std::string preview;
    app.add_option("INPUT", command.inputs, "what to read")->type_name("");
    app.add_option("--files-from", command.files_from,
                   "read the names of the slices from a file, one a line; - = stdin")
        ->type_name("LIST")
        ->group("Input");
    app.add_option("-o,--output", output, ".nrrd, or .nhdr with its samples in a file beside it")
        ->type_name("FILE")
        ->group("Output");
    app.add_option("--preview", preview, "PNG with three orthogonal mid-slices of the result")
        ->type_name("FILE.png")
        ->group("Output");
    app.add_flag("--info", command.info, "look only: what was found, what would be made, memory, problems")
        ->group("Running");
    app.add_flag("--json", command.json, "print the pre-flight or the report of a run as JSON")->group("Running");
    app.add_option("--progress", command.progress, "auto is a bar if stderr is a terminal [auto]")
        ->type_name("auto|bar|json|none")
        ->check(CLI::IsMember({"auto", "bar", "json", "none"}).description(""))
        ->group("Running");
    app.add_flag("-q,--quiet", command.quiet, "print errors only")->group("Running");

    // CLI11 calls back in its own order; options are set in that of the table.
    std::map<std::string_view, std::string> given;
    for (const stack2nrrd::OptionInfo& option : stack2nrrd::option_table()) {
        const std::string name = "--" + std::string(option.name);
        std::string help(option.help);
        if (!option.preset.empty()) help += " [" + std::string(option.preset) + "]";
        CLI::Option* added =
            option.value.empty()
                ? app.add_flag_callback(
                      name, [&given, &option] { given[option.name] = "true"; }, help)
                : app.add_option_function<std::string>(
                      name, [&given, &option](const std::string& value) { given[option.name] = value; }, help);
        added->group(std::string(option.group));
        if (!option.value.empty()) added->type_name(std::string(option.value));
    }

    try {
        std::vector<std::string> arguments = normalised(argc, argv, app);
        std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
        app.parse(arguments);
    } catch (const CLI::CallForHelp&) {
        command.answer = app.help();
        return command;
    } catch (const CLI::CallForVersion& version) {
        command.answer = std::string(version.what()) + "\n";
        return command;
    } catch (const CLI::ParseError& error) {
        throw Error(ErrorCode::invalid_argument, std::string(error.what()) + "; see --help");
    }
    for (const stack2nrrd::OptionInfo& option : stack2nrrd::option_table()) {
        const auto value = given.find(option.name);
        if (value != given.end()) set_option(command.options, option.name, value->second);
    }
    command.output = to_path(output);
    command.preview = to_path(preview);
    if (command.inputs.empty() == command.files_from.empty()) {
        throw Error(ErrorCode::invalid_argument, command.inputs.empty()
                                                     ? "no input was given; name a folder of slices, or see --help"
                                                     : "both INPUT and --files-from were given; give one of them");
    }
    if (!command.preview.empty() && command.output.empty()) {
        throw Error(ErrorCode::invalid_argument, "--preview shows a result, but there is no -o FILE; give one");
    }
    return command;
}
