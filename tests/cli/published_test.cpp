// What is written, as one: checked before the run, published together, or not at all.

#include "cli/published.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace cli_test;

TEST_CASE("a name as long as names can be", "[cli]") {
    const PublishedPlace place;
    const std::string nrrd = std::string(250, 'n') + ".nrrd", nhdr = std::string(250, 'n') + ".nhdr";
    for (const bool force : {false, true}) {
        Arguments more{"../stack", "-o", nrrd, "--manifest", nhdr, "--preview", std::string(251, 'p') + ".png"};
        if (force) more.push_back("--force");
        CHECK(place.run(more).status == 0);
        check_holds(place.out, {nrrd, nhdr, std::string(251, 'p') + ".png"});
    }
    const Result result = place.run({"../stack", "-o", "n" + nrrd});
    CHECK(result.status == 5);
    check_sentence(result, {"too long"});
}

TEST_CASE("no output is an input: slices, lists, headers, data files, logs", "[cli]") {
    const PublishedPlace place;
    // A volume in pieces, with its header; a list; a log.
    for (const std::string piece : {"a.raw", "b.raw"}) write_file(place.folder / piece, "1234");
    write_file(place.folder / "pieces.nhdr",
               "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\ndata file: LIST\na.raw\nb.raw\n");
    write_list(place.folder / "list.txt",
               {place.folder / "stack" / slice_name(0), place.folder / "stack" / slice_name(1)});
    REQUIRE(place.run({"../stack", "--manifest", "../manifest.nhdr"}).status == 0);
    write_file(place.folder / "stack" / "slice_.log",
               "[System]\nScanner=SkyScan1172\n[Acquisition]\nFilename Prefix=slice_\n[Reconstruction]\n"
               "Filename Prefix=slice_\nFilename Index Length=3\nPixel Size (um)=5.0\n");
    struct Input {
        Arguments input;
        std::vector<std::string> files;
    };
    const std::vector<Input> inputs{
        {{"../stack"}, {"stack/" + slice_name(0), "stack/" + slice_name(3), "stack/slice_.log"}},
        {{"../pieces.nhdr"}, {"pieces.nhdr", "a.raw", "b.raw"}},
        {{"--files-from", "../list.txt"}, {"list.txt", "stack/" + slice_name(1)}},
        {{"../manifest.nhdr"}, {"manifest.nhdr", "stack/" + slice_name(2)}}};
    for (const Input& input : inputs) {
        for (const std::string& file : input.files) {
            const fs::path path = place.folder / file;
            const Bytes before = read_file(path);
            for (const std::string name : {"x.nrrd", "x.nhdr", "x.png", "x.txt"}) {
                for (const bool hard : {false, true}) {
                    if (hard) {
                        fs::create_hard_link(path, place.out / name);
                    } else if (!support::made_link(path, place.out / name)) {
                        continue;
                    }
                    Arguments way{"-o", name};
                    if (name == std::string("x.png")) way = {"-o", "v.nrrd", "--preview", name};
                    if (name == std::string("x.txt")) way = {"-o", "v.nrrd", "--returnparameterfile", name};
                    // A manifest of a volume is refused for that.
                    if (name == std::string("x.nhdr") && input.input[0] != "../pieces.nhdr") way = {"--manifest", name};
                    CAPTURE(input.input, file, name, hard);
                    const Result result = place.run(input.input + Arguments{"--force"} + way);
                    CHECK(result.status == 2);
                    CHECK(read_file(path) == before);
                    check_holds(place.out, {name});
                    fs::remove(place.out / name);
                }
            }
        }
    }
}

