// Options come from two tables: the library's, which all faces share, and the few that only a program has. Parsing is
// our own because a value may be anything: it may begin with a dash, hold brackets or commas, or be a name with a line
// break.

#include "command_line.hpp"

#include "command_checks.hpp"
#include "slicer_xml.hpp"
#include "system.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/report.hpp>
#include <stack2nrrd/spelling.hpp>
#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <system_error>

using stack2nrrd::Error;
using stack2nrrd::ErrorCode;
using stack2nrrd::OptionInfo;

namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw Error(ErrorCode::invalid_argument, sentence); }

std::string help_text();

/// Program and libraries, one a line.
std::string version_text() {
    std::string text = "stack2nrrd " STACK2NRRD_VERSION "\n";
    for (const auto& [name, compiled, running] : stack2nrrd::library_versions()) {
        text += name + " " + (running.empty() ? compiled : running);
        if (!running.empty() && running != compiled) text += " (built with " + compiled + ")";
        text += "\n";
    }
    return text + "loops for " + stack2nrrd::instruction_set_name() + "\n";
}

/// An option that only a program has; the others are the library's.
struct ProgramOption {
    stack2nrrd::OptionInfo info;
    char letter = '\0';
    void (*set)(Command&, const std::string& value) = nullptr;
};

void set_progress(Command& command, const std::string& value) {
    constexpr std::array<std::string_view, 5> known{"auto", "bar", "slicer", "json", "none"};
    if (std::find(known.begin(), known.end(), value) == known.end()) {
        refuse("--progress: '" + value + "' is not one of auto, bar, slicer, json, none" +
               stack2nrrd::did_you_mean(value, known));
    }
    command.progress = value;
}

void set_shard(Command& command, const std::string& value) {
    const std::size_t slash = value.find('/');
    const auto index = whole_number(std::string_view(value).substr(0, slash));
    const auto count = slash == std::string::npos ? std::nullopt : whole_number(value.substr(slash + 1));
    if (!index || !count || *index < 0 || *index >= *count) {
        refuse("--shard: '" + value + "' is no shard, K/N with K from 0 to N - 1 was expected, such as 0/4");
    }
    command.shard = stack2nrrd::Shard{*index, *count};
}

void set_shards(Command& command, const std::string& value) {
    const auto count = whole_number(value);
    if (!count || *count < 1) refuse("--shards: '" + value + "' is no number of shards; give a whole number from 1 on");
    command.shards = *count;
}

void set_emit(Command& command, const std::string& value) {
    constexpr std::array<std::string_view, 3> known{"slurm", "parallel", "snakemake"};
    if (std::find(known.begin(), known.end(), value) == known.end()) {
        refuse("--emit: '" + value + "' is not one of slurm, parallel, snakemake" +
               stack2nrrd::did_you_mean(value, known));
    }
    command.emit = value;
}

