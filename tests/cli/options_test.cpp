// The command line: what is taken, and how it is refused.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <png.h>
#include <zlib.h>

#include <array>
#include <sstream>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// A small stack, and the samples that some arguments make of it.
struct Stack {
    Folder folder;
    Stack() { write_stack(folder / "stack", 7, 24, 20); }

    [[nodiscard]] Bytes made_by(Arguments arguments) const {
        const fs::path file = folder / "made.nrrd";
        fs::remove(file);
        arguments.insert(arguments.begin(), {(folder / "stack").string(), "-o", file.string()});
        const Result result = run(arguments);
        CAPTURE(result.err);
        REQUIRE(result.status == 0);
        CHECK(result.out.empty());
        return read_file(file);
    }
};

}  // namespace

TEST_CASE("every option of the table is taken, with dashes or underscores, with = or a blank", "[cli]") {
    const Stack stack;
    const std::vector<std::array<std::string, 2>> options{
        {"factor", "2"},      {"factor", "3/2,2,2.5"},    {"size", "6,5,3"},     {"size", "6,0,0"},
        {"kernel", "box"},    {"kernel-x", "tent"},       {"kernel-y", "bspl3"}, {"kernel-z", "nearest"},
        {"align", "first"},   {"crop", "2:20,1:19,1:6"},  {"crop", "2:20,,"},    {"order", "given"},
        {"step", "2"},        {"spacing", "0.1,0.2,0.3"}, {"space-units", "um"}, {"origin", "1,2,3"},
        {"channel", "first"}, {"missing", "repeat"},      {"type", "float32"},   {"window", "10,200"},
        {"window", "auto"},   {"encoding", "gzip"},       {"level", "9"},        {"threads", "1"},
        {"memory", "1G"},     {"progress", "none"},       {"time", "0"},
    };
    for (const auto& [name, value] : options) {
        CAPTURE(name, value);
        const Bytes wanted = stack.made_by({"--" + name, value});
        CHECK(stack.made_by({"--" + name + "=" + value}) == wanted);
        std::string underscored = name;
        for (char& c : underscored) {
            if (c == '-') c = '_';
        }
        if (underscored != name) {
            CHECK(stack.made_by({"--" + underscored, value}) == wanted);
            CHECK(stack.made_by({"--" + underscored + "=" + value}) == wanted);
        }
    }
    for (const std::string flag : {"--reverse", "--labels", "--force", "--quiet", "-q"}) {
        CAPTURE(flag);
        (void)stack.made_by({flag});
    }
}

TEST_CASE("options do what they say", "[cli]") {
    const Stack stack;
    const Bytes plain = stack.made_by({});
    CHECK(plain.find("sizes: 24 20 7\n") != Bytes::npos);
    CHECK(stack.made_by({"--factor", "2"}).find("sizes: 12 10 3\n") != Bytes::npos);
    CHECK(stack.made_by({"--size", "6,0,0"}).find("sizes: 6 5 1\n") != Bytes::npos);
    CHECK(stack.made_by({"--step", "2"}).find("sizes: 24 20 4\n") != Bytes::npos);
    CHECK(stack.made_by({"--crop", ",1:19,"}).find("sizes: 24 18 7\n") != Bytes::npos);
    CHECK(stack.made_by({"--type", "float32"}).find("type: float\n") != Bytes::npos);
    CHECK(stack.made_by({"--encoding", "gzip"}).find("encoding: gzip\n") != Bytes::npos);
    CHECK(stack.made_by({"--reverse"}) != plain);
    CHECK(run({(stack.folder / "stack").string(), "--labels"}).out.find("  stack2nrrd --labels --spacing") !=
          std::string::npos);
    const Bytes labels = stack.made_by({"--labels", "--factor", "2"});
    // The headers differ in that one says labels, which are taken as they are stored.
    const auto samples = [](const Bytes& file) { return file.substr(file.find("\n\n")); };
    CHECK(samples(labels) == samples(stack.made_by({"--kernel", "mode", "--factor", "2"})));
    CHECK(labels == stack.made_by({"--labels", "--kernel", "mode", "--factor", "2"}));
    CHECK(labels.find("\nstack2nrrd_kernel:=mode\n") != Bytes::npos);
    CHECK(samples(stack.made_by({"--labels", "--kernel", "nearest", "--factor", "2"})) ==
          samples(stack.made_by({"--kernel", "nearest", "--factor", "2"})));
    CHECK(stack.made_by({"--labels", "--factor", "2", "--type", "int32"}).find("type: int32\n") != Bytes::npos);
    CHECK(stack.made_by({"--spacing", "2", "--space-units", "cm"})
              .find("space directions: (20,0,0) (0,20,0) (0,0,20)\n") != Bytes::npos);
    CHECK(stack.made_by({"--spacing", "2"}).find("(2,0,0) (0,2,0) (0,0,2)") != Bytes::npos);
}

