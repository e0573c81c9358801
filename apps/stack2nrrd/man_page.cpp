#include "man_page.hpp"

#include "command_line.hpp"

#include <stack2nrrd/version.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace {

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

}  // namespace

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
        for (const ListedOption& option : options_of(group)) {
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
         {"4", "a slice or header is corrupt, unreadable or unsupported, or a result not as it was written"},
         {"5", "output or system failed"},
         {"6", "a limit was reached"},
         {"7", "an input changed during the run, or since a result was made"},
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
