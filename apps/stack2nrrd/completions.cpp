#include "completions.hpp"

#include "command_line.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

using stack2nrrd::OptionInfo;

namespace {

/// What the value of an option may be, as far as a shell can help.
struct Values {
    enum class Kind {
        flag,   ///< there is none
        text,   ///< numbers and the like: nothing to offer
        words,  ///< one of `words`, or else text
        file,   ///< of any name, or of one that ends with `suffix`
        folder,
    };
    Kind kind = Kind::text;
    std::vector<std::string> words{};
    std::string suffix{};
};

bool consists_of(std::string_view text, std::string_view characters) {
    return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

constexpr std::string_view digits = "0123456789";
constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz";

std::vector<std::string> parts_of(std::string_view text, std::string_view separator) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + separator.size());
    }
}

/// The words of "auto[:LO,HI]", "1..9", "0.5" and the like; none of what means other things, such as "T".
std::vector<std::string> words_of(std::string_view alternative) {
    alternative = alternative.substr(0, alternative.find('['));
    const std::size_t dots = alternative.find("..");
    if (dots == 1 && alternative.size() == 4) {  // digits
        std::vector<std::string> words;
        for (char digit = alternative.front(); digit <= alternative.back(); ++digit) words.emplace_back(1, digit);
        return words;
    }
    const std::string characters = std::string(lower) + std::string(digits) + ".";
    if (!consists_of(alternative, characters)) return {};
    return {std::string(alternative)};
}

/// The words of "uint8, int8 or float64", without what is behind a colon; where help lists what there is.
std::vector<std::string> listed_words(std::string_view help) {
    std::vector<std::string> words;
    for (std::string part : parts_of(help, ", ")) {
        for (const std::string& word : parts_of(part, " or ")) {
            const std::string name = word.substr(0, word.find(':'));
            if (consists_of(name, std::string(lower) + std::string(digits)) && name.find_first_of(lower) == 0) {
                words.push_back(name);
            }
        }
    }
    return words;
}

std::string_view help_of(std::string_view name) {
    for (const OptionInfo& option : stack2nrrd::option_table()) {
        if (option.name == name) return option.help;
    }
    return "";
}

Values values_of(const OptionInfo& option) {
    const std::string_view value = option.value;
    if (value.empty()) return {Values::Kind::flag};
    if (value == "DIR") return {Values::Kind::folder};
    if (value.starts_with("FILE")) return {Values::Kind::file, {}, std::string(value.substr(4))};
    if (value == "LIST" || value == "REF") return {Values::Kind::file};
    if (value == "x,y,z") return {Values::Kind::words, {"x", "y", "z", "x,y", "x,z", "y,z", "x,y,z"}};
    if (value == "SPEC") return {Values::Kind::words, listed_words(help_of("kernel"))};
    if (option.name == "type") return {Values::Kind::words, listed_words(option.help)};
    if (option.name == "channel") return {Values::Kind::words, {"luma", "first", "all", "index", "0", "1", "2", "3"}};
    Values values;
    for (const std::string& alternative : parts_of(value, "|")) {
        for (std::string& word : words_of(alternative)) values.words.push_back(std::move(word));
    }
    if (!values.words.empty()) values.kind = Values::Kind::words;
    return values;
}