constexpr std::array<ProgramOption, 21> own_options{{
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
    {{"verify", "FILE", "", "Running",
      "compare a result with the checksums in its header, and INPUT with what it was made from; without INPUT, what is "
      "there by that name"},
     '\0',
     [](Command& c, const std::string& v) { c.verify = v; }},
    {{"replay", "FILE", "", "Running",
      "make a result again, with the options in its header, and compare it with the file; nothing is written"},
     '\0',
     [](Command& c, const std::string& v) { c.replay = v; }},
    {{"json", "", "", "Running", "print what --info prints, or the report of a run, as JSON"},
     '\0',
     [](Command& c, const std::string&) { c.json = true; }},
    {{"progress", "auto|bar|slicer|json|none", "auto", "Running",
      "on stderr; auto and bar are a bar on a terminal, else a line a minute; json is a line of it now and then; "
      "slicer "
      "writes to stdout what 3D Slicer reads, and no warnings"},
     '\0',
     set_progress},
    {{"quiet", "", "", "Running", "print errors only"}, 'q', [](Command& c, const std::string&) { c.quiet = true; }},
    {{"resume", "", "", "Running",
      "go on where the same command was interrupted; what is finished is in FILE.unfinished"},
     '\0',
     [](Command& c, const std::string&) { c.resume = true; }},
    {{"shard", "K/N", "", "Many machines", "make shard K of N, from 0, into FILE.unfinished"}, '\0', set_shard},
    {{"shards", "N", "", "Many machines",
      "with --finish; or alone: K is the number of a task of SLURM, PBS, LSF or SGE"},
     '\0',
     set_shards},
    {{"finish", "", "", "Many machines", "put the shards together"},
     '\0',
     [](Command& c, const std::string&) { c.finish = true; }},
    {{"emit", "slurm|parallel|snakemake", "", "Many machines",
      "print a script that makes the result in shards, on many machines or processors, and joins them"},
     '\0',
     set_emit},
    {{"help", "", "", "Running", "print this help"},
     'h',
     [](Command& c, const std::string&) { c.answer = help_text(); }},
    {{"version", "", "", "Running", "print the version, and those of the libraries that are used"},
     '\0',
     [](Command& c, const std::string&) { c.answer = version_text(); }},
    {{"xml", "", "", "3D Slicer", "describe the options as a module of 3D Slicer"},
     '\0',
     [](Command& c, const std::string&) { c.answer = slicer_xml(); }},
    {{"input", "FILE", "", "3D Slicer", "the INPUT, as the module gives it"},
     '\0',
     [](Command& c, const std::string& v) { c.inputs.push_back(v); }},
    {{"input-volume", "FILE", "", "3D Slicer", "a volume of the scene as the INPUT"},
     '\0',
     [](Command& c, const std::string& v) { c.inputs.push_back(v); }},
    {{"returnparameterfile", "FILE", "", "3D Slicer", "write what was made, and the warnings, as report = ..."},
     '\0',
     [](Command& c, const std::string& v) { c.return_parameters = path_of(v); }},
    {{"processinformationaddress", "ADDRESS", "", "3D Slicer", "accepted and ignored"},
     '\0',
     [](Command&, const std::string&) {}},
}};

constexpr std::array<std::string_view, 8> groups{"Input",    "Output",  "Resampling",    "Crop",
                                                 "Metadata", "Running", "Many machines", "3D Slicer"};

// -------------------------------------------------------------------------------------------------------- help

/// Lines of at most this many characters: the width of a terminal that nobody has made wider.
constexpr std::size_t help_width = 80;

/// `text` from the end of `line` on, in lines that begin with `indent` blanks. Gives the last line, without its end.
std::string wrapped(std::string& lines, std::string line, std::string_view text, std::size_t indent) {
    while (line.size() + text.size() > help_width) {
        std::size_t blank = text.rfind(' ', help_width - line.size());
        if (blank == std::string_view::npos) blank = text.find(' ');
        if (blank == std::string_view::npos) break;
        lines += line + std::string(text.substr(0, blank)) + "\n";
        text.remove_prefix(blank + 1);
        line.assign(indent, ' ');
    }
    return line + std::string(text);
}

/// One option, its help beside it, or below if it is long.
void append_option(std::string& text, const ListedOption& option) {
    const auto& [info, letter] = option;
    constexpr std::size_t indent = 24;
    std::string line = letter != '\0' ? std::string("  -") + letter + ", --" : std::string("  --");
    line += std::string(info.name) + (info.value.empty() ? "" : " " + std::string(info.value));
    std::string help(info.help);
    if (!info.preset.empty()) help += " [" + std::string(info.preset) + "]";
    if (line.size() + 2 > indent) {
        text += line + "\n";
        line.clear();
    }
    line.resize(indent, ' ');
    const std::string last = wrapped(text, line, help, indent);
    text += last + "\n";
}

/// A paragraph.
std::string paragraph(std::string_view words) {
    std::string text;
    const std::string last = wrapped(text, "", words, 0);
    return text + last + "\n";
}