TEST_CASE("outputs are checked against each other", "[cli]") {
    const PublishedPlace place;
    write_file(place.out / "one.nhdr", "old");
    fs::create_hard_link(place.out / "one.nhdr", place.out / "other.nhdr");
    std::vector<std::string> names{"one.nhdr", "other.nhdr"};
    const bool linked = support::made_link("one.nhdr", place.out / "link.nhdr");
    if (linked) names.emplace_back("link.nhdr");
    for (const Arguments& outputs :
         std::vector<Arguments>{{"-o", "a.nhdr", "--manifest", "a.nhdr"},
                                {"-o", "a.nhdr", "--manifest", "../out/./a.nhdr"},
                                {"-o", "a.nhdr", "--returnparameterfile", "a.raw"},
                                {"-o", "a.nrrd", "--returnparameterfile", "a.nrrd"},
                                {"-o", "a.nrrd", "--preview", "p.png", "--returnparameterfile", "p.png"},
                                {"-o", "one.nhdr", "--manifest", "other.nhdr"},
                                {"-o", "one.nhdr", "--manifest", "link.nhdr"},
                                {"-o", "a.nhdr", "--manifest", "A.nhdr"}}) {
        CAPTURE(outputs);
        if (!linked && outputs.back() == "link.nhdr") continue;
        const Result result = place.run(Arguments{"../stack", "--force"} + outputs);
        CHECK(result.status == 2);
        check_sentence(result, {"twice"});
        check_holds(place.out, names);
        CHECK(read_file(place.out / "one.nhdr") == "old");
    }
}

TEST_CASE("volume, preview, list and report: all of them or none", "[cli]") {
    const PublishedPlace place;
    const Arguments all{
        "-o",    "v.nhdr", "--preview", "p.png", "--manifest", "m.nhdr", "--encoding", "gzip", "--returnparameterfile",
        "r.txt", "--force"};
    const std::vector<std::string> names{"m.nhdr", "p.png", "r.txt", "v.nhdr", "v.raw.gz"};
    for (const std::string& name : names) write_file(place.out / name, "old " + name);
    // The last slice is damaged: its header is fine.
    const Bytes slice = read_file(place.folder / "stack" / slice_name(3));
    write_png(place.folder / "stack" / slice_name(3), 16, 12, noise(2 * 16 * 12, 3), 16);
    Bytes damaged = read_file(place.folder / "stack" / slice_name(3));
    damaged.resize(damaged.size() - 40);
    write_file(place.folder / "stack" / slice_name(3), damaged);
    const Result failed = place.run(Arguments{"../stack"} + all);
    CAPTURE(failed.err);
    CHECK(failed.status == 4);
    check_holds(place.out, names);
    for (const std::string& name : names) CHECK(read_file(place.out / name) == "old " + name);
    write_file(place.folder / "stack" / slice_name(3), slice);
    CHECK(place.run(Arguments{"../stack", "-q"} + all).status == 0);
    check_holds(place.out, names);
    for (const std::string& name : names) CHECK_FALSE(read_file(place.out / name).starts_with("old"));
    CHECK(read_file(place.out / "r.txt").starts_with("report = v.nhdr: 16 x 12 x 4"));
}

TEST_CASE("two runs to one name: one makes it, the other says so", "[cli]") {
    const PublishedPlace place;
    // The first one waits in the middle: its slices come through a list from a pipe that is held open.
    std::vector<fs::path> files;
    for (int i = 0; i < 3000; ++i) files.push_back(place.folder / "stack" / slice_name(i % 4));
    write_list(place.folder / "list", files);
    for (const std::string name : {"v.nrrd", "v.nhdr"}) {
        for (const bool force : {false, true}) {
            CAPTURE(name, force);
            for (const auto& entry : fs::directory_iterator(place.out)) fs::remove(entry.path());
            bool tried = false;
            Program first{{"--files-from", "../list", "--order", "given", "--progress", "json", "-o", name}, place.out};
            if (force) first.arguments.push_back("--force");
            Result second;
            first.on_err = [&](const std::string& err, int process) {
                if (tried || err.find("{\"done\":") == std::string::npos) return;
                tried = true;
                stop_process(process);
                second = place.run(Arguments{"../stack", "-o", name} + (force ? Arguments{"--force"} : Arguments{}));
                continue_process(process);
            };
            const Result result = first.run();
            REQUIRE(tried);
            CHECK(result.status == 0);
            CHECK(second.status == 2);
            check_sentence(second, {name, "another run"});
            CHECK(read_file(place.out / name).find("sizes: 16 12 3000\n") != Bytes::npos);
            CHECK(fs::file_size(place.out / (name == "v.nhdr" ? "v.raw" : name)) >= 16 * 12 * 2 * 3000);
            check_holds(place.out, name == "v.nhdr" ? std::vector<std::string>{"v.nhdr", "v.raw"}
                                                    : std::vector<std::string>{name});
        }
    }
}