std::vector<ListedOption> all_options() {
    std::vector<ListedOption> all;
    for (const std::string_view group : option_groups()) {
        for (const ListedOption& option : options_of(group)) all.push_back(option);
    }
    return all;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// The beginning of a help text, for beside a name: as far as a thought goes that says something.
std::string summary(std::string_view help) {
    constexpr std::size_t shortest = 15;
    constexpr std::size_t longest = 70;
    const auto end = [&](std::string_view mark) { return help.find(mark, shortest); };
    std::string text(help.substr(0, std::min({end("; "), end(": "), end(" (")})));
    if (text.size() > longest) text = text.substr(0, text.rfind(' ', longest - 3)) + "...";
    return text;
}

/// `text` with a backslash before each of these characters.
std::string escaped(std::string_view text, std::string_view characters) {
    std::string result;
    for (const char c : text) {
        if (characters.find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    return result;
}

}  // namespace

std::string bash_completion() {
    std::string names;
    std::string cases;
    for (const auto& [info, letter] : all_options()) {
        const std::string name = "--" + std::string(info.name);
        const std::string pattern = name + (letter == '\0' ? "" : std::string("|-") + letter);
        names += (names.empty() ? "" : " ") + name;
        const Values values = values_of(info);
        std::string action;
        switch (values.kind) {
            case Values::Kind::flag: continue;
            case Values::Kind::text: action = "compopt +o default 2>/dev/null"; break;
            case Values::Kind::words:
                // With a comma in them, words are still one word for readline.
                action = "mapfile -t COMPREPLY < <(compgen -W '" + joined(values.words) + "' -- \"$word\")";
                break;
            case Values::Kind::file:
                // Without an answer, bash completes the names of all files.
                if (values.suffix.empty()) {
                    action = ":";
                    break;
                }
                action =
                    "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$word\"; "
                    "compgen -f -X '!*" +
                    values.suffix + "' -- \"$word\")";
                break;
            case Values::Kind::folder:
                action = "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$word\")";
                break;
        }
        cases += "        " + pattern + ") " + action + "; return ;;\n";
    }
    return "# bash completion for stack2nrrd\n\n"
           "_stack2nrrd() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    # --name=value is three words for readline.\n"
           "    if [[ $word == = ]]; then\n"
           "        word=\n"
           "    elif [[ $option == = ]]; then\n"
           "        option=${COMP_WORDS[COMP_CWORD - 2]}\n"
           "    fi\n"
           "    COMPREPLY=()\n"
           "    case ${option//_/-} in\n" +
           cases +
           "    esac\n"
           "    if [[ $word == -* ]]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W '" +
           names +
           "' -- \"$word\")\n"
           "    fi\n"
           "}\n"
           "complete -o default -F _stack2nrrd stack2nrrd\n";
}

std::string zsh_completion() {
    std::string text =
        "#compdef stack2nrrd\n"
        "# zsh completion for stack2nrrd\n\n"
        "_arguments -S \\\n";
    for (const auto& [info, letter] : all_options()) {
        const std::string name = "--" + std::string(info.name);
        const Values values = values_of(info);
        std::string action;
        switch (values.kind) {
            case Values::Kind::flag: break;
            case Values::Kind::text: action = " "; break;
            case Values::Kind::words: action = "(" + joined(values.words) + ")"; break;
            case Values::Kind::file:
                action = values.suffix.empty() ? "_files" : "_files -g \"*" + values.suffix + "\"";
                break;
            case Values::Kind::folder: action = "_files -/"; break;
        }
        const bool has_value = values.kind != Values::Kind::flag;
        std::string spec = "[" + escaped(summary(info.help), "[]:\\") + "]";
        if (has_value) spec += ":" + escaped(info.value, ":[]\\") + ":" + action;
        std::string quoted;  // a single quote ends what single quotes began
        for (const char c : spec) quoted += c == '\'' ? "'\\''" : std::string(1, c);
        const std::string equals = has_value ? "=" : "";
        if (letter == '\0') {
            text += "    '" + name + equals + quoted + "' \\\n";
        } else {
            const std::string short_name = std::string("-") + letter;
            text += "    '(" + short_name + " " + name + ")'{" + short_name + (has_value ? "+" : "") + "," + name +
                    equals + "}'" + quoted + "' \\\n";
        }
    }
    return text + "    '*:input:_files'\n";
}

std::string fish_completion() {
    std::string text = "# fish completion for stack2nrrd\n\n";
    for (const auto& [info, letter] : all_options()) {
        const Values values = values_of(info);
        std::string action;
        switch (values.kind) {
            case Values::Kind::flag: break;
            case Values::Kind::text: action = " -x"; break;
            case Values::Kind::words: action = " -x -a '" + joined(values.words) + "'"; break;
            case Values::Kind::file:
                action = values.suffix.empty() ? " -r -F" : " -x -a '(__fish_complete_suffix " + values.suffix + ")'";
                break;
            case Values::Kind::folder: action = " -x -a '(__fish_complete_directories)'"; break;
        }
        text += "complete -c stack2nrrd" + (letter == '\0' ? "" : std::string(" -s ") + letter) + " -l " +
                std::string(info.name) + action + " -d '" + escaped(summary(info.help), "'\\") + "'\n";
    }
    return text;
}