TEST_CASE("--window auto is found first, and then as if it had been given", "[cli]") {
    const Stack stack;
    const Bytes automatic = stack.made_by({"--window", "auto", "--factor", "2", "--type", "uint8"});
    const std::string name = "\nstack2nrrd_window:=";
    const std::size_t at = automatic.find(name);
    REQUIRE(at != Bytes::npos);
    const Bytes found = automatic.substr(at + name.size(), automatic.find(" -> ", at) - at - name.size());
    CHECK(found.find(',') != Bytes::npos);
    CHECK(stack.made_by({"--window", found, "--factor", "2", "--type", "uint8"}) == automatic);
    CHECK(stack.made_by({"--window", "auto", "--factor", "2", "--type", "uint8", "--threads", "1"}) == automatic);

    // Who only looks is told that it will be searched for.
    const std::string folder = (stack.folder / "stack").string();
    const Result look = run({folder, "--window", "auto", "--info"});
    CHECK(look.status == 0);
    CHECK(look.out.find("--window auto is found by a pass over the samples") != std::string::npos);
    const Result made = run({folder, "--window", "auto", "-o", (stack.folder / "other.nrrd").string()});
    CHECK(made.status == 0);
    CHECK(made.err.find("--window auto is found") == std::string::npos);

    const Folder flat;
    fs::create_directory(flat / "stack");
    for (int i = 0; i < 3; ++i) write_file(flat / "stack" / slice_name(i), tiff(4, 3, Bytes(24, '\x07')));
    const Result same = run_in(flat.path(), {"stack", "--window", "auto", "-o", "v.nrrd"});
    CHECK(same.status == 2);
    check_sentence(same, {"--window", "1799", "LO,HI"});
    check_holds(flat.path(), {"stack"});
}

TEST_CASE("triples forgive blanks and a trailing comma, and one number means three", "[cli]") {
    const Stack stack;
    CHECK(stack.made_by({"--factor", "2, 2 ,2,"}) == stack.made_by({"--factor", "2"}));
    CHECK(stack.made_by({"--factor", "2,2,2"}) == stack.made_by({"--factor=2/1"}));
    CHECK(stack.made_by({"--spacing", " 0.5, 0.5, 0.5, "}) == stack.made_by({"--spacing=0.5"}));
    CHECK(stack.made_by({"--size", "4, 4, 4,"}) == stack.made_by({"--size=4"}));
    CHECK(stack.made_by({"--crop", "2:20, 1:19, 1:6"}) == stack.made_by({"--crop=2:20,1:19,1:6"}));
    CHECK(stack.made_by({"--crop", "2:20, 1:19, 1:6, "}) == stack.made_by({"--crop=2:20,1:19,1:6"}));
    CHECK(stack.made_by({"--origin", "1, 2, 3,"}) == stack.made_by({"--origin=1,2,3"}));
}

TEST_CASE("a value may begin with a dash", "[cli]") {
    const Stack stack;
    CHECK(stack.made_by({"--origin", "-1,-2,-3"}).find("space origin: (-1,-2,-3)\n") != Bytes::npos);
    CHECK(stack.made_by({"--window", "-100,-1"}) == stack.made_by({"--window=-100,-1"}));
    const Folder folder;
    CHECK(run_in(folder.path(), {(stack.folder / "stack").string(), "-o", "-out.nrrd"}).status == 0);
    CHECK(run_in(folder.path(), {(stack.folder / "stack").string(), "--output", "--out.nrrd"}).status == 0);
    check_holds(folder.path(), {"-out.nrrd", "--out.nrrd"});
}

