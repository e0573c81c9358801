// What the shells offer when a command line is completed: asked of the shells themselves.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace cli_test;

#if defined(STACK2NRRD_DOCUMENTS)

namespace {

using Words = std::set<std::string>;

const std::string documents = STACK2NRRD_DOCUMENTS;

/// A folder in which there are files of each kind.
struct Place {
    Folder folder;
    Place() {
        for (const char* file : {"a.png", "b.html", "c.nhdr", "d.nrrd", "e.tif"}) write_file(folder / file, "x");
        fs::create_directory(folder / "sub");
    }

    [[nodiscard]] std::string output_of(const std::string& shell, Arguments arguments) const {
        Program program{std::move(arguments), folder.path()};
        program.program = shell;
        program.set = {{"HOME", folder.path().string()}, {"TERM", "xterm"}};
        const Result result = program.run();
        CAPTURE(shell, result.err);
        CHECK(result.status == 0);
        return result.out;
    }
};

/// The first word of each line, without a slash at its end.
Words first_words(const std::string& text) {
    Words words;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::string word = line.substr(0, line.find_first_of("\t "));
        if (word.ends_with('/')) word.pop_back();
        if (!word.empty()) words.insert(word);
    }
    return words;
}

/// What bash offers for the last of the words, by the function that the file defines.
Words of_bash(const Place& place, const std::string& words) {
    const std::string script = "source '" + documents + "/stack2nrrd.bash'; COMP_WORDS=(stack2nrrd " + words +
                               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _stack2nrrd; "
                               "for word in \"${COMPREPLY[@]}\"; do printf '%s\\n' \"$word\"; done";
    return first_words(place.output_of("bash", {"--norc", "-c", script}));
}

Words of_fish(const Place& place, const std::string& line) {
    const std::string script = "source '" + documents + "/stack2nrrd.fish'; complete -C 'stack2nrrd " + line + "'";
    Words words;
    for (const std::string& word : first_words(place.output_of("fish", {"--no-config", "-c", script}))) {
        words.insert(word.starts_with("--") && word.find('=') != std::string::npos ? word.substr(word.find('=') + 1)
                                                                                   : word);
    }
    return words;
}

/// zsh offers nothing but on a terminal: it has one of its own, in which a key is pressed.
Words of_zsh(const Place& place, const std::string& line) {
    const std::string script =
        "zmodload zsh/zpty\n"
        "zpty shell zsh -f -i\n"
        "zpty -w shell 'fpath=(" +
        documents +
        " $fpath); autoload -Uz compinit; compinit -D -u; unsetopt beep; LISTMAX=1000; stty columns 400 rows 200; "
        // What is offered is caught on its way to the list.
        "compadd() { [[ $* == *-[OAD]\\ * ]] && { builtin compadd \"$@\"; return }; local -a hits; "
        "builtin compadd -A hits \"$@\"; (( $#hits )) && print -rl -- $hits >>found; builtin compadd \"$@\" }; "
        "PS1=\"[%#]\"'\n"
        // With its prompt, the shell takes keys as they come; before that, the terminal would take some for itself.
        "zpty -r -m shell text '*\\[[#%]\\]*'\n"
        "zpty -w -n shell 'stack2nrrd " +
        line +
        "'$'\\t'\n"
        "zpty -w -n shell $'\\x15'\n"
        "zpty -w shell 'print OVER'\n"
        "zpty -r -m shell text '*OVER*'\n"
        "zpty -d shell\n"
        "[[ -e found ]] && cat found && rm found; true\n";
    return first_words(place.output_of("zsh", {"-f", "-c", script}));
}

bool holds(const Words& all, const Words& some) {
    return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

/// The long names of all options, as help has them.
Words all_names() {
    Words names;
    std::istringstream lines(run({"--help"}).out);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("  -")) continue;
        const std::size_t begin = line.find("--");
        names.insert(line.substr(begin, line.find(' ', begin) - begin));
    }
    return names;
}

using Offer = Words (*)(const Place&, const std::string&);

