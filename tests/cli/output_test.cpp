// Outputs: all or nothing, and never over anything that was not given up.

#include "cli/output_place.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace cli_test;

TEST_CASE("an existing output is replaced with --force only", "[cli]") {
    const OutputPlace place;
    for (const std::string name : {"v.nrrd", "v.nhdr"}) {
        write_file(place.out / name, "old");
        const Result refused = place.make({"-o", name});
        CHECK(refused.status == 2);
        check_sentence(refused, {name, "--force"});
        CHECK(read_file(place.out / name) == "old");
        check_holds(place.out, {name});
        CHECK(place.make({"-o", name, "--force"}).status == 0);
        CHECK(read_file(place.out / name).starts_with("NRRD000"));
        if (name == "v.nhdr") check_holds(place.out, {"v.nhdr", "v.raw"});
        fs::remove(place.out / name);
    }
    // Samples beside a header are an output, too.
    write_file(place.out / "w.raw", "old");
    CHECK(place.make({"-o", "w.nhdr"}).status == 2);
    CHECK(read_file(place.out / "w.raw") == "old");
    write_file(place.out / "p.png", "old");
    CHECK(place.make({"-o", "p.nrrd", "--preview", "p.png"}).status == 2);
    CHECK(read_file(place.out / "p.png") == "old");
    fs::create_directory(place.out / "d.nrrd");
    CHECK(place.make({"-o", "d.nrrd", "--force"}).status == 2);
}

TEST_CASE("an output is no input, under whatever name", "[cli]") {
    const OutputPlace place;
    const fs::path slice = fs::path(place.stack) / slice_name(2);
    const Bytes before = read_file(slice);
    const bool linked = support::made_link(slice, place.out / "sym.nrrd");
    fs::create_hard_link(slice, place.out / "hard.nrrd");
    fs::create_hard_link(slice, place.out / "hard.png");
    fs::create_hard_link(slice, place.out / "detached.raw");
    for (const Arguments& arguments : std::vector<Arguments>{{"-o", "sym.nrrd"},
                                                             {"-o", "hard.nrrd"},
                                                             {"-o", "detached.nhdr"},
                                                             {"-o", "fine.nrrd", "--preview", "hard.png"}}) {
        CAPTURE(arguments);
        if (!linked && arguments.back() == "sym.nrrd") continue;
        Arguments forced = arguments;
        forced.push_back("--force");
        const Result result = place.make(forced);
        CHECK(result.status == 2);
        check_sentence(result, {slice_name(2)});
        CHECK(read_file(slice) == before);
        if (support::has_hard_links()) CHECK(fs::hard_link_count(slice) == 4);
        std::vector<std::string> names{"hard.nrrd", "hard.png", "detached.raw"};
        if (linked) names.emplace_back("sym.nrrd");
        check_holds(place.out, names);
    }
    // The slices' own names: a stack of files that are called .nrrd.
    fs::copy_file(slice, place.out / "a.nrrd");
    CHECK(place.make({"-o", fs::path(place.out / "a.nrrd").string()}).status == 2);
}

TEST_CASE("a list of inputs is an input, too", "[cli]") {
    const OutputPlace place;
    const std::vector<fs::path> files{fs::path(place.stack) / slice_name(0), fs::path(place.stack) / slice_name(1)};
    for (const Arguments& output :
         std::vector<Arguments>{{"-o", "list.nrrd"}, {"-o", "list.nhdr"}, {"-o", "v.nrrd", "--preview", "list.nrrd"}}) {
        const std::string list = output.back();
        CAPTURE(output);
        write_list(place.out / list, files);
        const Bytes before = read_file(place.out / list);
        Arguments all{"--files-from", list, "--force"};
        all.insert(all.end(), output.begin(), output.end());
        CHECK(run_in(place.out, all).status == 2);
        CHECK(read_file(place.out / list) == before);
        check_holds(place.out, {list});
        for (const auto& entry : fs::directory_iterator(place.out)) fs::remove(entry.path());
    }
}

TEST_CASE("preview and volume are two files, and the preview is a PNG", "[cli]") {
    const OutputPlace place;
    for (const Arguments& arguments : std::vector<Arguments>{{"-o", "v.nrrd", "--preview", "v.nrrd"},
                                                             {"-o", "v.nrrd", "--preview", "./v.nrrd"},
                                                             {"-o", "v.nhdr", "--preview", "v.raw"},
                                                             {"-o", "v.nrrd", "--preview", "v.jpg"}}) {
        CAPTURE(arguments);
        CHECK(place.make(arguments).status == 2);
        check_holds(place.out, {});
    }
    CHECK(place.make({"-o", "v.nrrd", "--preview", "v.png"}).status == 0);
    CHECK(read_file(place.out / "v.png").starts_with("\x89PNG"));
    check_holds(place.out, {"v.nrrd", "v.png"});
}

TEST_CASE("a folder that is not there is said before any slice is read", "[cli]") {
    const OutputPlace place;
    for (const Arguments& arguments : std::vector<Arguments>{
             {"-o", "none/v.nrrd"}, {"-o", "none/v.nhdr"}, {"-o", "v.nrrd", "--preview", "none/v.png"}}) {
        CAPTURE(arguments);
        const Result result = place.make(arguments);
        CHECK(result.status == 5);
        check_sentence(result, {"none"});
        check_holds(place.out, {});
    }
    write_file(place.out / "file", "x");
    CHECK(place.make({"-o", "file/v.nrrd"}).status == 5);
}

TEST_CASE("detached samples lie beside their header", "[cli]") {
    const OutputPlace place;
    CHECK(place.make({"-o", "one.nrrd"}).status == 0);
    CHECK(place.make({"-o", "two.nhdr"}).status == 0);
    CHECK(place.make({"-o", "three.nhdr", "--encoding", "gzip"}).status == 0);
    check_holds(place.out, {"one.nrrd", "two.nhdr", "two.raw", "three.nhdr", "three.raw.gz"});
    CHECK(read_file(place.out / "two.raw") == samples_of(place.out / "one.nrrd"));
    CHECK(read_file(place.out / "two.nhdr").ends_with("data file: two.raw\n"));
    CHECK(read_file(place.out / "three.nhdr").ends_with("data file: three.raw.gz\n"));
}
