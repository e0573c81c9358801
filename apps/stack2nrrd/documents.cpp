// Writes what is made of the tables of options while the program is built: the man page, the completion of command
// lines in bash, and the description for 3D Slicer.
//
//     stack2nrrd_documents FOLDER

#include "command_line.hpp"
#include "slicer_xml.hpp"

#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

using stack2nrrd::OptionInfo;

namespace {

struct Option {
    OptionInfo info;
    char letter = '\0';
};

/// As help has them.
std::vector<Option> options_of(std::string_view group) {
    std::vector<Option> options;
    for (const ProgramOption& option : program_options()) {
        if (option.info.group == group) options.push_back({option.info, option.letter});
    }
    for (const OptionInfo& option : stack2nrrd::option_table()) {
        if (option.group == group) options.push_back({option, '\0'});
    }
    return options;
}

// ---------------------------------------------------------------------------------------------------- man page

/// Text for roff: no dash becomes a hyphen, no line a request.
std::string roff(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\')
            result += "\\e";
        else if (c == '-')
            result += "\\-";
        else if (c == '\'')
            result += "\\(aq";
        else if (c == '.' && (result.empty() || result.back() == '\n'))
            result += "\\&.";
        else
            result += c;
    }
    return result;
}

std::string man_page() {
    std::string text =
        ".TH STACK2NRRD 1 \"\" \"stack2nrrd " STACK2NRRD_VERSION
        "\" \"User Commands\"\n"
        ".SH NAME\n"
        "stack2nrrd \\- turn a stack of slices into a smaller NRRD volume\n"
        ".SH SYNOPSIS\n"
        ".B stack2nrrd\n"
        "[\\fIOPTIONS\\fR] \\fIINPUT\\fR...\n"
        ".SH DESCRIPTION\n" +
        roff("Turns a stack of slices into a smaller NRRD: no aliasing, exact geometry, bounded memory.\n") +
        ".PP\n\\fIINPUT\\fR " +
        roff(
            "is a folder, one file of a numbered series, a printf pattern ('scan_%04d.tif'), a quoted "
            "glob ('scan_*.tif'), several files, a TIFF of many pages, a list of slices or a NRRD "
            "volume.\n") +
        "\\fIINPUT\\fR " + roff("alone prints what was found and the commands for full, half and quarter size.\n") +
        ".SH OPTIONS\n" + roff("In names, _ may be written for -. Triples are X,Y,Z; one number is for all three.\n");
    for (const std::string_view group : option_groups()) {
        text += ".SS " + std::string(group) + "\n";
        for (const Option& option : options_of(group)) {
            text += ".TP\n";
            if (option.letter != '\0') text += std::string("\\fB\\-") + option.letter + "\\fR, ";
            text += "\\fB\\-\\-" + roff(option.info.name) + "\\fR";
            if (!option.info.value.empty()) text += " \\fI" + roff(option.info.value) + "\\fR";
            text += "\n" + roff(option.info.help);
            if (!option.info.preset.empty()) text += " [" + roff(option.info.preset) + "]";
            text += "\n";
        }
    }
    text += ".SH \"EXIT STATUS\"\n";
    constexpr std::array<std::pair<const char*, const char*>, 9> statuses{
        {{"0", "done"},
         {"1", "a bug in stack2nrrd"},
         {"2", "the command line is wrong"},
         {"3", "the stack is inconsistent: a gap, another size or type, no slices"},
         {"4", "a slice or header is corrupt, unreadable or unsupported"},
         {"5", "output or system failed"},
         {"6", "a limit was reached"},
         {"7", "an input changed during the run"},
         {"130, 143", "stopped by a signal"}}};
    for (const auto& [status, meaning] : statuses) {
        text += ".TP\n.B " + std::string(status) + "\n" + roff(meaning) + "\n";
    }
    return text + ".PP\nOn anything but 0, an existing output file is unchanged.\n" + ".SH EXAMPLES\n.EX\n" +
           roff(
               "stack2nrrd scan/\n"
               "stack2nrrd scan/ --factor 2 --spacing 0.01 -o half.nrrd\n"
               "stack2nrrd scan/ --manifest scan.nhdr\n") +
           ".EE\n";
}

// -------------------------------------------------------------------------------------------------- completion

/// The words that a value is chosen from: those of "a|b|c"; none for values of any other kind.
std::string choices(std::string_view value) {
    constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789.|";
    if (value.find('|') == std::string_view::npos) return {};
    if (value.find_first_not_of(characters) != std::string_view::npos) return {};
    std::string words(value);
    std::replace(words.begin(), words.end(), '|', ' ');
    return words;
}

std::string bash_completion() {
    std::string names;
    std::string files;
    std::string others;
    std::string cases;
    const auto add = [](std::string& list, const std::string& name) { list += (list.empty() ? "" : "|") + name; };
    for (const std::string_view group : option_groups()) {
        for (const Option& option : options_of(group)) {
            const std::string name = "--" + std::string(option.info.name);
            const std::string letter = option.letter == '\0' ? "" : std::string("|-") + option.letter;
            names += (names.empty() ? "" : " ") + name;
            if (const std::string words = choices(option.info.value); !words.empty()) {
                cases += "        " + name + letter + ") mapfile -t COMPREPLY < <(compgen -W '" + words +
                         "' -- \"$word\"); return ;;\n";
            } else if (option.info.value.starts_with("FILE") || option.info.value == "LIST") {
                add(files, name + letter);
            } else if (!option.info.value.empty()) {
                add(others, name + letter);
            }
        }
    }
    // Without an answer, bash completes names of files; numbers and the like have none.
    return "# bash completion for stack2nrrd\n\n"
           "_stack2nrrd() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    COMPREPLY=()\n"
           "    case $option in\n" +
           cases + "        " + files + ") return ;;\n        " + others +
           ") compopt +o default 2>/dev/null; return ;;\n"
           "    esac\n"
           "    if [[ $word == -* ]]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W '" +
           names +
           "' -- \"$word\")\n"
           "    fi\n"
           "}\n"
           "complete -o default -F _stack2nrrd stack2nrrd\n";
}

bool write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream stream(file, std::ios::binary);
    stream << text << std::flush;
    return static_cast<bool>(stream);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const std::filesystem::path folder = argc == 2 ? argv[1] : "";
        const bool written = write(folder / "stack2nrrd.1", man_page()) &&
                             write(folder / "stack2nrrd.bash", bash_completion()) &&
                             write(folder / "stack2nrrd.xml", slicer_xml());
        if (!written) std::fprintf(stderr, "stack2nrrd_documents: cannot write into '%s'\n", folder.string().c_str());
        return written ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "stack2nrrd_documents: %s\n", error.what());
        return 1;
    }
}