std::string help_text() {
    std::string text =
        "stack2nrrd [OPTIONS] INPUT...\n\n" +
        paragraph("Turns a stack of slices into a smaller NRRD: no aliasing, exact geometry, bounded memory.") + "\n" +
        paragraph(
            "INPUT is a folder, one file of a numbered series, a printf pattern ('scan_%04d.tif'), a quoted glob "
            "('scan_*.tif'), several files, a TIFF of many pages, a list of slices or a NRRD volume. INPUT alone "
            "prints what was found and the commands for full, half and quarter size.");
    for (const std::string_view group : groups) {
        text += "\n" + std::string(group) + ":\n";
        for (const ListedOption& option : options_of(group)) append_option(text, option);
    }
    return text + "\n" +
           paragraph(
               "Exit status: 0 done, 1 a bug, 2 the command line, 3 the stack is inconsistent, 4 a slice is "
               "unreadable or a result not as it was written, 5 output or system, 6 a limit, 7 an input changed, 130 "
               "and 143 stopped by a signal.");
}

// ----------------------------------------------------------------------------------------------------- parsing

const ProgramOption* program_option(const std::string& name) {
    const auto* found = std::find_if(own_options.begin(), own_options.end(),
                                     [&](const ProgramOption& option) { return option.info.name == name; });
    return found == own_options.end() ? nullptr : found;
}

std::vector<std::string_view> all_names() {
    std::vector<std::string_view> names;
    for (const ProgramOption& option : own_options) names.push_back(option.info.name);
    for (const OptionInfo& option : stack2nrrd::option_table()) names.push_back(option.name);
    return names;
}