TEST_CASE("what is wrong with the command line is one sentence that names option and value", "[cli]") {
    const Stack stack;
    struct Case {
        Arguments arguments;
        std::vector<std::string> named;
    };
    const std::vector<Case> cases{
        {{"--bogus"}, {"--bogus"}},
        {{"--facto", "2"}, {"--facto"}},
        {{"-x"}, {"-x"}},
        {{"--factor", "0.5"}, {"--factor", "0.5"}},
        {{"--factor", "abc"}, {"--factor", "abc"}},
        {{"--factor", "1,2"}, {"--factor", "1,2"}},
        {{"--factor", "nan"}, {"--factor", "nan"}},
        {{"--factor", "1/0"}, {"--factor", "1/0"}},
        {{"--factor", "-2"}, {"--factor", "-2"}},
        {{"--factor", "1,5"}, {"--factor", "1,5"}},
        {{"--size", "0"}, {"--size", "0"}},
        {{"--size", "-1,2,3"}, {"--size", "-1"}},
        {{"--kernel", "sinc"}, {"--kernel", "sinc"}},
        {{"--kernel-x", "lanczos:"}, {"--kernel-x", "lanczos:"}},
        {{"--kernel", "gauss:-1,3"}, {"--kernel", "-1"}},
        {{"--kernel", "mode", "--kernel-x", "nearest", "-o", "v.nrrd"}, {"--kernel", "nearest, mode and mode"}},
        {{"--kernel-z", "mode", "-o", "v.nrrd"}, {"--kernel", "lanczos:3, lanczos:3 and mode"}},
        {{"--labels", "--kernel-x", "nearest", "-o", "v.nrrd"}, {"--kernel", "nearest, mode and mode"}},
        {{"--labels", "--kernel", "lanczos:3", "-o", "v.nrrd"}, {"--labels", "lanczos:3", "nearest"}},
        {{"--labels", "--kernel", "box", "-o", "v.nrrd"}, {"--labels", "box"}},
        {{"--window", "automatic"}, {"--window", "automatic"}},
        {{"--labels", "--window", "auto", "-o", "v.nrrd"}, {"--window", "--labels"}},
        {{"--labels", "--window", "0,9", "-o", "v.nrrd"}, {"--window", "--labels"}},
        {{"--kernel", "mode", "--window", "0,9", "-o", "v.nrrd"}, {"--window", "kernel mode"}},
        {{"--labels", "--type", "uint8", "-o", "v.nrrd"}, {"--type", "uint8", "uint16"}},
        {{"--labels", "--type", "int16", "-o", "v.nrrd"}, {"--type", "int16", "uint16"}},
        {{"--labels=maybe", "-o", "v.nrrd"}, {"--labels"}},
        {{"--align", "middle"}, {"--align", "middle", "cell", "first"}},
        {{"--crop", "5:2,,"}, {"--crop", "5:2"}},
        {{"--crop", "5"}, {"--crop", "5"}},
        {{"--crop", "0:25,,", "-o", "v.nrrd"}, {"25", "24"}},
        {{"--order", "random"}, {"--order", "random"}},
        {{"--step", "0"}, {"--step", "0"}},
        {{"--step", "1.5"}, {"--step", "1.5"}},
        {{"--spacing", "0"}, {"--spacing", "0"}},
        {{"--spacing", "1,2"}, {"--spacing", "1,2"}},
        {{"--spacing", "inf"}, {"--spacing", "inf"}},
        {{"--space-units", "inch"}, {"--space-units", "inch"}},
        {{"--origin", "1"}, {"--origin", "1"}},
        {{"--channel", "4", "-o", "v.nrrd"}, {"--channel", "4"}},
        {{"--channel", "red"}, {"--channel", "red"}},
        {{"--missing", "skip"}, {"--missing", "skip"}},
        {{"--type", "uint128"}, {"--type", "uint128"}},
        {{"--window", "5,5"}, {"--window", "5,5"}},
        {{"--window", "1"}, {"--window", "1"}},
        {{"--encoding", "bzip2"}, {"--encoding", "bzip2"}},
        {{"--level", "0"}, {"--level", "0"}},
        {{"--level", "10"}, {"--level", "10"}},
        {{"--threads", "-1"}, {"--threads", "-1"}},
        {{"--memory", "lots"}, {"--memory", "lots"}},
        {{"--memory", "0"}, {"--memory", "0"}},
        {{"--memory", "0.5"}, {"--memory", "0.5"}},  // a cap that is rounded to none would be no cap
        {{"--memory", "1e-5"}, {"--memory", "1e-5"}},
        {{"--spacing", "1e308", "--factor", "4", "-o", "v.nrrd"}, {"spacing"}},
        {{"--spacing", "1e308", "--space-units", "m", "-o", "v.nrrd"}, {"spacing"}},
        {{"--progress", "loud"}, {"--progress", "loud"}},
        {{"--factor"}, {"--factor"}},
        {{"--output"}, {"--output"}},
        {{"-o"}, {"--output"}},
        {{"--kernel-z"}, {"--kernel-z"}},
        {{"--factor="}, {"--factor"}},
        {{"--factor", ""}, {"--factor"}},
        {{"--factor", "2", "--factor", "3"}, {"--factor"}},
        {{"-o", ""}, {"--output"}},
        {{"-o", "out.txt"}, {"out.txt", ".nrrd"}},
        {{"-o", "out"}, {"out", ".nrrd"}},
        {{"--preview", "p.png"}, {"--preview"}},
        {{"--files-from", "list"}, {"--files-from", "INPUT"}},
        // What a tired hand types: the sentence says what was meant.
        {{"--facotr", "2"}, {"--facotr", "did you mean '--factor'?"}},
        {{"--Factor", "2"}, {"did you mean '--factor'?"}},
        {{"--spaceunits", "um"}, {"did you mean '--space-units'?"}},
        {{"--units", "um"}, {"did you mean '--space-units'?"}},
        {{"--out", "v.nrrd"}, {"did you mean '--output'?"}},
        {{"--fi", "2"}, {"did you mean '--fit'?"}},
        {{"-factor", "2"}, {"-factor: long names begin with two dashes; give --factor"}},
        {{"-space_units=um"}, {"give --space-units"}},
        {{"-output", "v.nrrd"}, {"give --output"}},
        {{"-help"}, {"give --help"}},
        {{"-facotr", "2"}, {"did you mean '--factor'?"}},
        {{"-v"}, {"did you mean '--verify' or '--version'?"}},
        {{"-d"}, {"did you mean '--dehaze'?"}},
        {{"-m"}, {"see --help"}},
        {{"--o", "v.nrrd"}, {"give -o or --output"}},
        {{"--missing", "repaet"}, {"--missing", "did you mean 'repeat'?"}},
        {{"--progress", "bra"}, {"--progress", "did you mean 'bar'?"}},
        {{"--encoding", "gz"}, {"--encoding", "did you mean 'gzip'?"}},
        {{"--kernel", "lanzcos:3"}, {"--kernel", "did you mean 'lanczos'?"}},
        {{"--kernel", "gaussian"}, {"--kernel", "did you mean 'gauss'?"}},
        {{"--type", "float"}, {"--type", "did you mean 'float32' or 'float64'?"}},
        {{"--window", "atuo"}, {"--window", "did you mean 'auto'?"}},
        {{"--window", "auot:1,99"}, {"--window", "did you mean 'auto'?"}},
        {{"--window", "auto:99,1"}, {"--window", "99,1", "LO"}},
        {{"--pyramid", "atuo"}, {"--pyramid", "did you mean 'auto'?"}},
        {{"--dehaze", "atuo"}, {"--dehaze", "did you mean 'auto'?"}},
        {{"--quality", "best"}, {"--quality", "best", "fast, standard, max, smooth"}},
        {{"--fit", "20XB"}, {"--fit", "20XB", "512M"}},
        {{"--max-dim", "0"}, {"--max-dim", "'0'", "from 1"}},
        {{"--flip", "xy"}, {"--flip", "xy", "x,y"}},
        {{"--spacing", "10um"}, {"10um", "--space-units um"}},
        {{"--spacing", "0.01, 0.01, 0.02 mm"}, {"--space-units mm"}},
        {{"--spacing", "0,01"}, {"0,01", "write a point: 0.01"}},
        {{"--spacing", "0.1", "0.1", "0.2"}, {"'0.1' is no file or folder", "--spacing", "commas"}},
        {{"--isotropic", "yes"}, {"'yes' is no file or folder", "--isotropic", "no value"}},
        {{"--info=yes"}, {"--info", "no value", "'yes'"}},
        {{"-q5"}, {"--quiet", "no value", "'5'"}},
        {{"-o", "--force"}, {"--output", "--force", "a value was expected"}},
        {{"--factor", "--json"}, {"--factor", "--json", "a value was expected"}},
    };
    const Folder folder;
    for (const auto& [arguments, named] : cases) {
        CAPTURE(arguments);
        Arguments all{(stack.folder / "stack").string()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        const Result result = run_in(folder.path(), all);
        CHECK(result.status == 2);
        CHECK(result.out.empty() == (arguments.back() != "--json"));
        check_sentence(result, named);
        check_holds(folder.path(), {});
    }
    const Result nothing = run({});
    CHECK(nothing.status == 2);
    check_sentence(nothing, {"input", "--help"});
}

TEST_CASE("control characters never get out of a message", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 2);
    const bool legal = support::any_name_is_legal();
    if (legal) write_file(folder / "p\nq.png", "x");
    if (legal) write_file(folder / "o\nq.nrrd", "x");
    const std::vector<Arguments> lines{
        {"stack", "-o", "a\nb.txt"},       {"stack", "--progress", "a\nb"},
        {"stack", "--factor", "a\nb"},     {"stack", "--fac\ntor", "1"},
        {"stack", "-o", "o\nq.nrrd"},      {"stack", "-o", "new.nrrd", "--preview", "p\nq.png"},
        {"stack", "--memory", "1\x1b[2J"}, {"no\nsuch"}};
    for (const Arguments& line : lines) {
        CAPTURE(line);
        const Result result = run_in(folder.path(), line);
        CHECK(result.status != 0);
        check_sentence(result, {});
        CHECK(result.err.find('\x1b') == std::string::npos);
    }
    if (!legal) return;
    CHECK(run_in(folder.path(), {"stack", "-o", "fine\nname.nrrd"}).status == 0);
    check_sentence(run_in(folder.path(), {"stack", "-o", "other\nname.nrrd"}), {});
}

