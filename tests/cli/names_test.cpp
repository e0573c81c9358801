// Names as users have them: in lists, with blanks, quotes, line ends, bytes that are no text.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

constexpr std::size_t slice_bytes = 2 * 16 * 12;

Bytes slice_samples(int i) { return noise(slice_bytes, static_cast<std::uint32_t>(i)); }

}  // namespace

TEST_CASE("lists of files: comments, empty lines, CRLF, a byte order mark, no line end at the end", "[cli]") {
    const Folder folder;
    write_stack(folder.path() / "stack", 4);
    const std::string text =
        "\xEF\xBB\xBF# made by a scanner\r\n\r\nstack/slice_002.tif\r\nstack/slice_000.tif\r\n"
        "# stack/slice_003.tif\r\nstack/slice_001.tif";
    write_file(folder / "list.txt", text);
    const Bytes natural = slice_samples(0) + slice_samples(1) + slice_samples(2);
    const Bytes given = slice_samples(2) + slice_samples(0) + slice_samples(1);

    CHECK(run_in(folder.path(), {"--files-from", "list.txt", "-o", "a.nrrd"}).status == 0);
    CHECK(samples_of(folder / "a.nrrd") == natural);
    CHECK(run_in(folder.path(), {"--files_from=list.txt", "-o", "b.nrrd", "--order", "given"}).status == 0);
    CHECK(samples_of(folder / "b.nrrd") == given);

    Program standard_input{{"--files-from", "-", "-o", "c.nrrd", "--order=given"}, folder.path(), text};
    const Result result = standard_input.run();
    CAPTURE(result.err);
    CHECK(result.status == 0);
    CHECK(samples_of(folder / "c.nrrd") == given);
    standard_input = {{"--files-from", "-", "-o", "d.nrrd"}, folder.path()};
    const Result empty = standard_input.run();
    CHECK(empty.status == 3);
    check_sentence(empty, {"no slices"});
}

TEST_CASE("the same file more than once, in the order given", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 2);
    const fs::path a = folder / "stack" / slice_name(0), b = folder / "stack" / slice_name(1);
    write_list(folder / "list", {a, b, b, a, a});
    CHECK(run_in(folder.path(), {"--files-from", "list", "--order", "given", "-o", "v.nrrd"}).status == 0);
    CHECK(samples_of(folder / "v.nrrd") ==
          slice_samples(0) + slice_samples(1) + slice_samples(1) + slice_samples(0) + slice_samples(0));
    const Result refused = run_in(folder.path(), {"--files-from", "list", "-o", "w.nrrd"});
    CHECK(refused.status == 3);
    check_sentence(refused, {slice_name(0), slice_name(1)});
}