bool is_name(std::string_view name) {
    const std::vector<std::string_view> names = all_names();
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// What is to be done about a name that no option has.
std::string advice(std::string_view name) {
    const std::string near = stack2nrrd::did_you_mean(name, all_names(), "--");
    return near.empty() ? "; see --help" : near;
}

/// Does the option take a value? Refuses unknown ones.
bool takes_value(const std::string& name) {
    if (const ProgramOption* option = program_option(name)) return !option->info.value.empty();
    for (const OptionInfo& option : stack2nrrd::option_table()) {
        if (option.name == name) return !option.value.empty();
    }
    for (const ProgramOption& option : own_options) {
        if (option.letter != '\0' && name == std::string(1, option.letter)) {
            refuse("--" + name + ": has one dash too many; give -" + name + " or --" + std::string(option.info.name));
        }
    }
    refuse("--" + name + ": there is no such option" + advice(name));
}

/// As names are spelled in the tables.
std::string dashed(std::string_view name) {
    std::string text(name);
    std::replace(text.begin(), text.end(), '_', '-');
    return text;
}

/// "; did you mean '--verify' or '--version'?", if no more than two names begin with this letter.
std::string begun_with(char letter) {
    std::vector<std::string_view> names = all_names();
    std::erase_if(names, [&](std::string_view name) { return name.front() != letter; });
    if (names.empty() || names.size() > 2) return "";
    const std::string second = names.size() == 2 ? "' or '--" + std::string(names.back()) : "";
    return "; did you mean '--" + std::string(names.front()) + second + "'?";
}

/// The long name of the option that `argument`, with one dash, begins with.
std::string long_name(const std::string& argument) {
    const std::string whole = argument.substr(1, argument.find('=') - 1);
    if (whole.size() > 1 && is_name(dashed(whole))) {
        refuse("-" + whole + ": long names begin with two dashes; give --" + dashed(whole));
    }
    for (const ProgramOption& option : own_options) {
        if (option.letter == argument[1]) return std::string(option.info.name);
    }
    std::string near = stack2nrrd::did_you_mean(whole, all_names(), "--");
    if (whole.size() == 1) near = begun_with(whole[0]);
    refuse("-" + whole + ": there is no such option" +
           (near.empty() ? "; see --help (a name that begins with a dash is given after --)" : near));
}

bool repeats(const std::string& name) {
    const auto table = stack2nrrd::option_table();
    return std::any_of(table.begin(), table.end(), [&](const OptionInfo& o) { return o.name == name && o.repeats; });
}

void set(Command& command, const std::string& name, const std::string& value) {
    const auto again = [&](const auto& earlier) { return earlier.first == name; };
    if (!repeats(name) && std::any_of(command.given.begin(), command.given.end(), again)) {
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

/// Refuses an input that is none, but was meant as a value of the option before it.
void check_stray(const std::string& input, const std::string& option) {
    const bool is_pattern = input.find_first_of("*?[%") != std::string::npos;
    if (is_pattern || is_there(input)) return;
    refuse("'" + input + "' is no file or folder, and --" + option + " before it takes " +
           (repeats(option)       ? "one value; give --" + option + " again for each"
            : takes_value(option) ? "one value; join several with commas and no blanks"
                                  : "no value; leave it out"));
}

/// Inputs directly behind an option, and that.
using Strays = std::vector<std::pair<std::string, std::string>>;

void parse(Command& command, const std::vector<std::string>& arguments, Strays& strays) {
    std::string last_option;
    for (std::size_t i = 0; i < arguments.size() && command.answer.empty(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == "--") {
            command.inputs.insert(command.inputs.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                  arguments.end());
            return;
        }
        if (argument.size() < 2 || argument[0] != '-') {
            if (!last_option.empty()) strays.emplace_back(argument, last_option);
            last_option.clear();
            command.inputs.push_back(argument);
            continue;
        }
        const bool is_long = argument[1] == '-';
        const std::size_t equals = is_long ? argument.find('=') : std::string::npos;
        const std::string name = is_long ? dashed(argument.substr(2, equals - 2)) : long_name(argument);
        last_option = name;
        const bool has_value = equals != std::string::npos || (!is_long && argument.size() > 2);
        if (!takes_value(name)) {
            if (has_value) {
                const std::string value = argument.substr(is_long ? equals + 1 : 2);
                refuse("--" + name + ": takes no value; leave out '" + value + "'");
            }
            set(command, name, "true");
        } else if (has_value) {
            set(command, name, is_long ? argument.substr(equals + 1) : argument.substr(2));
        } else if (i + 1 < arguments.size()) {
            const std::string& value = arguments[++i];
            if (value.starts_with("--") && is_name(dashed(value.substr(2)))) {
                refuse("--" + name + ": is followed by the option " + value + ", a value was expected between them");
            }
            set(command, name, value);
        } else {
            refuse("--" + name + ": ends the command line, a value was expected after it");
        }
    }
}

}  // namespace

std::optional<stack2nrrd::Index> whole_number(std::string_view text) {
    stack2nrrd::Index number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::filesystem::path path_of(const std::string& utf8) {
    return std::filesystem::path(std::u8string(utf8.begin(), utf8.end()));
}

std::string utf8_of(const std::filesystem::path& path) {
    const std::u8string text = path.u8string();
    return {text.begin(), text.end()};
}

std::span<const std::string_view> option_groups() noexcept { return groups; }

std::vector<ListedOption> options_of(std::string_view group) {
    std::vector<ListedOption> options;
    for (const ProgramOption& option : own_options) {
        if (option.info.group == group) options.push_back({option.info, option.letter});
    }
    for (const OptionInfo& option : stack2nrrd::option_table()) {
        if (option.group == group) options.push_back({option, '\0'});
    }
    return options;
}

Command parse_command_line(const std::vector<std::string>& arguments) {
    Command command;
    std::vector<std::string> words(arguments.begin() + std::min<std::ptrdiff_t>(std::ssize(arguments), 1),
                                   arguments.end());
    Strays strays;
    parse(command, words, strays);
    words.insert(words.begin(), "stack2nrrd");
    command.text = stack2nrrd::command_text(words);
    if (!command.answer.empty()) return command;
    if (command.inputs.size() > 1) {
        for (const auto& [input, option] : strays) check_stray(input, option);
    }
    check_together(command);
    return command;
}
