// --report: a page beside the volume, with the command that makes it again.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"
#include "support/html.hpp"

#include <regex>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// The command that a page has to be copied.
std::string command_of(const std::string& page) {
    const std::string before = "<pre class=\"command\">";
    const std::size_t at = page.find(before);
    if (at == std::string::npos) return {};
    const std::size_t start = at + before.size();
    return support::unescaped(page.substr(start, page.find("</pre>", start) - start));
}

}  // namespace

TEST_CASE("a page needs a result, a name of its own, and is made with it or not at all", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 6);
    write_file(folder / "old.html", "old");
    const auto refused = [&](const Arguments& more, int status, const std::vector<std::string>& parts) {
        for (const bool info : {false, true}) {
            Arguments all{"stack"};
            all.insert(all.end(), more.begin(), more.end());
            if (info) all.emplace_back("--info");
            const Result result = run_in(folder.path(), all);
            CAPTURE(all, result.err);
            const bool replaces = info && parts.front() == "old.html";  // which --info does not
            CHECK(result.status == (replaces ? 0 : status));
            if (!replaces) check_sentence(result, parts);
            check_holds(folder.path(), {"stack", "old.html"});
            CHECK(read_file(folder / "old.html") == "old");
        }
    };
    refused({"--report", "r.html"}, 2, {"--report", "-o FILE"});
    refused({"-o", "v.nrrd", "--report", "r.pdf"}, 2, {"r.pdf", ".html was expected"});
    refused({"-o", "v.nrrd", "--report", "v.nrrd"}, 2, {"v.nrrd"});
    refused({"-o", "v.nrrd", "--report", "old.html"}, 2, {"old.html", "--force"});
    refused({"-o", "v.nrrd", "--report", "none/r.html"}, 5, {"none"});
    refused({"-o", "v.ome.zarr", "--report", "v.ome.zarr/r.html"}, 5, {"v.ome.zarr"});
    fs::create_hard_link(folder / "stack" / slice_name(2), folder / "r.html");
    const Result input = run_in(folder.path(), {"stack", "-o", "v.nrrd", "--report", "r.html", "--force"});
    CHECK(input.status == 2);
    check_sentence(input, {"r.html", slice_name(2)});
    fs::remove(folder / "r.html");

    REQUIRE(run_in(folder.path(), {"stack", "-o", "v.nrrd", "--report", "old.html", "--force"}).status == 0);
    CHECK(read_file(folder / "old.html").starts_with("<!DOCTYPE html>"));
    check_holds(folder.path(), {"stack", "old.html", "v.nrrd"});
    // A run that fails leaves no page.
    write_file(folder / "stack" / slice_name(3), read_file(folder / "stack" / slice_name(3)).substr(0, 300));
    CHECK(run_in(folder.path(), {"stack", "-o", "w.nrrd", "--report", "w.html"}).status == 4);
    check_holds(folder.path(), {"stack", "old.html", "v.nrrd"});
}

TEST_CASE("the command on a page makes the same files again", "[cli]") {
    if (support::is_windows) return support::say_skipped("commands are pasted into a shell of POSIX");
    const Folder folder;
    const std::vector<std::string> names{"plain",
                                         "a b & <c>",
                                         "it's \"$HOME\" `x` \\",
                                         "\xFF\xFE\n\x1B[1m",
                                         "-dash",
                                         "\xE2\x80\xAE"
                                         "fdp"};
    for (const std::string& name : names) {
        CAPTURE(name);
        write_stack(folder / name, 5);
        const Result made =
            run_in(folder.path(), {"--factor=2", "--reverse", "--spacing", "1,2,3", "-o", name + ".nrrd", "--preview",
                                   "p.png", "--report", "r.html", "--", name});
        CAPTURE(made.err);
        REQUIRE(made.status == 0);
        const Bytes volume = read_file(folder / (name + ".nrrd"));
        const Bytes preview = read_file(folder / "p.png");
        const std::string command = command_of(read_file(folder / "r.html"));
        CAPTURE(command);
        REQUIRE(command.starts_with("stack2nrrd --factor=2 --reverse "));
        CHECK(command.find('\n') == std::string::npos);
        for (const std::string& file : {name + ".nrrd", std::string("p.png"), std::string("r.html")}) {
            fs::remove(folder / file);
        }
        const Result again = run_in_shell(folder.path(), command, "bash");
        CAPTURE(again.err);
        CHECK(again.status == 0);
        CHECK(read_file(folder / (name + ".nrrd")) == volume);
        CHECK(read_file(folder / "p.png") == preview);
        fs::remove(folder / "p.png");
        fs::remove(folder / "r.html");
    }
}

TEST_CASE("the page of a pyramid shows the first level, and names the others", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 8);
    REQUIRE(run_in(folder.path(), {"stack", "-o", "v.nrrd", "--pyramid", "1,2,4", "--report", "r.html"}).status == 0);
    const std::string page = read_file(folder / "r.html");
    CHECK(page.find("<h1>v_1.nrrd</h1>") != std::string::npos);
    CHECK(page.find("v_2.nrrd</th><td>8 x 6 x 4, uint16") != std::string::npos);
    CHECK(page.find("v_4.nrrd</th><td>4 x 3 x 2, uint16") != std::string::npos);
    CHECK(page.find("space directions: (1,0,0) (0,1,0) (0,0,1)") != std::string::npos);
    check_holds(folder.path(), {"stack", "v_1.nrrd", "v_2.nrrd", "v_4.nrrd", "r.html"});

    REQUIRE(run_in(folder.path(), {"stack", "-o", "v.ome.zarr", "--pyramid", "1,2", "--report", "z.html"}).status == 0);
    const std::string zarr = read_file(folder / "z.html");
    CHECK(zarr.find("<h1>v.ome.zarr</h1>") != std::string::npos);
    CHECK(zarr.find(support::is_windows ? "v.ome.zarr\\1</th><td>8 x 6 x 4, uint16"
                                        : "v.ome.zarr/1</th><td>8 x 6 x 4, uint16") != std::string::npos);
}

TEST_CASE("a page tells of gaps, clipped samples and a detached header", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 8);
    fs::remove(folder / "stack" / slice_name(3));
    fs::remove(folder / "stack" / slice_name(4));
    REQUIRE(
        run_in(folder.path(), {"stack", "-o", "v.nhdr", "--missing", "repeat", "--type", "uint8", "--encoding", "gzip",
                               "--report", "r.html", "--progress", "slicer", "--returnparameterfile", "t.txt"})
            .status == 0);
    const std::string page = read_file(folder / "r.html");
    CHECK(page.find("2 slices: 003..004; replaced by the nearest slice that is there") != std::string::npos);
    CHECK(page.find("encoding: gzip") != std::string::npos);
    CHECK(page.find("data file: v.raw.gz") != std::string::npos);
    const std::regex clipped("clipped above</th><td>[1-9][0-9]* \\(9[0-9.]+ %\\)");
    CHECK(std::regex_search(page, clipped));
    // The same header as that of the file, with the numbers that are known at the end.
    const std::string header = read_file(folder / "v.nhdr");
    const std::regex most("\nmax:=([^\n]*?) *\n");
    std::smatch found;
    REQUIRE(std::regex_search(header, found, most));
    CHECK(std::regex_search(page, std::regex("\nmax:=" + found[1].str() + " *\n")));
}