TEST_CASE("help and version are asked for and go to stdout", "[cli]") {
    for (const std::string option : {"--help", "-h"}) {
        const Result help = run({option});
        CHECK(help.status == 0);
        std::istringstream lines(help.out);
        for (std::string line; std::getline(lines, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 80);
        }
        CHECK(help.err.empty());
        for (const std::string name :
             {"--output",  "--info",       "--factor",   "--size",   "--kernel",   "--kernel-x",    "--align",
              "--crop",    "--reverse",    "--order",    "--step",   "--spacing",  "--space-units", "--origin",
              "--channel", "--missing",    "--type",     "--window", "--encoding", "--level",       "--threads",
              "--memory",  "--preview",    "--progress", "--labels", "--force",    "--quiet",       "--json",
              "--version", "--files-from", "--time"}) {
            CAPTURE(name);
            CHECK(help.out.find(name) != std::string::npos);
        }
    }
    const Result version = run({"--version"});
    CHECK(version.status == 0);
    CHECK(version.err.empty());
    CHECK(version.out.starts_with("stack2nrrd "));
    CHECK(version.out.ends_with('\n'));
    // The libraries, with the versions that they run with.
    for (const std::string& line : std::vector<std::string>{"libpng " PNG_LIBPNG_VER_STRING, "zlib " ZLIB_VERSION}) {
        CHECK(version.out.find("\n" + line) != std::string::npos);
    }
    for (const std::string name : {"\nlibtiff 4.", "\nlibjpeg", "\nOpenJPEG 2."})
        CHECK(version.out.find(name) != std::string::npos);
    Program lesser{{"--version"}};
    lesser.set = {{"STACK2NRRD_INSTRUCTIONS", "baseline"}};
    CHECK(lesser.run().out.ends_with("\nloops for baseline\n"));
}
