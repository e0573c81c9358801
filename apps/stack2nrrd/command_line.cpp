// Options come from two tables: the library's, which all faces share, and the few that only a program has. Parsing is
// our own because a value may be anything: it may begin with a dash, hold brackets or commas, or be a name with a line
// break.

#include "command_line.hpp"

#include "slicer_xml.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/report.hpp>
#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <array>

using stack2nrrd::Error;
using stack2nrrd::ErrorCode;
using stack2nrrd::OptionInfo;

namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw Error(ErrorCode::invalid_argument, sentence); }

std::string help_text();

void set_progress(Command& command, const std::string& value) {
    constexpr std::array<std::string_view, 5> known{"auto", "bar", "slicer", "json", "none"};
    if (std::find(known.begin(), known.end(), value) == known.end()) {
        refuse("--progress: '" + value + "' is not one of auto, bar, slicer, json, none");
    }
    command.progress = value;
}

constexpr std::array<ProgramOption, 12> own_options{{
    {{"files-from", "LIST", "", "Input", "read the names of the slices from a file, one a line; - is standard input"},
     '\0',
     [](Command& c, const std::string& v) { c.files_from = v; }},
    {{"output", "FILE", "", "Output", ".nrrd; .nhdr, with its samples in a file beside it; .ome.zarr, a folder"},
     'o',
     [](Command& c, const std::string& v) { c.output = path_of(v); }},
    {{"manifest", "FILE.nhdr", "", "Output", "write the list of slices; with or without -o"},
     '\0',
     [](Command& c, const std::string& v) { c.manifest = path_of(v); }},
    {{"info", "", "", "Running", "look only: what was found, what would be made, memory, problems"},
     '\0',
     [](Command& c, const std::string&) { c.info = true; }},
    {{"json", "", "", "Running", "print what --info prints, or the report of a run, as JSON"},
     '\0',
     [](Command& c, const std::string&) { c.json = true; }},
    {{"progress", "auto|bar|slicer|json|none", "auto", "Running",
      "on stderr; auto is a bar if that is a terminal; slicer writes to stdout what 3D Slicer reads, and no warnings"},
     '\0',
     set_progress},
    {{"quiet", "", "", "Running", "print errors only"}, 'q', [](Command& c, const std::string&) { c.quiet = true; }},
    {{"help", "", "", "Running", "print this help"},
     'h',
     [](Command& c, const std::string&) { c.answer = help_text(); }},
    {{"version", "", "", "Running", "print the version"},
     '\0',
     [](Command& c, const std::string&) { c.answer = "stack2nrrd " STACK2NRRD_VERSION "\n"; }},
    {{"xml", "", "", "3D Slicer", "describe the options as a module of 3D Slicer"},
     '\0',
     [](Command& c, const std::string&) { c.answer = slicer_xml(); }},
    {{"returnparameterfile", "FILE", "", "3D Slicer", "write what was made, and the warnings, as report = ..."},
     '\0',
     [](Command& c, const std::string& v) { c.return_parameters = path_of(v); }},
    {{"processinformationaddress", "ADDRESS", "", "3D Slicer", "accepted and ignored"},
     '\0',
     [](Command&, const std::string&) {}},
}};

constexpr std::array<std::string_view, 7> groups{"Input",    "Output",  "Resampling", "Crop",
                                                 "Metadata", "Running", "3D Slicer"};

// -------------------------------------------------------------------------------------------------------- help

/// One option, its help beside it, in lines of at most `width` characters.
void append_option(std::string& text, const OptionInfo& info, char letter) {
    constexpr std::size_t indent = 37;
    constexpr std::size_t width = 100;
    std::string line = letter != '\0' ? std::string("  -") + letter + ", --" : std::string("  --");
    line += std::string(info.name) + (info.value.empty() ? "" : " " + std::string(info.value));
    std::string help(info.help);
    if (!info.preset.empty()) help += " [" + std::string(info.preset) + "]";
    line.resize(std::max(indent, line.size() + 1), ' ');
    while (line.size() + help.size() > width) {
        std::size_t blank = help.rfind(' ', width - line.size());
        if (blank == std::string::npos) blank = help.find(' ');
        if (blank == std::string::npos) break;
        text += line + help.substr(0, blank) + "\n";
        help.erase(0, blank + 1);
        line.assign(indent, ' ');
    }
    text += line + help + "\n";
}