void check_offers(const Place& place, Offer offer) {
    CHECK(offer(place, "--missing ''") == Words{"error", "repeat", "blank", "close"});
    CHECK(offer(place, "--missing re") == Words{"repeat"});
    CHECK(offer(place, "--quality ''") == Words{"fast", "standard", "max", "smooth"});
    CHECK(offer(place, "--zarr-version ''") == Words{"0.4", "0.5"});
    CHECK(offer(place, "--level ''") == Words{"1", "2", "3", "4", "5", "6", "7", "8", "9"});
    for (const std::string option : {"--pyramid", "--window"}) CHECK(offer(place, option + " ''") == Words{"auto"});
    CHECK(offer(place, "--dehaze ''") == Words{"auto", "1", "2", "3", "4", "5"});
    CHECK(holds(offer(place, "--kernel ''"), {"box", "lanczos", "kaiser", "nearest", "mode", "cubic"}));
    CHECK(offer(place, "--kernel-y lan") == Words{"lanczos"});
    CHECK(offer(place, "--type ''") ==
          Words{"uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"});
    CHECK(holds(offer(place, "--flip ''"), {"x", "y", "z"}));
    CHECK(offer(place, "--space-units ''") == Words{"nm", "um", "mm", "cm", "m"});
    CHECK(offer(place, "--progress ''") == Words{"auto", "bar", "slicer", "json", "none"});
    // Folders, and nothing where a number is wanted.
    CHECK(offer(place, "--scratch ''") == Words{"sub"});
    CHECK(offer(place, "--factor ''").empty());
    // Names of options, with values behind them or not.
    CHECK(offer(place, "--enc") == Words{"--encoding"});
    CHECK(holds(offer(place, "--ker"), {"--kernel", "--kernel-x", "--kernel-y", "--kernel-z"}));
}

}  // namespace

TEST_CASE("completion in bash", "[cli]") {
    if (!is_installed("bash")) return say_skipped("there is no bash");
    const Place place;
    check_offers(place, of_bash);
    CHECK(of_bash(place, "--") == all_names());
    CHECK(of_bash(place, "--preview ''") == Words{"a.png", "sub"});
    CHECK(of_bash(place, "--report ''") == Words{"b.html", "sub"});
    CHECK(of_bash(place, "--manifest ''") == Words{"c.nhdr", "sub"});
    CHECK(of_bash(place, "--missing = ''") ==
          Words{"error", "repeat", "blank", "close"});  // as readline cuts --missing=
    CHECK(of_bash(place, "--missing = bl") == Words{"blank"});
    CHECK(of_bash(place, "--zarr_version ''") == Words{"0.4", "0.5"});
    CHECK(of_bash(place, "-o ''").empty());  // then bash itself offers all files
    CHECK(of_bash(place, "''").empty());
}

TEST_CASE("completion in fish", "[cli]") {
    if (!is_installed("fish")) return say_skipped("there is no fish");
    const Place place;
    check_offers(place, [](const Place& at, const std::string& line) {
        return of_fish(at, line.ends_with("''") ? line.substr(0, line.size() - 2) : line);
    });
    CHECK(of_fish(place, "--") == all_names());
    // fish offers those with the suffix first, and then all others.
    CHECK(holds(of_fish(place, "--preview "), {"a.png", "sub"}));
    CHECK(of_fish(place, "--preview a") == Words{"a.png"});
    CHECK(of_fish(place, "--report ./b") == Words{"./b.html"});
    CHECK(of_fish(place, "--missing=") == Words{"error", "repeat", "blank", "close"});
    CHECK(holds(of_fish(place, "-o "), {"a.png", "d.nrrd", "sub"}));
    CHECK(holds(of_fish(place, ""), {"e.tif", "sub"}));
}

TEST_CASE("completion in zsh", "[cli]") {
    if (!is_installed("zsh")) return say_skipped("there is no zsh");
    const Place place;
    const Offer offer = [](const Place& at, const std::string& line) {
        return of_zsh(at, line.ends_with("''") ? line.substr(0, line.size() - 2) : line);
    };
    check_offers(place, offer);
    CHECK(holds(offer(place, "--"), all_names()));
    CHECK(offer(place, "--missing=re") == Words{"repeat"});
    CHECK(offer(place, "--preview ''") == Words{"a.png", "sub"});
    CHECK(offer(place, "--report ''") == Words{"b.html", "sub"});
    CHECK(holds(offer(place, "-o ''"), {"a.png", "d.nrrd", "sub"}));
    CHECK(holds(offer(place, "''"), {"e.tif", "sub"}));
}

#else

TEST_CASE("completion", "[cli]") { say_skipped("the files for shells are made where programs can be run"); }

#endif