TEST_CASE("names of every kind, as folder, slice and output", "[cli]") {
    std::vector<std::string> names{"two  blanks",
                                   " blank first and last ",
                                   "quote'\"`$x;&|",
                                   "line\nend\r",
                                   "tab\tand\x01",
                                   "\xC3\xA4\xE6\x96\x87\xF0\x9F\xA6\xB4",
                                   "latin \xE4\xFF",
                                   "-dash",
                                   "--factor",
                                   "glob[a-c]*?",
                                   "%d %s %04d",
                                   "back\\slash",
                                   "{}",
                                   "[a,b]",
                                   "#hash",
                                   "x=y",
                                   std::string(240, 'n')};
    if (!support::any_name_is_legal()) {
        std::erase_if(names, [](const std::string& name) {
            const auto is_control = [](char c) { return c >= 0 && c < ' '; };
            return name.find_first_of("<>:\"\\|?*") != std::string::npos || name.ends_with(' ') ||
                   name.find('\xFF') != std::string::npos || std::any_of(name.begin(), name.end(), is_control);
        });
    }
    for (const std::string& name : names) {
        CAPTURE(name);
        const Folder folder;
        constexpr int count = 4;
        write_stack(folder / name, count);
        Bytes wanted;
        for (int i = 0; i < count; ++i) wanted += slice_samples(i);

        // A folder of that name, and an output.
        const Result made = run_in(folder.path(), {"-o", name + ".nrrd", "--", name});
        CAPTURE(made.err);
        CHECK(made.status == 0);
        if (made.status != 0) continue;
        check_sentence(made, {});
        CHECK(samples_of(folder / (name + ".nrrd")) == wanted);
        check_holds(folder.path(), {name, name + ".nrrd"});
        const Bytes header = read_file(folder / (name + ".nrrd"));
        CHECK(header.substr(0, header.find("\n\n")).find_first_of("\r\x01") == Bytes::npos);

        // Slices of that name, listed and as a series.
        std::vector<std::string> slices;
        for (int i = 0; i < count; ++i) {
            slices.push_back(name + "_" + std::to_string(i) + ".tif");
            fs::rename(folder / name / slice_name(i), folder / slices.back());
        }
        Arguments all{"-o", "v.nrrd", "--"};
        all.insert(all.end(), slices.begin(), slices.end());
        const Result several = run_in(folder.path(), all);
        CAPTURE(several.err);
        CHECK(several.status == 0);
        CHECK(samples_of(folder / "v.nrrd") == wanted);
        const Result series = run_in(folder.path(), {"-o", "w.nrrd", "--", slices[1]});
        CAPTURE(series.err);
        CHECK(series.status == 0);
        CHECK(samples_of(folder / "w.nrrd") == wanted);

        const Result info = run_in(folder.path(), {"--info", "--json", "--", slices[1]});
        CHECK(info.status == 0);
        CHECK(nlohmann::json::accept(info.out));

        // A gap is told in one line, whatever the name.
        fs::remove(folder / slices[1]);
        const Result gap = run_in(folder.path(), {"-o", "g.nrrd", "--", slices[0]});
        CHECK(gap.status == 3);
        check_sentence(gap, {"missing: 1"});

        // Detached samples: the header names them, in a line that can be read back.
        if (name.find('\n') != std::string::npos) continue;
        const Result detached = run_in(folder.path(), {"-o", name + ".nhdr", "--missing", "close", "--", slices[0]});
        CAPTURE(detached.err);
        // Readers skip blanks before a name, and take a number format for many files.
        if (name.front() == ' ' || name.find("%d") != std::string::npos) {
            CHECK(detached.status == 2);
            continue;
        }
        CHECK(detached.status == 0);
        CHECK(read_file(folder / (name + ".nhdr")).ends_with("data file: " + name + ".raw\n"));
        CHECK(fs::exists(folder / (name + ".raw")));
    }
}

TEST_CASE("a header with detached samples is not written where no header can name them", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 2);
    const Result result = run_in(folder.path(), {"stack", "-o", "line\nend.nhdr"});
    // A line end cannot be said in a header: refused, rather than made unreadable.
    CHECK(result.status == (support::any_name_is_legal() ? 2 : 5));
    check_sentence(result, {"line"});
    check_holds(folder.path(), {"stack"});
}

TEST_CASE("names as long as a file system allows", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 2);
    constexpr std::size_t longest = 255;
    const std::string attached = std::string(longest - 5, 'v') + ".nrrd";
    const std::string preview = std::string(longest - 4, 'p') + ".png";
    const Result result = run_in(folder.path(), {"stack", "-o", attached, "--preview", preview});
    CAPTURE(result.err);
    CHECK(result.status == 0);
    check_holds(folder.path(), {"stack", attached, preview});

    const std::string detached = std::string(longest - 5, 'd') + ".nhdr";
    CHECK(run_in(folder.path(), {"stack", "-o", detached}).status == 0);
    CHECK(fs::exists(folder / (std::string(longest - 5, 'd') + ".raw")));

    const Result too_long = run_in(folder.path(), {"stack", "-o", "x" + attached});
    CHECK(too_long.status == 5);
    check_sentence(too_long, {"too long"});
    const Result no_input = run_in(folder.path(), {std::string(5000, 'x'), "-o", "n.nrrd"});
    CHECK((no_input.status == 3 || no_input.status == 5));
    check_sentence(no_input, {});
}