std::string help_text() {
    std::string text =
        "stack2nrrd [OPTIONS] INPUT...\n\n"
        "Turns a stack of slices into a smaller NRRD: no aliasing, exact geometry, bounded memory.\n\n"
        "INPUT is a folder, one file of a numbered series, a printf pattern ('scan_%04d.tif'), a quoted glob\n"
        "('scan_*.tif'), several files, a TIFF of many pages, a list of slices or a NRRD volume. INPUT alone prints\n"
        "what was found and the commands for full, half and quarter size.\n";
    for (const std::string_view group : groups) {
        text += "\n" + std::string(group) + ":\n";
        for (const ProgramOption& option : own_options) {
            if (option.info.group == group) append_option(text, option.info, option.letter);
        }
        for (const OptionInfo& option : stack2nrrd::option_table()) {
            if (option.group == group) append_option(text, option, '\0');
        }
    }
    return text +
           "\nExit status: 0 done, 1 a bug, 2 the command line, 3 the stack is inconsistent, 4 a slice is unreadable,\n"
           "5 output or system, 6 a limit, 7 an input changed, 130 and 143 stopped by a signal.\n";
}

// ----------------------------------------------------------------------------------------------------- parsing

const ProgramOption* program_option(const std::string& name) {
    const auto* found = std::find_if(own_options.begin(), own_options.end(),
                                     [&](const ProgramOption& option) { return option.info.name == name; });
    return found == own_options.end() ? nullptr : found;
}

/// Does the option take a value? Refuses unknown ones.
bool takes_value(const std::string& name) {
    if (const ProgramOption* option = program_option(name)) return !option->info.value.empty();
    for (const OptionInfo& option : stack2nrrd::option_table()) {
        if (option.name == name) return !option.value.empty();
    }
    refuse("--" + name + ": there is no such option; see --help");
}

/// The long name of a one-letter option.
std::string long_name(char letter) {
    for (const ProgramOption& option : own_options) {
        if (option.letter == letter) return std::string(option.info.name);
    }
    refuse(std::string("-") + letter +
           ": there is no such option; see --help (a name that begins with a dash is given "
           "after --)");
}

void set(Command& command, const std::string& name, const std::string& value) {
    const auto again = [&](const auto& earlier) { return earlier.first == name; };
    if (std::any_of(command.given.begin(), command.given.end(), again)) {
        refuse("--" + name + ": is given twice; give it once");
    }
    if (value.empty()) refuse("--" + name + ": has an empty value; give one, or leave the option out");
    command.given.emplace_back(name, value);
    if (const ProgramOption* option = program_option(name)) {
        option->set(command, value);
    } else {
        set_option(command.options, name, value);
    }
}

void parse(Command& command, const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size() && command.answer.empty(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == "--") {
            command.inputs.insert(command.inputs.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                  arguments.end());
            return;
        }
        if (argument.size() < 2 || argument[0] != '-') {
            command.inputs.push_back(argument);
            continue;
        }
        const bool is_long = argument[1] == '-';
        const std::size_t equals = is_long ? argument.find('=') : std::string::npos;
        std::string name = is_long ? argument.substr(2, equals - 2) : long_name(argument[1]);
        std::replace(name.begin(), name.end(), '_', '-');
        const bool has_value = equals != std::string::npos || (!is_long && argument.size() > 2);
        if (!takes_value(name)) {
            if (has_value) refuse(argument + ": takes no value");
            set(command, name, "true");
        } else if (has_value) {
            set(command, name, is_long ? argument.substr(equals + 1) : argument.substr(2));
        } else if (i + 1 < arguments.size()) {
            set(command, name, arguments[++i]);
        } else {
            refuse("--" + name + ": ends the command line, a value was expected after it");
        }
    }
}

}  // namespace

std::filesystem::path path_of(const std::string& utf8) {
    return std::filesystem::path(std::u8string(utf8.begin(), utf8.end()));
}

std::span<const ProgramOption> program_options() noexcept { return own_options; }

std::span<const std::string_view> option_groups() noexcept { return groups; }

Command parse_command_line(int argc, const char* const* argv) {
    Command command;
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    parse(command, words);
    words.insert(words.begin(), "stack2nrrd");
    command.text = stack2nrrd::command_text(words);
    if (!command.answer.empty()) return command;
    if (command.inputs.empty() == command.files_from.empty()) {
        refuse(command.inputs.empty() ? "no input was given; name a folder of slices, or see --help"
                                      : "both INPUT and --files-from were given; give one of them");
    }
    if (!command.options.nrrd.preview.empty() && command.output.empty()) {
        refuse("--preview: shows a result, but there is none; give -o FILE");
    }
    if (!command.options.report.empty() && command.output.empty()) {
        refuse("--report: is about a result, but there is none; give -o FILE");
    }
    if (command.json && command.progress == "slicer") {
        refuse("--json: is written to standard output, and so is --progress slicer; give one of them");
    }
    return command;
}
